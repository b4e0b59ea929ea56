/* Boxes as objects: attributes, and the methods of the built-in types by name. A method is a row in the table at the end: kind, name,
 * how many arguments it takes, and a function that takes its receiver and arguments as boxes. Classes of the program are not here: the
 * compiler knows which of them have an attribute, and asks for their types first. */
#include "internal.h"

/* -- attributes --------------------------------------------------------------------------------------------------------------------------------- */

static art_box no_attribute(art_box obj, const char *name)
{
    if (obj.type->kind == ART_KIND_TYPE)
        art_raise_new(&art_type_AttributeError, "type object '%c' has no attribute '%c'", ((const art_type *)obj.as.p)->name, name);
    else
        art_raise_new(&art_type_AttributeError, "'%c' object has no attribute '%c'", obj.type->name, name);
    return art_box_none();
}

static void *field_of(art_box *obj, const art_field *field)
{
    if (obj->type->is_counted)
        return (char *)obj->as.obj + field->offset;
    return (char *)art_box_slot(obj) + field->offset;
}

static bool exception_attribute(art_exc *exc, const char *name, art_box *value)
{
    bool is_os = art_exc_matches(exc, &art_type_OSError);

    if (strcmp(name, "args") == 0)
        *value = art_box_obj(art_exc_get_args(exc));
    else if (strcmp(name, "__cause__") == 0)
        *value = art_box_obj(art_retain(exc->cause));
    else if (strcmp(name, "__context__") == 0)
        *value = art_box_obj(art_retain(exc->context));
    else if (is_os && strcmp(name, "errno") == 0)
        *value = exc->arg_count >= 2 ? art_exc_arg(exc, 0) : art_box_none();
    else if (is_os && strcmp(name, "strerror") == 0)
        *value = art_box_obj(art_exc_strerror(exc));
    else if (is_os && strcmp(name, "filename") == 0)
        *value = art_box_obj(art_exc_filename(exc));
    else if (strcmp(name, "value") == 0 && art_exc_matches(exc, &art_type_StopIteration))
        *value = art_exc_value(exc);
    else if (strcmp(name, "code") == 0 && art_exc_matches(exc, &art_type_SystemExit))
        *value = art_exc_value(exc);
    else
        return false;
    return true;
}

static bool find_attribute(art_box obj, const char *name, art_box *value)
{
    const art_field *field = art_type_field(obj.type, name);

    if (field) {
        *value = art_slot_box(field->type, field_of(&obj, field));
        return true;
    }
    if (strcmp(name, "__class__") == 0) {
        *value = art_box_type(obj.type);
        return true;
    }
    if (obj.type->kind == ART_KIND_TYPE && (strcmp(name, "__name__") == 0 || strcmp(name, "__qualname__") == 0)) {
        *value = art_box_obj(art_type_name(obj.as.p));
        return true;
    }
    if (obj.type->kind == ART_KIND_CLOSURE && ((art_closure *)obj.as.obj)->info && strcmp(name, "__name__") == 0) {
        *value = art_box_obj(art_str_of(((art_closure *)obj.as.obj)->info->name));
        return true;
    }
    return obj.type->kind == ART_KIND_EXCEPTION && exception_attribute((art_exc *)obj.as.obj, name, value);
}

art_box art_box_getattr(art_box obj, const char *name)
{
    art_box value;
    return find_attribute(obj, name, &value) ? value : no_attribute(obj, name);
}

art_box art_box_getattr_or(art_box obj, const char *name, art_box otherwise)
{
    art_box value;
    return find_attribute(obj, name, &value) ? value : art_box_retain(otherwise);
}

bool art_box_setattr(art_box obj, const char *name, art_box value)
{
    const art_field *field = obj.type->is_counted ? art_type_field(obj.type, name) : NULL;

    if (!field) {
        no_attribute(obj, name);
        return false;
    }
    union {
        max_align_t align;
        char bytes[256];
    } slot;
    memset(&slot, 0, sizeof slot);
    if (!art_slot_unbox(field->type, &slot, value))
        return false;
    void *place = field_of(&obj, field);
    char old[256];
    memcpy(old, place, field->type->size);
    memcpy(place, &slot, field->type->size);
    art_slot_clear(field->type, old);
    return true;
}

/* -- methods: what they take from their arguments ------------------------------------------------------------------------------------------------- */

