/* What we know of Unicode: which characters beyond ASCII a name may hold (unicode.def), and which character \N{...} means
 * (unicode_names.def).  Binary search in both. */
#include "syntax/lexer.h"

#include <ctype.h>

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

typedef struct Named {
    uint32_t code_point;
    const char *name;
} Named;

#define NAMED(code_point, name) {code_point, name},
static const Named names[] = {
#include "syntax/unicode_names.def"
};
#undef NAMED

/* Names are the same in capitals and small letters. */
static int compare_name(const char *name, size_t len, const char *other)
{
    for (size_t i = 0; i < len; i++) {
        int c = toupper((unsigned char)name[i]);
        if (c != other[i])
            return c < other[i] ? -1 : 1; /* also where the other is shorter */
    }
    return other[len] ? -1 : 0;
}

uint32_t unicode_named(const char *name, size_t len)
{
    size_t low = 0, high = sizeof names / sizeof *names;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_name(name, len, names[middle].name);
        if (!order)
            return names[middle].code_point;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}
