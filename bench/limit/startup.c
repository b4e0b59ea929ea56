/* A loop, a task, a line. */
#include "ref.h"

static void main_resume(task *t)
{
    (void)t;
    puts("hello");
    stopping = true;
}

int main(void)
{
    static task main_task = {.resume = main_resume};

    loop_init();
    ready(&main_task);
    loop_run();
}
