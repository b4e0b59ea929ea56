/* What generic code does with a value that it knows only by its descriptor: copy, compare, hash, print, box. A descriptor's own
 * function comes first; where it has none, the rule of its kind is here, one line per kind, and the work is done in that kind's file.
 *
 * Also here: the end of an object. Dropping the first node of a long chain would recurse once per node; beyond a certain depth objects
 * are put on a list instead, which the outermost destruction works off. */
#include "loop_impl.h"
#include "internal.h"

ART_THREAD_LOCAL art_thread art_self;

#define PLAIN(name_, kind_, size_) {.name = name_, .module = "builtins", .kind = kind_, .size = size_}
#define COUNTED(name_, kind_, struct_, destroy_) \
    {.name = name_, .module = "builtins", .kind = kind_, .size = sizeof(void *), .is_counted = true, \
     .object_size = sizeof(struct_), .destroy = destroy_}

static void str_destroy(art_obj *self)
{
    art_free(self, sizeof(art_str) + (size_t)((art_str *)self)->size + 1);
}
static void bytes_destroy(art_obj *self)
{
    art_free(self, sizeof(art_bytes) + (size_t)((art_bytes *)self)->len);
}
static void bytearray_destroy(art_obj *self)
{
    art_bytearray *b = (art_bytearray *)self;
    art_resize(b->data, (size_t)b->cap, 0);
    art_free(b, sizeof *b);
}
static void plain_destroy(art_obj *self)
{
    art_free(self, self->type->object_size);
}

const art_type art_type_none = PLAIN("NoneType", ART_KIND_NONE, sizeof(art_none));
const art_type art_type_int = PLAIN("int", ART_KIND_INT, sizeof(int64_t));
const art_type art_type_bool =
    {.name = "bool", .module = "builtins", .kind = ART_KIND_BOOL, .size = sizeof(bool), .base = &art_type_int};
const art_type art_type_float = PLAIN("float", ART_KIND_FLOAT, sizeof(double));
const art_type art_type_str = COUNTED("str", ART_KIND_STR, art_str, str_destroy);
const art_type art_type_bytes = COUNTED("bytes", ART_KIND_BYTES, art_bytes, bytes_destroy);
const art_type art_type_bytearray = COUNTED("bytearray", ART_KIND_BYTEARRAY, art_bytearray, bytearray_destroy);
const art_type art_type_range = COUNTED("range", ART_KIND_RANGE, art_range, plain_destroy);
const art_type art_type_slice = COUNTED("slice", ART_KIND_SLICE, art_slice, plain_destroy);
const art_type art_type_box = PLAIN("object", ART_KIND_BOX, sizeof(art_box));
const art_type art_type_object = COUNTED("object", ART_KIND_CLASS, art_obj, plain_destroy);
const art_type art_type_type = PLAIN("type", ART_KIND_TYPE, sizeof(const art_type *));
const art_type art_type_list = ART_LIST_TYPE(&art_type_box, .is_cyclic = true);
const art_type art_type_tuple = ART_VARTUPLE_TYPE(&art_type_box, .is_cyclic = true);
const art_type art_type_dict = ART_DICT_TYPE(&art_type_box, &art_type_box, .is_cyclic = true);
const art_type art_type_set = ART_SET_TYPE(&art_type_box, .is_cyclic = true);
const art_type art_type_frozenset = ART_FROZENSET_TYPE(&art_type_box, .is_cyclic = true);
const art_type art_type_deque = ART_DEQUE_TYPE(&art_type_box, .is_cyclic = true);
const art_type art_type_empty_tuple =
    {.name = "tuple", .module = "builtins", .kind = ART_KIND_TUPLE, .size = sizeof(art_empty_tuple)};

const char *const art__order_names[] = {"<", "<=", ">", ">="};

/* -- the end of an object ---------------------------------------------------------------------------------------------------- */

enum { DEEPEST_DROP = 100 };

struct art_drops {
    int depth;
    int64_t len, cap;
    art_obj **objs;
};

static void drop_later(struct art_drops *drops, art_obj *obj)
{
    if (drops->len == drops->cap) {
        int64_t cap = drops->cap ? drops->cap * 2 : 64;
        drops->objs = art_resize(drops->objs, (size_t)drops->cap * sizeof(art_obj *), (size_t)cap * sizeof(art_obj *));
        drops->cap = cap;
    }
    drops->objs[drops->len++] = obj;
}

