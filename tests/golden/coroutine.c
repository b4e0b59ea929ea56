/* coroutine.c: coroutine.async in C, made by asyncc. */
#include "coroutine.h"

#include "asyncrt.h"
#include "art/code.h"
#include "art/frame.h"
#include "art/task.h"

static const art_type type_task_str = ART_TASK_TYPE(&art_type_str);
static const art_type type_coroutine_str = ART_COROUTINE_TYPE(&art_type_str, &type_task_str);
static const art_type type_task_int = ART_TASK_TYPE(&art_type_int);
static const art_type type_coroutine_int = ART_COROUTINE_TYPE(&art_type_int, &type_task_int);
static art_str str_a = ART_STR_LITERAL("a", 1);
static art_str str_b = ART_STR_LITERAL("b", 1);
static const art_type type_list_str = ART_LIST_TYPE(&art_type_str);
static const art_type type_task_none = ART_TASK_TYPE(&art_type_none);
static const art_type type_coroutine_none = ART_COROUTINE_TYPE(&art_type_none, &type_task_none);

/* async def fetch(name: str, delay: float) -> str                           coroutine.async:4
 * Kept across the await at line 5: name.
 * Frame: 48 bytes and those of the runtime's. */
typedef struct fetch_frame {
    art_frame base;
    art_str *result;
    art_str *name;
    double delay;
    union {
        art_pause pause;
    } child;
} fetch_frame;

static art_step fetch_resume(art_frame *base)
{
    fetch_frame *f = (fetch_frame *)base;

    switch (base->state) {
    case 0:
        art_pause_init(&f->child.pause, f->delay);
        base->state = 1;
        if (art_pause_begin(base, &f->child.pause) == ART_SUSPENDED) return ART_SUSPENDED; /* fall through */
    case 1: /* line 5: await asyncio.sleep(delay) */
        art_pause_end(&f->child.pause);
        if (art_raised(5)) goto raised;
        f->result = art_strf("%s done", f->name);
        goto leave;
    default: /* dropped before it began */
        goto leave;
    }
raised:
    art_trace("fetch", "coroutine.async");
leave:
    art_release(f->name);
    return art_frame_done(base);
}

static void fetch_init(fetch_frame *f, art_str *name, double delay)
{
    art_frame_init(&f->base, fetch_resume);
    f->name = art_retain(name);
    f->delay = delay;
}

art_task *fetch_new(art_str *name, double delay)
{
    art_task *coro = art_task_new(&type_coroutine_str, sizeof(fetch_frame));
    fetch_init((fetch_frame *)art_task_frame(coro), name, delay);
    return coro;
}

/* async def both(names: list[str]) -> int                                   coroutine.async:9
 * Kept across the await at line 13: names, total, i, raised, name, e, caught, caught2.
 * Frame: 144 bytes and those of the runtime's. */
typedef struct both_frame {
    art_frame base;
    int64_t result;
    art_list *names;
    int64_t total;
    int64_t i;
    art_str *name;
    art_exc *raised;
    art_exc *e;
    art_exc *caught;
    art_exc *caught2;
    union {
        fetch_frame fetch;
    } child;
} both_frame;

