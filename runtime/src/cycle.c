/* The collector of cycles: trial deletion over the objects of types that can form cycles.
 *
 * Such objects are listed, in the order in which they were made, as long as they live. To collect, each one's references from the
 * others are counted: who has more references than that is held from outside (a variable, a frame, an object of another type), and what
 * can be reached from there lives. The others are held by nothing but each other; their references are cleared, and counting does
 * the rest.
 *
 *     a.next = b; b.next = a; del a, b         refs 1, 1; from each other 1, 1: nobody holds them
 *
 * A reference that is not walked here keeps its object alive: forgetting one is a leak, never a dangling pointer. So the frames of
 * coroutines, and objects of the runtime such as tasks and queues, may hold objects of the list but are not looked into.
 *
 * `__del__` is called first, in order of creation; then everything is counted again, since it may have stored what it saw. It is code
 * of the program, which must not run at any allocation: objects that have one wait for a turn of the loop, or for the end.
 *
 * Only the main thread keeps a list. What is made by other threads is not listed, nor is what is copied for them (art__cycles_pause). */
#include "internal.h"

#include "art/bytes.h"
#include "art/cycle.h"
#include "art/deque.h"
#include "art/dict.h"
#include "art/set.h"
#include "art/tuple.h"

#include <stdlib.h>

/* How many objects there must be before it runs by itself. */
enum { FEWEST = 4096 };

/* A listed object keeps its place, from 1, beside its header; the highest bit says that its __del__ has been called. */
#define FINALIZED UINT32_C(0x80000000)
#define PLACE UINT32_C(0x7FFFFFFF)

struct art_cycles {
    art_obj **objs; /* NULL where one has died */
    uint32_t len, cap;
    uint32_t live;
    uint32_t limit;    /* it runs when so many live */
    bool is_running;
    bool is_disabled;
    bool has_waiting;  /* garbage whose __del__ waits */
    int paused;
    uint32_t *outside; /* while it runs: references from elsewhere, by place - 1 */
    uint32_t *found;   /* while it runs: places of what is known to live, not yet looked into */
    uint32_t found_len;
};

static struct art_cycles main_cycles = {.limit = FEWEST};

static uint32_t *place_of(art_obj *obj)
{
    switch (obj->type->kind) {
    case ART_KIND_DEQUE:
        return &((art_deque *)obj)->place;
    case ART_KIND_EXCEPTION:
        return &((art_exc *)obj)->place;
    default:
        return &obj->aux;
    }
}

/* -- what an object refers to ------------------------------------------------------------------------------------------------------- */

typedef void Visit(struct art_cycles *c, art_obj *to);

static void visit_slot(struct art_cycles *c, const art_type *type, void *slot, Visit *visit)
{
    art_obj *to = NULL;

    if (type->is_counted) {
        to = *(art_obj **)slot;
    } else if (type->kind == ART_KIND_BOX) {
        const art_box *box = slot;
        to = box->type && art_box_is_counted(*box) ? box->as.obj : NULL;
    } else if (type->kind == ART_KIND_TUPLE) {
        for (int64_t i = 0; i < type->arg_count; i++)
            visit_slot(c, type->args[i], art_tuple_item(type, slot, i), visit);
    }
    if (to && to->type->is_cyclic && *place_of(to) & PLACE)
        visit(c, to);
}

static void visit_dict(struct art_cycles *c, art_dict *dict, Visit *visit)
{
    const art_type *type = dict->base.type;

    for (int64_t i = dict->first; i < dict->used; i++) {
        char *entry = dict->entries + (size_t)i * dict->stride;
        if (*(int64_t *)(void *)entry == ART_DICT_DEAD)
            continue;
        visit_slot(c, type->args[0], entry + dict->key_at, visit);
        if (type->arg_count > 1)
            visit_slot(c, type->args[1], entry + dict->value_at, visit);
    }
    visit_slot(c, &art_type_function, &dict->factory, visit);
}

static void visit_object(struct art_cycles *c, art_obj *obj, Visit *visit)
{
    const art_type *type = obj->type, *item = type->arg_count ? type->args[0] : NULL;

    switch (type->kind) {
    case ART_KIND_LIST:
    case ART_KIND_VARTUPLE:
        for (int64_t i = 0; i < ((art_list *)obj)->len; i++)
            visit_slot(c, item, (char *)((art_list *)obj)->items + (size_t)i * item->size, visit);
        return;
    case ART_KIND_DEQUE:
        for (int64_t i = 0; i < ((art_deque *)obj)->len; i++)
            visit_slot(c, item, art_deque_at((art_deque *)obj, i), visit);
        return;
    case ART_KIND_DICT:
    case ART_KIND_SET:
    case ART_KIND_FROZENSET:
        visit_dict(c, (art_dict *)obj, visit);
        return;
    case ART_KIND_TUPLE:
        visit_slot(c, type, (art_cell *)obj + 1, visit);
        return;
    default:
        for (uint32_t i = 0; i < type->field_count; i++)
            visit_slot(c, type->fields[i].type, (char *)obj + type->fields[i].offset, visit);
    }
}

