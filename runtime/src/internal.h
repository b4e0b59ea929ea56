/* What the files of the runtime's values share among themselves and nobody else needs. */
#ifndef ART_INTERNAL_H
#define ART_INTERNAL_H

#include "asyncrt.h"

#include <stdio.h>

#include <string.h>

#define ART_COLD __attribute__((cold, noinline))
#define ART_ARRAY_LEN(array) ((int64_t)(sizeof(array) / sizeof *(array)))

/* -- alloc.c --------------------------------------------------------------------------------------------------------------- */

void *art__take(size_t size); /* as art_alloc, not zeroed */
/* Makes an art_alloc block larger or smaller; what is added is not zeroed. */
void *art__retake(void *block, size_t old_size, size_t size);
void art__pools_leave(void); /* the thread ends: what it pooled goes to whoever comes next */

/* -- cycle.c --------------------------------------------------------------------------------------------------------------- */

/* An object of a cyclic type begins and ends. */
void art__cycles_add(art_obj *obj);
void art__cycles_remove(art_obj *obj);
void art__cycles_begin(void); /* the main thread */
void art__cycles_end(void);
void art__cycles_turn(void);    /* between turns of a loop, in the main thread */
void art__cycles_pause(int by); /* 1, -1: objects made meanwhile are not listed, since another thread will end them */

/* -- deepcopy.c ------------------------------------------------------------------------------------------------------------ */

bool art__slot_copy_deep(const art_type *type, void *to, const void *from); /* art_slot_deepcopy for this thread */

/* -- value.c --------------------------------------------------------------------------------------------------------------- */

/* Equality of items inside a container: the same object is equal to itself, whatever its __eq__ says (NaN too). */
bool art__item_equal(const art_type *type, const void *a, const void *b);
/* The same for values whose types may differ: 1 is 1.0 is True. */
bool art__mixed_equal(const art_type *a_type, const void *a, const art_type *b_type, const void *b);
bool art__mixed_order(const art_type *a_type, const void *a, const art_type *b_type, const void *b, art_order order);
ART_COLD void art__unorderable(const art_type *a, const art_type *b, art_order order);
extern const char *const art__order_names[]; /* "<", "<=", ">", ">=" */
const art_type *art__slot_type(const art_type *type, const void *slot); /* the type of the value that is there now */

/* Says that the repr of `obj` is being written: false if it was already so, and then art__repr_end must not be called. */
typedef struct art_reprs {
    struct art_reprs *outer;
    const void *obj;
} art_reprs;
bool art__repr_begin(art_reprs *here, const void *obj);
void art__repr_end(void);
/* repr of items side by side: "open a, b close". */
bool art__text_add_items(art_text *text, const art_type *type, const char *items, int64_t len);
bool art__text_add_repr(art_text *text, const art_type *type, const void *slot);
/* Adds an owned string and releases it; false if it is NULL. */
bool art__text_add_owned(art_text *text, art_str *owned);

static inline int64_t art__min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static inline int64_t art__max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}
/* Mixes the hashes of a tuple's items as CPython does. */
uint64_t art__hash_mix(uint64_t so_far, uint64_t item);
#define ART_HASH_START UINT64_C(2870177450012600261)
int64_t art__hash_end(uint64_t mixed, int64_t count);
uint64_t art__hash_bytes(const void *data, size_t size);

/* -- str.c ----------------------------------------------------------------------------------------------------------------- */

int64_t art__str_offset(const art_str *s, int64_t index); /* of a code point, in bytes; index within 0..len */
int64_t art__utf8_len(const char *text, int64_t size);    /* code points */
int art__utf8_put(char *to, int64_t code_point);          /* bytes written, at most 4 */
/* Where `sub` begins in `text`, first or last; -1: nowhere. */
int64_t art__find(const char *text, int64_t size, const char *sub, int64_t sub_size);
int64_t art__rfind(const char *text, int64_t size, const char *sub, int64_t sub_size);
/* Bounds of methods like find(sub, start, end), brought into 0..len. */
static inline void art__clip(int64_t len, int64_t *start, int64_t *end)
{
    if (*end > len)
        *end = len;
    else if (*end < 0)
        *end = art__max(*end + len, 0);
    if (*start < 0)
        *start = art__max(*start + len, 0);
}
/* The bytes of s that are left when white space is stripped. */
void art__strip_bounds(const art_str *s, int64_t *start, int64_t *end);
/* A quoted, escaped text as repr writes it. is_ascii: escape everything else too. */
void art__text_quote(art_text *text, const art_str *s, bool is_ascii);

