/* Random concurrent programs, run by this runtime and by CPython: the same events in the same order.
 *
 * The programs are S-expressions (schedules.py makes them, and runs them under CPython); here they are interpreted by coroutines
 * written by hand on the runtime's C interface. `test_schedules FILE` runs one program; without an argument, a range of
 * random ones is compared (FIRST and COUNT in the environment). */
#include "art/box.h"
#include "art/exc.h"
#include "art/format.h"
#include "art/gather.h"
#include "art/group.h"
#include "art/print.h"
#include "art/queue.h"
#include "art/timeout.h"
#include "art/wait.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const art_type task_int = ART_TASK_TYPE(&art_type_int);
static const art_type coro_int = ART_COROUTINE_TYPE(&art_type_int, &task_int);
static const art_type task_none = ART_TASK_TYPE(&art_type_none);
static const art_type coro_none = ART_COROUTINE_TYPE(&art_type_none, &task_none);
static const art_type future_int = ART_FUTURE_TYPE(&art_type_int);
static const art_type list_box = ART_LIST_TYPE(&art_type_box);
static const art_type future_list = ART_FUTURE_TYPE(&list_box);
static const art_type list_future = ART_LIST_TYPE(&art_type_future);
static const art_type set_future = ART_SET_TYPE(&art_type_future);
static const art_type pair_sets = {.name = "tuple", .kind = ART_KIND_TUPLE, .size = 16, .arg_count = 2,
                                   .args = (const art_type *const[]){&set_future, &set_future},
                                   .offsets = (const uint16_t[]){0, 8}};
static const art_type queue_int = ART_QUEUE_TYPE("Queue", &art_type_int);
static const art_type ascomp_box = ART_AS_COMPLETED_TYPE(&art_type_box);

/* -- programs ------------------------------------------------------------------------------------------------------------------ */

typedef struct node {
    const char *word; /* an operation's name; NULL: a number or a list */
    int64_t number;
    struct node *items;
    int count;
} node;

static node parse(char **at)
{
    node n = {0};
    while (**at == ' ' || **at == '\n')
        (*at)++;
    if (**at == '(') {
        (*at)++;
        for (;;) {
            while (**at == ' ' || **at == '\n')
                (*at)++;
            if (**at == ')')
                break;
            n.items = realloc(n.items, (size_t)(n.count + 1) * sizeof *n.items);
            n.items[n.count++] = parse(at);
        }
        (*at)++;
        return n;
    }
    char *start = *at;
    while (**at && !strchr(" ()\n", **at))
        (*at)++;
    size_t size = (size_t)(*at - start);
    char *word = malloc(size + 1);
    memcpy(word, start, size);
    word[size] = 0;
    char *end;
    n.number = strtoll(word, &end, 10);
    if (*end)
        n.word = word;
    else
        free(word);
    return n;
}

static void node_free(node *n)
{
    for (int i = 0; i < n->count; i++)
        node_free(&n->items[i]);
    free(n->items);
    free((char *)(uintptr_t)n->word);
}

/* -- the world ------------------------------------------------------------------------------------------------------------------- */

enum { SLOTS = 6 };

static node functions[32];
static int function_count;
static art_future *slots[SLOTS]; /* owned */
static bool is_promise[SLOTS];   /* made by (future SLOT): may be completed by hand */
static art_lock *locks[2];
static art_semaphore *semaphores[2];
static art_event *events[2];
static art_condition *conditions[2];
static art_barrier *barriers[2];
static art_queue *queues[2];
static int calls;
static bool is_over; /* what is printed goes nowhere any more; log_fd is where it went */
static int log_fd;

static void say_exc(art_exc *exc)
{
    if (art_exc_matches(exc, &art_type_BaseExceptionGroup)) {
        art_list *parts = ((art_exc_group *)exc)->exceptions;
        printf("%s[", exc->base.type->name);
        for (int64_t i = 0; i < parts->len; i++) {
            printf(i ? ", " : "");
            say_exc(((art_exc **)parts->items)[i]);
        }
        printf("]");
        return;
    }
    printf("%s", exc->base.type->name);
    if (art_exc_matches(exc, &art_type_RuntimeError))
        return;
    art_str *text = art_exc_message(exc);
    printf("(%.*s)", (int)text->size, text->text);
    art_release(text);
}