static void clear_object(art_obj *obj)
{
    const art_type *type = obj->type;

    switch (type->kind) {
    case ART_KIND_LIST:
    case ART_KIND_VARTUPLE:
        art_list_clear((art_list *)obj);
        return;
    case ART_KIND_DEQUE:
        art_deque_clear((art_deque *)obj);
        return;
    case ART_KIND_DICT:
    case ART_KIND_SET:
    case ART_KIND_FROZENSET:
        art_dict_clear((art_dict *)obj);
        return;
    case ART_KIND_TUPLE:
        art_slot_clear(type, (art_cell *)obj + 1);
        return;
    default:
        for (uint32_t i = 0; i < type->field_count; i++)
            art_slot_clear(type->fields[i].type, (char *)obj + type->fields[i].offset);
    }
}

/* -- what lives ------------------------------------------------------------------------------------------------------------------------ */

enum { LIVES = UINT32_MAX };

static void drop_gaps(struct art_cycles *c)
{
    uint32_t len = 0;

    for (uint32_t i = 0; i < c->len; i++) {
        art_obj *obj = c->objs[i];
        if (!obj)
            continue;
        uint32_t *place = place_of(obj);
        c->objs[len++] = obj;
        *place = (*place & FINALIZED) | len;
    }
    c->len = len;
}

static void take_off(struct art_cycles *c, art_obj *to)
{
    uint32_t *outside = &c->outside[(*place_of(to) & PLACE) - 1];

    if (*outside)
        --*outside;
}

static void find_alive(struct art_cycles *c, art_obj *to)
{
    uint32_t at = (*place_of(to) & PLACE) - 1;

    if (c->outside[at] == LIVES)
        return;
    c->outside[at] = LIVES;
    c->found[c->found_len++] = at;
}

static void follow(struct art_cycles *c)
{
    while (c->found_len)
        visit_object(c, c->objs[c->found[--c->found_len]], find_alive);
}

static bool has_finalizer(art_obj *obj)
{
    return obj->type->finalize && !(*place_of(obj) & FINALIZED);
}

/* Marks in `outside` what lives. True: objects with a __del__ that was not called are among the others. */
static bool find_garbage(struct art_cycles *c)
{
    bool has_finalizers = false;

    for (uint32_t i = 0; i < c->len; i++)
        c->outside[i] = c->objs[i]->refs == ART_IMMORTAL ? LIVES - 1 : c->objs[i]->refs;
    for (uint32_t i = 0; i < c->len; i++)
        visit_object(c, c->objs[i], take_off);
    for (uint32_t i = 0; i < c->len; i++)
        if (c->outside[i] && c->outside[i] != LIVES) {
            find_alive(c, c->objs[i]);
            follow(c);
        }
    for (uint32_t i = 0; i < c->len; i++)
        has_finalizers |= c->outside[i] != LIVES && has_finalizer(c->objs[i]);
    return has_finalizers;
}

/* -- collecting ------------------------------------------------------------------------------------------------------------------------- */

/* The garbage that `is_wanted`, held, in order of creation. */
static art_obj **hold_garbage(struct art_cycles *c, bool (*is_wanted)(art_obj *obj), uint32_t *count)
{
    art_obj **held = malloc((c->len + 1) * sizeof *held);

    *count = 0;
    for (uint32_t i = 0; held && i < c->len; i++)
        if (c->outside[i] != LIVES && (!is_wanted || is_wanted(c->objs[i])))
            held[(*count)++] = art_retain(c->objs[i]);
    return held;
}

static void let_go(art_obj **held, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        art_release(held[i]);
    free(held);
}

static void call_finalizer(art_obj *obj)
{
    art_exc *raised = art_catch();

    *place_of(obj) |= FINALIZED;
    obj->type->finalize(obj);
    art_forget();
    art_self.raised = raised;
}

