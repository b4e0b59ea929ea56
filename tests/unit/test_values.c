/* Values as generated code uses them: typed containers, tuples by value, boxes, iteration, what happens on errors, and that nothing leaks. */
#include "asyncrt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* -- types as the compiler emits them ---------------------------------------------------------------------------------------------------- */

typedef struct {
    int64_t _0;
    art_str *_1;
} tuple_int_str;

typedef struct {
    art_str *_0;
} tuple_str;

typedef struct {
    art_str *_0;
    int64_t _1;
} tuple_str_int;

static const art_type list_int = ART_LIST_TYPE(&art_type_int);
static const art_type other_list_int = ART_LIST_TYPE(&art_type_int);
static const art_type list_float = ART_LIST_TYPE(&art_type_float);
static const art_type list_bool = ART_LIST_TYPE(&art_type_bool);
static const art_type list_str = ART_LIST_TYPE(&art_type_str);
static const art_type list_list_int = ART_LIST_TYPE(&list_int);
static const art_type vartuple_int = ART_VARTUPLE_TYPE(&art_type_int);
static const art_type dict_str_int = ART_DICT_TYPE(&art_type_str, &art_type_int);
static const art_type dict_int_str = ART_DICT_TYPE(&art_type_int, &art_type_str);
static const art_type set_int = ART_SET_TYPE(&art_type_int);
static const art_type frozenset_int = ART_FROZENSET_TYPE(&art_type_int);
static const art_type deque_int = ART_DEQUE_TYPE(&art_type_int);
static const art_type optional_str = ART_OPTIONAL_TYPE(&art_type_str);
static const art_type type_int_str = ART_TUPLE_TYPE(tuple_int_str, 2, ART_ARGS(&art_type_int, &art_type_str),
    ART_OFFSETS(offsetof(tuple_int_str, _0), offsetof(tuple_int_str, _1)));
static const art_type type_str = ART_TUPLE_TYPE(tuple_str, 1, ART_ARGS(&art_type_str), ART_OFFSETS(0));
static const art_type type_str_int = ART_TUPLE_TYPE(tuple_str_int, 2, ART_ARGS(&art_type_str, &art_type_int),
    ART_OFFSETS(offsetof(tuple_str_int, _0), offsetof(tuple_str_int, _1)));
static const art_type list_int_str = ART_LIST_TYPE(&type_int_str);
static const art_type list_str_int = ART_LIST_TYPE(&type_str_int);
static const art_type items_str_int = ART_ITEMS_TYPE(&art_type_str, &art_type_int);
static const art_type keys_str_int = ART_KEYS_TYPE(&art_type_str, &art_type_int);

static art_str a = ART_STR_LITERAL("a", 1), b = ART_STR_LITERAL("b", 1), c = ART_STR_LITERAL("c", 1), cafe = ART_STR_LITERAL("café", 4);

/* A linked node, a dataclass with equality and order. */
typedef struct Node {
    art_obj base;
    int64_t value;
    struct Node *next;
} Node;

static const art_type type_Node;
static const art_type optional_Node = ART_OPTIONAL_TYPE(&type_Node);
static const art_field Node_fields[] = {
    {"value", &art_type_int, offsetof(Node, value)},
    {"next", &optional_Node, offsetof(Node, next)},
};
static const art_type type_Node = ART_CLASS_TYPE("Node", Node, &art_type_object, art_object_destroy, .fields = Node_fields, .field_count = 2,
    .repr = art_dataclass_repr, .equal = art_dataclass_equal, .less = art_dataclass_less);

static Node *node(int64_t value, Node *next)
{
    Node *n = art_new(&type_Node, 0);
    n->value = value;
    n->next = next;
    return n;
}

/* -- help -------------------------------------------------------------------------------------------------------------------------------- */

/* The text is what is expected; it is released. */
static void expect(art_str *text, const char *expected)
{
    assert_null(art_self.raised);
    assert_non_null(text);
    assert_string_equal(text->text, expected);
    assert_int_equal(text->size, strlen(expected));
    art_release(text);
}