static art_step both_resume(art_frame *base)
{
    both_frame *f = (both_frame *)base;

    switch (base->state) {
    case 0:
        f->total = 0;
        for (f->i = 0; f->i < f->names->len; f->i++) {
            art_assign(&f->name, art_retain(art_items(art_str *, f->names)[f->i]));
            art_assign(&f->raised, NULL);
            fetch_init(&f->child.fetch, f->name, 0.5);
            base->state = 1;
            if (art_await(base, &f->child.fetch.base) == ART_SUSPENDED)
                return ART_SUSPENDED; /* fall through */
        case 1: /* line 13: total += len(await fetch(name, 0.5)) */
            if (art_raised(13)) goto except_1;
            art_str *text = f->child.fetch.result;
            int64_t new_total = art_int_add(f->total, text->len);
            art_release(text);
            if (art_raised(13)) goto except_1;
            f->total = new_total;
            goto after_1;
        except_1:
            if (!art_raised_is(&art_type_ValueError)) goto except_2;
            art_assign(&f->caught, art_catch());
            art_assign(&f->e, art_retain(f->caught));
            art_printf("bad %v\n", &art_type_ValueError, &f->e);
            if (art_raised(15)) goto except_2;
            art_clear(&f->e);
            art_clear(&f->caught);
        after_1:
            goto after_2;
        except_2:
            art_assign(&f->caught2, art_catch());
            art_assign(&f->raised, art_retain(f->caught2));
        after_2:
            f->total = art_int_add(f->total, 1);
            if (art_raised(17)) goto raised;
            if (f->raised != NULL) {
                art_raise_at(12, art_retain(f->raised));
                goto raised;
            }
        }
        f->result = f->total;
        goto leave;
    default: /* dropped before it began */
        goto leave;
    }
raised:
    art_trace("both", "coroutine.async");
leave:
    art_release(f->names);
    art_release(f->name);
    art_release(f->raised);
    art_release(f->e);
    art_release(f->caught);
    art_release(f->caught2);
    return art_frame_done(base);
}

static void both_init(both_frame *f, art_list *names)
{
    art_frame_init(&f->base, both_resume);
    f->names = art_retain(names);
    f->name = NULL;
    f->raised = f->e = f->caught = f->caught2 = NULL;
}

art_task *both_new(art_list *names)
{
    art_task *coro = art_task_new(&type_coroutine_int, sizeof(both_frame));
    both_init((both_frame *)art_task_frame(coro), names);
    return coro;
}

/* async def main() -> None                                                  coroutine.async:21
 * Frame: 168 bytes and those of the runtime's. */
typedef struct coroutine_main_frame {
    art_frame base;
    union {
        both_frame both;
    } child;
} coroutine_main_frame;

static art_step coroutine_main_resume(art_frame *base)
{
    coroutine_main_frame *f = (coroutine_main_frame *)base;

    switch (base->state) {
    case 0:;
        art_list *items = art_list_of(&type_list_str, 2, (art_str *[]){&str_a, &str_b});
        both_init(&f->child.both, items);
        art_release(items);
        base->state = 1;
        if (art_await(base, &f->child.both.base) == ART_SUSPENDED) return ART_SUSPENDED; /* fall through */
    case 1: /* line 22: print(await both(["a", "b"])) */
        if (art_raised(22)) goto raised;
        int64_t number = f->child.both.result;
        art_printf("%i\n", number);
        goto leave;
    default: /* dropped before it began */
        goto leave;
    }
raised:
    art_trace("main", "coroutine.async");
leave:
    return art_frame_done(base);
}

static void coroutine_main_init(coroutine_main_frame *f)
{
    art_frame_init(&f->base, coroutine_main_resume);
}

art_task *coroutine_main_new(void)
{
    art_task *coro = art_task_new(&type_coroutine_none, sizeof(coroutine_main_frame));
    coroutine_main_init((coroutine_main_frame *)art_task_frame(coro));
    return coro;
}

static const art_code codes[] = {
    {fetch_resume, "fetch", "coroutine.async", 4, 2, (const uint32_t[]){4, 5}},
    {both_resume, "both", "coroutine.async", 9, 2, (const uint32_t[]){9, 13}},
    {coroutine_main_resume, "main", "coroutine.async", 21, 2, (const uint32_t[]){21, 22}},
};

void coroutine_init(void)
{
    art_code_register(codes, sizeof codes / sizeof *codes);
    art_task *main = coroutine_main_new();
    art_run(main, -1, (art_none[]){0});
    art_release(main);
    if (art_raised(26))
        art_trace("<module>", "coroutine.async");
}

void coroutine_fini(void)
{
}
