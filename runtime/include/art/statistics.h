/* The module statistics: sums without rounding errors, divided and rounded once. Any thread; nothing here raises. */
#ifndef ART_STATISTICS_H
#define ART_STATISTICS_H

#include "art/list.h"

/* The sum of the items divided by `by`. A sum of ints that can be divided without rest is an int. */
double art_statistics_sum_floats(const art_list *data, int64_t by);
art_box art_statistics_sum_ints(const art_list *data, int64_t by);
/* The sum of the squares of the items' distances from their mean, divided by `by`. */
double art_statistics_squares_floats(const art_list *data, int64_t by);
art_box art_statistics_squares_ints(const art_list *data, int64_t by);
/* The square root of that. */
double art_statistics_root_floats(const art_list *data, int64_t by);
double art_statistics_root_ints(const art_list *data, int64_t by);

#endif