static void expect_repr(const art_type *type, const void *slot, const char *expected)
{
    expect(art_slot_repr(type, slot), expected);
}

static void expect_raised(const art_type *type, const char *message)
{
    art_exc *exc = art_catch();
    assert_non_null(exc);
    assert_string_equal(exc->base.type->name, type->name);
    expect(art_exc_message(exc), message);
    art_release(exc);
}

static int setup(void **state)
{
    (void)state;
    return 0;
}

/* After each test nothing is left over. */
static int teardown(void **state)
{
    (void)state;
    return art_self.raised != NULL || art_alloc_count() != 0;
}

/* -- strings ------------------------------------------------------------------------------------------------------------------------------- */

static void test_strf(void **state)
{
    (void)state;
    art_list *list = art_list_of(&list_int, 2, (int64_t[]){1, 2});

    expect(art_strf("%s is %i, %f, %b%%", &cafe, INT64_C(-7), 0.1, true), "café is -7, 0.1, True%");
    expect(art_strf("%r|%a|%c|%s", &cafe, &cafe, "plain", (art_str *)NULL), "'café'|'caf\\xe9'|plain|None");
    expect(art_strf("%{>6}s|%{05}i|%{.2f}f|%{d}b|%{x}i", &cafe, INT64_C(42), 2.675, true, INT64_C(255)), "  café|00042|2.67|1|ff");
    expect(art_strf("%v %V %{>8}v", &list_int, &list, &art_type_str, &(art_str *){&a}, &art_type_float, &(double){1.5}), "[1, 2] 'a'      1.5");
    expect(art_strf("%{,}i %{.1%}f", INT64_C(1234567), 0.256), "1,234,567 25.6%");
    assert_null(art_strf("%{q}i", INT64_C(1)));
    expect_raised(&art_type_ValueError, "Unknown format code 'q' for object of type 'int'");
    art_release(list);
}

static void test_str_append(void **state)
{
    (void)state;
    art_str *text = art_str_of("x");

    for (int i = 0; i < 2000; i++)
        text = art_str_append(text, i % 100 == 0 ? &cafe : &a);
    assert_int_equal(text->len, 1 + 1980 + 20 * 4);
    assert_int_equal(text->size, text->len + 20);
    art_str *other = art_retain(text);
    text = art_str_append(text, &b);
    assert_int_equal(other->len + 1, text->len);
    art_release(other);
    text = art_str_append(text, text);
    art_release(text);
}

static void test_str_walk(void **state)
{
    (void)state;
    art_text text = {0};

    for (int64_t at = 0; at < cafe.size;) {
        art_str *one = art_str_next(&cafe, &at);
        art_text_add_str(&text, one);
        art_text_add(&text, ".", 1);
        art_release(one);
    }
    expect(art_text_take(&text), "c.a.f.é.");
    assert_null(art_str_at(&cafe, 4));
    expect_raised(&art_type_IndexError, "string index out of range");
}

/* -- lists -------------------------------------------------------------------------------------------------------------------------------- */