static void destroy_cell(art_obj *obj)
{
    const art_type *type = obj->type;
    art_slot_clear(type, (art_cell *)obj + 1);
    art_free(obj, sizeof(art_cell) + type->size);
}

void art__destroy(art_obj *obj)
{
    const art_type *type = obj->type;

    if (type->kind <= ART_KIND_BYTEARRAY || (type->kind == ART_KIND_TASK && art__task_is_bare((art_task *)obj))) {
        type->destroy(obj);
        return;
    }
    if (type->is_cyclic)
        art__cycles_remove(obj);
    struct art_drops *drops = art_self.drops;
    struct art_drops here = {0};
    if (!drops)
        art_self.drops = drops = &here;
    if (drops->depth >= DEEPEST_DROP) {
        drop_later(drops, obj);
        return;
    }
    drops->depth++;
    if (type->kind == ART_KIND_TUPLE)
        destroy_cell(obj);
    else
        type->destroy(obj);
    drops->depth--;
    if (drops != &here)
        return;
    while (here.len > 0) {
        obj = here.objs[--here.len];
        here.depth++;
        if (obj->type->kind == ART_KIND_TUPLE)
            destroy_cell(obj);
        else
            obj->type->destroy(obj);
        here.depth--;
    }
    art_self.drops = NULL;
    art_resize(here.objs, (size_t)here.cap * sizeof(art_obj *), 0);
}

/* -- copying ------------------------------------------------------------------------------------------------------------------- */

void art_slot_copy(const art_type *type, void *to, const void *from)
{
    if (type->is_counted) {
        *(void **)to = art_retain(*(void *const *)from);
        return;
    }
    memcpy(to, from, type->size);
    if (type->kind == ART_KIND_BOX) {
        if (((art_box *)to)->type)
            art_box_retain(*(art_box *)to);
    } else if (type->kind == ART_KIND_TUPLE) {
        for (int64_t i = 0; i < type->arg_count; i++)
            art_slot_copy(type->args[i], art_tuple_item(type, to, i), art_tuple_item(type, from, i));
    }
}

void art_slot_move(const art_type *type, void *to, void *from)
{
    memcpy(to, from, type->size);
}

void art_slot_clear(const art_type *type, void *slot)
{
    if (type->is_counted) {
        void *obj = *(void **)slot;
        *(void **)slot = NULL;
        art_release(obj);
    } else if (type->kind == ART_KIND_BOX) {
        art_box box = *(art_box *)slot;
        memset(slot, 0, sizeof box);
        art_box_release(box);
    } else if (type->kind == ART_KIND_TUPLE) {
        for (int64_t i = 0; i < type->arg_count; i++)
            art_slot_clear(type->args[i], art_tuple_item(type, slot, i));
    } else {
        memset(slot, 0, type->size);
    }
}

const art_type *art__slot_type(const art_type *type, const void *slot)
{
    if (type->is_counted) {
        const art_obj *obj = *(art_obj *const *)slot;
        return obj ? obj->type : &art_type_none;
    }
    return type->kind == ART_KIND_BOX ? ((const art_box *)slot)->type : type;
}

/* -- equality and order ----------------------------------------------------------------------------------------------------- */

static bool tuple_equal(const art_type *type, const void *a, const void *b)
{
    for (int64_t i = 0; i < type->arg_count; i++) {
        if (!art__item_equal(type->args[i], art_tuple_item(type, a, i), art_tuple_item(type, b, i)))
            return false;
    }
    return true;
}

static bool object_equal(const art_type *type, const void *a, const void *b)
{
    const art_obj *x = *(art_obj *const *)a, *y = *(art_obj *const *)b;

    if (!x || !y)
        return x == y;
    if (type->kind == ART_KIND_OPTIONAL)
        return art_slot_equal(type->args[0], a, b);
    if (x->type->equal)
        return x->type->equal(a, b);
    if (y->type->equal)
        return y->type->equal(b, a);
    return x == y;
}

