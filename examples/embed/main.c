/* Coroutines of prices.async, started from C: two tasks on a loop of ours, run to their end, their results read.
 *
 *     asyncc prices.async                      prices.c and prices.h
 *     cc main.c prices.c -I… -lasyncrt -lm -pthread */
#include "prices.h"

#include <stdio.h>

static art_str apple = ART_STR_LITERAL("apple", 5), pear = ART_STR_LITERAL("pear", 4), nothing = ART_STR_LITERAL("", 0);

int main(int argc, char **argv)
{
    art_start(argc, argv);
    prices_init();

    art_loop *loop = art_loop_new();
    art_task *first = price_start(loop, &apple, 0.02), *second = price_start(loop, &pear, 0.01);
    double a, b;
    if (art_loop_run_until_complete(loop, first, NULL) && price_result(first, &a) && price_result(second, &b))
        printf("together %.2f\n", total(a, b));
    art_release(first);
    art_release(second);

    /* What raises in the coroutine is pending here, as after any call. */
    art_task *failing = price_start(loop, &nothing, 0);
    if (!art_loop_run_until_complete(loop, failing, NULL)) {
        art_exc *exc = art_catch();
        art_str *text = art_exc_message(exc);
        printf("refused: %s\n", text->text);
        art_release(text);
        art_release(exc);
    }
    art_release(failing);
    art_loop_close(loop);
    art_release(loop);
    prices_fini();
    return art_finish();
}
