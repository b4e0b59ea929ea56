/* Deep copies of values by their descriptors: what crosses from one thread to another is copied, so that no count of references is
 * touched by two threads. Immortal objects (literals) are shared; an object that occurs twice in a value occurs twice, as one, in
 * the copy; what has an identity of its own (a task, a lock, an open file) is refused, save what is made for crossing. */
#include "internal.h"
#include "loop_impl.h"

#include "art/box.h"
#include "art/bytes.h"
#include "art/class.h"
#include "art/deque.h"
#include "art/dict.h"
#include "art/pool.h"
#include "art/range.h"
#include "art/set.h"

#include <stdatomic.h>
#include <string.h>

/* What was copied so far: open addressing by address. */
typedef struct memo {
    const void **from;
    void **to;
    size_t len, cap; /* cap: 0 or a power of two */
} memo;

static size_t place_of(const memo *m, const void *obj)
{
    size_t i = ((uintptr_t)obj >> 4) * (size_t)0x9E3779B97F4A7C15u & (m->cap - 1);
    while (m->from[i] && m->from[i] != obj)
        i = (i + 1) & (m->cap - 1);
    return i;
}

static void *remembered(const memo *m, const void *obj)
{
    return m->cap ? m->to[place_of(m, obj)] : NULL;
}

static void memo_free(memo *m)
{
    if (!m->cap)
        return;
    art_free(m->from, m->cap * sizeof *m->from);
    art_free(m->to, m->cap * sizeof *m->to);
}

static void remember(memo *m, const void *obj, void *copy)
{
    if (m->len * 2 >= m->cap) {
        memo bigger = {.cap = m->cap ? m->cap * 2 : 16};
        bigger.from = art_alloc(bigger.cap * sizeof *bigger.from);
        bigger.to = art_alloc(bigger.cap * sizeof *bigger.to);
        for (size_t i = 0; i < m->cap; i++) {
            if (!m->from[i])
                continue;
            size_t at = place_of(&bigger, m->from[i]);
            bigger.from[at] = m->from[i];
            bigger.to[at] = m->to[i];
        }
        bigger.len = m->len;
        memo_free(m);
        *m = bigger;
    }
    size_t i = place_of(m, obj);
    m->from[i] = obj;
    m->to[i] = copy;
    m->len++;
}

static bool copy_slot(memo *m, const art_type *type, void *to, const void *from);

/* -- objects by kind: each gives an owned copy that is remembered before what it holds is copied -------------------------------------- */

/* What was copied by then goes with the object that holds it. */
static void *failed(void *copy)
{
    art_release(copy);
    return NULL;
}

static void *copy_list(memo *m, const art_list *list)
{
    const art_type *item = list->base.type->args[0];
    art_list *copy = art_list_new(list->base.type, list->len);
    remember(m, list, copy);
    for (int64_t i = 0; i < list->len; i++) {
        char *to = (char *)copy->items + (size_t)i * item->size;
        memset(to, 0, item->size);
        copy->len = i + 1;
        if (!copy_slot(m, item, to, (char *)list->items + (size_t)i * item->size))
            return failed(copy);
    }
    return copy;
}

static void *copy_deque(memo *m, art_deque *deque)
{
    const art_type *item = deque->base.type->args[0];
    art_deque *copy = art_deque_new(deque->base.type, deque->maxlen);
    remember(m, deque, copy);
    void *room = art_alloc(item->size);
    for (int64_t i = 0; i < deque->len && !art_self.raised; i++) {
        if (copy_slot(m, item, room, art_deque_at(deque, i)))
            art_deque_append(copy, room);
        art_slot_clear(item, room);
    }
    art_free(room, item->size);
    return art_self.raised ? failed(copy) : copy;
}

static void *copy_dict(memo *m, art_dict *dict)
{
    const art_type *key_type = dict->base.type->args[0], *value_type = dict->base.type->args[1];
    art_dict *copy = art_dict_new(dict->base.type, dict->len);
    remember(m, dict, copy);
    void *key = art_alloc(key_type->size), *value = art_alloc(value_type->size);
    art_dict_iter it = art_dict_begin(dict);
    while (!art_self.raised && art_dict_next(&it)) {
        if (copy_slot(m, key_type, key, it.key) && copy_slot(m, value_type, value, it.value))
            art_dict_set(copy, key, value);
        art_slot_clear(key_type, key);
        art_slot_clear(value_type, value);
    }
    art_free(key, key_type->size);
    art_free(value, value_type->size);
    return art_self.raised ? failed(copy) : copy;
}