static void test_list(void **state)
{
    (void)state;
    art_list *list = art_list_new(&list_int, 0);

    for (int64_t i = 0; i < 10; i++)
        art_list_append_int(list, i * i);
    assert_int_equal(art_list_get_int(list, -1), 81);
    assert_int_equal(*(int64_t *)art_list_at(list, 3), 9);
    assert_null(art_list_at(list, 10));
    expect_raised(&art_type_IndexError, "list index out of range");
    assert_int_equal(art_list_get_int(list, -11), 0);
    expect_raised(&art_type_IndexError, "list index out of range");
    assert_false(art_list_set_int(list, 99, 1));
    expect_raised(&art_type_IndexError, "list assignment index out of range");
    art_list *part = art_list_slice(list, ART_MISSING, ART_MISSING, -3);
    expect_repr(&list_int, &part, "[81, 36, 9, 0]");
    assert_true(art_list_set_slice(list, 2, 8, 1, part));
    expect_repr(&list_int, &list, "[0, 1, 81, 36, 9, 0, 64, 81]");
    assert_true(art_list_set_slice(list, 0, 2, 1, list));
    expect_repr(&list_int, &list, "[0, 1, 81, 36, 9, 0, 64, 81, 81, 36, 9, 0, 64, 81]");
    assert_true(art_list_delete_slice(list, ART_MISSING, ART_MISSING, 2));
    expect_repr(&list_int, &list, "[1, 36, 0, 81, 36, 0, 81]");
    assert_false(art_list_set_slice(list, 0, ART_MISSING, 2, part->len == 4 ? list : part));
    expect_raised(&art_type_ValueError, "attempt to assign sequence of size 7 to extended slice of size 4");
    int64_t out, wanted = 36;
    assert_true(art_list_pop(list, 0, &out));
    assert_int_equal(out, 1);
    assert_int_equal(art_list_count(list, &wanted), 2);
    assert_int_equal(art_list_index(list, &wanted, 1, INT64_MAX), 3);
    assert_true(art_list_remove(list, &wanted));
    art_list_insert(list, -100, &wanted);
    art_list_insert(list, 2, &(int64_t){5});
    expect_repr(&list_int, &list, "[36, 0, 5, 81, 36, 0, 81]");
    art_list_index(list, &(int64_t){99}, 0, INT64_MAX);
    expect_raised(&art_type_ValueError, "99 is not in list");
    art_list_clear(list);
    assert_false(art_list_pop(list, -1, &out));
    expect_raised(&art_type_IndexError, "pop from empty list");
    art_release(list);
    art_release(part);
}

static void test_list_of_strings(void **state)
{
    (void)state;
    art_str *heap = art_str_of("heap"), *items[] = {&b, heap, &a};
    art_list *list = art_list_of(&list_str, 3, items);

    art_release(heap);
    assert_true(art_list_sort(list, true));
    expect_repr(&list_str, &list, "['heap', 'b', 'a']");
    art_list_append(list, list->items);
    art_list *twice = art_list_repeat(list, 2), *sum = art_list_concat(list, twice);
    assert_int_equal(sum->len, 12);
    assert_true(art_list_less(list, sum));
    assert_true(art_list_set(sum, 0, &(art_str *){&c}));
    expect(art_str_join(&a, list), "heapabaaaheap");
    art_release(list);
    art_release(twice);
    art_release(sum);
}

static void test_nested_and_bools(void **state)
{
    (void)state;
    art_list *inner = art_list_of(&list_int, 1, (int64_t[]){1}), *empty = art_list_new(&list_int, 0);
    art_list *outer = art_list_of(&list_list_int, 2, (art_list *[]){inner, empty});
    art_list *flags = art_list_of(&list_bool, 3, (bool[]){true, false, true});
    art_list *numbers = art_list_of(&list_float, 2, (double[]){1.0, 1e16});
    art_tuple *one = art_list_of(&vartuple_int, 1, (int64_t[]){1});

    expect_repr(&list_list_int, &outer, "[[1], []]");
    expect_repr(&list_bool, &flags, "[True, False, True]");
    expect_repr(&list_float, &numbers, "[1.0, 1e+16]");
    expect_repr(&vartuple_int, &one, "(1,)");
    /* A list[int] and a list[float] may be equal; a list and a tuple may not. */
    art_list *same = art_list_of(&list_float, 1, (double[]){1.0});
    assert_true(art_box_equal(art_box_obj(inner), art_box_obj(same)));
    assert_false(art_box_equal(art_box_obj(inner), art_box_obj(one)));
    art_release(inner);
    art_release(empty);
    art_release(outer);
    art_release(flags);
    art_release(numbers);
    art_release(one);
    art_release(same);
}

