/* Which characters beyond ASCII a name may hold: binary search in the ranges of unicode.def. */
#include "syntax/lexer.h"

typedef struct Range {
    uint32_t first, last;
} Range;

#define START(first, last) {first, last},
static const Range starts[] = {
#include "syntax/unicode.def"
};
#undef START

#define CONTINUE(first, last) {first, last},
static const Range continues[] = {
#include "syntax/unicode.def"
};
#undef CONTINUE

static bool is_in(const Range *ranges, size_t count, uint32_t c)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c < ranges[middle].first)
            high = middle;
        else if (c > ranges[middle].last)
            low = middle + 1;
        else
            return true;
    }
    return false;
}

bool unicode_starts_name(uint32_t code_point)
{
    return is_in(starts, sizeof starts / sizeof *starts, code_point);
}

bool unicode_continues_name(uint32_t code_point)
{
    return unicode_starts_name(code_point) || is_in(continues, sizeof continues / sizeof *continues, code_point);
}
