/* What a code point is and how its case changes, by two look-ups in tables that tools/unicode.py writes from Python's own. */
#include "internal.h"

typedef struct CharRecord {
    uint16_t flags;
    int32_t upper, lower, title, fold; /* a difference, or IS_LONG | place in char_extra << 2 | length */
    int8_t decimal;
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
int art__char_decimal(int64_t code_point)
{
    return record_of(code_point)->decimal;
}
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