bool art_slot_equal(const art_type *type, const void *a, const void *b)
{
    switch (type->kind) {
    case ART_KIND_NONE:
        return true;
    case ART_KIND_BOOL:
        return *(const bool *)a == *(const bool *)b;
    case ART_KIND_INT:
        return *(const int64_t *)a == *(const int64_t *)b;
    case ART_KIND_FLOAT:
        return *(const double *)a == *(const double *)b;
    case ART_KIND_TYPE:
        return art_type_same(*(const art_type *const *)a, *(const art_type *const *)b);
    case ART_KIND_BOX:
        return art_box_equal(*(const art_box *)a, *(const art_box *)b);
    case ART_KIND_TUPLE:
        return type->equal ? type->equal(a, b) : tuple_equal(type, a, b);
    default:
        break;
    }
    art_obj *x = *(art_obj *const *)a, *y = *(art_obj *const *)b;
    if (!x || !y || x->type->equal)
        return object_equal(type, a, b);
    switch (type->kind) {
    case ART_KIND_STR:
        return art_str_equal((art_str *)x, (art_str *)y);
    case ART_KIND_BYTES:
    case ART_KIND_BYTEARRAY:
        return art_bytes_equal((art_bytes *)x, (art_bytes *)y);
    case ART_KIND_LIST:
    case ART_KIND_VARTUPLE:
        return art_list_equal((art_list *)x, (art_list *)y);
    case ART_KIND_DEQUE:
        return art_deque_equal((art_deque *)x, (art_deque *)y);
    case ART_KIND_DICT:
        return art_dict_equal((art_dict *)x, (art_dict *)y);
    case ART_KIND_SET:
    case ART_KIND_FROZENSET:
        return art_set_equal((art_set *)x, (art_set *)y);
    case ART_KIND_RANGE:
        return art_range_equal((art_range *)x, (art_range *)y);
    case ART_KIND_SLICE:
        return memcmp(&((art_slice *)x)->start, &((art_slice *)y)->start, 3 * sizeof(int64_t)) == 0;
    case ART_KIND_KEYS:
        return art_view_equal((art_view *)x, (art_view *)y);
    case ART_KIND_ITEMS:
        return art_dict_equal(((art_view *)x)->dict, ((art_view *)y)->dict);
    default:
        return object_equal(type, a, b);
    }
}

bool art__item_equal(const art_type *type, const void *a, const void *b)
{
    if (type->is_counted && *(void *const *)a == *(void *const *)b)
        return true;
    if (type->kind == ART_KIND_FLOAT && memcmp(a, b, sizeof(double)) == 0)
        return true;
    if (type->kind == ART_KIND_BOX && art_box_same(*(const art_box *)a, *(const art_box *)b))
        return true;
    return art_slot_equal(type, a, b);
}

bool art__mixed_equal(const art_type *a_type, const void *a, const art_type *b_type, const void *b)
{
    if (a_type == b_type || art_type_same(a_type, b_type))
        return art__item_equal(a_type, a, b);
    art_box x = art_slot_box(a_type, a), y = art_slot_box(b_type, b);
    bool is_equal = art_box_same(x, y) || art_box_equal(x, y);
    art_box_release(x);
    art_box_release(y);
    return is_equal;
}

bool art__mixed_order(const art_type *a_type, const void *a, const art_type *b_type, const void *b, art_order order)
{
    if (a_type == b_type || art_type_same(a_type, b_type))
        return art_slot_order(a_type, a, b, order);
    art_box x = art_slot_box(a_type, a), y = art_slot_box(b_type, b);
    bool holds = art_box_order(x, y, order);
    art_box_release(x);
    art_box_release(y);
    return holds;
}

void art__unorderable(const art_type *a, const art_type *b, art_order order)
{
    art_raise_new(&art_type_TypeError, "'%c' not supported between instances of '%c' and '%c'", art__order_names[order], a->name,
        b->name);
}

static bool order_of(int comparison, art_order order)
{
    switch (order) {
    case ART_LT:
        return comparison < 0;
    case ART_LE:
        return comparison <= 0;
    case ART_GT:
        return comparison > 0;
    default:
        return comparison >= 0;
    }
}

static bool float_order(double a, double b, art_order order)
{
    switch (order) {
    case ART_LT:
        return a < b;
    case ART_LE:
        return a <= b;
    case ART_GT:
        return a > b;
    default:
        return a >= b;
    }
}

static bool tuple_order(const art_type *type, const void *a, const void *b, art_order order)
{
    for (int64_t i = 0; i < type->arg_count; i++) {
        const void *x = art_tuple_item(type, a, i), *y = art_tuple_item(type, b, i);
        if (!art__item_equal(type->args[i], x, y))
            return !art_self.raised && art_slot_order(type->args[i], x, y, order);
        if (art_self.raised)
            return false;
    }
    return order == ART_LE || order == ART_GE;
}

