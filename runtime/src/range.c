/* range and slice as values. */
#include "internal.h"

int64_t art_range_length(int64_t start, int64_t stop, int64_t step)
{
    if (step > 0)
        return start < stop ? (int64_t)(((uint64_t)stop - (uint64_t)start - 1) / (uint64_t)step + 1) : 0;
    return start > stop ? (int64_t)(((uint64_t)start - (uint64_t)stop - 1) / -(uint64_t)step + 1) : 0;
}

art_range *art_range_new(int64_t start, int64_t stop, int64_t step)
{
    if (step == 0) {
        art_raise_new(&art_type_ValueError, "range() arg 3 must not be zero");
        return NULL;
    }
    art_range *range = art_new(&art_type_range, 0);
    range->start = start;
    range->stop = stop;
    range->step = step;
    range->len = art_range_length(start, stop, step);
    return range;
}

int64_t art_range_at(const art_range *range, int64_t index)
{
    if (index < 0)
        index += range->len;
    if ((uint64_t)index >= (uint64_t)range->len) {
        art_raise_new(&art_type_IndexError, "range object index out of range");
        return 0;
    }
    return range->start + index * range->step;
}

art_range *art_range_slice(const art_range *range, int64_t start, int64_t stop, int64_t step)
{
    if (art_slice_bounds(range->len, &start, &stop, &step) < 0)
        return NULL;
    return art_range_new(range->start + start * range->step, range->start + stop * range->step, range->step * step);
}

bool art_range_contains(const art_range *range, int64_t value)
{
    bool is_within = range->step > 0 ? value >= range->start && value < range->stop : value <= range->start && value > range->stop;
    return is_within && (value - range->start) % range->step == 0;
}

int64_t art_range_index(const art_range *range, int64_t value)
{
    if (art_range_contains(range, value))
        return (value - range->start) / range->step;
    art_raise_new(&art_type_ValueError, "%i is not in range", value);
    return 0;
}

int64_t art_range_count(const art_range *range, int64_t value)
{
    return art_range_contains(range, value);
}

/* Ranges are equal when they give the same numbers. */
bool art_range_equal(const art_range *a, const art_range *b)
{
    return a->len == b->len && (a->len == 0 || (a->start == b->start && (a->len == 1 || a->step == b->step)));
}

int64_t art_range_hash(const art_range *range)
{
    uint64_t mixed = art__hash_mix(ART_HASH_START, (uint64_t)range->len);
    mixed = art__hash_mix(mixed, range->len > 0 ? (uint64_t)range->start : 0);
    mixed = art__hash_mix(mixed, range->len > 1 ? (uint64_t)range->step : 0);
    return art__hash_end(mixed, 3);
}

art_str *art_range_repr(const art_range *range)
{
    if (range->step == 1)
        return art_strf("range(%i, %i)", range->start, range->stop);
    return art_strf("range(%i, %i, %i)", range->start, range->stop, range->step);
}

art_list *art_range_list(const art_range *range, const art_type *type)
{
    art_list *list = art_list_new(type, range->len);

    for (int64_t i = 0; i < range->len; i++)
        ((int64_t *)list->items)[i] = range->start + i * range->step;
    list->len = range->len;
    return list;
}

art_slice *art_slice_new(int64_t start, int64_t stop, int64_t step)
{
    art_slice *slice = art_new(&art_type_slice, 0);
    slice->start = start;
    slice->stop = stop;
    slice->step = step;
    return slice;
}

static void add_bound(art_text *text, int64_t bound, const char *after)
{
    if (bound == ART_MISSING)
        art_text_add_c(text, "None");
    else
        art__text_add_owned(text, art_int_str(bound));
    art_text_add_c(text, after);
}

art_str *art_slice_repr(const art_slice *slice)
{
    art_text text = {0};

    art_text_add_c(&text, "slice(");
    add_bound(&text, slice->start, ", ");
    add_bound(&text, slice->stop, ", ");
    add_bound(&text, slice->step, ")");
    return art_text_take(&text);
}