static void test_self_containing(void **state)
{
    (void)state;
    art_list *list = art_list_new(&art_type_list, 0);
    art_dict *dict = art_dict_new(&art_type_dict, 0);
    art_box box = art_box_obj(list), dict_box = art_box_obj(dict), key = art_box_obj(&a);

    art_list_append(list, &box);
    expect_repr(&art_type_list, &list, "[[...]]");
    art_list_append(list, &dict_box);
    art_dict_set(dict, &key, &box);
    art_dict_set(dict, &dict_box, &box);
    expect_raised(&art_type_TypeError, "unhashable type: 'dict'");
    expect_repr(&art_type_dict, &dict, "{'a': [[...], {...}]}");
    art_list_clear(list);
    art_release(list);
    art_release(dict);
}

/* -- dicts and sets ----------------------------------------------------------------------------------------------------------------------- */

static void test_dict(void **state)
{
    (void)state;
    art_dict *dict = art_dict_new(&dict_str_int, 0);
    art_str *keys[] = {&a, &b, &c};

    for (int64_t i = 0; i < 3; i++)
        assert_true(art_dict_set(dict, &keys[i], &i));
    expect_repr(&dict_str_int, &dict, "{'a': 0, 'b': 1, 'c': 2}");
    assert_int_equal(*(int64_t *)art_dict_at_str(dict, &b), 1);
    assert_null(art_dict_find_str(dict, &cafe));
    assert_null(art_dict_at_str(dict, &cafe));
    expect_raised(&art_type_KeyError, "'café'");
    *(int64_t *)art_dict_put(dict, &keys[0], NULL) += 10;
    int64_t out, fallback = -1;
    art_str *missing = &cafe;
    assert_true(art_dict_get(dict, &missing, &fallback, &out));
    assert_int_equal(out, -1);
    assert_true(art_dict_setdefault(dict, &missing, &fallback, &out));
    assert_true(art_dict_delete(dict, &keys[1]));
    assert_true(art_dict_set(dict, &keys[1], &fallback));
    expect_repr(&dict_str_int, &dict, "{'a': 10, 'c': 2, 'café': -1, 'b': -1}");
    assert_true(art_dict_move_to_end(dict, &keys[0], true));
    assert_true(art_dict_move_to_end(dict, &missing, false));
    expect_repr(&dict_str_int, &dict, "{'café': -1, 'c': 2, 'b': -1, 'a': 10}");
    art_view *items = art_view_new(dict, &items_str_int), *names = art_view_new(dict, &keys_str_int);
    expect_repr(&items_str_int, &items, "dict_items([('café', -1), ('c', 2), ('b', -1), ('a', 10)])");
    expect_repr(&keys_str_int, &names, "dict_keys(['café', 'c', 'b', 'a'])");
    art_list *pairs = art_dict_items(dict, &list_str_int);
    expect_repr(&list_str_int, &pairs, "[('café', -1), ('c', 2), ('b', -1), ('a', 10)]");
    tuple_str_int pair;
    assert_true(art_dict_popitem(dict, true, &type_str_int, &pair));
    expect_repr(&type_str_int, &pair, "('a', 10)");
    art_slot_clear(&type_str_int, &pair);
    art_release(items);
    art_release(names);
    art_release(pairs);
    art_release(dict);
}

static void test_dict_changed(void **state)
{
    (void)state;
    art_dict *dict = art_dict_new(&dict_int_str, 0);
    art_str *value = &a;

    for (int64_t i = 0; i < 100; i++)
        assert_true(art_dict_set(dict, &i, &value));
    int64_t sum = 0;
    art_dict_iter it = art_dict_begin(dict);
    while (art_dict_next(&it)) {
        sum += *(int64_t *)it.key;
        if (sum == 10)
            assert_true(art_dict_delete(dict, it.key));
    }
    expect_raised(&art_type_RuntimeError, "dictionary changed size during iteration");
    assert_int_equal(sum, 10);
    /* Replacing a value is no change. */
    for (it = art_dict_begin(dict); art_dict_next(&it);)
        assert_true(art_dict_set(dict, it.key, &(art_str *){&b}));
    assert_null(art_self.raised);
    /* A queue: from one end out, into the other. */
    for (int64_t i = 100; i < 20000; i++) {
        it = art_dict_begin(dict);
        assert_true(art_dict_next(&it));
        int64_t first = *(int64_t *)it.key;
        assert_true(art_dict_delete(dict, &first));
        assert_true(art_dict_set(dict, &i, &value));
    }
    assert_int_equal(dict->len, 99);
    assert_true(dict->cap <= 1024);
    art_dict *copy = art_dict_copy(dict);
    assert_true(art_dict_equal(dict, copy));
    art_release(copy);
    art_release(dict);
}

