/* Exception groups: making, splitting by class for `except*`, and putting together what such a statement leaves.
 *
 * A part of a group has the group's message, notes, cause, context and traceback; that is also how a part that a handler raised again is
 * told from a new exception. */
#include "internal.h"

#include "art/closure.h"

#define GROUP(name_, base_) \
    {.name = name_, .module = "builtins", .kind = ART_KIND_EXCEPTION, .size = sizeof(art_exc *), .is_counted = true, \
     .object_size = sizeof(art_exc_group), .base = base_, .destroy = art_exc_destroy}

const art_type art_type_BaseExceptionGroup = GROUP("BaseExceptionGroup", &art_type_BaseException);
const art_type art_type_ExceptionGroup = GROUP("ExceptionGroup", &art_type_BaseExceptionGroup);

static const art_type tuple_of_exceptions = ART_VARTUPLE_TYPE(&art_type_BaseException);
static const art_type list_of_exceptions = ART_LIST_TYPE(&art_type_BaseException);

static bool is_group(const art_exc *exc)
{
    return art_exc_matches(exc, &art_type_BaseExceptionGroup);
}

static art_exc *child_at(const art_list *exceptions, int64_t index)
{
    if (art_list_item_type(exceptions)->kind == ART_KIND_BOX) {
        art_box box = ((art_box *)exceptions->items)[index];
        return box.type->kind == ART_KIND_EXCEPTION ? (art_exc *)box.as.obj : NULL;
    }
    return ((art_exc **)exceptions->items)[index];
}

/* ExceptionGroup derives from Exception too, which the descriptor's one base cannot say. */
static bool is_exception(const art_exc *exc)
{
    return art_exc_matches(exc, &art_type_Exception);
}

art_exc *art_exc_group_new(const art_type *type, art_str *message, const art_list *exceptions)
{
    bool all_exceptions = true;

    if (exceptions->len == 0) {
        art_raise_new(&art_type_ValueError, "second argument (exceptions) must be a non-empty sequence");
        return NULL;
    }
    for (int64_t i = 0; i < exceptions->len; i++) {
        art_exc *child = child_at(exceptions, i);
        if (!child) {
            art_raise_new(&art_type_ValueError, "Item %i of second argument (exceptions) is not an exception", i);
            return NULL;
        }
        all_exceptions &= is_exception(child);
    }
    if (!all_exceptions && art_type_is(type, &art_type_ExceptionGroup)) {
        art_raise_new(&art_type_TypeError, type == &art_type_ExceptionGroup ? "Cannot nest BaseExceptions in an ExceptionGroup"
                                                                            : "Cannot nest BaseExceptions in '%c'", type->name);
        return NULL;
    }
    if (all_exceptions && type == &art_type_BaseExceptionGroup)
        type = &art_type_ExceptionGroup;
    art_exc_group *group = (art_exc_group *)art_exc_new(type);
    group->message = art_retain(message);
    group->exceptions = art_list_new(&tuple_of_exceptions, exceptions->len);
    for (int64_t i = 0; i < exceptions->len; i++)
        art_list_push(group->exceptions, art_retain(child_at(exceptions, i)));
    art_box args[] = {art_box_obj(message), art_box_obj((void *)(uintptr_t)exceptions)};
    art_exc_set_args(&group->base, 2, args);
    return &group->base;
}

art_str *art_exc_group_message(art_exc_group *group)
{
    return art_retain(group->message);
}

art_tuple *art_exc_group_exceptions(art_exc_group *group)
{
    return art_retain(group->exceptions);
}

art_str *art_exc_group_text(art_exc_group *group)
{
    int64_t count = group->exceptions->len;
    return art_strf("%s (%i sub-exception%c)", group->message, count, count == 1 ? "" : "s");
}

/* -- parts ------------------------------------------------------------------------------------------------------------------------------- */

art_exc *art_exc_derive(art_exc *group, const art_list *exceptions)
{
    return art_exc_group_new(&art_type_BaseExceptionGroup, ((art_exc_group *)group)->message, exceptions);
}

static void copy_metadata(art_exc *part, const art_exc *group)
{
    part->cause = art_retain(group->cause);
    part->context = art_retain(group->context);
    part->suppress_context = group->suppress_context;
    if (group->notes)
        part->notes = art_list_copy(group->notes);
    if (group->trace_len > 0) {
        size_t size = (size_t)group->trace_len * sizeof *group->trace;
        part->trace = art_alloc(size);
        part->trace_len = part->trace_cap = group->trace_len;
        memcpy(part->trace, group->trace, size);
    }
}

/* The group's part with these exceptions, which are given away; NULL: none. */
static art_exc *part_of(art_exc *group, art_list *exceptions)
{
    art_exc *part = NULL;

    if (exceptions->len == ((art_exc_group *)group)->exceptions->len
        && memcmp(exceptions->items, ((art_exc_group *)group)->exceptions->items, (size_t)exceptions->len * sizeof(art_exc *)) == 0) {
        part = art_retain(group);
    } else if (exceptions->len > 0) {
        part = art_exc_derive(group, exceptions);
        if (part)
            copy_metadata(part, group);
    }
    art_release(exceptions);
    return part;
}

/* What a part is chosen by: a class of these, being one of these leaves, or what a function of the program says. */
typedef struct Choice {
    const art_type *const *types;
    int64_t count;
    const art_list *leaves;  /* or NULL */
    art_closure *predicate;  /* `bool fn(self, art_exc *)`, or NULL; what it raises stays pending and ends the search */
} Choice;

