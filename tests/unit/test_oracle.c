/* Values against CPython: oracle.py writes operations with their outcome, here each is done by the runtime on boxes and must come out the
 * same, to the last digit and the last word of an error message. ORACLE_COUNT and ORACLE_SEED make it more or different cases. */
#include "asyncrt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* -- reading cases ------------------------------------------------------------------------------------------------------------------------ */

enum { MOST_FIELDS = 4096 };

typedef struct Case {
    char *fields[MOST_FIELDS];
    int count, next;
    art_box args[MOST_FIELDS];
    int arg_count;
} Case;

static char *unhex(const char *hex, size_t *size)
{
    *size = strlen(hex) / 2;
    char *bytes = malloc(*size + 1);
    for (size_t i = 0; i < *size; i++) {
        unsigned value;
        sscanf(hex + 2 * i, "%2x", &value);
        bytes[i] = (char)value;
    }
    bytes[*size] = '\0';
    return bytes;
}

static art_box read_operand(Case *c)
{
    char *field = c->fields[c->next++], *text = field + 2;
    size_t size;

    switch (field[0]) {
    case 'i':
        return art_box_int(strtoll(text, NULL, 10));
    case 'b':
        return art_box_bool(text[0] == '1');
    case 'f': {
        uint64_t bits = strtoull(text, NULL, 16);
        double value;
        memcpy(&value, &bits, sizeof value);
        return art_box_float(value);
    }
    case 's': {
        char *bytes = unhex(text, &size);
        art_str *s = art_str_new(bytes, size);
        free(bytes);
        return art_box_obj(s);
    }
    case 'y': {
        char *bytes = unhex(text, &size);
        art_bytes *b = art_bytes_new(bytes, (int64_t)size);
        free(bytes);
        return art_box_obj(b);
    }
    case 'l':
    case 't': {
        art_list *list = art_list_new(field[0] == 'l' ? &art_type_list : &art_type_tuple, 0);
        for (int i = atoi(text); i > 0; i--) {
            art_box item = read_operand(c);
            art_list_push_slot(list, &item);
        }
        return art_box_obj(list);
    }
    case 'd': {
        art_dict *dict = art_dict_new(&art_type_dict, 0);
        for (int i = atoi(text); i > 0; i--) {
            art_box key = read_operand(c), value = read_operand(c);
            art_dict_set(dict, &key, &value);
            art_box_release(key);
            art_box_release(value);
        }
        return art_box_obj(dict);
    }
    default:
        return art_box_none();
    }
}

static void split(Case *c, char *line)
{
    c->count = 0;
    for (char *field = line; field && c->count < MOST_FIELDS; c->count++) {
        char *tab = strpbrk(field, "\t\n");
        c->fields[c->count] = field;
        if (tab)
            *tab++ = '\0';
        field = tab && *tab ? tab : NULL;
    }
    c->arg_count = 0;
    for (c->next = 1; strcmp(c->fields[c->next], "=") != 0;)
        c->args[c->arg_count++] = read_operand(c);
}

/* -- doing them ----------------------------------------------------------------------------------------------------------------------------- */

typedef art_box (*Binary)(art_box a, art_box b);

static art_box box_less(art_box a, art_box b)
{
    return art_box_bool(art_box_less(a, b));
}
static art_box box_less_equal(art_box a, art_box b)
{
    return art_box_bool(art_box_less_equal(a, b));
}
static art_box box_greater(art_box a, art_box b)
{
    return art_box_bool(art_box_greater(a, b));
}
static art_box box_greater_equal(art_box a, art_box b)
{
    return art_box_bool(art_box_greater_equal(a, b));
}
static art_box box_equal(art_box a, art_box b)
{
    return art_box_bool(art_box_equal(a, b));
}
static art_box box_in(art_box a, art_box b)
{
    return art_box_bool(art_box_contains(b, a));
}
static art_box box_format(art_box a, art_box spec)
{
    return art_box_obj(art_box_format(a, (art_str *)spec.as.obj));
}
static art_box box_round(art_box a, art_box digits)
{
    if (a.type->kind == ART_KIND_INT)
        return art_box_int(art_int_round(a.as.i, digits.as.i));
    return art_box_float(art_float_round_to(a.as.f, digits.as.i));
}
static art_box box_int(art_box text, art_box base)
{
    return art_box_int(art_int_parse((art_str *)text.as.obj, base.as.i));
}
static art_box box_percent(art_box fmt, art_box values)
{
    return art_box_mod(fmt, values);
}
static art_box box_template(art_box fmt, art_box values)
{
    art_list *list = (art_list *)values.as.obj;
    return art_box_obj(art_str_format((art_str *)fmt.as.obj, list->items, list->len, NULL, NULL, 0));
}

