/* str: immutable UTF-8, measured and indexed in code points. A string whose size equals its length is ASCII, and indexes in
 * constant time; others are walked. Literals of the program are static and immortal:
 *
 *     static art_str str_hello = ART_STR_LITERAL("héllo", 5);     // text, code points
 *
 * Functions that give `art_str *` give an owned string, or NULL when they raised. */
#ifndef ART_STR_H
#define ART_STR_H

#include "art/value.h"

struct art_list;
struct art_bytes;
struct art_dict;

struct art_str {
    art_obj base;     /* aux: the cached hash; 0: not known yet */
    const char *text; /* UTF-8, followed by a NUL; stands right behind the struct unless the string is a literal */
    int64_t size;     /* bytes */
    int64_t len;      /* code points */
};

/* Adjacent C strings and embedded NULs are fine. Lone surrogates are kept as their three bytes. */
#define ART_STR_LITERAL(text_, len_) {{&art_type_str, ART_IMMORTAL, 0}, (text_), (int64_t)sizeof(text_) - 1, (len_)}

/* A bound of a slice that was not written: s[:3] is art_str_slice(s, ART_MISSING, 3, 1). */
#define ART_MISSING INT64_MIN

extern art_str art_str_empty;

/* -- making ---------------------------------------------------------------------------------------------------------------- */

art_str *art_str_new(const char *text, size_t size); /* copies; the text must be UTF-8 */
art_str *art_str_of(const char *text);               /* copies a C string */
art_str *art_str_char(int64_t code_point);           /* one code point, unchecked */
art_str *art_str_room(int64_t size, char **text);    /* a string to be written at *text; then call art_str_measure */
art_str *art_str_measure(art_str *str);              /* counts code points of a string just written; gives it back */
/* Decodes what came from outside: bad bytes become surrogates U+DC80…, as Python's surrogateescape. */
art_str *art_str_from_outside(const char *text, size_t size);

/* A string under construction. Zero it, add, take. */
typedef struct art_text {
    char *text;
    size_t size, cap;
} art_text;
void art_text_add(art_text *text, const char *from, size_t size);
void art_text_add_c(art_text *text, const char *from);
void art_text_add_str(art_text *text, const art_str *from);
void art_text_add_char(art_text *text, int64_t code_point);
void art_text_fill(art_text *text, const char *pattern, size_t size, int64_t times);
art_str *art_text_take(art_text *text);  /* the string; the text is empty again */
void art_text_drop(art_text *text);

/* -- asking ---------------------------------------------------------------------------------------------------------------- */

static inline int64_t art_str_len(const art_str *s)
{
    return s->len;
}
static inline bool art_str_is_ascii(const art_str *s)
{
    return s->size == s->len;
}
bool art_str_equal(const art_str *a, const art_str *b);
int art_str_compare(const art_str *a, const art_str *b); /* by code point: <0, 0, >0 */
static inline bool art_str_less(const art_str *a, const art_str *b)
{
    return art_str_compare(a, b) < 0;
}
bool art_str_equal_c(const art_str *a, const char *b);
int64_t art_str_hash(const art_str *s); /* never 0 */

/* -- operators ------------------------------------------------------------------------------------------------------------- */

art_str *art_str_concat(const art_str *a, const art_str *b);              /* a + b */
/* s += b, where the caller gives its reference to `a` away: grows in place when nobody else holds it. */
art_str *art_str_append(art_str *a, const art_str *b);
art_str *art_str_repeat(const art_str *s, int64_t times);                 /* s * times */
art_str *art_str_at(const art_str *s, int64_t index);                     /* s[index]; IndexError */
art_str *art_str_slice(art_str *s, int64_t start, int64_t stop, int64_t step);
bool art_str_contains(const art_str *s, const art_str *sub);              /* sub in s */
/* Iteration: for (int64_t at = 0; at < s->size;) { art_str *c = art_str_next(s, &at); … }. Owned. */
art_str *art_str_next(const art_str *s, int64_t *at);
int64_t art_str_decode(const char *text, int64_t *at); /* the code point at byte *at, which moves on */