/* -- unicode.c -------------------------------------------------------------------------------------------------------------- */

enum {
    ART_CHAR_ALPHA = 1 << 0,
    ART_CHAR_DECIMAL = 1 << 1,
    ART_CHAR_DIGIT = 1 << 2,
    ART_CHAR_NUMERIC = 1 << 3,
    ART_CHAR_LOWER = 1 << 4,
    ART_CHAR_UPPER = 1 << 5,
    ART_CHAR_TITLE = 1 << 6,
    ART_CHAR_SPACE = 1 << 7,
    ART_CHAR_PRINTABLE = 1 << 8,
    ART_CHAR_ID_START = 1 << 9,
    ART_CHAR_ID_CONTINUE = 1 << 10,
    ART_CHAR_CASED = 1 << 11,
    ART_CHAR_CASE_IGNORABLE = 1 << 12,
};
unsigned art__char_flags(int64_t code_point);
int art__char_decimal(int64_t code_point); /* the value of a decimal digit, or -1 */
bool art__char_is_printable(int64_t code_point);
bool art__char_is_space(int64_t code_point);
/* The mapping of a code point, at most three; gives how many. */
int art__char_upper(int64_t code_point, int32_t *to);
int art__char_lower(int64_t code_point, int32_t *to);
int art__char_title(int64_t code_point, int32_t *to);
int art__char_fold(int64_t code_point, int32_t *to);

/* -- floattext.c ---------------------------------------------------------------------------------------------------------------- */

/* The digits of a value as CPython's format codes give them; code is 'e', 'f', 'g' or 'r' (repr). Writes no sign for positive values.
 * is_alt: '#'. add_dot_0: "1.0" for "1". */
void art__float_text(art_text *text, double value, char code, int precision, bool is_alt, bool add_dot_0);
/* Parses a float at text (no white space, underscores already removed); false unless all of it was taken. */
bool art__float_scan(const char *text, size_t size, double *value);

/* -- dict.c ----------------------------------------------------------------------------------------------------------------- */

/* The value in a dict of a key that may be of another type than its keys, or NULL; may raise. */
void *art__dict_find_mixed(art_dict *dict, const art_type *type, const void *key);

/* -- boxitem.c ------------------------------------------------------------------------------------------------------------- */

art_box art__dict_view(art_dict *dict, art_kind kind); /* d.keys() … as a box; owned */
/* Puts the value of a box into a container with items of another type: takes it out of its box; false: raised. */
bool art__list_append_box(art_list *list, art_box item);

/* -- format.c -------------------------------------------------------------------------------------------------------------- */

/* [[fill]align][sign][z][#][0][width][grouping][.precision][type] */
typedef struct art_spec {
    char fill[4];
    int fill_size;
    char align;     /* < > = ^; 0: the type's own */
    char sign;      /* + - or space */
    char grouping;  /* , or _ or 0 */
    int32_t type;   /* a code point; 0: none */
    bool is_alt, drops_negative_zero;
    int64_t width, precision; /* -1: none */
} art_spec;

/* False: raised ValueError. The type is that of the value: its name is in the message, and a leading 0 of a number's width means
 * padding after the sign. */
bool art__spec_parse(art_spec *spec, const char *text, int64_t size, const art_type *type);
/* Add a formatted value; false: raised. type_name: as errors call it. */
bool art__text_add_int(art_text *text, int64_t value, art_spec *spec, const char *type_name);
bool art__text_add_float(art_text *text, double value, art_spec *spec, const char *type_name);
bool art__text_add_padded(art_text *text, const art_str *value, const art_spec *spec);
void art__text_add_decimal(art_text *text, int64_t value); /* as str() does */
/* A slot formatted by a specification that is already text. */
bool art__text_add_slot(art_text *text, const art_type *type, const void *slot, const char *spec, int64_t spec_size);

/* wake.c: runs the program's handlers of the signals that have come; false: one raised. After a system call that may bring one. */
bool art__signals_now(void);

#endif