static void say_value(const art_type *type, const void *slot)
{
    if (type->kind == ART_KIND_BOX) {
        art_box box = *(const art_box *)slot;
        say_value(box.type, &box.as);
    } else if (type->kind == ART_KIND_EXCEPTION) {
        say_exc(*(art_exc *const *)slot);
    } else if (type->kind == ART_KIND_LIST) {
        art_list *list = *(art_list *const *)slot;
        printf("[");
        for (int64_t i = 0; i < list->len; i++) {
            printf(i ? ", " : "");
            say_value(&art_type_box, &((art_box *)list->items)[i]);
        }
        printf("]");
    } else {
        printf("%lld", (long long)*(const int64_t *)slot);
    }
}

static const char *truth(bool value)
{
    return value ? "True" : "False";
}

static void set_slot(int64_t slot, void *owned)
{
    art_release(slots[slot]);
    slots[slot] = owned;
    is_promise[slot] = false;
}

/* -- calls and blocks ------------------------------------------------------------------------------------------------------------ */

typedef struct block block;

typedef struct call {
    art_frame base;
    int64_t result;
    int function, label;
    art_group *groups[8];
    int group_count;
    block *body;
} call;

struct block {
    art_frame base;
    int64_t result;
    bool has_result;
    call *call;
    const node *ops;
    int at, phase;
    int64_t count;
    block *sub;
    art_exc *exc;
    void *obj, *obj2;
    art_box value;
    union {
        art_sleep_frame sleep;
        art_wait_frame wait;
        art_wait_for_frame wait_for;
        art_group_exit_frame group_exit;
        art_lock_acquire_frame lock;
        art_semaphore_acquire_frame semaphore;
        art_event_wait_frame event;
        art_condition_acquire_frame condition;
        art_condition_wait_frame condition_wait;
        art_barrier_wait_frame barrier;
        art_barrier_change_frame barrier_change;
        art_queue_get_frame get;
        art_queue_put_frame put;
        art_queue_join_frame join;
        art_as_completed_one_frame one;
    } u;
};

typedef enum outcome { OP_DONE, OP_AGAIN, OP_SUSPENDED } outcome;

static art_step block_resume(art_frame *base);
static art_step call_resume(art_frame *base);

static block *block_new(call *owner, const node *ops)
{
    block *b = calloc(1, sizeof *b);
    art_frame_init(&b->base, block_resume);
    b->call = owner;
    b->ops = ops;
    return b;
}

static art_task *call_new(int64_t function)
{
    art_task *coro = art_task_new(&coro_int, sizeof(call));
    call *c = (call *)art_task_frame(coro);
    *c = (call){0};
    art_frame_init(&c->base, call_resume);
    c->function = (int)function;
    c->label = ++calls;
    return coro;
}