static void *copy_set(memo *m, art_set *set)
{
    const art_type *item = set->table.base.type->args[0];
    art_set *copy = art_set_new(set->table.base.type, art_set_len(set));
    remember(m, set, copy);
    void *room = art_alloc(item->size);
    art_set_iter it = art_set_begin(set);
    while (!art_self.raised && art_set_next(&it)) {
        if (copy_slot(m, item, room, it.item))
            art_set_add(copy, room);
        art_slot_clear(item, room);
    }
    art_free(room, item->size);
    return art_self.raised ? failed(copy) : copy;
}

static bool copy_fields(memo *m, const art_type *type, char *to, const char *from)
{
    for (uint32_t i = 0; i < type->field_count; i++) {
        const art_field *field = &type->fields[i];
        if (!copy_slot(m, field->type, to + field->offset, from + field->offset))
            return false;
    }
    return true;
}

static void *copy_exception(memo *m, const art_exc *exc)
{
    art_exc *copy = art_new(exc->base.type, exc->base.type->object_size);
    remember(m, exc, copy);
    if (exc->arg_count) {
        copy->args = art_alloc((size_t)exc->arg_count * sizeof *copy->args);
        copy->arg_count = exc->arg_count;
        for (int32_t i = 0; i < exc->arg_count; i++)
            copy->args[i] = art_box_none();
        for (int32_t i = 0; i < exc->arg_count; i++)
            if (!copy_slot(m, &art_type_box, &copy->args[i], &exc->args[i]))
                return failed(copy);
    }
    copy->suppress_context = exc->suppress_context;
    copy->base.aux = exc->base.aux;
    if (!copy_slot(m, &art_type_BaseException, &copy->cause, &exc->cause) ||
        !copy_slot(m, &art_type_BaseException, &copy->context, &exc->context))
        return failed(copy);
    if (exc->notes)
        copy->notes = copy_list(m, exc->notes);
    for (int32_t i = 0; i < exc->trace_len; i++) {
        art_exc *pending = art_self.raised;
        int line = art_self.line;
        art_self.raised = copy;
        art_self.line = exc->trace[i].line;
        art_trace(exc->trace[i].function, exc->trace[i].file);
        art_self.raised = pending;
        art_self.line = line;
    }
    if (art_exc_matches(exc, &art_type_BaseExceptionGroup)) {
        const art_exc_group *group = (const art_exc_group *)exc;
        art_exc_group *to = (art_exc_group *)copy;
        if (!copy_slot(m, &art_type_str, &to->message, &group->message) ||
            !copy_slot(m, group->exceptions->base.type, &to->exceptions, &group->exceptions))
            return failed(copy);
    }
    return copy_fields(m, exc->base.type, (char *)copy, (const char *)exc) ? copy : failed(copy);
}

static void *refuse(const art_type *type)
{
    art_raise_new(&art_type_TypeError, "cannot pass a '%c' object to another thread", type->name);
    return NULL;
}

/* An object of a class of the program: by its fields. */
static void *copy_object(memo *m, const art_obj *obj)
{
    const art_type *type = obj->type;
    if (!type->fields && type->object_size > sizeof(art_obj))
        return refuse(type);
    art_obj *copy = art_new(type, type->object_size);
    remember(m, obj, copy);
    if (type->kind == ART_KIND_CLOSURE) {
        ((art_closure *)copy)->fn = ((const art_closure *)obj)->fn;
        ((art_closure *)copy)->info = ((const art_closure *)obj)->info;
    }
    return copy_fields(m, type, (char *)copy, (const char *)obj) ? copy : failed(copy);
}

/* Is it made for crossing threads, or an object of asyncio, which the other thread only hands back to the loop (the compiler sees to that)?
 * Then it is shared, and is never counted (and never freed) from here on. */
static bool is_for_crossing(const art_type *type)
{
    static const char *const modules[] = {
        "threading",     "queue",         "concurrent.futures._base", "concurrent.futures.thread",
        "asyncio.locks", "asyncio.queues"};
    if (type == &art_type_loop || type->kind == ART_KIND_FUTURE || type->kind == ART_KIND_TASK)
        return true;
    for (size_t i = 0; type->module && i < sizeof modules / sizeof *modules; i++)
        if (strcmp(type->module, modules[i]) == 0)
            return true;
    return false;
}

