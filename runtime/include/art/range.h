/* range and slice as values. A `for` over range(…) is a plain C loop and needs neither. */
#ifndef ART_RANGE_H
#define ART_RANGE_H

#include "art/list.h"

typedef struct art_range {
    art_obj base;
    int64_t start, stop, step, len;
} art_range;

art_range *art_range_new(int64_t start, int64_t stop, int64_t step); /* ValueError "range() arg 3 must not be zero" */
int64_t art_range_length(int64_t start, int64_t stop, int64_t step); /* step is not 0 */
int64_t art_range_at(const art_range *range, int64_t index);         /* IndexError "range object index out of range" */
art_range *art_range_slice(const art_range *range, int64_t start, int64_t stop, int64_t step);
bool art_range_contains(const art_range *range, int64_t value);
int64_t art_range_index(const art_range *range, int64_t value);
int64_t art_range_count(const art_range *range, int64_t value);
bool art_range_equal(const art_range *a, const art_range *b);
int64_t art_range_hash(const art_range *range);
art_str *art_range_repr(const art_range *range);
art_list *art_range_list(const art_range *range, const art_type *type); /* list(range(…)) */

typedef struct art_slice {
    art_obj base;
    int64_t start, stop, step; /* ART_MISSING: None */
} art_slice;

art_slice *art_slice_new(int64_t start, int64_t stop, int64_t step);
art_str *art_slice_repr(const art_slice *slice);

#endif
