/* The methods of str that ask Unicode's tables: upper and lower case, and what kind of characters a text consists of. */
#include "internal.h"

typedef int (*Mapping)(int64_t code_point, int32_t *to);

static art_str *map_all(const art_str *s, Mapping mapping)
{
    art_text text = {0};
    int32_t to[3];

    for (int64_t at = 0; at < s->size;) {
        int count = mapping(art_str_decode(s->text, &at), to);
        for (int i = 0; i < count; i++)
            art_text_add_char(&text, to[i]);
    }
    return art_text_take(&text);
}

static art_str *map_ascii(const art_str *s, char first, char last)
{
    char *to;
    if (s->size <= 1) {
        char c = s->size && s->text[0] >= first && s->text[0] <= last ? (char)(s->text[0] ^ 0x20) : s->text[0];
        return art_str_new(&c, (size_t)s->size);
    }
    art_str *result = art_str_room(s->size, &to);
    for (int64_t i = 0; i < s->size; i++)
        to[i] = s->text[i] >= first && s->text[i] <= last ? (char)(s->text[i] ^ 0x20) : s->text[i];
    return result;
}

/* A sigma at the end of a word is written otherwise: after a letter, and not before one, characters like marks aside. */
static bool is_final_sigma(const art_str *s, int64_t sigma, int64_t after)
{
    bool is_after_letter = false;

    for (int64_t at = 0; at < sigma;) {
        unsigned flags = art__char_flags(art_str_decode(s->text, &at));
        if (!(flags & ART_CHAR_CASE_IGNORABLE))
            is_after_letter = flags & ART_CHAR_CASED;
    }
    for (int64_t at = after; is_after_letter && at < s->size;) {
        unsigned flags = art__char_flags(art_str_decode(s->text, &at));
        if (!(flags & ART_CHAR_CASE_IGNORABLE))
            return !(flags & ART_CHAR_CASED);
    }
    return is_after_letter;
}

static void add_lower(art_text *text, const art_str *s, int64_t code_point, int64_t start, int64_t after)
{
    int32_t to[3];

    if (code_point == 0x3A3) {
        art_text_add_char(text, is_final_sigma(s, start, after) ? 0x3C2 : 0x3C3);
        return;
    }
    int count = art__char_lower(code_point, to);
    for (int i = 0; i < count; i++)
        art_text_add_char(text, to[i]);
}

static void add_mapped(art_text *text, int64_t code_point, Mapping mapping)
{
    int32_t to[3];
    int count = mapping(code_point, to);
    for (int i = 0; i < count; i++)
        art_text_add_char(text, to[i]);
}

art_str *art_str_lower(const art_str *s)
{
    art_text text = {0};

    if (art_str_is_ascii(s))
        return map_ascii(s, 'A', 'Z');
    for (int64_t at = 0; at < s->size;) {
        int64_t start = at, code_point = art_str_decode(s->text, &at);
        add_lower(&text, s, code_point, start, at);
    }
    return art_text_take(&text);
}

art_str *art_str_upper(const art_str *s)
{
    return art_str_is_ascii(s) ? map_ascii(s, 'a', 'z') : map_all(s, art__char_upper);
}

art_str *art_str_casefold(const art_str *s)
{
    return art_str_is_ascii(s) ? map_ascii(s, 'A', 'Z') : map_all(s, art__char_fold);
}

art_str *art_str_capitalize(const art_str *s)
{
    art_text text = {0};

    for (int64_t at = 0; at < s->size;) {
        int64_t start = at, code_point = art_str_decode(s->text, &at);
        if (start == 0)
            add_mapped(&text, code_point, art__char_title);
        else
            add_lower(&text, s, code_point, start, at);
    }
    return art_text_take(&text);
}

art_str *art_str_title(const art_str *s)
{
    art_text text = {0};
    bool is_inside = false;

    for (int64_t at = 0; at < s->size;) {
        int64_t start = at, code_point = art_str_decode(s->text, &at);
        if (is_inside)
            add_lower(&text, s, code_point, start, at);
        else
            add_mapped(&text, code_point, art__char_title);
        is_inside = art__char_flags(code_point) & ART_CHAR_CASED;
    }
    return art_text_take(&text);
}

