/* bytes and bytearray. The two begin alike, so a function that only reads takes either as `const art_bytes *`: pass a bytearray
 * with a cast. Functions that give "the same kind" take that kind from their first argument's descriptor. */
#ifndef ART_BYTES_H
#define ART_BYTES_H

#include "art/str.h"

typedef struct art_bytes {
    art_obj base; /* aux: the cached hash */
    const uint8_t *data;
    int64_t len;
} art_bytes;

typedef struct art_bytearray {
    art_obj base;
    uint8_t *data; /* art_resize memory */
    int64_t len, cap;
} art_bytearray;

#define ART_BYTES_LITERAL(text_) {{&art_type_bytes, ART_IMMORTAL, 0}, (const uint8_t *)(text_), (int64_t)sizeof(text_) - 1}

/* -- making ---------------------------------------------------------------------------------------------------------------- */

art_bytes *art_bytes_new(const void *data, int64_t len); /* copies */
art_bytes *art_bytes_room(int64_t len, uint8_t **data);  /* to be written at *data */
art_bytes *art_bytes_zeros(int64_t len);                 /* bytes(n); ValueError "negative count" */
art_bytes *art_bytes_of_ints(struct art_list *ints);     /* bytes([1, 2]); ValueError outside 0..255 */
art_bytes *art_bytes_copy(const art_bytes *from);        /* bytes(b"…"), bytes(bytearray) */
art_bytes *art_bytes_fromhex(const art_str *hex);
art_bytearray *art_bytearray_new(const void *data, int64_t len);
art_bytearray *art_bytearray_zeros(int64_t len);
art_bytearray *art_bytearray_of_ints(struct art_list *ints);
art_bytearray *art_bytearray_copy(const art_bytes *from);
art_bytearray *art_bytearray_fromhex(const art_str *hex);

/* -- reading; either kind ------------------------------------------------------------------------------------------------- */

bool art_bytes_equal(const art_bytes *a, const art_bytes *b);
int art_bytes_compare(const art_bytes *a, const art_bytes *b);
int64_t art_bytes_hash(const art_bytes *b);
art_str *art_bytes_repr(const art_bytes *b);
int64_t art_bytes_at(const art_bytes *b, int64_t index); /* IndexError */
bool art_bytes_contains(const art_bytes *b, const art_bytes *sub);
bool art_bytes_contains_int(const art_bytes *b, int64_t value); /* ValueError outside 0..255 */
int64_t art_bytes_find(const art_bytes *b, const art_bytes *sub, int64_t start, int64_t end);
int64_t art_bytes_rfind(const art_bytes *b, const art_bytes *sub, int64_t start, int64_t end);
int64_t art_bytes_index(const art_bytes *b, const art_bytes *sub, int64_t start, int64_t end);
int64_t art_bytes_rindex(const art_bytes *b, const art_bytes *sub, int64_t start, int64_t end);
int64_t art_bytes_count(const art_bytes *b, const art_bytes *sub, int64_t start, int64_t end);
bool art_bytes_startswith(const art_bytes *b, const art_bytes *prefix, int64_t start, int64_t end);
bool art_bytes_endswith(const art_bytes *b, const art_bytes *suffix, int64_t start, int64_t end);
bool art_bytes_isalnum(const art_bytes *b);
bool art_bytes_isalpha(const art_bytes *b);
bool art_bytes_isascii(const art_bytes *b);
bool art_bytes_isdigit(const art_bytes *b);
bool art_bytes_islower(const art_bytes *b);
bool art_bytes_isspace(const art_bytes *b);
bool art_bytes_isupper(const art_bytes *b);
bool art_bytes_istitle(const art_bytes *b);
/* sep NULL: none; between groups of so many bytes, counted from the end (group < 0: from the start). */
art_str *art_bytes_hex(const art_bytes *b, const art_str *sep, int64_t group);
art_str *art_bytes_decode(const art_bytes *b, const art_str *encoding, const art_str *errors);

/* -- new ones; the result is of the first argument's kind (bytes or bytearray), so the C type is `void *` ---------------------- */

void *art_bytes_concat(const art_bytes *a, const art_bytes *b);
void *art_bytes_repeat(const art_bytes *b, int64_t times);
void *art_bytes_slice(const art_bytes *b, int64_t start, int64_t stop, int64_t step);
void *art_bytes_replace(const art_bytes *b, const art_bytes *old, const art_bytes *with, int64_t count);
void *art_bytes_join(const art_bytes *sep, struct art_list *items);
void *art_bytes_strip(const art_bytes *b, const art_bytes *chars);
void *art_bytes_lstrip(const art_bytes *b, const art_bytes *chars);
void *art_bytes_rstrip(const art_bytes *b, const art_bytes *chars);
void *art_bytes_lower(const art_bytes *b);
void *art_bytes_upper(const art_bytes *b);
void *art_bytes_swapcase(const art_bytes *b);
void *art_bytes_title(const art_bytes *b);
void *art_bytes_capitalize(const art_bytes *b);
void *art_bytes_expandtabs(const art_bytes *b, int64_t tabsize);
void *art_bytes_translate(const art_bytes *b, const art_bytes *table, const art_bytes *dropped); /* table NULL: none */
art_bytes *art_bytes_maketrans(const art_bytes *from, const art_bytes *to);
int64_t art_bytes_ord(const art_bytes *b);
void *art_bytes_ljust(const art_bytes *b, int64_t width, const art_bytes *fill);
void *art_bytes_rjust(const art_bytes *b, int64_t width, const art_bytes *fill);
void *art_bytes_center(const art_bytes *b, int64_t width, const art_bytes *fill);
void *art_bytes_zfill(const art_bytes *b, int64_t width);
void *art_bytes_removeprefix(const art_bytes *b, const art_bytes *prefix);
void *art_bytes_removesuffix(const art_bytes *b, const art_bytes *suffix);
struct art_list *art_bytes_split(const art_bytes *b, const art_bytes *sep, int64_t maxsplit, const art_type *type);
struct art_list *art_bytes_rsplit(const art_bytes *b, const art_bytes *sep, int64_t maxsplit, const art_type *type);
struct art_list *art_bytes_splitlines(const art_bytes *b, bool keepends, const art_type *type);

/* -- bytearray --------------------------------------------------------------------------------------------------------------- */

void art_bytearray_reserve(art_bytearray *b, int64_t cap);
void art_bytearray_add(art_bytearray *b, const void *data, int64_t len);
bool art_bytearray_append(art_bytearray *b, int64_t value);
void art_bytearray_extend(art_bytearray *b, const art_bytes *data);
bool art_bytearray_extend_ints(art_bytearray *b, struct art_list *ints);
bool art_bytearray_insert(art_bytearray *b, int64_t index, int64_t value);
int64_t art_bytearray_pop(art_bytearray *b, int64_t index);
bool art_bytearray_remove(art_bytearray *b, int64_t value);
void art_bytearray_clear(art_bytearray *b);
void art_bytearray_reverse(art_bytearray *b);
bool art_bytearray_set(art_bytearray *b, int64_t index, int64_t value);
bool art_bytearray_delete(art_bytearray *b, int64_t index);
bool art_bytearray_set_slice(art_bytearray *b, int64_t start, int64_t stop, int64_t step, const art_bytes *data);
bool art_bytearray_delete_slice(art_bytearray *b, int64_t start, int64_t stop, int64_t step);

#endif