typedef struct Call {
    art_box self;
    int64_t count;
    const art_box *args;
} Call;

static art_str *self_str(const Call *c)
{
    return (art_str *)c->self.as.obj;
}
static art_list *self_list(const Call *c)
{
    return (art_list *)c->self.as.obj;
}
static art_dict *self_dict(const Call *c)
{
    return (art_dict *)c->self.as.obj;
}
static art_set *self_set(const Call *c)
{
    return (art_set *)c->self.as.obj;
}

/* A str argument; NULL when it is not there or None, or raised. */
static art_str *str_arg(const Call *c, int64_t index)
{
    return index < c->count ? art_box_as_optional(c->args[index], &art_type_str) : NULL;
}
static int64_t int_arg(const Call *c, int64_t index, int64_t otherwise)
{
    return index < c->count && !art_box_is_none(c->args[index]) ? art_box_as_int(c->args[index]) : otherwise;
}

/* A str argument that must be there; the empty one when it raised. */
static art_str *text_arg(const Call *c, int64_t index)
{
    art_str *text = art_box_as(c->args[index], &art_type_str);
    return text ? text : &art_str_empty;
}

/* -- str ----------------------------------------------------------------------------------------------------------------------------------------------- */

static const art_type list_of_str = ART_LIST_TYPE(&art_type_str);

