/* Making and ending a compilation: the arena is the one thing outside it, everything else is inside. */
#include "base/context.h"

Compilation *compilation_new(void)
{
    Arena first = {0};
    Arena *arena = arena_new(&first, Arena);

    *arena = first;
    Compilation *c = arena_new(arena, Compilation);
    c->arena = arena;
    c->names = interner_new(arena);
    c->sources = arena_new(arena, Sources);
    c->sources->arena = arena;
    c->diags = diags_new(arena, c->sources);
    return c;
}

void compilation_free(Compilation *c)
{
    Arena arena = *c->arena;

    arena_free_all(&arena);
}