static bool set_order(art_set *a, art_set *b, art_order order)
{
    switch (order) {
    case ART_LT:
        return art_set_is_proper_subset(a, b);
    case ART_LE:
        return art_set_issubset(a, b);
    case ART_GT:
        return art_set_is_proper_subset(b, a);
    default:
        return art_set_issubset(b, a);
    }
}

/* Objects: only `a < b` is in the descriptor. */
static bool object_order(const art_type *type, const void *a, const void *b, art_order order)
{
    const art_type *x = art__slot_type(type, a), *y = art__slot_type(type, b);

    if (!x->less && !y->less) {
        art__unorderable(x, y, order);
        return false;
    }
    bool (*less)(const void *, const void *) = x->less ? x->less : y->less;
    switch (order) {
    case ART_LT:
        return less(a, b);
    case ART_GT:
        return less(b, a);
    case ART_LE:
        return less(a, b) || (!art_self.raised && art_slot_equal(type, a, b));
    default:
        return less(b, a) || (!art_self.raised && art_slot_equal(type, a, b));
    }
}

bool art_slot_order(const art_type *type, const void *a, const void *b, art_order order)
{
    switch (type->kind) {
    case ART_KIND_BOOL:
        return order_of(*(const bool *)a - *(const bool *)b, order);
    case ART_KIND_INT:
        return order_of((*(const int64_t *)a > *(const int64_t *)b) - (*(const int64_t *)a < *(const int64_t *)b), order);
    case ART_KIND_FLOAT:
        return float_order(*(const double *)a, *(const double *)b, order);
    case ART_KIND_BOX:
        return art_box_order(*(const art_box *)a, *(const art_box *)b, order);
    case ART_KIND_TUPLE:
        return type->less ? object_order(type, a, b, order) : tuple_order(type, a, b, order);
    case ART_KIND_NONE:
    case ART_KIND_TYPE:
        art__unorderable(type, type, order);
        return false;
    default:
        break;
    }
    art_obj *x = *(art_obj *const *)a, *y = *(art_obj *const *)b;
    if (!x || !y || x->type->less)
        return object_order(type, a, b, order);
    switch (type->kind) {
    case ART_KIND_STR:
        return order_of(art_str_compare((art_str *)x, (art_str *)y), order);
    case ART_KIND_BYTES:
    case ART_KIND_BYTEARRAY:
        return order_of(art_bytes_compare((art_bytes *)x, (art_bytes *)y), order);
    case ART_KIND_LIST:
    case ART_KIND_VARTUPLE:
        return art_list_order((art_list *)x, (art_list *)y, order);
    case ART_KIND_DEQUE:
        return art_deque_order((art_deque *)x, (art_deque *)y, order);
    case ART_KIND_SET:
    case ART_KIND_FROZENSET:
        return set_order((art_set *)x, (art_set *)y, order);
    case ART_KIND_OPTIONAL:
        return art_slot_order(type->args[0], a, b, order);
    default:
        return object_order(type, a, b, order);
    }
}

bool art_slot_less(const art_type *type, const void *a, const void *b)
{
    return art_slot_order(type, a, b, ART_LT);
}

/* -- hashing ------------------------------------------------------------------------------------------------------------------- */

uint64_t art__hash_mix(uint64_t so_far, uint64_t item)
{
    so_far += item * UINT64_C(14029467366897019727);
    so_far = so_far << 31 | so_far >> 33;
    return so_far * UINT64_C(11400714785074694791);
}

int64_t art__hash_end(uint64_t mixed, int64_t count)
{
    mixed += (uint64_t)count ^ (ART_HASH_START ^ UINT64_C(3527539));
    return mixed == UINT64_MAX ? 1546275796 : (int64_t)mixed;
}

uint64_t art__hash_bytes(const void *data, size_t size)
{
    const unsigned char *at = data;
    uint64_t hash = UINT64_C(0x9E3779B97F4A7C15) ^ size;

    for (; size >= 8; size -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        hash = (hash ^ word) * UINT64_C(0x9FB21C651E98DF25);
        hash ^= hash >> 32;
    }
    uint64_t rest = 0;
    memcpy(&rest, at, size);
    hash = (hash ^ rest) * UINT64_C(0x9FB21C651E98DF25);
    hash ^= hash >> 29;
    hash *= UINT64_C(0xBF58476D1CE4E5B9);
    return hash ^ hash >> 32;
}