#define STR_TO_STR(name) \
    static art_box str_##name(const Call *c) \
    { \
        return art_box_obj(art_str_##name(self_str(c))); \
    }
#define STR_TO_BOOL(name) \
    static art_box str_##name(const Call *c) \
    { \
        return art_box_bool(art_str_##name(self_str(c))); \
    }
#define STR_STRIP(name) \
    static art_box str_##name(const Call *c) \
    { \
        art_str *chars = str_arg(c, 0); \
        return art_box_obj(art_str_##name(self_str(c), chars)); \
    }
#define STR_FIND(name, box) \
    static art_box str_##name(const Call *c) \
    { \
        art_str *sub = text_arg(c, 0); \
        return box(art_str_##name(self_str(c), sub, int_arg(c, 1, 0), int_arg(c, 2, INT64_MAX))); \
    }
#define STR_SPLIT(name) \
    static art_box str_##name(const Call *c) \
    { \
        art_str *sep = str_arg(c, 0); \
        return art_self.raised ? art_box_none() : art_box_obj(art_str_##name(self_str(c), sep, int_arg(c, 1, -1), &list_of_str)); \
    }
#define STR_PAD(name) \
    static art_box str_##name(const Call *c) \
    { \
        static art_str space = ART_STR_LITERAL(" ", 1); \
        art_str *fill = c->count > 1 ? text_arg(c, 1) : &space; \
        return art_box_obj(art_str_##name(self_str(c), int_arg(c, 0, 0), fill)); \
    }
STR_TO_STR(lower)
STR_TO_STR(upper)
STR_TO_STR(title)
STR_TO_STR(capitalize)
STR_TO_STR(swapcase)
STR_TO_STR(casefold)
STR_TO_BOOL(isalnum)
STR_TO_BOOL(isalpha)
STR_TO_BOOL(isascii)
STR_TO_BOOL(isdecimal)
STR_TO_BOOL(isdigit)
STR_TO_BOOL(isidentifier)
STR_TO_BOOL(islower)
STR_TO_BOOL(isnumeric)
STR_TO_BOOL(isprintable)
STR_TO_BOOL(isspace)
STR_TO_BOOL(istitle)
STR_TO_BOOL(isupper)
STR_STRIP(strip)
STR_STRIP(lstrip)
STR_STRIP(rstrip)
STR_FIND(find, art_box_int)
STR_FIND(rfind, art_box_int)
STR_FIND(index, art_box_int)
STR_FIND(rindex, art_box_int)
STR_FIND(count, art_box_int)
STR_FIND(startswith, art_box_bool)
STR_FIND(endswith, art_box_bool)
STR_SPLIT(split)
STR_SPLIT(rsplit)
STR_PAD(ljust)
STR_PAD(rjust)
STR_PAD(center)

static art_box str_zfill(const Call *c)
{
    return art_box_obj(art_str_zfill(self_str(c), int_arg(c, 0, 0)));
}
static art_box str_splitlines(const Call *c)
{
    return art_box_obj(art_str_splitlines(self_str(c), c->count > 0 && art_box_truth(c->args[0]), &list_of_str));
}
static art_box str_replace(const Call *c)
{
    art_str *old = text_arg(c, 0), *with = text_arg(c, 1);
    return art_self.raised ? art_box_none() : art_box_obj(art_str_replace(self_str(c), old, with, int_arg(c, 2, -1)));
}
static art_box str_removeprefix(const Call *c)
{
    return art_box_obj(art_str_removeprefix(self_str(c), text_arg(c, 0)));
}
static art_box str_removesuffix(const Call *c)
{
    return art_box_obj(art_str_removesuffix(self_str(c), text_arg(c, 0)));
}
static art_box str_join(const Call *c)
{
    art_list *items = art_box_list(c->args[0], &art_type_list);
    art_str *text = items ? art_str_join(self_str(c), items) : NULL;
    art_release(items);
    return art_box_obj(text);
}
static art_box str_encode(const Call *c)
{
    static art_str utf8 = ART_STR_LITERAL("utf-8", 5), strict = ART_STR_LITERAL("strict", 6);
    art_str *encoding = c->count > 0 ? text_arg(c, 0) : &utf8, *errors = c->count > 1 ? text_arg(c, 1) : &strict;
    return art_box_obj(art_str_encode(self_str(c), encoding, errors));
}
static art_box str_format(const Call *c)
{
    return art_box_obj(art_str_format(self_str(c), c->args, c->count, NULL, NULL, 0));
}

static art_box bytes_decode(const Call *c)
{
    static art_str utf8 = ART_STR_LITERAL("utf-8", 5), strict = ART_STR_LITERAL("strict", 6);
    art_str *encoding = c->count > 0 ? text_arg(c, 0) : &utf8, *errors = c->count > 1 ? text_arg(c, 1) : &strict;
    return art_box_obj(art_bytes_decode((art_bytes *)c->self.as.obj, encoding, errors));
}
static art_box bytes_hex(const Call *c)
{
    return art_box_obj(art_bytes_hex((art_bytes *)c->self.as.obj, NULL, 1));
}

/* -- list ------------------------------------------------------------------------------------------------------------------------------------------------ */

static art_box list_append(const Call *c)
{
    art__list_append_box(self_list(c), c->args[0]);
    return art_box_none();
}
static art_box list_extend(const Call *c)
{
    art_list *items = art_box_list(c->args[0], &art_type_list);

    for (int64_t i = 0; items && i < items->len; i++) {
        if (!art__list_append_box(self_list(c), ((art_box *)items->items)[i]))
            break;
    }
    art_release(items);
    return art_box_none();
}
static art_box list_insert(const Call *c)
{
    art_list *list = self_list(c);
    int64_t index = int_arg(c, 0, 0);

    if (!art_self.raised && art__list_append_box(list, c->args[1])) {
        /* What was appended is moved to its place. */
        const art_type *type = art_list_item_type(list);
        char *last = art_alloc(type->size);
        list->len--;
        memcpy(last, (char *)list->items + (size_t)list->len * type->size, type->size);
        art_list_insert(list, index, last);
        art_slot_clear(type, last);
        art_free(last, type->size);
    }
    return art_box_none();
}

/* The index of an item equal to the box; -1: none, or raised. */
static int64_t list_find(const Call *c)
{
    art_list *list = self_list(c);

    for (int64_t i = 0; i < list->len; i++) {
        const art_type *type = art_list_item_type(list);
        if (art__mixed_equal(type, (char *)list->items + (size_t)i * type->size, c->args[0].type, art_box_slot((art_box *)(uintptr_t)&c->args[0])))
            return i;
        if (art_self.raised)
            break;
    }
    return -1;
}
static art_box list_index(const Call *c)
{
    int64_t index = list_find(c);

    if (index < 0 && c->self.type->kind == ART_KIND_VARTUPLE)
        art_raise_new(&art_type_ValueError, "tuple.index(x): x not in tuple");
    else if (index < 0)
        art_raise_new(&art_type_ValueError, "%V is not in list", &art_type_box, &c->args[0]);
    return art_box_int(index);
}
static art_box list_remove(const Call *c)
{
    int64_t index = list_find(c);

    if (index >= 0)
        art_list_delete(self_list(c), index);
    else
        art_raise_new(&art_type_ValueError, "list.remove(x): x not in list");
    return art_box_none();
}
static art_box list_count(const Call *c)
{
    art_list *list = self_list(c);
    int64_t count = 0;

    for (int64_t i = 0; i < list->len && !art_self.raised; i++) {
        const art_type *type = art_list_item_type(list);
        count += art__mixed_equal(type, (char *)list->items + (size_t)i * type->size, c->args[0].type,
            art_box_slot((art_box *)(uintptr_t)&c->args[0]));
    }
    return art_box_int(count);
}
static art_box list_pop(const Call *c)
{
    art_list *list = self_list(c);
    const art_type *type = art_list_item_type(list);
    art_box value = art_box_none();
    char *item = art_alloc(type->size);

    if (art_list_pop(list, int_arg(c, 0, -1), item)) {
        value = art_slot_box(type, item);
        art_slot_clear(type, item);
    }
    art_free(item, type->size);
    return value;
}
static art_box list_clear(const Call *c)
{
    art_list_clear(self_list(c));
    return art_box_none();
}
static art_box list_copy(const Call *c)
{
    return art_box_obj(art_list_copy(self_list(c)));
}
static art_box list_reverse(const Call *c)
{
    art_list_reverse(self_list(c));
    return art_box_none();
}
static art_box list_sort(const Call *c)
{
    art_list_sort(self_list(c), false);
    return art_box_none();
}

/* -- dict ------------------------------------------------------------------------------------------------------------------------------------------------ */

static art_box dict_get(const Call *c)
{
    if (art_box_contains(c->self, c->args[0]))
        return art_box_getitem(c->self, c->args[0]);
    return c->count > 1 ? art_box_retain(c->args[1]) : art_box_none();
}
static art_box dict_pop(const Call *c)
{
    if (c->count > 1 && !art_box_contains(c->self, c->args[0]))
        return art_box_retain(c->args[1]);
    art_box value = art_box_getitem(c->self, c->args[0]);
    if (!art_self.raised)
        art_box_delitem(c->self, c->args[0]);
    return value;
}
static art_box dict_setdefault(const Call *c)
{
    if (!art_box_contains(c->self, c->args[0]))
        art_box_setitem(c->self, c->args[0], c->count > 1 ? c->args[1] : art_box_none());
    return art_self.raised ? art_box_none() : art_box_getitem(c->self, c->args[0]);
}
static art_box dict_update(const Call *c)
{
    if (c->args[0].type->kind != ART_KIND_DICT) {
        art_raise_new(&art_type_TypeError, "'%c' object is not iterable", c->args[0].type->name);
        return art_box_none();
    }
    art_dict *other = (art_dict *)c->args[0].as.obj;
    art_dict_iter it = art_dict_begin(other);
    while (other != self_dict(c) && art_dict_next(&it)) {
        art_box key = art_slot_box(other->base.type->args[0], it.key), value = art_slot_box(other->base.type->args[1], it.value);
        bool is_fine = art_box_setitem(c->self, key, value);
        art_box_release(key);
        art_box_release(value);
        if (!is_fine)
            break;
    }
    return art_box_none();
}
static art_box dict_keys(const Call *c)
{
    return art__dict_view(self_dict(c), ART_KIND_KEYS);
}
static art_box dict_values(const Call *c)
{
    return art__dict_view(self_dict(c), ART_KIND_VALUES);
}
static art_box dict_items(const Call *c)
{
    return art__dict_view(self_dict(c), ART_KIND_ITEMS);
}
static art_box dict_clear(const Call *c)
{
    art_dict_clear(self_dict(c));
    return art_box_none();
}
static art_box dict_copy(const Call *c)
{
    return art_box_obj(art_dict_copy(self_dict(c)));
}

/* -- set ------------------------------------------------------------------------------------------------------------------------------------------------- */

/* Calls a function with a boxed item taken out of its box. */
static art_box with_item(const Call *c, bool (*function)(art_set *set, const void *item))
{
    const art_type *type = c->self.type->args[0];
    char *item = art_alloc(type->size);

    if (art_slot_unbox(type, item, c->args[0])) {
        function(self_set(c), item);
        art_slot_clear(type, item);
    }
    art_free(item, type->size);
    return art_box_none();
}
static art_box set_add(const Call *c)
{
    return with_item(c, art_set_add);
}
static art_box set_discard(const Call *c)
{
    return art_box_contains(c->self, c->args[0]) ? with_item(c, art_set_drop) : art_box_none();
}
static art_box set_remove(const Call *c)
{
    if (art_box_contains(c->self, c->args[0]))
        return with_item(c, art_set_remove);
    if (!art_self.raised)
        art_raise_box(&art_type_KeyError, c->args[0]);
    return art_box_none();
}
static art_box set_clear(const Call *c)
{
    art_set_clear(self_set(c));
    return art_box_none();
}
static art_box set_copy(const Call *c)
{
    return art_box_obj(art_set_copy(self_set(c)));
}

/* -- numbers --------------------------------------------------------------------------------------------------------------------------------------------- */

static art_box int_bit_length(const Call *c)
{
    return art_box_int(art_int_bit_length(art_box_as_int(c->self)));
}
static art_box float_is_integer(const Call *c)
{
    return art_box_bool(art_float_is_integer(c->self.as.f));
}

/* -- the table ------------------------------------------------------------------------------------------------------------------------------------------- */

typedef struct Method {
    art_kind kind;
    const char *name;
    int8_t least, most; /* arguments; most -1: any number */
    art_box (*call)(const Call *c);
} Method;

static const Method methods[] = {
    {ART_KIND_STR, "capitalize", 0, 0, str_capitalize},
    {ART_KIND_STR, "casefold", 0, 0, str_casefold},
    {ART_KIND_STR, "center", 1, 2, str_center},
    {ART_KIND_STR, "count", 1, 3, str_count},
    {ART_KIND_STR, "encode", 0, 2, str_encode},
    {ART_KIND_STR, "endswith", 1, 3, str_endswith},
    {ART_KIND_STR, "find", 1, 3, str_find},
    {ART_KIND_STR, "format", 0, -1, str_format},
    {ART_KIND_STR, "index", 1, 3, str_index},
    {ART_KIND_STR, "isalnum", 0, 0, str_isalnum},
    {ART_KIND_STR, "isalpha", 0, 0, str_isalpha},
    {ART_KIND_STR, "isascii", 0, 0, str_isascii},
    {ART_KIND_STR, "isdecimal", 0, 0, str_isdecimal},
    {ART_KIND_STR, "isdigit", 0, 0, str_isdigit},
    {ART_KIND_STR, "isidentifier", 0, 0, str_isidentifier},
    {ART_KIND_STR, "islower", 0, 0, str_islower},
    {ART_KIND_STR, "isnumeric", 0, 0, str_isnumeric},
    {ART_KIND_STR, "isprintable", 0, 0, str_isprintable},
    {ART_KIND_STR, "isspace", 0, 0, str_isspace},
    {ART_KIND_STR, "istitle", 0, 0, str_istitle},
    {ART_KIND_STR, "isupper", 0, 0, str_isupper},
    {ART_KIND_STR, "join", 1, 1, str_join},
    {ART_KIND_STR, "ljust", 1, 2, str_ljust},
    {ART_KIND_STR, "lower", 0, 0, str_lower},
    {ART_KIND_STR, "lstrip", 0, 1, str_lstrip},
    {ART_KIND_STR, "removeprefix", 1, 1, str_removeprefix},
    {ART_KIND_STR, "removesuffix", 1, 1, str_removesuffix},
    {ART_KIND_STR, "replace", 2, 3, str_replace},
    {ART_KIND_STR, "rfind", 1, 3, str_rfind},
    {ART_KIND_STR, "rindex", 1, 3, str_rindex},
    {ART_KIND_STR, "rjust", 1, 2, str_rjust},
    {ART_KIND_STR, "rsplit", 0, 2, str_rsplit},
    {ART_KIND_STR, "rstrip", 0, 1, str_rstrip},
    {ART_KIND_STR, "split", 0, 2, str_split},
    {ART_KIND_STR, "splitlines", 0, 1, str_splitlines},
    {ART_KIND_STR, "startswith", 1, 3, str_startswith},
    {ART_KIND_STR, "strip", 0, 1, str_strip},
    {ART_KIND_STR, "swapcase", 0, 0, str_swapcase},
    {ART_KIND_STR, "title", 0, 0, str_title},
    {ART_KIND_STR, "upper", 0, 0, str_upper},
    {ART_KIND_STR, "zfill", 1, 1, str_zfill},
    {ART_KIND_BYTES, "decode", 0, 2, bytes_decode},
    {ART_KIND_BYTES, "hex", 0, 0, bytes_hex},
    {ART_KIND_BYTEARRAY, "decode", 0, 2, bytes_decode},
    {ART_KIND_BYTEARRAY, "hex", 0, 0, bytes_hex},
    {ART_KIND_LIST, "append", 1, 1, list_append},
    {ART_KIND_LIST, "clear", 0, 0, list_clear},
    {ART_KIND_LIST, "copy", 0, 0, list_copy},
    {ART_KIND_LIST, "count", 1, 1, list_count},
    {ART_KIND_LIST, "extend", 1, 1, list_extend},
    {ART_KIND_LIST, "index", 1, 1, list_index},
    {ART_KIND_LIST, "insert", 2, 2, list_insert},
    {ART_KIND_LIST, "pop", 0, 1, list_pop},
    {ART_KIND_LIST, "remove", 1, 1, list_remove},
    {ART_KIND_LIST, "reverse", 0, 0, list_reverse},
    {ART_KIND_LIST, "sort", 0, 0, list_sort},
    {ART_KIND_VARTUPLE, "count", 1, 1, list_count},
    {ART_KIND_VARTUPLE, "index", 1, 1, list_index},
    {ART_KIND_DICT, "clear", 0, 0, dict_clear},
    {ART_KIND_DICT, "copy", 0, 0, dict_copy},
    {ART_KIND_DICT, "get", 1, 2, dict_get},
    {ART_KIND_DICT, "items", 0, 0, dict_items},
    {ART_KIND_DICT, "keys", 0, 0, dict_keys},
    {ART_KIND_DICT, "pop", 1, 2, dict_pop},
    {ART_KIND_DICT, "setdefault", 1, 2, dict_setdefault},
    {ART_KIND_DICT, "update", 1, 1, dict_update},
    {ART_KIND_DICT, "values", 0, 0, dict_values},
    {ART_KIND_SET, "add", 1, 1, set_add},
    {ART_KIND_SET, "clear", 0, 0, set_clear},
    {ART_KIND_SET, "copy", 0, 0, set_copy},
    {ART_KIND_SET, "discard", 1, 1, set_discard},
    {ART_KIND_SET, "remove", 1, 1, set_remove},
    {ART_KIND_INT, "bit_length", 0, 0, int_bit_length},
    {ART_KIND_FLOAT, "is_integer", 0, 0, float_is_integer},
};

static const Method *find_method(art_box obj, const char *name)
{
    for (int64_t i = 0; i < ART_ARRAY_LEN(methods); i++) {
        if (methods[i].kind == obj.type->kind && strcmp(methods[i].name, name) == 0)
            return &methods[i];
    }
    return NULL;
}

bool art_box_hasattr(art_box obj, const char *name)
{
    art_box value;

    if (find_method(obj, name))
        return true;
    if (!find_attribute(obj, name, &value))
        return false;
    art_box_release(value);
    return true;
}

static art_box wrong_count(const Method *method, const char *type, int64_t count)
{
    if (method->least == method->most && method->most == 0)
        art_raise_new(&art_type_TypeError, "%c.%c() takes no arguments (%i given)", type, method->name, count);
    else if (method->least == method->most && method->most == 1)
        art_raise_new(&art_type_TypeError, "%c.%c() takes exactly one argument (%i given)", type, method->name, count);
    else if (count < method->least)
        art_raise_new(&art_type_TypeError, "%c expected at least %i argument%c, got %i", method->name, (int64_t)method->least,
            method->least == 1 ? "" : "s", count);
    else
        art_raise_new(&art_type_TypeError, "%c expected at most %i argument%c, got %i", method->name, (int64_t)method->most,
            method->most == 1 ? "" : "s", count);
    return art_box_none();
}

art_box art_box_method(art_box obj, const char *name, int64_t count, const art_box *args)
{
    const Method *method = find_method(obj, name);
    art_box value;

    if (!method) {
        if (!find_attribute(obj, name, &value))
            return no_attribute(obj, name);
        art_box result = art_box_call(value, count, args);
        art_box_release(value);
        return result;
    }
    if (count < method->least || (method->most >= 0 && count > method->most))
        return wrong_count(method, obj.type->name, count);
    art_box result = method->call(&(Call){obj, count, args});
    if (!art_self.raised)
        return result;
    art_box_release(result);
    return art_box_none();
}