static void test_sets(void **state)
{
    (void)state;
    art_set *x = art_set_of(&set_int, 4, (int64_t[]){3, 1, 3, 2}), *y = art_set_of(&frozenset_int, 3, (int64_t[]){2, 3, 4});
    art_set *all = art_set_union(x, y), *both = art_set_intersection(x, y), *only = art_set_difference(x, y);
    art_set *either = art_set_symmetric_difference(y, x);

    expect_repr(&set_int, &all, "{3, 1, 2, 4}");
    expect_repr(&set_int, &both, "{3, 2}");
    expect_repr(&set_int, &only, "{1}");
    expect_repr(&frozenset_int, &either, "frozenset({4, 1})");
    assert_true(art_set_issubset(both, x));
    assert_true(art_set_is_proper_subset(both, y));
    assert_false(art_set_isdisjoint(x, y));
    art_set *copy = art_set_copy_as(y, &set_int);
    assert_true(art_set_equal(copy, y));
    assert_true(art_set_intersection_update(x, y));
    expect_repr(&set_int, &x, "{3, 2}");
    int64_t out;
    assert_true(art_set_pop(x, &out));
    assert_false(art_set_remove(x, &(int64_t){77}));
    expect_raised(&art_type_KeyError, "77");
    art_set_clear(x);
    expect_repr(&set_int, &x, "set()");
    assert_false(art_set_pop(x, &out));
    expect_raised(&art_type_KeyError, "'pop from an empty set'");
    art_release(x);
    art_release(y);
    art_release(all);
    art_release(both);
    art_release(only);
    art_release(either);
    art_release(copy);
}

static void test_deque(void **state)
{
    (void)state;
    art_deque *deque = art_deque_new(&deque_int, 4);

    for (int64_t i = 0; i < 6; i++)
        art_deque_append(deque, &i);
    expect_repr(&deque_int, &deque, "deque([2, 3, 4, 5], maxlen=4)");
    art_deque_appendleft(deque, &(int64_t){9});
    art_deque_rotate(deque, -1);
    expect_repr(&deque_int, &deque, "deque([2, 3, 4, 9], maxlen=4)");
    assert_false(art_deque_insert(deque, 1, &(int64_t){7}));
    expect_raised(&art_type_IndexError, "deque already at its maximum size");
    int64_t out;
    assert_true(art_deque_popleft(deque, &out));
    assert_true(art_deque_insert(deque, 1, &(int64_t){7}));
    assert_true(art_deque_remove(deque, &(int64_t){4}));
    art_deque_reverse(deque);
    expect_repr(&deque_int, &deque, "deque([9, 7, 3], maxlen=4)");
    art_deque_iter it = art_deque_begin(deque);
    while (art_deque_next(&it))
        art_deque_append(deque, &out);
    expect_raised(&art_type_RuntimeError, "deque mutated during iteration");
    art_deque *copy = art_deque_copy(deque);
    assert_true(art_deque_equal(deque, copy));
    art_release(copy);
    art_release(deque);
}

/* -- tuples, optionals, boxes --------------------------------------------------------------------------------------------------------------- */