art_str *art_str_swapcase(const art_str *s)
{
    art_text text = {0};

    for (int64_t at = 0; at < s->size;) {
        int64_t start = at, code_point = art_str_decode(s->text, &at);
        unsigned flags = art__char_flags(code_point);
        if (flags & ART_CHAR_UPPER)
            add_lower(&text, s, code_point, start, at);
        else if (flags & ART_CHAR_LOWER)
            add_mapped(&text, code_point, art__char_upper);
        else
            art_text_add_char(&text, code_point);
    }
    return art_text_take(&text);
}

/* -- classes of characters ---------------------------------------------------------------------------------------------------------------- */

/* Not empty, and every character has one of the flags. */
static bool all_have(const art_str *s, unsigned flags)
{
    for (int64_t at = 0; at < s->size;) {
        if (!(art__char_flags(art_str_decode(s->text, &at)) & flags))
            return false;
    }
    return s->size > 0;
}

bool art_str_isalnum(const art_str *s)
{
    return all_have(s, ART_CHAR_ALPHA | ART_CHAR_DECIMAL | ART_CHAR_DIGIT | ART_CHAR_NUMERIC);
}
bool art_str_isalpha(const art_str *s)
{
    return all_have(s, ART_CHAR_ALPHA);
}
bool art_str_isascii(const art_str *s)
{
    return art_str_is_ascii(s);
}
bool art_str_isdecimal(const art_str *s)
{
    return all_have(s, ART_CHAR_DECIMAL);
}
bool art_str_isdigit(const art_str *s)
{
    return all_have(s, ART_CHAR_DIGIT);
}
bool art_str_isnumeric(const art_str *s)
{
    return all_have(s, ART_CHAR_NUMERIC);
}
bool art_str_isspace(const art_str *s)
{
    return all_have(s, ART_CHAR_SPACE);
}
bool art_str_isprintable(const art_str *s)
{
    return s->size == 0 || all_have(s, ART_CHAR_PRINTABLE);
}

bool art_str_isidentifier(const art_str *s)
{
    int64_t at = 0;

    if (s->size == 0 || !(art__char_flags(art_str_decode(s->text, &at)) & ART_CHAR_ID_START))
        return false;
    while (at < s->size) {
        if (!(art__char_flags(art_str_decode(s->text, &at)) & ART_CHAR_ID_CONTINUE))
            return false;
    }
    return true;
}

/* At least one character has `wanted`, none has `unwanted`. */
static bool has_only(const art_str *s, unsigned wanted, unsigned unwanted)
{
    bool has_wanted = false;

    for (int64_t at = 0; at < s->size;) {
        unsigned flags = art__char_flags(art_str_decode(s->text, &at));
        if (flags & unwanted)
            return false;
        has_wanted |= (flags & wanted) != 0;
    }
    return has_wanted;
}

bool art_str_islower(const art_str *s)
{
    return has_only(s, ART_CHAR_LOWER, ART_CHAR_UPPER | ART_CHAR_TITLE);
}
bool art_str_isupper(const art_str *s)
{
    return has_only(s, ART_CHAR_UPPER, ART_CHAR_LOWER | ART_CHAR_TITLE);
}

bool art_str_istitle(const art_str *s)
{
    bool is_inside = false, has_cased = false;

    for (int64_t at = 0; at < s->size;) {
        unsigned flags = art__char_flags(art_str_decode(s->text, &at));
        bool is_capital = flags & (ART_CHAR_UPPER | ART_CHAR_TITLE), is_lower = flags & ART_CHAR_LOWER;
        if ((is_capital && is_inside) || (is_lower && !is_inside))
            return false;
        is_inside = is_capital || is_lower;
        has_cased |= is_inside;
    }
    return has_cased;
}
