/* The timing wheel: timers go in and out in O(1) and allocate nothing; those that are due come out in order of their time, and
 * of their arrival when times are equal. The wheel sorts by milliseconds, what falls into one is ordered when it is due.
 *
 * The tag on a `next` link says what the timer is (loop.h); it travels with the link from the wheel to the ready queue. The tag of
 * the link that leads to a slot's head is meaningless. */
#include "loop_impl.h"

#include <math.h>

enum { DIGIT = 6 };
#define LAST_TICK ((UINT64_C(1) << (DIGIT * ART_WHEEL_LEVELS)) - 1)

static uint64_t tick_of(double when)
{
    if (when <= 0)
        return 0;
    double tick = when * 1e3;
    return tick >= (double)LAST_TICK ? LAST_TICK : (uint64_t)(int64_t)tick;
}

static art_timer *timer_at(art_link link)
{
    return art__link_target(link);
}

static unsigned level_of(const art_wheel *wheel, uint64_t tick)
{
    uint64_t differs = tick ^ wheel->at;
    return differs < ART_WHEEL_SLOTS ? 0 : (unsigned)(63 - __builtin_clzll(differs)) / DIGIT;
}

static unsigned digit_of(uint64_t tick, unsigned level)
{
    return tick >> (DIGIT * level) & (ART_WHEEL_SLOTS - 1);
}

static void insert(art_wheel *wheel, art_timer *timer, art_link link)
{
    uint64_t tick = tick_of(timer->when);
    if (tick < wheel->at)
        tick = wheel->at;
    unsigned level = level_of(wheel, tick), digit = digit_of(tick, level);
    art_timer *head = &wheel->slots[level][digit];
    if (!head->next) {
        head->next = (art_link)head;
        head->prev = head;
    }
    timer->next = (art_link)head;
    timer->prev = head->prev;
    head->prev->next = link;
    head->prev = timer;
    wheel->map[level] |= UINT64_C(1) << digit;
}

void art__wheel_add(art_wheel *wheel, art_timer *timer, unsigned kind)
{
    insert(wheel, timer, (art_link)timer | kind);
    wheel->count++;
}

void art__wheel_remove(art_wheel *wheel, art_timer *timer)
{
    timer->prev->next = timer->next;
    timer_at(timer->next)->prev = timer->prev;
    timer->prev = NULL;
    wheel->count--;
}

static bool is_empty(const art_timer *head)
{
    return !head->next || timer_at(head->next) == head;
}

/* Where the next timers are: the slot's level and digit, and its first tick. The maps keep bits of slots that have become
 * empty, which is found out (and put right) here. */
static bool next_slot(art_wheel *wheel, unsigned *level, unsigned *digit, uint64_t *tick)
{
    if (!wheel->count)
        return false;
    for (unsigned l = 0; l < ART_WHEEL_LEVELS; l++) {
        unsigned current = digit_of(wheel->at, l);
        for (uint64_t map = wheel->map[l] & ~UINT64_C(0) << current; map; map &= map - 1) {
            unsigned d = (unsigned)__builtin_ctzll(map);
            if (!is_empty(&wheel->slots[l][d])) {
                *level = l;
                *digit = d;
                *tick = (wheel->at >> DIGIT * (l + 1) << DIGIT * (l + 1)) | (uint64_t)d << DIGIT * l;
                return true;
            }
            wheel->map[l] &= ~(UINT64_C(1) << d);
        }
    }
    return false;
}

/* Takes a whole slot out: its timers as a list that ends with 0. */
static art_link take_slot(art_wheel *wheel, unsigned level, unsigned digit)
{
    art_timer *head = &wheel->slots[level][digit];
    art_link first = head->next;
    head->prev->next = 0;
    head->next = 0;
    wheel->map[level] &= ~(UINT64_C(1) << digit);
    return first;
}

/* A list under construction. */
typedef struct due {
    art_link first, *last;
    double latest;
    bool is_sorted;
} due;

static void append(due *list, art_link link)
{
    art_timer *timer = timer_at(link);
    timer->prev = NULL;
    if (timer->when < list->latest)
        list->is_sorted = false;
    list->latest = timer->when;
    *list->last = link;
    list->last = &timer->next;
}