/* -- methods --------------------------------------------------------------------------------------------------------------- */

art_str *art_str_repr(const art_str *s);
art_str *art_str_ascii(const art_str *s);
art_str *art_str_escape(const art_str *s); /* ascii(x) from repr(x): what is not ASCII, escaped */
art_str *art_str_capitalize(const art_str *s);
art_str *art_str_casefold(const art_str *s);
art_str *art_str_center(art_str *s, int64_t width, const art_str *fill);
int64_t art_str_count(const art_str *s, const art_str *sub, int64_t start, int64_t end);
bool art_str_endswith(const art_str *s, const art_str *suffix, int64_t start, int64_t end);
art_str *art_str_expandtabs(const art_str *s, int64_t tabsize);
int64_t art_str_find(const art_str *s, const art_str *sub, int64_t start, int64_t end);
int64_t art_str_index(const art_str *s, const art_str *sub, int64_t start, int64_t end); /* ValueError */
bool art_str_isalnum(const art_str *s);
bool art_str_isalpha(const art_str *s);
bool art_str_isascii(const art_str *s);
bool art_str_isdecimal(const art_str *s);
bool art_str_isdigit(const art_str *s);
bool art_str_isidentifier(const art_str *s);
bool art_str_islower(const art_str *s);
bool art_str_isnumeric(const art_str *s);
bool art_str_isprintable(const art_str *s);
bool art_str_isspace(const art_str *s);
bool art_str_istitle(const art_str *s);
bool art_str_isupper(const art_str *s);
art_str *art_str_join(const art_str *sep, struct art_list *items); /* a list or tuple of str */
art_str *art_str_ljust(art_str *s, int64_t width, const art_str *fill);
art_str *art_str_lower(const art_str *s);
art_str *art_str_lstrip(art_str *s, const art_str *chars); /* chars NULL: white space */
art_str *art_str_removeprefix(art_str *s, const art_str *prefix);
art_str *art_str_removesuffix(art_str *s, const art_str *suffix);
art_str *art_str_replace(art_str *s, const art_str *old, const art_str *with, int64_t count); /* count < 0: all */
int64_t art_str_rfind(const art_str *s, const art_str *sub, int64_t start, int64_t end);
int64_t art_str_rindex(const art_str *s, const art_str *sub, int64_t start, int64_t end);
art_str *art_str_rjust(art_str *s, int64_t width, const art_str *fill);
struct art_list *art_str_rsplit(art_str *s, const art_str *sep, int64_t maxsplit, const art_type *type);
art_str *art_str_rstrip(art_str *s, const art_str *chars);
struct art_list *art_str_split(art_str *s, const art_str *sep, int64_t maxsplit, const art_type *type);
struct art_list *art_str_splitlines(art_str *s, bool keepends, const art_type *type);
bool art_str_startswith(const art_str *s, const art_str *prefix, int64_t start, int64_t end);
art_str *art_str_strip(art_str *s, const art_str *chars);
art_str *art_str_swapcase(const art_str *s);
art_str *art_str_title(const art_str *s);
art_str *art_str_translate(const art_str *s, struct art_dict *table); /* keys int; values int, str, None or boxes of them */
art_str *art_str_upper(const art_str *s);
art_str *art_str_zfill(art_str *s, int64_t width);
/* Encodings: utf-8, ascii, latin-1, utf-16/32 (le, be); errors: strict, ignore, replace, backslashreplace, surrogateescape,
 * xmlcharrefreplace. */
struct art_bytes *art_str_encode(const art_str *s, const art_str *encoding, const art_str *errors);
int64_t art_str_ord(const art_str *s);   /* TypeError unless one code point */
art_str *art_str_chr(int64_t code_point); /* ValueError */

#endif
