/* What a code point is and how its case changes, by two look-ups in tables that tools/unicode.py writes from Python's own. */
#include "internal.h"

typedef struct CharRecord {
    uint16_t flags;
    int32_t upper, lower, title, fold; /* a difference, or IS_LONG | place in char_extra << 2 | length */
} CharRecord;

enum { IS_LONG = 0x200000, PAGE_BITS = 7 };

#include "unicode_data.h"

static const CharRecord *record_of(int64_t code_point)
{
    size_t page = (size_t)code_point >> PAGE_BITS;
    if (page >= sizeof char_index / sizeof *char_index)
        page = sizeof char_index / sizeof *char_index - 1;
    size_t place = (size_t)char_index[page] << PAGE_BITS | ((size_t)code_point & ((1 << PAGE_BITS) - 1));
    return &char_records[char_pages[place]];
}

static int map(int64_t code_point, int32_t how, int32_t *to)
{
    if (how < IS_LONG) {
        to[0] = (int32_t)code_point + how;
        return 1;
    }
    int count = how & 3;
    for (int i = 0; i < count; i++)
        to[i] = char_extra[((how & ~IS_LONG) >> 2) + i];
    return count;
}

unsigned art__char_flags(int64_t code_point)
{
    return record_of(code_point)->flags;
}

/* -- what nearly every program asks, apart from the large tables ------------------------------------------------------------------ */

/* How many of the ascending values are not above the code point. */
static size_t count_up_to(int64_t code_point, const int32_t *values, size_t count)
{
    size_t from = 0;
    while (from < count) {
        size_t middle = (from + count) / 2;
        if (values[middle] <= code_point)
            from = middle + 1;
        else
            count = middle;
    }
    return from;
}

/* The same for the lowest 65,536 code points. */
static size_t count_up_to_low(int64_t code_point, const uint16_t *values, size_t count)
{
    size_t from = 0;
    while (from < count) {
        size_t middle = (from + count) / 2;
        if (values[middle] <= code_point)
            from = middle + 1;
        else
            count = middle;
    }
    return from;
}

bool art__char_is_printable(int64_t code_point)
{
    size_t low = count_up_to_low(code_point, printable_edges, ART_ARRAY_LEN(printable_edges));
    size_t above = code_point < 0x10000 ? 0 : count_up_to(code_point, printable_edges_above, ART_ARRAY_LEN(printable_edges_above));
    return (low + above) & 1;
}
bool art__char_is_space(int64_t code_point)
{
    return count_up_to(code_point, space_edges, ART_ARRAY_LEN(space_edges)) & 1;
}
int art__char_decimal(int64_t code_point)
{
    size_t before = count_up_to(code_point, zeros, ART_ARRAY_LEN(zeros));
    return before && code_point < zeros[before - 1] + 10 ? (int)(code_point - zeros[before - 1]) : -1;
}

/* -- case ------------------------------------------------------------------------------------------------------------------------- */

int art__char_upper(int64_t code_point, int32_t *to)
{
    return map(code_point, record_of(code_point)->upper, to);
}
int art__char_lower(int64_t code_point, int32_t *to)
{
    return map(code_point, record_of(code_point)->lower, to);
}
int art__char_title(int64_t code_point, int32_t *to)
{
    return map(code_point, record_of(code_point)->title, to);
}
int art__char_fold(int64_t code_point, int32_t *to)
{
    return map(code_point, record_of(code_point)->fold, to);
}