static int64_t tuple_hash(const art_type *type, const void *slot)
{
    uint64_t mixed = ART_HASH_START;

    for (int64_t i = 0; i < type->arg_count; i++)
        mixed = art__hash_mix(mixed, (uint64_t)art_slot_hash(type->args[i], art_tuple_item(type, slot, i)));
    return art__hash_end(mixed, type->arg_count);
}

static int64_t list_hash(const art_list *list)
{
    const art_type *item = art_list_item_type(list);
    uint64_t mixed = ART_HASH_START;

    for (int64_t i = 0; i < list->len; i++)
        mixed = art__hash_mix(mixed, (uint64_t)art_slot_hash(item, (char *)list->items + (size_t)i * item->size));
    return art__hash_end(mixed, list->len);
}

static int64_t pointer_hash(const void *p)
{
    uint64_t address = (uint64_t)(uintptr_t)p;
    return (int64_t)(address >> 4 | address << 60);
}

static int64_t unhashable(const art_type *type)
{
    art_raise_new(&art_type_TypeError, "unhashable type: '%c'", type->name);
    return 0;
}

static int64_t object_hash(const art_obj *obj, const void *slot)
{
    const art_type *type = obj->type;

    if (type->hash)
        return type->hash(slot);
    /* A class that says when its objects are equal, but has no hash, cannot be a key. */
    return type->equal ? unhashable(type) : pointer_hash(obj);
}

int64_t art_slot_hash(const art_type *type, const void *slot)
{
    switch (type->kind) {
    case ART_KIND_NONE:
        return 0xFCA86420;
    case ART_KIND_BOOL:
        return *(const bool *)slot;
    case ART_KIND_INT:
        return art_int_hash(*(const int64_t *)slot);
    case ART_KIND_FLOAT:
        return art_float_hash(*(const double *)slot);
    case ART_KIND_TYPE:
        return pointer_hash((*(const art_type *const *)slot)->name);
    case ART_KIND_BOX: {
        art_box box = *(const art_box *)slot;
        return art_slot_hash(box.type, art_box_slot(&box));
    }
    case ART_KIND_TUPLE:
        return type->hash ? type->hash(slot) : tuple_hash(type, slot);
    default:
        break;
    }
    art_obj *obj = *(art_obj *const *)slot;
    if (!obj)
        return art_slot_hash(&art_type_none, slot);
    switch (obj->type->kind) {
    case ART_KIND_STR:
        return art_str_hash((art_str *)obj);
    case ART_KIND_BYTES:
        return art_bytes_hash((art_bytes *)obj);
    case ART_KIND_VARTUPLE:
        return obj->type->hash ? obj->type->hash(slot) : list_hash((art_list *)obj);
    case ART_KIND_FROZENSET:
        return art_set_hash((art_set *)obj);
    case ART_KIND_RANGE:
        return art_range_hash((art_range *)obj);
    case ART_KIND_BYTEARRAY:
    case ART_KIND_LIST:
    case ART_KIND_DICT:
    case ART_KIND_SET:
    case ART_KIND_DEQUE:
    case ART_KIND_SLICE:
    case ART_KIND_KEYS:
    case ART_KIND_ITEMS:
        return obj->type->hash ? obj->type->hash(slot) : unhashable(obj->type);
    default:
        return object_hash(obj, slot);
    }
}

/* -- text ------------------------------------------------------------------------------------------------------------------------ */

bool art__repr_begin(art_reprs *here, const void *obj)
{
    for (art_reprs *r = art_self.reprs; r; r = r->outer) {
        if (r->obj == obj)
            return false;
    }
    *here = (art_reprs){art_self.reprs, obj};
    art_self.reprs = here;
    return true;
}

void art__repr_end(void)
{
    art_self.reprs = art_self.reprs->outer;
}

bool art__text_add_owned(art_text *text, art_str *owned)
{
    if (!owned)
        return false;
    art_text_add_str(text, owned);
    art_release(owned);
    return true;
}

bool art__text_add_repr(art_text *text, const art_type *type, const void *slot)
{
    if (type->kind == ART_KIND_STR && *(art_str *const *)slot) {
        art__text_quote(text, *(art_str *const *)slot, false);
        return true;
    }
    return art__text_add_owned(text, art_slot_repr(type, slot));
}

bool art__text_add_items(art_text *text, const art_type *type, const char *items, int64_t len)
{
    for (int64_t i = 0; i < len; i++) {
        if (i > 0)
            art_text_add(text, ", ", 2);
        if (!art__text_add_repr(text, type, items + (size_t)i * type->size))
            return false;
    }
    return true;
}

