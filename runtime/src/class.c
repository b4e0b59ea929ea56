/* Classes: which type is which, and what all objects can do by the table of their fields. */
#include "internal.h"

static void *field_at(void *obj, const art_field *field)
{
    return (char *)obj + field->offset;
}

void art_object_destroy(art_obj *self)
{
    const art_field *fields = self->type->fields;
    int64_t count = self->type->field_count;

    for (int64_t i = 0; i < count; i++)
        art_slot_clear(fields[i].type, field_at(self, &fields[i]));
    art_free(self, self->type->object_size);
}

/* -- types -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_class(const art_type *type)
{
    return type->kind == ART_KIND_CLASS || type->kind == ART_KIND_EXCEPTION;
}

bool art_type_same(const art_type *a, const art_type *b)
{
    if (a == b)
        return true;
    if (a->kind != b->kind || a->arg_count != b->arg_count)
        return false;
    /* A class has one descriptor, as have named tuples. */
    if (is_class(a) || a->field_count != b->field_count || (a->field_count > 0 && a->fields != b->fields))
        return false;
    for (int64_t i = 0; i < a->arg_count; i++) {
        if (!art_type_same(a->args[i], b->args[i]))
            return false;
    }
    return strcmp(a->name, b->name) == 0;
}

bool art_type_is(const art_type *type, const art_type *base)
{
    if (base->kind == ART_KIND_BOX || base == &art_type_object)
        return true;
    for (const art_type *t = type; t; t = t->base) {
        if (t == base)
            return true;
    }
    /* ExceptionGroup derives from both. */
    if (base == &art_type_Exception)
        return art_type_is(type, &art_type_ExceptionGroup);
    if (is_class(base))
        return false;
    if (type->kind != base->kind)
        return base->kind == ART_KIND_VARTUPLE && type->kind == ART_KIND_TUPLE;
    return base->kind != ART_KIND_TUPLE || base->field_count == 0 || art_type_same(type, base);
}

art_str *art_type_name(const art_type *type)
{
    return art_str_of(type->name);
}

art_str *art_type_qualified(const art_type *type)
{
    if (!type->module || strcmp(type->module, "builtins") == 0)
        return art_str_of(type->name);
    return art_strf("%c.%c", type->module, type->name);
}

art_str *art_type_repr(const art_type *type)
{
    art_str *name = art_type_qualified(type), *text = art_strf("<class '%s'>", name);
    art_release(name);
    return text;
}

const art_field *art_type_field(const art_type *type, const char *name)
{
    const art_field *fields = type->fields;
    int64_t count = type->field_count;

    for (int64_t i = 0; i < count; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    }
    return NULL;
}

int64_t art_id(const void *obj)
{
    return (int64_t)(uintptr_t)obj;
}

/* -- objects ------------------------------------------------------------------------------------------------------------------------------ */

art_str *art_object_repr(const void *slot)
{
    art_obj *obj = *(art_obj *const *)slot;
    char address[32];

    snprintf(address, sizeof address, "%p", (void *)obj);
    art_str *name = art_type_qualified(obj->type), *text = art_strf("<%s object at %c>", name, address);
    art_release(name);
    return text;
}

art_str *art_dataclass_repr(const void *slot)
{
    art_obj *obj = *(art_obj *const *)slot;
    art_text text = {0};
    art_reprs here;
    const art_field *fields = obj->type->fields;
    int64_t count = obj->type->field_count;
    bool is_fine = true;

    if (!art__repr_begin(&here, obj))
        return art_str_of("...");
    art_text_add_c(&text, obj->type->name);
    art_text_add(&text, "(", 1);
    for (int64_t i = 0; i < count && is_fine; i++) {
        if (i > 0)
            art_text_add(&text, ", ", 2);
        art_text_add_c(&text, fields[i].name);
        art_text_add(&text, "=", 1);
        is_fine = art__text_add_repr(&text, fields[i].type, field_at(obj, &fields[i]));
    }
    art_text_add(&text, ")", 1);
    art__repr_end();
    if (is_fine)
        return art_text_take(&text);
    art_text_drop(&text);
    return NULL;
}

bool art_dataclass_equal(const void *a, const void *b)
{
    art_obj *x = *(art_obj *const *)a, *y = *(art_obj *const *)b;
    const art_field *fields = x->type->fields;
    int64_t count = x->type->field_count;

    if (x->type != y->type)
        return false;
    for (int64_t i = 0; i < count; i++) {
        if (!art__item_equal(fields[i].type, field_at(x, &fields[i]), field_at(y, &fields[i])))
            return false;
    }
    return true;
}

bool art_dataclass_less(const void *a, const void *b)
{
    art_obj *x = *(art_obj *const *)a, *y = *(art_obj *const *)b;
    const art_field *fields = x->type->fields;
    int64_t count = x->type->field_count;

    if (x->type != y->type) {
        art__unorderable(x->type, y->type, ART_LT);
        return false;
    }
    for (int64_t i = 0; i < count; i++) {
        void *p = field_at(x, &fields[i]), *q = field_at(y, &fields[i]);
        if (!art__item_equal(fields[i].type, p, q))
            return !art_self.raised && art_slot_less(fields[i].type, p, q);
    }
    return false;
}

int64_t art_dataclass_hash(const void *slot)
{
    art_obj *obj = *(art_obj *const *)slot;
    uint64_t mixed = ART_HASH_START;
    const art_field *fields = obj->type->fields;
    int64_t count = obj->type->field_count;

    for (int64_t i = 0; i < count; i++)
        mixed = art__hash_mix(mixed, (uint64_t)art_slot_hash(fields[i].type, field_at(obj, &fields[i])));
    return art__hash_end(mixed, count);
}

/* -- closures ------------------------------------------------------------------------------------------------------------------------------ */

art_str *art_closure_name(const art_closure *closure)
{
    return art_str_of(closure->info && closure->info->name ? closure->info->name : "<lambda>");
}

void art_closure_destroy(art_obj *self)
{
    art_free(self, self->type->object_size);
}

const art_type art_type_function = ART_CLOSURE_TYPE(art_closure, art_closure_destroy, NULL, 0);