static void test_tuples(void **state)
{
    (void)state;
    tuple_int_str x = {1, art_str_of("heap")}, y = {1, art_str_of("help")};
    art_list *list = art_list_of(&list_int_str, 2, (tuple_int_str[]){y, x});

    expect_repr(&type_int_str, &x, "(1, 'heap')");
    assert_true(art_slot_less(&type_int_str, &x, &y));
    assert_false(art_slot_equal(&type_int_str, &x, &y));
    assert_true(art_list_sort(list, false));
    expect_repr(&list_int_str, &list, "[(1, 'heap'), (1, 'help')]");
    /* In a box, a tuple is the same whatever its representation. */
    art_box box = art_slot_box(&type_int_str, &x);
    art_box parts[] = {art_box_float(1.0), art_box_obj(x._1)};
    art_tuple *loose = art_list_of(&art_type_tuple, 2, parts);
    assert_true(art_box_equal(box, art_box_obj(loose)));
    assert_int_equal(art_box_hash(box), art_box_hash(art_box_obj(loose)));
    tuple_int_str back;
    art_box bad = art_box_obj(list);
    assert_true(art_slot_unbox(&type_int_str, &back, box));
    art_slot_clear(&type_int_str, &back);
    assert_false(art_slot_unbox(&art_type_str, &back._1, bad));
    expect_raised(&art_type_TypeError, "expected str, got list");
    /* A tuple of one counted pointer is as large as a payload, and still has a cell. */
    tuple_str one = {x._1};
    art_box small = art_slot_box(&type_str, &one);
    expect(art_box_repr(small), "('heap',)");
    art_box_release(small);
    art_box_release(box);
    art_release(loose);
    art_release(list);
    art_slot_clear(&type_int_str, &x);
    art_slot_clear(&type_int_str, &y);
}

static void test_optional(void **state)
{
    (void)state;
    art_str *none = NULL, *some = &a;

    expect_repr(&optional_str, &none, "None");
    expect_repr(&optional_str, &some, "'a'");
    assert_false(art_slot_truth(&optional_str, &none));
    assert_false(art_slot_equal(&optional_str, &none, &some));
    assert_true(art_slot_equal(&optional_str, &none, &(art_str *){NULL}));
    assert_true(art_box_is_none(art_slot_box(&optional_str, &none)));
    assert_false(art_slot_less(&optional_str, &none, &some));
    expect_raised(&art_type_TypeError, "'<' not supported between instances of 'NoneType' and 'str'");
}

static void test_boxes(void **state)
{
    (void)state;
    art_dict *dict = art_dict_new(&art_type_dict, 0);
    art_box key = art_box_obj(&a), list = art_box_obj(art_list_new(&art_type_list, 0)), numbers[3];

    assert_true(art_box_setitem(art_box_obj(dict), key, list));
    art_box_method(list, "append", 1, (art_box[]){art_box_int(1)});
    art_box_method(list, "extend", 1, &list);
    art_box_method(list, "insert", 2, (art_box[]){art_box_int(0), art_box_float(2.5)});
    expect(art_box_repr(art_box_obj(dict)), "{'a': [2.5, 1, 1]}");
    assert_true(art_box_unpack(list, 3, numbers));
    assert_false(art_box_unpack(list, 2, numbers));
    expect_raised(&art_type_ValueError, "too many values to unpack (expected 2)");
    assert_false(art_box_unpack(art_box_int(5), 2, numbers));
    expect_raised(&art_type_TypeError, "cannot unpack non-iterable int object");
    /* 1, 1.0 and True are one key. */
    art_dict *mixed = art_dict_new(&art_type_dict, 0);
    art_dict_set(mixed, &(art_box){&art_type_int, {.i = 1}}, &key);
    art_dict_set(mixed, &(art_box){&art_type_float, {.f = 1.0}}, &key);
    assert_true(art_box_contains(art_box_obj(mixed), art_box_bool(true)));
    expect(art_box_repr(art_box_obj(mixed)), "{1: 'a'}");
    art_box missing = art_box_getitem(art_box_obj(mixed), art_box_int(2));
    expect_raised(&art_type_KeyError, "2");
    assert_true(art_box_is_none(missing));
    art_box_method(art_box_int(3), "append", 1, &key);
    expect_raised(&art_type_AttributeError, "'int' object has no attribute 'append'");
    art_box items = art_box_method(art_box_obj(dict), "items", 0, NULL), pair;
    art_iter *iter = art_box_iter(items);
    assert_true(art_iter_next(iter, &pair));
    expect(art_box_repr(pair), "('a', [2.5, 1, 1])");
    assert_false(art_iter_next(iter, &missing));
    art_box_release(pair);
    art_release(iter);
    art_box_release(items);
    art_release(mixed);
    art_release(dict);
    art_box_release(list);
}

