/* Text from values: f-strings and print in one line of C, the format mini-language, the % operator and str.format.
 *
 * art_strf and art_printf take text with typed directives, each for one or two arguments, all borrowed:
 *
 *     %s   art_str *      as it is; NULL is written None
 *     %r   art_str *      its repr; NULL is written None
 *     %a   art_str *      its ascii()
 *     %i   int64_t
 *     %f   double         as repr writes it
 *     %b   bool           True or False
 *     %c   const char *   C text
 *     %v   const art_type *, const void *     str() of the value in the slot: any type
 *     %V   const art_type *, const void *     repr() of it
 *     %%   a percent sign
 *
 * A format specification stands in braces: `%{>10}s`, `%{08.3f}f`, `%{,}i`, `%{.1%}f` (closed by the first brace). A
 * specification computed when run, f"{x:{w}}", goes through art_…_format.
 *
 *     f"{name!r} has {count:3d} of {total:.2f} in {items}"
 *     art_strf("%r has %{3d}i of %{.2f}f in %v", name, count, total, &type_list_int, &items)
 *
 * Constant text may hold NULs only through %s. Only %v, %V and a bad specification can raise: art_strf gives NULL then. */
#ifndef ART_FORMAT_H
#define ART_FORMAT_H

#include <stdarg.h>

#include "art/str.h"

art_str *art_strf(const char *fmt, ...);
art_str *art_strf_list(const char *fmt, va_list args);
bool art_text_format(art_text *text, const char *fmt, va_list args);

/* format(value, spec); ValueError for a bad one. */
art_str *art_int_format(int64_t value, const art_str *spec);
art_str *art_float_format(double value, const art_str *spec);
art_str *art_bool_format(bool value, const art_str *spec);
art_str *art_str_format_spec(const art_str *value, const art_str *spec);
art_str *art_slot_format(const art_type *type, const void *slot, art_str *spec); /* any type; a class's __format__ */

/* format % values: `count` values, or one that is a tuple. is_tuple: the right side was a tuple, so all must be used. */
art_str *art_str_mod(const art_str *fmt, const art_box *values, int64_t count, bool is_tuple);
/* fmt.format(*values, **named) */
art_str *art_str_format(const art_str *fmt, const art_box *values, int64_t count, const char *const *names, const art_box *named,
    int64_t named_count);
art_str *art_str_format_map(const art_str *fmt, struct art_dict *map);

#endif