static art_step call_resume(art_frame *base)
{
    call *c = (call *)base;
    switch (base->state) {
    case 0:
        c->body = block_new(c, &functions[c->function]);
        base->state = 1;
        if (art_await(base, &c->body->base) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        c->result = c->body->has_result ? c->body->result : 0;
        free(c->body);
    }
    return art_frame_done(base);
}

static outcome after(block *b, art_step step)
{
    b->phase++;
    return step == ART_SUSPENDED ? OP_SUSPENDED : OP_AGAIN;
}

#define AWAIT(frame_) return after(b, art_await(&b->base, &(frame_).base))

static outcome await_sub(block *b, const node *ops)
{
    b->sub = block_new(b->call, ops);
    return after(b, art_await(&b->base, &b->sub->base));
}

/* The nested block is over: a value that it returned goes on up. */
static void end_sub(block *b)
{
    if (b->sub->has_result) {
        b->has_result = true;
        b->result = b->sub->result;
    }
    free(b->sub);
    b->sub = NULL;
}

/* (t SLOT) or (c FUNCTION): owned, or NULL. */
static void *item_of(const node *item)
{
    int64_t n = item->items[1].number;
    if (item->items[0].word[0] == 't')
        return art_retain(slots[n]);
    return call_new(n);
}

static int items_of(const node *items, void **out)
{
    int count = 0;
    for (int i = 0; i < items->count; i++) {
        void *item = item_of(&items->items[i]);
        if (item)
            out[count++] = item;
    }
    return count;
}

static void release_all(void **items, int count)
{
    for (int i = 0; i < count; i++)
        art_release(items[i]);
}

static art_box limit_of(int64_t ms)
{
    return ms < 0 ? art_box_none() : art_box_float((double)ms / 1000);
}

/* Takes the outcome of a future of any type and shows it. */
static void take_and_say(block *b, const char *what, int64_t slot, art_future *future)
{
    int64_t room[2] = {0};
    if (!art_any_take(future, room))
        return;
    printf("c%d %s ", b->call->label, what);
    if (slot >= 0)
        printf("%lld ", (long long)slot);
    say_value(future->base.type->args[0], room);
    printf("\n");
    art_slot_clear(future->base.type->args[0], room);
}

/* A result that went to b->value, as the type of `future` says. */
static void say_out(block *b, const char *what, const art_type *type)
{
    printf("c%d %s ", b->call->label, what);
    say_value(type, &b->value);
    printf("\n");
    art_slot_clear(type, &b->value);
}

/* -- what closures do --------------------------------------------------------------------------------------------------------------- */

typedef struct saying {
    art_closure base;
    int64_t n;
} saying;
static void saying_destroy(art_obj *self)
{
    art_free(self, sizeof(saying));
}
static const art_type type_saying = ART_CLOSURE_TYPE(saying, saying_destroy, NULL, 0);

static void on_callback(art_closure *self, art_future *future)
{
    printf("callback %lld %s\n", (long long)((saying *)self)->n, truth(art_future_cancelled(future)));
}
static void on_soon(art_closure *self)
{
    printf("soon %lld\n", (long long)((saying *)self)->n);
}
static void on_later(art_closure *self)
{
    printf("later %lld\n", (long long)((saying *)self)->n);
}
static art_closure *saying_new(void (*fn)(void), int64_t n)
{
    saying *s = art_new(&type_saying, sizeof *s);
    s->base.fn = fn;
    s->n = n;
    return &s->base;
}

/* -- operations --------------------------------------------------------------------------------------------------------------------------- */

static void show_status(block *b, int64_t n)
{
    art_future *future = slots[n];
    printf("c%d status %lld ", b->call->label, (long long)n);
    if (!future) {
        printf("none\n");
    } else if (!art_future_done(future)) {
        printf("pending\n");
    } else if (art_future_cancelled(future)) {
        printf("cancelled\n");
    } else {
        art_exc *exc = art_future_exception(future);
        if (exc)
            say_exc(exc);
        else
            say_value(future->base.type->args[0], art_future_value(future));
        printf("\n");
        art_release(exc);
    }
}

static outcome op_try(block *b, const node *op)
{
    const char *kind = op->items[1].word;
    switch (b->phase) {
    case 0:
        return await_sub(b, &op->items[2]);
    case 1:
        end_sub(b);
        bool is_caught = strcmp(kind, "cancel") == 0  ? art_raised_is(&art_type_CancelledError)
                         : strcmp(kind, "error") == 0 ? art_raised_is(&art_type_Exception)
                         : strcmp(kind, "all") == 0   ? art_raised_is(&art_type_BaseException)
                                                      : false;
        if (is_caught) {
            b->exc = art_catch();
            printf("c%d except ", b->call->label);
            say_exc(b->exc);
            printf("\n");
            art_release(b->exc);
            return await_sub(b, &op->items[3]);
        }
        b->phase = 3;
        return OP_AGAIN;
    case 2:
        end_sub(b);
        b->phase = 3;
        return OP_AGAIN;
    case 3:
        b->exc = art_catch();
        printf("c%d finally\n", b->call->label);
        return await_sub(b, &op->items[4]);
    default:
        free(b->sub);
        if (!art_self.raised && b->exc)
            art_raise(b->exc);
        else
            art_release(b->exc);
        b->exc = NULL;
        return OP_DONE;
    }
}

/* async with of a C coroutine on the way in and a function on the way out. */
static outcome leave_with(block *b, bool (*leave)(void *), void *obj)
{
    end_sub(b);
    art_exc *exc = art_catch();
    if (!leave(obj)) {
        art_release(exc);
        return OP_DONE;
    }
    if (exc)
        art_raise(exc);
    return OP_DONE;
}

static bool leave_lock(void *obj)
{
    return art_lock_release(obj);
}
static bool leave_semaphore(void *obj)
{
    return art_semaphore_release(obj);
}
static bool leave_condition(void *obj)
{
    return art_condition_release(obj);
}

static outcome op_group(block *b, const node *op)
{
    art_group *group = b->obj;
    switch (b->phase) {
    case 0:
        b->obj = group = art_group_new();
        art_group_enter(group);
        b->call->groups[b->call->group_count++] = group;
        return await_sub(b, &op->items[1]);
    case 1:
        end_sub(b);
        b->exc = art_catch();
        art_group_exit_init(&b->u.group_exit, group, b->exc);
        AWAIT(b->u.group_exit);
    default:
        b->call->group_count--;
        if (!art_self.raised && b->exc)
            art_raise(b->exc);
        else
            art_release(b->exc);
        b->exc = NULL;
        art_release(group);
        b->obj = NULL;
        return OP_DONE;
    }
}

static outcome op_timeout(block *b, const node *op)
{
    if (b->phase == 0) {
        b->obj = art_timeout_new(limit_of(op->items[1].number));
        art_timeout_enter(b->obj);
        return await_sub(b, &op->items[2]);
    }
    end_sub(b);
    art_exc *exc = art_catch();
    if (!art_timeout_exit(b->obj, exc))
        art_release(exc);
    else if (exc)
        art_raise(exc);
    if (!art_self.raised)
        printf("c%d expired %s\n", b->call->label, truth(art_timeout_expired(b->obj)));
    art_release(b->obj);
    b->obj = NULL;
    return OP_DONE;
}

static outcome op_wait(block *b, const node *op)
{
    static art_str when_all = ART_STR_LITERAL("ALL_COMPLETED", 13), when_first = ART_STR_LITERAL("FIRST_COMPLETED", 15),
                   when_exception = ART_STR_LITERAL("FIRST_EXCEPTION", 15);
    const node *wanted = &op->items[3];
    if (b->phase == 0) {
        art_list *futures = art_list_new(&list_future, 0);
        for (int i = 0; i < wanted->count; i++) {
            art_future *future = slots[wanted->items[i].number];
            if (future)
                art_list_append(futures, &future);
        }
        art_str *when = (art_str *[]){&when_all, &when_first, &when_exception}[op->items[1].number];
        art_wait_init(&b->u.wait, futures, limit_of(op->items[2].number), when, &pair_sets);
        b->obj = futures;
        b->obj2 = malloc((size_t)(wanted->count + 1) * sizeof(void *)); /* other tasks may change the slots meanwhile */
        for (int i = 0; i < wanted->count; i++)
            ((art_future **)b->obj2)[i] = slots[wanted->items[i].number];
        AWAIT(b->u.wait);
    }
    art_future **known = b->obj2;
    if (!art_self.raised) {
        art_set *sets[2] = {b->u.wait.result._0, b->u.wait.result._1};
        printf("c%d", b->call->label);
        for (int which = 0; which < 2; which++) {
            printf(which ? " pending" : " done");
            art_set_iter it = art_set_begin(sets[which]);
            while (art_set_next(&it)) {
                int64_t name = -1;
                for (int i = 0; i < wanted->count; i++)
                    if (known[i] == *(art_future **)it.item)
                        name = wanted->items[i].number;
                printf(" %lld", (long long)name);
            }
            art_release(sets[which]);
        }
        printf("\n");
    }
    free(known);
    art_release(b->obj);
    b->obj = b->obj2 = NULL;
    return OP_DONE;
}

static outcome op_as_completed(block *b, const node *op)
{
    art_as_completed *all = b->obj;
    if (b->phase == 0) {
        void *items[16];
        int count = items_of(&op->items[2], items);
        art_list *list = art_list_new(&list_future, 0);
        for (int i = 0; i < count; i++)
            art_list_append(list, &items[i]);
        release_all(items, count);
        b->obj = all = art_as_completed_new(list, limit_of(op->items[1].number), &ascomp_box);
        art_release(list);
        b->phase = 1;
    } else if (!art_self.raised) {
        art_future *from = b->u.one.future; /* set by the frame; released, but the iterator holds it */
        say_out(b, "next", from->base.type->args[0]);
    }
    if (!art_self.raised && art_as_completed_next(all)) {
        art_as_completed_one_init(&b->u.one, all, &b->value);
        AWAIT(b->u.one);
    }
    art_release(all);
    b->obj = NULL;
    return OP_DONE;
}

static outcome op_loop(block *b, const node *op)
{
    if (b->phase == 0) {
        b->count = op->items[1].number;
    } else {
        end_sub(b);
        if (art_self.raised || b->has_result)
            return OP_DONE;
    }
    return b->count-- > 0 ? await_sub(b, &op->items[2]) : OP_DONE;
}

static bool is(const node *op, const char *name)
{
    return strcmp(op->items[0].word, name) == 0;
}

/* Operations of one await at most, or none. */
static outcome op_other(block *b, const node *op)
{
    int64_t n = op->count > 1 ? op->items[1].number : 0, m = op->count > 2 ? op->items[2].number : 0;
    int label = b->call->label;
    bool is_first = b->phase == 0;
    art_loop *loop = art_self.loop;
    void *items[16];

    if (is(op, "log")) {
        printf("c%d log %lld\n", label, (long long)n);
    } else if (is(op, "yield") || is(op, "sleep")) {
        if (is_first) {
            art_sleep_init(&b->u.sleep, is(op, "yield") ? 0 : (double)n / 1000);
            AWAIT(b->u.sleep);
        }
    } else if (is(op, "ret")) {
        b->has_result = true;
        b->result = n;
    } else if (is(op, "raise")) {
        art_raise_new(&art_type_ValueError, "v%i", n);
    } else if (is(op, "spawn")) {
        art_task *coro = call_new(m);
        set_slot(n, art_create_task(coro, NULL, NULL));
        art_release(coro);
    } else if (is(op, "await")) {
        if (is_first && slots[n] && slots[n] != &art_self.task->future) {
            b->obj = art_retain(slots[n]);
            return after(b, art_await_future(&b->base, b->obj));
        }
        if (b->obj) {
            take_and_say(b, "got", n, b->obj);
            art_release(b->obj);
            b->obj = NULL;
        }
    } else if (is(op, "call")) {
        if (is_first) {
            b->obj = call_new(n);
            return after(b, art_await_any(&b->base, b->obj));
        }
        take_and_say(b, "called", -1, b->obj);
        art_release(b->obj);
        b->obj = NULL;
    } else if (is(op, "cancel")) {
        if (slots[n]) {
            art_str *message = m ? art_strf("m%i", m) : NULL;
            bool is_taken = art_future_cancel(slots[n], message);
            if (!art_self.raised)
                printf("c%d cancel %lld %s\n", label, (long long)n, truth(is_taken));
            art_release(message);
        }
    } else if (is(op, "gather")) {
        if (is_first) {
            int count = items_of(&op->items[3], items);
            art_future *future = art_gather(items, count, m, &future_list);
            release_all(items, count);
            if (n >= 0) {
                set_slot(n, future);
                return OP_DONE;
            }
            b->obj = future;
            return after(b, art_await_future(&b->base, future));
        }
        take_and_say(b, "gathered", -1, b->obj);
        art_release(b->obj);
        b->obj = NULL;
    } else if (is(op, "waitfor")) {
        if (is_first) {
            art_future *item = item_of(&op->items[2]);
            if (!item || item == &art_self.task->future) {
                art_release(item);
                return OP_DONE;
            }
            b->obj2 = (void *)(uintptr_t)item->base.type->args[0];
            art_wait_for_init(&b->u.wait_for, item, limit_of(n), &b->value);
            art_release(item);
            AWAIT(b->u.wait_for);
        }
        if (!art_self.raised)
            say_out(b, "waited", b->obj2);
    } else if (is(op, "shield")) {
        if (is_first) {
            art_future *item = item_of(&op->items[2]);
            if (!item)
                return OP_DONE;
            bool is_list = item->base.type->args[0]->kind == ART_KIND_LIST;
            art_future *future = art_shield(item, is_list ? &future_list : &future_int);
            art_release(item);
            if (n >= 0) {
                set_slot(n, future);
                return OP_DONE;
            }
            b->obj = future;
            return after(b, art_await_future(&b->base, future));
        }
        take_and_say(b, "shielded", -1, b->obj);
        art_release(b->obj);
        b->obj = NULL;
    } else if (is(op, "gspawn")) {
        if (b->call->group_count) {
            art_task *coro = call_new(m);
            art_task *task = art_group_create_task(b->call->groups[b->call->group_count - 1], coro, NULL, NULL);
            if (task) {
                set_slot(n, task);
            } else {
                art_forget();
                art_coro_close(coro);
                printf("c%d closed\n", label);
            }
            art_release(coro);
        }
    } else if (is(op, "lock")) {
        if (is_first) {
            art_lock_acquire_init(&b->u.lock, locks[n]);
            AWAIT(b->u.lock);
        }
        if (b->phase == 1)
            return art_self.raised ? OP_DONE : await_sub(b, &op->items[2]);
        return leave_with(b, leave_lock, locks[n]);
    } else if (is(op, "sem")) {
        if (is_first) {
            art_semaphore_acquire_init(&b->u.semaphore, semaphores[n]);
            AWAIT(b->u.semaphore);
        }
        if (b->phase == 1)
            return art_self.raised ? OP_DONE : await_sub(b, &op->items[2]);
        return leave_with(b, leave_semaphore, semaphores[n]);
    } else if (is(op, "cond")) {
        if (is_first) {
            art_condition_acquire_init(&b->u.condition, conditions[n]);
            AWAIT(b->u.condition);
        }
        if (b->phase == 1)
            return art_self.raised ? OP_DONE : await_sub(b, &op->items[2]);
        return leave_with(b, leave_condition, conditions[n]);
    } else if (is(op, "semrelease")) {
        art_semaphore_release(semaphores[n]);
    } else if (is(op, "evwait")) {
        if (is_first) {
            art_event_wait_init(&b->u.event, events[n]);
            AWAIT(b->u.event);
        }
        if (!art_self.raised)
            printf("c%d event %s\n", label, truth(b->u.event.result));
    } else if (is(op, "evset")) {
        art_event_set(events[n]);
    } else if (is(op, "evclear")) {
        art_event_clear(events[n]);
    } else if (is(op, "condwait")) {
        if (is_first) {
            art_condition_wait_init(&b->u.condition_wait, conditions[n]);
            AWAIT(b->u.condition_wait);
        }
        if (!art_self.raised)
            printf("c%d condition %s\n", label, truth(b->u.condition_wait.result));
    } else if (is(op, "notify")) {
        if (m)
            art_condition_notify(conditions[n], m);
        else
            art_condition_notify_all(conditions[n]);
    } else if (is(op, "barrier")) {
        if (is_first) {
            art_barrier_wait_init(&b->u.barrier, barriers[n]);
            AWAIT(b->u.barrier);
        }
        if (!art_self.raised)
            printf("c%d barrier %lld\n", label, (long long)b->u.barrier.result);
    } else if (is(op, "barreset")) {
        if (is_first) {
            art_barrier_reset_init(&b->u.barrier_change, barriers[n]);
            AWAIT(b->u.barrier_change);
        }
    } else if (is(op, "barabort")) {
        if (is_first) {
            art_barrier_abort_init(&b->u.barrier_change, barriers[n]);
            AWAIT(b->u.barrier_change);
        }
    } else if (is(op, "put")) {
        if (is_first) {
            art_queue_put_init(&b->u.put, queues[n], &m);
            AWAIT(b->u.put);
        }
    } else if (is(op, "get")) {
        if (is_first) {
            art_queue_get_init(&b->u.get, queues[n], &b->result);
            AWAIT(b->u.get);
        }
        if (!art_self.raised)
            printf("c%d item %lld\n", label, (long long)b->result);
    } else if (is(op, "putnow")) {
        art_queue_put_nowait(queues[n], &m);
    } else if (is(op, "getnow")) {
        int64_t item;
        if (art_queue_get_nowait(queues[n], &item))
            printf("c%d item %lld\n", label, (long long)item);
    } else if (is(op, "taskdone")) {
        art_queue_task_done(queues[n]);
    } else if (is(op, "join")) {
        if (is_first) {
            art_queue_join_init(&b->u.join, queues[n]);
            AWAIT(b->u.join);
        }
        if (!art_self.raised)
            printf("c%d joined %lld\n", label, (long long)n);
    } else if (is(op, "future")) {
        set_slot(n, art_loop_create_future(loop, &future_int));
        is_promise[n] = true;
    } else if (is(op, "setres")) {
        if (is_promise[n])
            art_future_set_result(slots[n], &m);
    } else if (is(op, "setexc")) {
        art_exc *exc = art_exc_fmt(&art_type_ValueError, "v%i", m);
        if (is_promise[n])
            art_future_set_exception(slots[n], exc);
        art_release(exc);
    } else if (is(op, "cb")) {
        if (slots[n]) {
            art_closure *closure = saying_new((void (*)(void))on_callback, m);
            art_future_add_done_callback(slots[n], closure, NULL);
            art_release(closure);
        }
    } else if (is(op, "soon")) {
        art_closure *closure = saying_new((void (*)(void))on_soon, n);
        art_release(art_loop_call_soon(loop, closure, NULL));
        art_release(closure);
    } else if (is(op, "later")) {
        art_closure *closure = saying_new((void (*)(void))on_later, m);
        art_release(art_loop_call_later(loop, (double)n / 1000, closure, NULL));
        art_release(closure);
    } else if (is(op, "cancelling")) {
        printf("c%d cancelling %lld\n", label, (long long)art_task_cancelling(art_self.task));
    } else if (is(op, "uncancel")) {
        printf("c%d uncancel %lld\n", label, (long long)art_task_uncancel(art_self.task));
    } else if (is(op, "selfcancel")) {
        art_task_cancel(art_self.task, NULL);
    } else if (is(op, "status")) {
        show_status(b, n);
    } else {
        fprintf(stderr, "no such operation: %s\n", op->items[0].word);
        abort();
    }
    return OP_DONE;
}

static outcome step(block *b, const node *op)
{
    if (is(op, "try"))
        return op_try(b, op);
    if (is(op, "group"))
        return op_group(b, op);
    if (is(op, "timeout"))
        return op_timeout(b, op);
    if (is(op, "wait"))
        return op_wait(b, op);
    if (is(op, "ascomp"))
        return op_as_completed(b, op);
    if (is(op, "loop"))
        return op_loop(b, op);
    return op_other(b, op);
}

static art_step block_resume(art_frame *base)
{
    block *b = (block *)base;
    base->state = 1;
    while (b->at < b->ops->count) {
        outcome got = step(b, &b->ops->items[b->at]);
        if (got == OP_SUSPENDED)
            return ART_SUSPENDED;
        if (got == OP_AGAIN)
            continue;
        if (art_self.raised || b->has_result)
            break;
        b->at++;
        b->phase = 0;
    }
    if (art_self.raised)
        b->has_result = false;
    return art_frame_done(base);
}

/* -- main ------------------------------------------------------------------------------------------------------------------------------- */

static void on_stuck(art_closure *self)
{
    (void)self;
    printf("stuck\n");
    fflush(stdout);
    _exit(0);
}

/* Reports are not compared. The first pending task that is destroyed ends the log: when CPython does that is another matter. */
static void on_report(art_closure *self, art_loop *loop, art_dict *context)
{
    (void)self;
    if (art_loop_is_running(loop))
        return;
    art_str *key = art_str_of("message");
    art_box *message = art_dict_find(context, &key);
    if (!is_over && art_str_equal_c((art_str *)message->as.obj, "Task was destroyed but it is pending!")) {
        fflush(stdout);
        is_over = true;
        log_fd = dup(1);
        dup2(open("/dev/null", O_WRONLY), 1);
    }
    art_release(key);
}

static void make_world(void)
{
    for (int i = 0; i < 2; i++) {
        locks[i] = art_lock_new();
        semaphores[i] = art_semaphore_new(2);
        events[i] = art_event_new();
        conditions[i] = art_condition_new(NULL);
        barriers[i] = art_barrier_new(2);
        queues[i] = art_queue_new(i, &queue_int);
    }
}

static void drop_world(void)
{
    for (int i = 0; i < SLOTS; i++)
        set_slot(i, NULL);
    for (int i = 0; i < 2; i++) {
        art_release(locks[i]);
        art_release(semaphores[i]);
        art_release(events[i]);
        art_release(conditions[i]);
        art_release(barriers[i]);
        art_release(queues[i]);
    }
}

typedef struct main_frame {
    art_frame base;
    art_task *first; /* owned */
} main_frame;

static art_step main_resume(art_frame *base)
{
    main_frame *self = (main_frame *)base;
    static art_closure stuck = ART_CLOSURE_STATIC(on_stuck, NULL), report = ART_CLOSURE_STATIC(on_report, NULL);
    int64_t result;
    switch (base->state) {
    case 0:
        make_world();
        art_loop_set_exception_handler(art_self.loop, &report);
        art_release(art_loop_call_later(art_self.loop, 1000, &stuck, NULL));
        self->first = call_new(0);
        base->state = 1;
        if (art_await_any(base, self->first) == ART_SUSPENDED)
            return ART_SUSPENDED;
        /* fall through */
    case 1:
        if (art_any_take(self->first, &result)) {
            printf("main %lld\n", (long long)result);
        } else {
            art_exc *exc = art_catch();
            printf("main raised ");
            say_exc(exc);
            printf("\n");
            art_release(exc);
        }
        art_release(self->first);
    }
    return art_frame_done(base);
}

static int run(const char *path)
{
    static char text[1 << 16];
    FILE *file = fopen(path, "r");
    if (!file)
        return 2;
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    for (char *at = text; *at && strchr(at, '(');)
        functions[function_count++] = parse(&at);

    art_task *coro = art_task_new(&coro_none, sizeof(main_frame));
    *(main_frame *)art_task_frame(coro) = (main_frame){0};
    art_frame_init(art_task_frame(coro), main_resume);
    bool is_ok = art_run(coro, -1, NULL);
    art_release(coro);
    if (is_over) {
        fflush(stdout);
        dup2(log_fd, 1);
    }
    if (is_ok) {
        printf("end\n");
    } else {
        art_exc *exc = art_catch();
        printf("run raised ");
        say_exc(exc);
        printf("\n");
        art_release(exc);
    }
    fflush(stdout);
    dup2(open("/dev/null", O_WRONLY), 1);
    drop_world();
    for (int i = 0; i < function_count; i++)
        node_free(&functions[i]);
    return 0;
}

/* -- against CPython ------------------------------------------------------------------------------------------------------------------------ */

static const char *self_path;

static void test_random_programs(void **state)
{
    (void)state;
    const char *first = getenv("FIRST"), *count = getenv("COUNT"), *python = getenv("PYTHON");
    char command[4096];
    snprintf(command, sizeof command, "%s %.*sschedules.py check %s %s %s", python ? python : "python3",
             (int)(strrchr(__FILE__, '/') + 1 - __FILE__), __FILE__, self_path, first ? first : "1", count ? count : "150");
    assert_int_equal(system(command), 0);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        setenv("ASYNCC_CLOCK", "virtual", 1);
        art_start(argc, argv);
        int status = run(argv[1]);
        art_finish();
        return status;
    }
    self_path = argv[0];
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_programs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