static void test_unbox_converts(void **state)
{
    (void)state;
    /* What JSON gives, taken as dict[str, int] and list[str]. */
    art_dict *loose = art_dict_new(&art_type_dict, 0), *dict = NULL;
    art_list *names = art_list_new(&art_type_list, 0), *strs = NULL;
    art_box key = art_box_obj(&a), one = art_box_int(1);

    art_dict_set(loose, &key, &one);
    art_list_append(names, &key);
    assert_true(art_slot_unbox(&dict_str_int, &dict, art_box_obj(loose)));
    expect_repr(&dict_str_int, &dict, "{'a': 1}");
    assert_true(art_slot_unbox(&list_str, &strs, art_box_obj(names)));
    expect_repr(&list_str, &strs, "['a']");
    art_list_append(names, &one);
    art_release(strs);
    assert_false(art_slot_unbox(&list_str, &strs, art_box_obj(names)));
    expect_raised(&art_type_TypeError, "expected str, got int");
    art_release(loose);
    art_release(dict);
    art_release(names);
}

/* -- objects ------------------------------------------------------------------------------------------------------------------------------ */

static void test_objects(void **state)
{
    (void)state;
    Node *x = node(1, node(2, NULL)), *y = node(1, node(2, NULL));

    expect_repr(&type_Node, &x, "Node(value=1, next=Node(value=2, next=None))");
    assert_true(art_slot_equal(&type_Node, &x, &y));
    y->next->value = 3;
    assert_true(art_slot_less(&type_Node, &x, &y));
    art_slot_hash(&type_Node, &x);
    expect_raised(&art_type_TypeError, "unhashable type: 'Node'");
    art_box value = art_box_getattr(art_box_obj(x), "value");
    assert_int_equal(value.as.i, 1);
    assert_true(art_box_setattr(art_box_obj(x), "value", art_box_int(5)));
    assert_int_equal(x->value, 5);
    art_box_getattr(art_box_obj(x), "name");
    expect_raised(&art_type_AttributeError, "'Node' object has no attribute 'name'");
    expect(art_type_repr(&type_Node), "<class '__main__.Node'>");
    expect(art_type_repr(&art_type_ValueError), "<class 'ValueError'>");
    art_release(x);
    art_release(y);
}

static void test_deep_drop(void **state)
{
    (void)state;
    Node *list = NULL;
    art_box nested = art_box_none();

    for (int64_t i = 0; i < 1000000; i++)
        list = node(i, list);
    art_release(list);
    for (int64_t i = 0; i < 100000; i++) {
        art_list *outer = art_list_new(&art_type_list, 1);
        art_list_push_slot(outer, &nested);
        nested = art_box_obj(outer);
    }
    art_box_release(nested);
}

static void test_types(void **state)
{
    (void)state;
    assert_true(art_type_same(&list_int, &other_list_int));
    assert_false(art_type_same(&list_int, &list_str));
    assert_true(art_type_is(&list_int, &art_type_list));
    assert_true(art_type_is(&type_int_str, &art_type_tuple));
    assert_true(art_type_is(&art_type_bool, &art_type_int));
    assert_false(art_type_is(&art_type_int, &art_type_bool));
    assert_true(art_type_is(&art_type_TimeoutError, &art_type_OSError));
    assert_true(art_type_is(&art_type_ExceptionGroup, &art_type_Exception));
    assert_true(art_type_is(&art_type_ExceptionGroup, &art_type_BaseExceptionGroup));
    assert_false(art_type_is(&art_type_BaseExceptionGroup, &art_type_Exception));
    assert_false(art_type_is(&art_type_CancelledError, &art_type_Exception));
    assert_true(art_type_is(&type_Node, &art_type_object));
}

