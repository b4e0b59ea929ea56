/* The module datetime: what its source in lib/ needs more than 64 bits for. */
#ifndef ART_DATETIME_H
#define ART_DATETIME_H

#include "art/value.h"

/* us * by, or us / by, to the nearest int, ties to even. OverflowError, ZeroDivisionError; ValueError for NaN and infinity. */
int64_t art_datetime_scale(int64_t us, double by, bool divides);

#endif
