/* A ring with two lists of waiters: whoever cannot proceed parks, whoever proceeds wakes one of the others. */
#include "ref.h"

typedef struct {
    task *head, **tail;
} waiters;

static struct {
    long *ring;
    size_t cap, head, len;
    waiters getters, putters;
} queue;
static long items, put, got, total;

static inline void park(waiters *w, task *t)
{
    t->next = NULL;
    *w->tail = t;
    w->tail = &t->next;
}

static inline void wake_one(waiters *w)
{
    task *t = w->head;

    if (!t)
        return;
    if (!(w->head = t->next))
        w->tail = &w->head;
    ready(t);
}

static void produce(task *t)
{
    while (put < items) {
        if (queue.len == queue.cap) {
            park(&queue.putters, t);
            return;
        }
        size_t at = queue.head + queue.len++;
        queue.ring[at < queue.cap ? at : at - queue.cap] = put++;
        wake_one(&queue.getters);
    }
}

static void consume(task *t)
{
    while (got < items) {
        if (!queue.len) {
            park(&queue.getters, t);
            return;
        }
        total += queue.ring[queue.head];
        if (++queue.head == queue.cap)
            queue.head = 0;
        queue.len--;
        got++;
        wake_one(&queue.putters);
    }
    stopping = true;
}

int main(int argc, char **argv)
{
    task producer = {.resume = produce}, consumer = {.resume = consume};

    items = arg(argc, argv, 1, 1000000);
    queue.cap = (size_t)arg(argc, argv, 2, 1);
    queue.ring = malloc(queue.cap * sizeof(long));
    queue.getters.tail = &queue.getters.head;
    queue.putters.tail = &queue.putters.head;
    loop_init();
    double start = seconds();
    ready(&producer);
    ready(&consumer);
    loop_run();
    result(total, (double)items, start);
}
