/* Calls of boxes. By itself: every program has dicts, whose factories are called, and few need the methods of boxattr.c and what these bring
 * along. */
#include "internal.h"

static art_box call_with_tuple(art_closure *closure, int64_t count, const art_box *args)
{
    art_tuple *tuple = art_list_new(&art_type_tuple, count);

    for (int64_t i = 0; i < count; i++)
        art_list_append(tuple, &args[i]);
    art_box result = ((art_box(*)(art_closure *, art_tuple *))closure->fn)(closure, tuple);
    art_release(tuple);
    return result;
}

art_box art_box_apply(art_box function, const art_tuple *args)
{
    return art_box_call(function, args->len, args->items);
}

/* "add() missing 2 required positional arguments: 'a' and 'b'" of the parameters "a,b,c". */
static art_str *missing_names(const char *params, int64_t first, int64_t count)
{
    art_text text = {0};

    for (int64_t i = 0; i < first + count; i++) {
        size_t len = strcspn(params, ",");
        if (i >= first) {
            int64_t left = first + count - 1 - i;
            art_text_add_c(&text, "'");
            art_text_add(&text, params, len);
            art_text_add_c(&text, left == 0 ? "'" : left > 1 ? "', " : count > 2 ? "', and " : "' and ");
        }
        params += len + (params[len] == ',');
    }
    return art_text_take(&text);
}

void art_raise_argument_count(const char *name, const char *params, int64_t required, int64_t most, int64_t self,
                              int64_t given)
{
    if (given < required) {
        art_str *names = missing_names(params, given, required - given);
        art_raise_new(&art_type_TypeError, "%c() missing %i required positional argument%c: %s", name, required - given,
                      required - given == 1 ? "" : "s", names);
        art_release(names);
        return;
    }
    given += self;
    most += self;
    const char *plural = most == 1 ? "" : "s", *was = given == 1 ? "was" : "were";
    if (required + self == most)
        art_raise_new(&art_type_TypeError, "%c() takes %i positional argument%c but %i %c given", name, most, plural,
                      given, was);
    else
        art_raise_new(&art_type_TypeError, "%c() takes from %i to %i positional arguments but %i %c given", name,
                      required + self, most, given, was);
}

art_box art_box_call(art_box function, int64_t count, const art_box *args)
{
    art_box out = art_box_none();

    if (function.type->kind == ART_KIND_TYPE && art_type_is(function.as.p, &art_type_BaseException))
        return art_box_obj(art_exc_args(function.as.p, count, args));
    art_closure *closure = function.type->kind == ART_KIND_CLOSURE ? (art_closure *)function.as.obj : NULL;
    if (closure && closure->info && closure->info->arg_count == ART_TAKES_TUPLE)
        return call_with_tuple(closure, count, args);
    if (!closure || !closure->info || !closure->info->call) {
        art_raise_new(&art_type_TypeError, "'%c' object is not callable", function.type->name);
        return out;
    }
    if (closure->info->arg_count >= 0 && closure->info->arg_count != count) {
        int64_t wanted = closure->info->arg_count;
        art_raise_new(&art_type_TypeError, "%c() takes %i positional argument%c but %i %c given", closure->info->name,
                      wanted, wanted == 1 ? "" : "s", count, count == 1 ? "was" : "were");
        return out;
    }
    return closure->info->call(closure, count, args, &out) ? out : art_box_none();
}