static art_str *tuple_repr(const art_type *type, const void *slot)
{
    art_text text = {0};

    if (type->field_count > 0)
        art_text_add_c(&text, type->name);
    art_text_add(&text, "(", 1);
    for (int64_t i = 0; i < type->arg_count; i++) {
        if (i > 0)
            art_text_add(&text, ", ", 2);
        if (type->field_count > 0) {
            art_text_add_c(&text, type->fields[i].name);
            art_text_add(&text, "=", 1);
        }
        if (!art__text_add_repr(&text, type->args[i], art_tuple_item(type, slot, i))) {
            art_text_drop(&text);
            return NULL;
        }
    }
    art_text_add_c(&text, type->arg_count == 1 && type->field_count == 0 ? ",)" : ")");
    return art_text_take(&text);
}

static art_str *function_repr(const art_closure *closure)
{
    const char *name = closure->info && closure->info->qualname ? closure->info->qualname : "<lambda>";
    art_text text = {0};
    char address[32];

    art_text_add_c(&text, "<function ");
    art_text_add_c(&text, name);
    art_text_add(&text, address, (size_t)snprintf(address, sizeof address, " at %p>", (const void *)closure));
    return art_text_take(&text);
}

static art_str *object_repr(art_obj *obj, const void *slot)
{
    switch (obj->type->kind) {
    case ART_KIND_STR:
        return art_str_repr((art_str *)obj);
    case ART_KIND_BYTES:
    case ART_KIND_BYTEARRAY:
        return art_bytes_repr((art_bytes *)obj);
    case ART_KIND_LIST:
    case ART_KIND_VARTUPLE:
        return art_list_repr((art_list *)obj);
    case ART_KIND_DEQUE:
        return art_deque_repr((art_deque *)obj);
    case ART_KIND_DICT:
        return art_dict_repr((art_dict *)obj);
    case ART_KIND_SET:
    case ART_KIND_FROZENSET:
        return art_set_repr((art_set *)obj);
    case ART_KIND_RANGE:
        return art_range_repr((art_range *)obj);
    case ART_KIND_SLICE:
        return art_slice_repr((art_slice *)obj);
    case ART_KIND_KEYS:
    case ART_KIND_VALUES:
    case ART_KIND_ITEMS:
        return art_view_repr((art_view *)obj);
    case ART_KIND_CLOSURE:
        return function_repr((art_closure *)obj);
    case ART_KIND_EXCEPTION:
        return art_exc_repr((art_exc *)obj);
    default:
        return art_object_repr(slot);
    }
}

art_str *art_slot_repr(const art_type *type, const void *slot)
{
    switch (type->kind) {
    case ART_KIND_NONE:
        return art_str_of("None");
    case ART_KIND_BOOL:
        return art_str_of(*(const bool *)slot ? "True" : "False");
    case ART_KIND_INT:
        return art_int_str(*(const int64_t *)slot);
    case ART_KIND_FLOAT:
        return art_float_repr(*(const double *)slot);
    case ART_KIND_TYPE:
        return art_type_repr(*(const art_type *const *)slot);
    case ART_KIND_BOX: {
        art_box box = *(const art_box *)slot;
        return art_slot_repr(box.type, art_box_slot(&box));
    }
    default:
        break;
    }
    if (art_stack_low())
        return NULL;
    if (type->kind == ART_KIND_TUPLE)
        return type->repr ? type->repr(slot) : tuple_repr(type, slot);
    art_obj *obj = *(art_obj *const *)slot;
    if (!obj)
        return art_str_of("None");
    return obj->type->repr ? obj->type->repr(slot) : object_repr(obj, slot);
}

art_str *art_slot_str(const art_type *type, const void *slot)
{
    if (type->kind == ART_KIND_BOX) {
        art_box box = *(const art_box *)slot;
        return art_slot_str(box.type, art_box_slot(&box));
    }
    const art_type *own = art__slot_type(type, slot);
    if (own->kind == ART_KIND_STR && !own->str)
        return art_retain(*(art_str *const *)slot);
    if (own->str)
        return own->str(slot);
    if (own->kind == ART_KIND_EXCEPTION)
        return art_exc_slot_str(slot);
    return art_slot_repr(type, slot);
}

/* -- truth ------------------------------------------------------------------------------------------------------------------------ */