/* What has a __del__ that may not be called now stays, with all that it refers to. */
static void spare_finalizers(struct art_cycles *c)
{
    for (uint32_t i = 0; i < c->len; i++)
        if (c->outside[i] != LIVES && has_finalizer(c->objs[i])) {
            find_alive(c, c->objs[i]);
            follow(c);
        }
    c->has_waiting = true;
}

/* One pass. True: code of the program has run, so another pass must look again. */
static bool collect_once(struct art_cycles *c, bool may_finalize, int64_t *destroyed)
{
    uint32_t count;
    bool has_finalizers;

    drop_gaps(c);
    c->outside = malloc((c->len + 1) * sizeof *c->outside);
    c->found = malloc((c->len + 1) * sizeof *c->found);
    c->found_len = 0;
    has_finalizers = c->outside && c->found && find_garbage(c);
    if (has_finalizers && !may_finalize)
        spare_finalizers(c);
    bool calls = has_finalizers && may_finalize;
    art_obj **held = c->outside && c->found ? hold_garbage(c, calls ? has_finalizer : NULL, &count) : NULL;
    free(c->outside);
    free(c->found);
    if (!held)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (calls)
            call_finalizer(held[i]);
        else
            clear_object(held[i]);
    }
    *destroyed += calls ? 0 : count;
    let_go(held, count);
    return calls || (may_finalize && count); /* what the garbage held may have been garbage itself, but for that */
}

static int64_t collect(struct art_cycles *c, bool may_finalize)
{
    int64_t destroyed = 0;

    if (c->is_running)
        return 0;
    c->is_running = true;
    c->has_waiting = false;
    while (collect_once(c, may_finalize, &destroyed)) {
    }
    c->is_running = false;
    c->limit = c->live < FEWEST / 2 ? FEWEST : c->live > PLACE / 2 ? PLACE : c->live * 2;
    return destroyed;
}

/* -- the list ----------------------------------------------------------------------------------------------------------------------------- */

/* As many again as live may be added before the next look. */
ART_COLD static void make_room(struct art_cycles *c)
{
    if (c->live >= c->limit && !c->is_running && !c->is_disabled)
        collect(c, false);
    drop_gaps(c);
    uint32_t cap = c->len < FEWEST / 4 ? FEWEST / 4 : c->len > PLACE / 2 ? PLACE : c->len * 2;
    art_obj **objs = realloc(c->objs, cap * sizeof *objs);
    if (!objs)
        return;
    c->objs = objs;
    c->cap = cap;
}

void art__cycles_add(art_obj *obj)
{
    struct art_cycles *c = art_self.cycles;

    if (!c || c->paused)
        return;
    if (c->len == c->cap)
        make_room(c);
    if (c->len == c->cap)
        return;
    c->objs[c->len++] = obj;
    *place_of(obj) = (*place_of(obj) & FINALIZED) | c->len;
    c->live++;
}

void art__cycles_remove(art_obj *obj)
{
    struct art_cycles *c = art_self.cycles;
    uint32_t *place = place_of(obj), at = *place & PLACE;

    if (!at || !c)
        return;
    *place &= FINALIZED;
    c->objs[at - 1] = NULL;
    c->live--;
    while (c->len && !c->objs[c->len - 1])
        c->len--;
}

bool art_finalize(art_obj *obj)
{
    uint32_t *place = place_of(obj);

    if (*place & FINALIZED)
        return false;
    obj->refs = 1;
    call_finalizer(obj);
    if (--obj->refs == 0)
        return false;
    if (obj->type->is_cyclic)
        art__cycles_add(obj);
    return true;
}

/* -- when it runs --------------------------------------------------------------------------------------------------------------------------- */

void art__cycles_begin(void)
{
    art_self.cycles = &main_cycles;
}

void art__cycles_end(void)
{
    struct art_cycles *c = art_self.cycles;

    art_collect();
    if (c && !c->live) {
        free(c->objs);
        *c = (struct art_cycles){.limit = FEWEST};
    }
}

void art__cycles_turn(void)
{
    struct art_cycles *c = art_self.cycles;

    if (c && c->has_waiting && !c->is_disabled)
        collect(c, true);
}

void art__cycles_pause(int by)
{
    if (art_self.cycles)
        art_self.cycles->paused += by;
}

int64_t art_collect(void)
{
    return art_self.cycles ? collect(art_self.cycles, true) : 0;
}

void art_collect_enable(bool enabled)
{
    if (art_self.cycles)
        art_self.cycles->is_disabled = !enabled;
}

bool art_collect_is_enabled(void)
{
    return !art_self.cycles || !art_self.cycles->is_disabled;
}