static void test_arithmetic(void **state)
{
    (void)state;
    assert_int_equal(art_int_add(INT64_MAX, 1), 0);
    expect_raised(&art_type_OverflowError, "integer overflow: the result does not fit in 64 bits");
    /* The first of several stays. */
    art_int_add(art_int_floordiv(1, 0), INT64_MAX);
    expect_raised(&art_type_ZeroDivisionError, "integer division or modulo by zero");
    assert_int_equal(art_int_floordiv(-7, 2), -4);
    assert_int_equal(art_int_mod(-7, 2), 1);
    assert_int_equal(art_int_mod(7, -2), -1);
    assert_int_equal(art_int_mod(INT64_MIN, -1), 0);
    art_int_floordiv(INT64_MIN, -1);
    expect_raised(&art_type_OverflowError, "integer overflow: the result does not fit in 64 bits");
    assert_int_equal(art_int_pow_mod(3, 200, 13), 9);
    assert_int_equal(art_int_pow_mod(38, -1, 97), 23);
    assert_int_equal(art_int_pow_mod(INT64_MAX, INT64_MAX, INT64_MAX - 1), 1);
    assert_true(art_int_float_compare(INT64_MAX, 9223372036854775808.0) < 0);
    assert_true(art_int_equals_float(3, 3.0));
    art_bytes *bytes = art_int_to_bytes(-2, 3, &(art_str)ART_STR_LITERAL("big", 3), true);
    expect_repr(&art_type_bytes, &bytes, "b'\\xff\\xff\\xfe'");
    assert_int_equal(art_int_from_bytes(bytes, &(art_str)ART_STR_LITERAL("big", 3), true), -2);
    assert_int_equal(art_int_from_bytes(bytes, &(art_str)ART_STR_LITERAL("little", 6), false), 0xFEFFFF);
    art_release(bytes);
}

static void test_ranges(void **state)
{
    (void)state;
    art_range *r = art_range_new(10, 0, -3), *part = art_range_slice(r, 1, ART_MISSING, 1);

    expect_repr(&art_type_range, &r, "range(10, 0, -3)");
    assert_int_equal(r->len, 4);
    assert_int_equal(art_range_at(r, -1), 1);
    assert_true(art_range_contains(r, 4));
    assert_false(art_range_contains(r, 5));
    art_list *list = art_range_list(part, &list_int);
    expect_repr(&list_int, &list, "[7, 4, 1]");
    assert_null(art_range_new(1, 2, 0));
    expect_raised(&art_type_ValueError, "range() arg 3 must not be zero");
    art_release(r);
    art_release(part);
    art_release(list);
}

static void test_bytearray(void **state)
{
    (void)state;
    art_bytearray *b1 = art_bytearray_new("hello", 5);
    static art_bytes xyz = ART_BYTES_LITERAL("xyz");

    assert_true(art_bytearray_append(b1, '!'));
    assert_true(art_bytearray_set_slice(b1, 0, 1, 1, &xyz));
    expect_repr(&art_type_bytearray, &b1, "bytearray(b'xyzello!')");
    assert_false(art_bytearray_append(b1, 256));
    expect_raised(&art_type_ValueError, "byte must be in range(0, 256)");
    assert_int_equal(art_bytearray_pop(b1, 0), 'x');
    art_bytes *up = art_bytes_upper((art_bytes *)b1);
    expect_repr(&art_type_bytearray, &up, "bytearray(b'YZELLO!')");
    art_release(b1);
    art_release(up);
}

int main(int argc, char **argv)
{
    art_start(argc, argv);
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(strf),
        TEST(str_append),
        TEST(str_walk),
        TEST(list),
        TEST(list_of_strings),
        TEST(nested_and_bools),
        TEST(self_containing),
        TEST(dict),
        TEST(dict_changed),
        TEST(sets),
        TEST(deque),
        TEST(tuples),
        TEST(optional),
        TEST(boxes),
        TEST(unbox_converts),
        TEST(objects),
        TEST(deep_drop),
        TEST(types),
        TEST(arithmetic),
        TEST(ranges),
        TEST(bytearray),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