bool art_slot_truth(const art_type *type, const void *slot)
{
    switch (type->kind) {
    case ART_KIND_NONE:
        return false;
    case ART_KIND_BOOL:
        return *(const bool *)slot;
    case ART_KIND_INT:
        return *(const int64_t *)slot != 0;
    case ART_KIND_FLOAT:
        return *(const double *)slot != 0;
    case ART_KIND_TUPLE:
        return type->arg_count > 0;
    case ART_KIND_TYPE:
        return true;
    case ART_KIND_BOX: {
        art_box box = *(const art_box *)slot;
        return art_slot_truth(box.type, art_box_slot(&box));
    }
    default:
        break;
    }
    art_obj *obj = *(art_obj *const *)slot;
    if (!obj)
        return false;
    if (obj->type->truth)
        return obj->type->truth(slot);
    switch (obj->type->kind) {
    case ART_KIND_STR:
        return ((art_str *)obj)->size > 0;
    case ART_KIND_BYTES:
    case ART_KIND_BYTEARRAY:
        return ((art_bytes *)obj)->len > 0;
    case ART_KIND_LIST:
    case ART_KIND_VARTUPLE:
        return ((art_list *)obj)->len > 0;
    case ART_KIND_DEQUE:
        return ((art_deque *)obj)->len > 0;
    case ART_KIND_DICT:
    case ART_KIND_SET:
    case ART_KIND_FROZENSET:
        return ((art_dict *)obj)->len > 0;
    case ART_KIND_RANGE:
        return ((art_range *)obj)->len > 0;
    case ART_KIND_KEYS:
    case ART_KIND_VALUES:
    case ART_KIND_ITEMS:
        return ((art_view *)obj)->dict->len > 0;
    default:
        return true;
    }
}

/* -- boxes ------------------------------------------------------------------------------------------------------------------------ */

art_box art_slot_box(const art_type *type, const void *slot)
{
    art_box box = {type, {0}};

    switch (type->kind) {
    case ART_KIND_NONE:
        return art_box_none();
    case ART_KIND_BOX:
        return art_box_retain(*(const art_box *)slot);
    case ART_KIND_TUPLE:
        return art_box_tuple(type, slot);
    default:
        break;
    }
    if (type->is_counted)
        return art_box_obj(art_retain(*(void *const *)slot));
    memcpy(&box.as, slot, type->size);
    return box;
}

static bool wrong_type(const art_type *type, art_box box)
{
    const char *name = type->kind == ART_KIND_OPTIONAL ? type->args[0]->name : type->name;
    art_raise_new(&art_type_TypeError, "expected %c, got %c", name, box.type->name);
    return false;
}

/* A container whose items are of other types than the slot's: a new one, item by item (a list[Any] of JSON becomes list[str]). */
static bool convert_list(const art_type *type, void *slot, art_box box)
{
    art_iter *iter = art_box_iter(box);
    if (!iter)
        return false;
    art_list *list = art_list_new(type, art__max(iter->len, 0));
    size_t size = type->args[0]->size;
    art_box item;
    while (art_iter_next(iter, &item)) {
        if (list->len == list->cap)
            art__list_grow(list, list->len + 1);
        void *at = (char *)list->items + (size_t)list->len * size;
        memset(at, 0, size);
        bool is_fine = art_slot_unbox(type->args[0], at, item);
        art_box_release(item);
        if (!is_fine)
            break;
        list->len++;
    }
    art_release(iter);
    if (art_self.raised) {
        art_release(list);
        return false;
    }
    *(art_list **)slot = list;
    return true;
}

static bool convert_dict(const art_type *type, void *slot, art_box box)
{
    art_dict *from = (art_dict *)box.as.obj, *to = art_dict_new(type, from->len);
    art_dict_iter it = art_dict_begin(from);

    while (art_dict_next(&it)) {
        art_box key = art_slot_box(from->base.type->args[0], it.key);
        art_box value = art_slot_box(from->base.type->args[1], it.value);
        max_align_t room[8];
        memset(room, 0, sizeof room);
        bool is_fine = type->args[0]->size <= sizeof room && art_slot_unbox(type->args[0], room, key);
        void *place = is_fine ? art_dict_put(to, room, NULL) : NULL;
        if (is_fine)
            art_slot_clear(type->args[0], room);
        if (place) {
            art_slot_clear(type->args[1], place);
            is_fine = art_slot_unbox(type->args[1], place, value);
        }
        art_box_release(key);
        art_box_release(value);
        if (!place || !is_fine)
            break;
    }
    if (art_self.raised) {
        art_release(to);
        return false;
    }
    *(art_dict **)slot = to;
    return true;
}