static const struct {
    const char *name;
    Binary function;
} binaries[] = {
    {"add", art_box_add},
    {"sub", art_box_sub},
    {"mul", art_box_mul},
    {"div", art_box_div},
    {"floordiv", art_box_floordiv},
    {"mod", art_box_mod},
    {"pow", art_box_pow},
    {"lshift", art_box_lshift},
    {"rshift", art_box_rshift},
    {"and", art_box_and},
    {"or", art_box_or},
    {"xor", art_box_xor},
    {"lt", box_less},
    {"le", box_less_equal},
    {"gt", box_greater},
    {"ge", box_greater_equal},
    {"eq", box_equal},
    {"in", box_in},
    {"getitem", art_box_getitem},
    {"format", box_format},
    {"round", box_round},
    {"int", box_int},
    {"percent", box_percent},
    {"template", box_template},
};

static int64_t bound(art_box box)
{
    return art_box_is_none(box) ? ART_MISSING : box.as.i;
}

static art_box bases_of(int64_t n)
{
    art_str *bin = art_int_bin(n), *oct = art_int_oct(n), *hex = art_int_hex(n);
    art_str *all = art_strf("%s%s%s", bin, oct, hex);

    art_release(bin);
    art_release(oct);
    art_release(hex);
    return art_box_obj(all);
}

static art_box decode(const Case *c)
{
    return art_box_obj(art_bytes_decode((art_bytes *)c->args[0].as.obj, (art_str *)c->args[1].as.obj, (art_str *)c->args[2].as.obj));
}

/* Steps of (kind, key, value) on a dict and a list; gives both in a tuple. */
static art_box change_containers(const Case *c)
{
    art_dict *dict = art_dict_new(&art_type_dict, 0);
    art_list *list = art_list_new(&art_type_list, 0), *both = art_list_new(&art_type_tuple, 2);

    for (int i = 0; i < c->arg_count; i += 3) {
        int64_t kind = c->args[i].as.i;
        const art_box *key = &c->args[i + 1], *value = &c->args[i + 2], none = art_box_none();
        art_box out;
        if (kind <= 2) {
            art_dict_set(dict, key, value);
        } else if (kind == 3) {
            art_dict_pop_or(dict, key, &none, &out);
            art_box_release(out);
        } else if (kind == 4 && dict->len > 0) {
            typedef struct { art_box _0, _1; } Pair;
            static const art_type *const args[] = {&art_type_box, &art_type_box};
            static const uint16_t offsets[] = {0, sizeof(art_box)};
            static const art_type pair_type =
                {.name = "tuple", .kind = ART_KIND_TUPLE, .size = sizeof(Pair), .arg_count = 2, .args = args, .offsets = offsets};
            Pair pair;
            assert_true(art_dict_popitem(dict, true, &pair_type, &pair));
            art_slot_clear(&pair_type, &pair);
        } else {
            art_list_append(list, key);
        }
    }
    art_box boxes[] = {art_box_obj(dict), art_box_obj(list)};
    art_list_push_slot(both, &boxes[0]);
    art_list_push_slot(both, &boxes[1]);
    return art_box_obj(both);
}

/* The same list with items of their own type, sorted. */
static art_box sort(const Case *c, bool by_first)
{
    static const art_type *const int_args[] = {&art_type_int}, *const str_args[] = {&art_type_str};
    static const art_type ints = {.name = "list", .kind = ART_KIND_LIST, .size = 8, .is_counted = true, .arg_count = 1, .args = int_args,
        .object_size = sizeof(art_list), .destroy = art_list_destroy};
    static const art_type strs = {.name = "list", .kind = ART_KIND_LIST, .size = 8, .is_counted = true, .arg_count = 1, .args = str_args,
        .object_size = sizeof(art_list), .destroy = art_list_destroy};
    art_list *boxes = (art_list *)c->args[0].as.obj, *list = NULL;
    art_kind kind = boxes->len > 0 ? ((art_box *)boxes->items)[0].type->kind : ART_KIND_INT;
    const art_type *type = kind == ART_KIND_INT ? &ints : kind == ART_KIND_STR ? &strs : &art_type_list;

    if (type == &art_type_list)
        list = art_list_copy(boxes);
    else
        assert_true(art_slot_unbox(type, &list, c->args[0]));
    if (by_first) {
        art_list *keys = art_list_new(&ints, 0);
        for (int64_t i = 0; i < boxes->len; i++) {
            art_list *pair = (art_list *)((art_box *)boxes->items)[i].as.obj;
            art_list_append_int(keys, ((art_box *)pair->items)[0].as.i);
        }
        assert_true(art_list_sort_by(list, keys, true));
        art_release(keys);
    } else {
        assert_true(art_list_sort(list, false));
    }
    return art_box_obj(list);
}