/* Owned copy, or NULL when it raised. */
static void *copy_object_of_any_kind(memo *m, art_obj *obj)
{
    const art_type *type = obj->type;
    switch (type->kind) {
    case ART_KIND_STR: {
        const art_str *str = (const art_str *)obj;
        return art_str_new(str->text, (size_t)str->size);
    }
    case ART_KIND_BYTES:
    case ART_KIND_BYTEARRAY: {
        const art_bytes *bytes = (const art_bytes *)obj;
        art_bytes *copy = type->kind == ART_KIND_BYTES ? art_bytes_new(bytes->data, bytes->len)
                                                       : (art_bytes *)art_bytearray_new(bytes->data, bytes->len);
        remember(m, obj, copy);
        return copy;
    }
    case ART_KIND_LIST:
    case ART_KIND_VARTUPLE:
        return copy_list(m, (art_list *)obj);
    case ART_KIND_DEQUE:
        return copy_deque(m, (art_deque *)obj);
    case ART_KIND_DICT:
        return copy_dict(m, (art_dict *)obj);
    case ART_KIND_SET:
    case ART_KIND_FROZENSET:
        return copy_set(m, (art_set *)obj);
    case ART_KIND_RANGE: {
        const art_range *range = (const art_range *)obj;
        return art_range_new(range->start, range->stop, range->step);
    }
    case ART_KIND_SLICE: {
        const art_slice *slice = (const art_slice *)obj;
        return art_slice_new(slice->start, slice->stop, slice->step);
    }
    case ART_KIND_EXCEPTION:
        return copy_exception(m, (art_exc *)obj);
    case ART_KIND_CLASS:
    case ART_KIND_CLOSURE:
        return copy_object(m, obj);
    default:
        return refuse(type);
    }
}

/* What is never freed stays reachable, so that it is no leak. */
typedef struct shared {
    struct shared *next;
    art_obj *obj;
} shared;

static _Atomic(shared *) all_shared;

void *art__share(void *object)
{
    art_obj *obj = object;
    shared *entry = art_alloc(sizeof *entry);
    *entry = (shared){all_shared, obj};
    while (!atomic_compare_exchange_weak(&all_shared, &entry->next, entry))
        ;
    obj->refs = ART_IMMORTAL;
    return obj;
}

static void *copy_counted(memo *m, art_obj *obj)
{
    if (!obj || obj->refs == ART_IMMORTAL)
        return obj;
    void *known = remembered(m, obj);
    if (known)
        return art_retain(known);
    if (is_for_crossing(obj->type))
        return art__share(obj);
    return copy_object_of_any_kind(m, obj);
}

static bool copy_box(memo *m, art_box *to, const art_box *from)
{
    const art_type *type = from->type;
    if (type->kind == ART_KIND_TUPLE) {
        void *room = art_alloc(type->size);
        bool is_ok = copy_slot(m, type, room, (const art_cell *)from->as.obj + 1);
        if (is_ok)
            *to = art_slot_box(type, room);
        art_slot_clear(type, room);
        art_free(room, type->size);
        return is_ok;
    }
    *to = *from;
    if (type->is_counted) {
        to->as.obj = copy_counted(m, from->as.obj);
        if (!to->as.obj)
            *to = art_box_none();
    }
    return !art_self.raised;
}

static bool copy_slot(memo *m, const art_type *type, void *to, const void *from)
{
    if (type->kind == ART_KIND_BOX)
        return copy_box(m, to, from);
    if (type->is_counted) {
        *(void **)to = copy_counted(m, *(art_obj *const *)from);
        return !art_self.raised;
    }
    if (type->kind == ART_KIND_TUPLE) {
        memset(to, 0, type->size);
        for (unsigned i = 0; i < type->arg_count; i++)
            if (!copy_slot(m, type->args[i], (char *)to + type->offsets[i], (const char *)from + type->offsets[i]))
                return false;
        return true;
    }
    memcpy(to, from, type->size);
    return true;
}

bool art__slot_copy_deep(const art_type *type, void *to, const void *from)
{
    if (!type->is_counted && type->kind != ART_KIND_BOX && type->kind != ART_KIND_TUPLE) {
        memcpy(to, from, type->size);
        return true;
    }
    memo m = {0};
    memset(to, 0, type->size);
    bool is_ok = copy_slot(&m, type, to, from);
    memo_free(&m);
    return is_ok;
}

bool art_slot_deepcopy(const art_type *type, void *to, const void *from)
{
    art__cycles_pause(1);
    bool is_ok = art__slot_copy_deep(type, to, from);
    art__cycles_pause(-1);
    return is_ok;
}