static bool convert_set(const art_type *type, void *slot, art_box box)
{
    art_list *items = NULL;
    art_type list_type = ART_LIST_TYPE(type->args[0]);

    if (!convert_list(&list_type, &items, box))
        return false;
    *(art_set **)slot = art_set_of_list(items, type);
    art_release(items);
    return *(art_set **)slot != NULL;
}

static bool convert_tuple(const art_type *type, void *slot, art_box box)
{
    art_box items[UINT8_MAX];

    if (art_box_len(box) != type->arg_count)
        return !art_self.raised && wrong_type(type, box);
    if (!art_box_unpack(box, type->arg_count, items))
        return false;
    bool is_fine = true;
    memset(slot, 0, type->size);
    for (int64_t i = 0; i < type->arg_count; i++) {
        is_fine = is_fine && art_slot_unbox(type->args[i], art_tuple_item(type, slot, i), items[i]);
        art_box_release(items[i]);
    }
    if (!is_fine)
        art_slot_clear(type, slot);
    return is_fine;
}

static bool is_sequence(art_kind kind)
{
    return kind == ART_KIND_LIST || kind == ART_KIND_VARTUPLE || kind == ART_KIND_TUPLE;
}

bool art_box_as_items(art_box box, const art_type *type, void *out)
{
    return art_slot_unbox(type, out, box);
}

bool art_slot_unbox(const art_type *type, void *slot, art_box box)
{
    const art_type *from = box.type;

    switch (type->kind) {
    case ART_KIND_BOX:
        *(art_box *)slot = art_box_retain(box);
        return true;
    case ART_KIND_NONE:
        *(art_none *)slot = 0;
        return from->kind == ART_KIND_NONE || wrong_type(type, box);
    case ART_KIND_BOOL:
        *(bool *)slot = box.as.b;
        return from->kind == ART_KIND_BOOL || wrong_type(type, box);
    case ART_KIND_INT:
        *(int64_t *)slot = from->kind == ART_KIND_BOOL ? box.as.b : box.as.i;
        return from->kind == ART_KIND_BOOL || from->kind == ART_KIND_INT || wrong_type(type, box);
    case ART_KIND_FLOAT:
        *(double *)slot = from->kind == ART_KIND_FLOAT ? box.as.f : from->kind == ART_KIND_BOOL ? box.as.b : (double)box.as.i;
        return from->kind == ART_KIND_BOOL || from->kind == ART_KIND_INT || from->kind == ART_KIND_FLOAT || wrong_type(type, box);
    case ART_KIND_TYPE:
        *(const void **)slot = box.as.p;
        return from->kind == ART_KIND_TYPE || wrong_type(type, box);
    case ART_KIND_OPTIONAL:
        *(void **)slot = NULL;
        return from->kind == ART_KIND_NONE || art_slot_unbox(type->args[0], slot, box);
    case ART_KIND_TUPLE:
        if (art_type_same(from, type)) {
            art_slot_copy(type, slot, art_box_slot(&box));
            return true;
        }
        return is_sequence(from->kind) ? convert_tuple(type, slot, box) : wrong_type(type, box);
    default:
        break;
    }
    if (art_type_same(from, type) || (from->is_counted && type->kind != ART_KIND_LIST && type->kind != ART_KIND_DICT
                                         && type->kind != ART_KIND_SET && type->kind != ART_KIND_FROZENSET
                                         && type->kind != ART_KIND_VARTUPLE && type->kind != ART_KIND_DEQUE
                                         && art_type_is(from, type))) {
        *(void **)slot = art_retain(box.as.obj);
        return true;
    }
    switch (type->kind) {
    case ART_KIND_LIST:
        return from->kind == ART_KIND_LIST ? convert_list(type, slot, box) : wrong_type(type, box);
    case ART_KIND_VARTUPLE:
        return from->kind == ART_KIND_VARTUPLE || from->kind == ART_KIND_TUPLE ? convert_list(type, slot, box) : wrong_type(type, box);
    case ART_KIND_DICT:
        return from->kind == ART_KIND_DICT ? convert_dict(type, slot, box) : wrong_type(type, box);
    case ART_KIND_SET:
    case ART_KIND_FROZENSET:
        return from->kind == type->kind ? convert_set(type, slot, box) : wrong_type(type, box);
    default:
        return wrong_type(type, box);
    }
}