static bool is_chosen(const Choice *choice, art_exc *exc)
{
    if (choice->predicate)
        return !art_self.raised && ((bool (*)(art_closure *, art_exc *))choice->predicate->fn)(choice->predicate, exc);
    if (choice->leaves) {
        for (int64_t i = 0; i < choice->leaves->len; i++) {
            if (child_at(choice->leaves, i) == exc)
                return true;
        }
        return false;
    }
    for (int64_t i = 0; i < choice->count; i++) {
        if (art_exc_matches(exc, choice->types[i]))
            return true;
    }
    return false;
}

static void split(art_exc *exc, const Choice *choice, art_exc **match, art_exc **rest)
{
    *match = *rest = NULL;
    if (is_chosen(choice, exc)) {
        *match = art_retain(exc);
        return;
    }
    if (!is_group(exc)) {
        *rest = art_retain(exc);
        return;
    }
    art_tuple *children = ((art_exc_group *)exc)->exceptions;
    art_list *matching = art_list_new(&list_of_exceptions, 0), *others = art_list_new(&list_of_exceptions, 0);
    for (int64_t i = 0; i < children->len; i++) {
        art_exc *child_match, *child_rest;
        split(child_at(children, i), choice, &child_match, &child_rest);
        if (child_match)
            art_list_push(matching, child_match);
        if (child_rest)
            art_list_push(others, child_rest);
    }
    *match = part_of(exc, matching);
    *rest = part_of(exc, others);
}

/* A plain exception that except* catches is put into a group without a message. */
static art_exc *wrapped(art_exc *exc)
{
    art_list *one = art_list_of(&tuple_of_exceptions, 1, &exc);
    art_exc *group = art_exc_group_new(&art_type_BaseExceptionGroup, &art_str_empty, one);
    art_release(one);
    return group;
}

bool art_exc_split(art_exc *exc, const art_type *const *types, int64_t count, art_exc **match, art_exc **rest, bool wrap)
{
    Choice choice = {.types = types, .count = count};

    split(exc, &choice, match, rest);
    if (*match && wrap && !is_group(*match)) {
        art_exc *plain = *match;
        *match = wrapped(plain);
        art_release(plain);
    }
    return *match != NULL;
}

bool art_exc_split_pair(art_exc *group, const art_type *const *types, int64_t count, void *out)
{
    art_exc **pair = out;
    art_exc_split(group, types, count, &pair[0], &pair[1], false);
    return true;
}

bool art_exc_split_by(art_exc *group, art_closure *predicate, void *out)
{
    art_exc **pair = out;
    Choice choice = {.predicate = predicate};

    split(group, &choice, &pair[0], &pair[1]);
    if (!art_self.raised)
        return true;
    art_release(pair[0]);
    art_release(pair[1]);
    pair[0] = pair[1] = NULL;
    return false;
}

bool art_exc_split_star(art_exc *exc, const art_type *const *types, int64_t count, void *out)
{
    art_exc **pair = out;
    pair[0] = pair[1] = NULL;
    if (exc)
        art_exc_split(exc, types, count, &pair[0], &pair[1], true);
    return true;
}

art_exc *art_exc_subgroup(art_exc *group, const art_type *type)
{
    art_exc *match, *rest;

    art_exc_split(group, &type, 1, &match, &rest, false);
    art_release(rest);
    return match;
}

/* -- after except* ------------------------------------------------------------------------------------------------------------------------- */

static void add_leaves(art_list *leaves, art_exc *exc)
{
    if (!is_group(exc)) {
        art_list_append(leaves, &exc);
        return;
    }
    art_tuple *children = ((art_exc_group *)exc)->exceptions;
    for (int64_t i = 0; i < children->len; i++)
        add_leaves(leaves, child_at(children, i));
}

static bool has_metadata_of(const art_exc *exc, const art_exc *original)
{
    bool same_notes = (exc->notes == NULL) == (original->notes == NULL) && (!exc->notes || art_list_equal(exc->notes, original->notes));
    return same_notes && exc->cause == original->cause && exc->context == original->context;
}

art_exc *art_exc_merge(art_exc *original, const art_list *raised, art_exc *rest)
{
    if (!is_group(original)) {
        if (rest)
            return art_retain(rest);
        return raised->len > 0 ? art_retain(child_at(raised, 0)) : NULL;
    }
    art_list *leaves = art_list_new(&list_of_exceptions, 0), *left = art_list_new(&list_of_exceptions, 0);
    for (int64_t i = 0; i < raised->len; i++) {
        art_exc *exc = child_at(raised, i);
        if (has_metadata_of(exc, original))
            add_leaves(leaves, exc);
        else
            art_list_append(left, &exc);
    }
    if (rest)
        add_leaves(leaves, rest);
    Choice choice = {.leaves = leaves};
    art_exc *again, *dropped, *result = NULL;
    split(original, &choice, &again, &dropped);
    art_release(dropped);
    if (again)
        art_list_push(left, again);
    if (left->len == 1)
        result = art_retain(child_at(left, 0));
    else if (left->len > 1)
        result = art_exc_group_new(&art_type_BaseExceptionGroup, &art_str_empty, left);
    art_release(leaves);
    art_release(left);
    return result;
}