static art_box perform(const Case *c)
{
    const char *name = c->fields[0];
    const art_box *args = c->args;

    for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++) {
        if (strcmp(binaries[i].name, name) == 0)
            return binaries[i].function(args[0], args[1]);
    }
    if (strncmp(name, "method:", 7) == 0)
        return art_box_method(args[0], name + 7, c->arg_count - 1, args + 1);
    if (strcmp(name, "repr") == 0)
        return art_box_retain(args[0]);
    if (strcmp(name, "ascii") == 0)
        return art_box_obj(art_str_ascii((art_str *)args[0].as.obj));
    if (strcmp(name, "slice") == 0)
        return art_box_slice(args[0], bound(args[1]), bound(args[2]), bound(args[3]));
    if (strcmp(name, "float") == 0)
        return art_box_float(art_box_to_float(args[0]));
    if (strcmp(name, "trunc") == 0)
        return art_box_int(art_box_to_int(args[0]));
    if (strcmp(name, "round0") == 0)
        return art_box_int(art_float_round(args[0].as.f));
    if (strcmp(name, "hash") == 0)
        return art_box_int(art_box_hash(args[0]));
    if (strcmp(name, "hex") == 0)
        return art_box_obj(art_float_hex(args[0].as.f));
    if (strcmp(name, "bases") == 0)
        return bases_of(args[0].as.i);
    if (strcmp(name, "decode") == 0)
        return decode(c);
    if (strcmp(name, "dict") == 0)
        return change_containers(c);
    if (strncmp(name, "sort", 4) == 0)
        return sort(c, name[4] != '\0');
    fail_msg("no such operation: %s", name);
    return art_box_none();
}

/* The repr of the result, or what was raised. */
static art_str *outcome_of(art_box result)
{
    art_exc *exc = art_catch();
    if (!exc) {
        art_str *repr = art_box_repr(result);
        art_box_release(result);
        return repr;
    }
    art_str *message = art_exc_message(exc), *text = art_strf("%c: %s", exc->base.type->name, message);
    art_release(message);
    art_release(exc);
    art_box_release(result);
    return text;
}

static bool check(Case *c, const char *line)
{
    size_t size;
    char *expected = unhex(c->fields[c->count - 1], &size);
    art_str *got = outcome_of(perform(c));
    /* Where Python goes on with larger integers, any OverflowError will do. */
    bool is_overflow = strcmp(expected, "OverflowError: ") == 0 && strncmp(got->text, expected, size) == 0;
    bool is_same = is_overflow || ((size_t)got->size == size && memcmp(got->text, expected, size) == 0);

    if (!is_same)
        print_error("%s\n  expected %s\n  got      %s\n", line, expected, got->text);
    for (int i = 0; i < c->arg_count; i++)
        art_box_release(c->args[i]);
    art_release(got);
    free(expected);
    return is_same;
}

static void run_section(const char *section)
{
    char command[1024];
    const char *count = getenv("ORACLE_COUNT"), *seed = getenv("ORACLE_SEED"), *slash = strrchr(__FILE__, '/');
    snprintf(command, sizeof command, "python3 '%.*s/oracle.py' %s %s %s", (int)(slash - __FILE__), __FILE__, section, count ? count : "200",
        seed ? seed : "");
    FILE *oracle = popen(command, "r");
    assert_non_null(oracle);
    char *line = NULL;
    size_t cap = 0;
    int cases = 0, wrong = 0;
    static Case c;
    while (getline(&line, &cap, oracle) > 0) {
        char *copy = strdup(line);
        split(&c, line);
        wrong += !check(&c, copy);
        cases++;
        free(copy);
        if (wrong > 20)
            break;
    }
    free(line);
    pclose(oracle);
    print_message("%s: %d cases, %d wrong\n", section, cases, wrong);
    assert_int_equal(wrong, 0);
    assert_true(cases > 0);
    assert_int_equal(art_alloc_count(), 0);
}

#define SECTION(name) \
    static void test_##name(void **state) \
    { \
        (void)state; \
        run_section(#name); \
    }
SECTION(floats)
SECTION(operators)
SECTION(formats)
SECTION(parsing)
SECTION(strings)
SECTION(codecs)
SECTION(templates)
SECTION(containers)

int main(int argc, char **argv)
{
    art_start(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_parsing),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_codecs),
        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_containers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