/* Moves what is due before `limit` from a slot to the list; the rest stays. */
static void expire_slot(art_wheel *wheel, unsigned digit, double limit, due *list)
{
    art_link link = take_slot(wheel, 0, digit);
    while (link) {
        art_timer *timer = timer_at(link);
        art_link next = timer->next;
        if (timer->when < limit) {
            append(list, link);
            wheel->count--;
        } else {
            insert(wheel, timer, link);
        }
        link = next;
    }
}

/* Stable merge of two sorted lists. */
static art_link merge(art_link a, art_link b)
{
    art_link first = 0, *last = &first;
    while (a && b) {
        art_link *from = timer_at(b)->when < timer_at(a)->when ? &b : &a;
        *last = *from;
        last = &timer_at(*from)->next;
        *from = *last;
    }
    *last = a ? a : b;
    return first;
}

/* Bottom-up merge sort: run k of `runs` holds 2^k timers or is 0. */
static art_link sort(art_link list)
{
    art_link runs[64] = {0};
    while (list) {
        art_link run = list;
        list = timer_at(run)->next;
        timer_at(run)->next = 0;
        unsigned k = 0;
        for (; runs[k]; k++) {
            run = merge(runs[k], run);
            runs[k] = 0;
        }
        runs[k] = run;
    }
    art_link sorted = 0;
    for (unsigned k = 0; k < 64; k++)
        if (runs[k])
            sorted = merge(runs[k], sorted);
    return sorted;
}

/* `at` has come to a new tick: where that begins a slot of a higher level, its timers move down. */
static void enter_tick(art_wheel *wheel)
{
    for (unsigned level = ART_WHEEL_LEVELS - 1; level > 0; level--) {
        if (wheel->at & ((UINT64_C(1) << DIGIT * level) - 1))
            continue;
        unsigned digit = digit_of(wheel->at, level);
        if (is_empty(&wheel->slots[level][digit]))
            continue;
        for (art_link link = take_slot(wheel, level, digit), next; link; link = next) {
            next = timer_at(link)->next;
            insert(wheel, timer_at(link), link);
        }
    }
}

art_link art__wheel_expire(art_wheel *wheel, double limit)
{
    due list = {0, NULL, -INFINITY, true};
    list.last = &list.first;
    uint64_t to = tick_of(limit), tick = 0;
    unsigned level, digit;

    while (next_slot(wheel, &level, &digit, &tick) && tick <= to) {
        if (tick > wheel->at) {
            wheel->at = tick;
            enter_tick(wheel);
        }
        if (level > 0)
            continue; /* moved down */
        expire_slot(wheel, digit, limit, &list);
        if (wheel->at == to)
            break; /* what is left in this slot is not due */
        wheel->at++;
        enter_tick(wheel);
    }
    if (wheel->at < to)
        wheel->at = to; /* no slot begins in between */
    *list.last = 0;
    return list.is_sorted ? list.first : sort(list.first);
}

double art__wheel_next(const art_wheel *wheel)
{
    unsigned level, digit;
    uint64_t tick;
    if (!next_slot((art_wheel *)(uintptr_t)wheel, &level, &digit, &tick))
        return -1;
    return (double)(level ? tick : tick + 1) * 1e-3;
}

double art__wheel_first(const art_wheel *wheel)
{
    unsigned level, digit;
    uint64_t tick;
    if (!next_slot((art_wheel *)(uintptr_t)wheel, &level, &digit, &tick))
        return -1;
    const art_timer *head = &wheel->slots[level][digit], *timer = timer_at(head->next);
    double first = timer->when;
    for (; timer != head; timer = timer_at(timer->next))
        first = timer->when < first ? timer->when : first;
    return first;
}

art_timer *art__wheel_any(art_wheel *wheel)
{
    unsigned level, digit;
    uint64_t tick;
    if (!next_slot(wheel, &level, &digit, &tick))
        return NULL;
    return timer_at(wheel->slots[level][digit].next);
}
