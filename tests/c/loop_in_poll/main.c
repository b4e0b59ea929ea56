/* The loop folded into a loop of one's own: poll() on its descriptor, one turn at a time, and two loops side by side. */
#include <poll.h>
#include <stdio.h>

#include "art/loop.h"

typedef struct tick {
    art_timer_call timer;
    art_loop *loop;
    const char *name;
    int left;
    double every;
} tick;

static int running;

static void on_tick(art_timer_call *self);

static void arm(tick *t, double delay)
{
    t->timer.run = on_tick; /* cleared when it fires */
    art_timer_start(t->loop, &t->timer, art_loop_time(t->loop) + delay);
}

static void on_tick(art_timer_call *self)
{
    tick *t = (tick *)self;

    printf("%s %d\n", t->name, t->left);
    if (--t->left > 0)
        arm(t, t->every);
    else
        running--;
}

static void tick_start(tick *t, art_loop *loop, const char *name, int count, double first, double every)
{
    *t = (tick){.loop = loop, .name = name, .left = count, .every = every};
    arm(t, first);
    running++;
}

/* The shorter of two waits; negative is for ever. */
static double shorter(double a, double b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

int main(void)
{
    art_loop *loops[2] = {art_loop_new(), art_loop_new()};
    tick ticks[2];

    tick_start(&ticks[0], loops[0], "left", 3, 0.01, 0.04);
    tick_start(&ticks[1], loops[1], "right", 2, 0.03, 0.04);
    while (running > 0) {
        struct pollfd fds[2] = {{.fd = art_loop_fd(loops[0]), .events = POLLIN}, {.fd = art_loop_fd(loops[1]), .events = POLLIN}};
        double wait = shorter(art_loop_next_timeout(loops[0]), art_loop_next_timeout(loops[1]));

        poll(fds, 2, wait < 0 ? -1 : (int)(wait * 1000) + 1);
        for (int i = 0; i < 2; i++)
            if (!art_loop_turn(loops[i], 0))
                return 1;
    }
    for (int i = 0; i < 2; i++) {
        art_loop_close(loops[i]);
        art_release(loops[i]);
    }
    printf("done\n");
    return 0;
}
