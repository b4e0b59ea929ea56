/* The format mini-language: [[fill]align][sign][z][#][0][width][grouping][.precision][type], for int, float, str and bool.
 *
 * A number is made as sign, prefix (0x), digits and rest (.5e+10); only the digits are grouped, and padding goes before, behind or between
 * sign and digits. */
#include "internal.h"

#include <ctype.h>
#include <math.h>

/* -- the specification ---------------------------------------------------------------------------------------------------------------- */

static bool fail(const char *message)
{
    art_raise_new(&art_type_ValueError, "%c", message);
    return false;
}

static bool is_align(const char *at, const char *end)
{
    return at < end && memchr("<>=^", *at, 4);
}

static const char *parse_fill(art_spec *spec, const char *at, const char *end)
{
    int64_t size = 0;

    if (at < end)
        art_str_decode(at, &size);
    if (is_align(at + size, end)) {
        memcpy(spec->fill, at, (size_t)size);
        spec->fill_size = (int)size;
        spec->align = at[size];
        return at + size + 1;
    }
    if (is_align(at, end))
        spec->align = *at++;
    return at;
}

static const char *parse_number(const char *at, const char *end, int64_t *number)
{
    for (*number = 0; at < end && isdigit((unsigned char)*at); at++) {
        if (*number > INT32_MAX / 10) {
            fail("Too many decimal digits in format string");
            return NULL;
        }
        *number = *number * 10 + (*at - '0');
    }
    return at;
}

static const char *parse_grouping(art_spec *spec, const char *at, const char *end)
{
    for (; at < end && (*at == ',' || *at == '_'); at++) {
        if (spec->grouping) {
            if (spec->grouping == *at && *at == '_')
                fail("Cannot specify '_' with '_'.");
            else if (spec->grouping == *at)
                fail("Cannot specify ',' with ','.");
            else
                fail("Cannot specify both ',' and '_'.");
            return NULL;
        }
        spec->grouping = *at;
    }
    return at;
}

static bool is_one_of(int32_t code, const char *codes)
{
    return code > 0 && code < 128 && strchr(codes, (int)code);
}

enum { CODE_NAME = 16 };

/* As errors show it: itself, or escaped. */
static void code_name(int32_t code, char *name)
{
    if (code > 32 && code < 128)
        snprintf(name, CODE_NAME, "%c", (char)code);
    else
        snprintf(name, CODE_NAME, "\\x%x", (unsigned)code);
}

static bool check_grouping(const art_spec *spec, bool is_number)
{
    int32_t code = spec->type || is_number ? spec->type : 's';

    if (!spec->grouping || code == 0 || is_one_of(code, "deEfFgG%"))
        return true;
    if (spec->grouping == '_' && is_one_of(code, "boxX"))
        return true;
    char grouping[] = {spec->grouping, '\0'}, type[CODE_NAME];
    code_name(code, type);
    art_raise_new(&art_type_ValueError, "Cannot specify '%c' with '%c'.", grouping, type);
    return false;
}

bool art__spec_parse(art_spec *spec, const char *text, int64_t size, const art_type *type)
{
    const char *at = text, *end = text + size;
    bool is_number = type->kind != ART_KIND_STR;
    int64_t type_size = 0;

    *spec = (art_spec){.fill = " ", .fill_size = 1, .width = -1, .precision = -1};
    at = parse_fill(spec, at, end);
    bool has_fill = at - text > 1;
    if (at < end && memchr("+- ", *at, 3))
        spec->sign = *at++;
    if (at < end && *at == 'z') {
        spec->drops_negative_zero = true;
        at++;
    }
    if (at < end && *at == '#') {
        spec->is_alt = true;
        at++;
    }
    if (!has_fill && at < end && *at == '0') {
        spec->fill[0] = '0';
        if (!spec->align && is_number)
            spec->align = '=';
        at++;
    }
    const char *width = at;
    if (!(at = parse_number(at, end, &spec->width)))
        return false;
    if (at == width)
        spec->width = -1;
    if (!(at = parse_grouping(spec, at, end)))
        return false;
    if (at < end && *at == '.') {
        const char *precision = ++at;
        if (!(at = parse_number(at, end, &spec->precision)))
            return false;
        if (at == precision)
            return fail("Format specifier missing precision");
    }
    if (at < end)
        spec->type = (int32_t)art_str_decode(at, &type_size);
    if (end - at > type_size) {
        art_str *whole = art_str_new(text, (size_t)size);
        art_raise_new(&art_type_ValueError, "Invalid format specifier '%s' for object of type '%c'", whole, type->name);
        art_release(whole);
        return false;
    }
    return check_grouping(spec, is_number);
}

static bool unknown_code(const art_spec *spec, const char *type_name)
{
    char code[CODE_NAME];

    code_name(spec->type, code);
    art_raise_new(&art_type_ValueError, "Unknown format code '%c' for object of type '%c'", code, type_name);
    return false;
}

/* -- layout -------------------------------------------------------------------------------------------------------------------------------- */

/* Puts what was added since `start` into the width, `len` code points of it; padding after the first `sign` bytes for '='. */
static void pad(art_text *text, size_t start, int64_t len, int64_t sign, const art_spec *spec, char align)
{
    int64_t more = spec->width - len;

    if (more <= 0)
        return;
    int64_t left = align == '>' || align == '=' ? more : align == '^' ? more / 2 : 0;
    size_t at = start + (align == '=' ? (size_t)sign : 0), shift = (size_t)left * (size_t)spec->fill_size, tail = text->size - at;
    art_text_fill(text, spec->fill, (size_t)spec->fill_size, more);
    memmove(text->text + at + shift, text->text + at, tail);
    /* The fill on both sides is the same pattern; only its places moved. */
    for (int64_t i = 0; i < left; i++)
        memcpy(text->text + at + (size_t)i * (size_t)spec->fill_size, spec->fill, (size_t)spec->fill_size);
    for (int64_t i = 0; i < more - left; i++)
        memcpy(text->text + at + shift + tail + (size_t)i * (size_t)spec->fill_size, spec->fill, (size_t)spec->fill_size);
}

/* Adds digits with separators and, for zero padding, leading zeros up to a width. */
static void add_grouped(art_text *text, const char *digits, int64_t count, char separator, int64_t group, int64_t min_width)
{
    char buf[1024], *out = buf;
    size_t room = (size_t)(art__max(count, min_width) * 2 + 16);

    if (!separator) {
        art_text_fill(text, "0", 1, min_width - count);
        art_text_add(text, digits, (size_t)count);
        return;
    }
    if (room > sizeof buf)
        out = art_resize(NULL, 0, room);
    char *at = out + room;
    if (out == buf)
        at = buf + sizeof buf;
    char *end = at;
    for (bool is_first = true;; is_first = false) {
        int64_t size = art__min(group, art__max(art__max(count, min_width), 1));
        if (!is_first)
            *--at = separator;
        for (int64_t i = 0; i < size; i++)
            *--at = count > 0 ? digits[--count] : '0';
        min_width -= size;
        if (count <= 0 && min_width <= 0)
            break;
        min_width--;
    }
    art_text_add(text, at, (size_t)(end - at));
    if (out != buf)
        art_resize(out, room, 0);
}

/* A number in parts, each of ASCII. */
typedef struct Number {
    bool is_negative;
    const char *prefix;           /* "0x" */
    const char *digits;
    int64_t digit_count;
    const char *rest;             /* ".5e+10" */
    int64_t rest_size;
    int64_t group;                /* digits in a group */
} Number;

static void add_number(art_text *text, const Number *n, const art_spec *spec)
{
    size_t start = text->size;
    char align = spec->align ? spec->align : '>';

    if (n->is_negative)
        art_text_add(text, "-", 1);
    else if (spec->sign == '+' || spec->sign == ' ')
        art_text_add(text, &spec->sign, 1);
    art_text_add_c(text, n->prefix);
    int64_t sign = (int64_t)(text->size - start);
    int64_t min_width = align == '=' && spec->fill[0] == '0' && spec->fill_size == 1 ? spec->width - sign - n->rest_size : 0;
    if (n->digit_count > 0)
        add_grouped(text, n->digits, n->digit_count, spec->grouping, n->group, min_width);
    art_text_add(text, n->rest, (size_t)n->rest_size);
    pad(text, start, (int64_t)(text->size - start), sign, spec, align);
}

/* -- int ------------------------------------------------------------------------------------------------------------------------------------ */

static bool add_char(art_text *text, int64_t value, const art_spec *spec)
{
    char utf8[4];

    if (spec->sign)
        return fail("Sign not allowed with integer format specifier 'c'");
    if (spec->is_alt)
        return fail("Alternate form (#) not allowed with integer format specifier 'c'");
    if (value < 0 || value >= 0x110000) {
        art_raise_new(&art_type_OverflowError, "%%c arg not in range(0x110000)");
        return false;
    }
    size_t start = text->size;
    art_text_add(text, utf8, (size_t)art__utf8_put(utf8, value));
    pad(text, start, 1, 0, spec, spec->align ? spec->align : '<');
    return true;
}

static int64_t digits_in_base(uint64_t value, unsigned base, const char *letters, char *end)
{
    char *at = end;

    do
        *--at = letters[value % base];
    while (value /= base);
    return end - at;
}

bool art__text_add_int(art_text *text, int64_t value, art_spec *spec, const char *type_name)
{
    char digits[72], *end = digits + sizeof digits;

    if (is_one_of(spec->type, "eEfFgG%"))
        return art__text_add_float(text, (double)value, spec, type_name);
    if (spec->type && !is_one_of(spec->type, "bcdoxXn"))
        return unknown_code(spec, type_name);
    if (spec->precision >= 0)
        return fail("Precision not allowed in integer format specifier");
    if (spec->drops_negative_zero)
        return fail("Negative zero coercion (z) not allowed in integer format specifier");
    if (spec->type == 'c')
        return add_char(text, value, spec);
    unsigned base = spec->type == 'b' ? 2 : spec->type == 'o' ? 8 : spec->type == 'x' || spec->type == 'X' ? 16 : 10;
    const char *prefix = "";
    if (spec->is_alt && base != 10)
        prefix = spec->type == 'b' ? "0b" : spec->type == 'o' ? "0o" : spec->type == 'x' ? "0x" : "0X";
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    int64_t count = digits_in_base(size, base, spec->type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef", end);
    add_number(text, &(Number){value < 0, prefix, end - count, count, "", 0, base == 10 ? 3 : 4}, spec);
    return true;
}

void art__text_add_decimal(art_text *text, int64_t value)
{
    char digits[24], *end = digits + sizeof digits;
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    int64_t count = digits_in_base(size, 10, "0123456789", end);

    if (value < 0)
        end[-++count] = '-';
    art_text_add(text, end - count, (size_t)count);
}

/* -- float ---------------------------------------------------------------------------------------------------------------------------------- */

static bool is_zero_text(const char *text, size_t size)
{
    for (size_t i = 0; i < size && text[i] != 'e' && text[i] != 'E'; i++) {
        if (text[i] != '0' && text[i] != '.')
            return false;
    }
    return true;
}

bool art__text_add_float(art_text *text, double value, art_spec *spec, const char *type_name)
{
    art_text number = {0};
    char code = (char)spec->type;
    int precision = spec->precision >= 0 ? (int)spec->precision : 6;
    bool is_upper = code == 'E' || code == 'F' || code == 'G';

    if (spec->type && !is_one_of(spec->type, "eEfFgG%n"))
        return unknown_code(spec, type_name);
    code = (char)tolower((unsigned char)code);
    if (code == '%')
        value *= 100;
    if (code == 0)
        art__float_text(&number, fabs(value), spec->precision >= 0 ? 'g' : 'r', precision, spec->is_alt, true);
    else
        art__float_text(&number, fabs(value), code == '%' ? 'f' : code == 'n' ? 'g' : code, precision, spec->is_alt, false);
    for (size_t i = 0; is_upper && i < number.size; i++)
        number.text[i] = (char)toupper((unsigned char)number.text[i]);
    if (code == '%')
        art_text_add(&number, "%", 1);
    int64_t digits = 0;
    while (digits < (int64_t)number.size && isdigit((unsigned char)number.text[digits]))
        digits++;
    bool is_negative = signbit(value) && !isnan(value);
    if (is_negative && spec->drops_negative_zero && isfinite(value) && is_zero_text(number.text, number.size - (code == '%')))
        is_negative = false;
    add_number(text, &(Number){is_negative, "", number.text, digits, number.text + digits, (int64_t)number.size - digits, 3}, spec);
    art_text_drop(&number);
    return true;
}

/* -- str ------------------------------------------------------------------------------------------------------------------------------------- */

bool art__text_add_padded(art_text *text, const art_str *value, const art_spec *spec)
{
    if (spec->type && spec->type != 's')
        return unknown_code(spec, "str");
    if (spec->sign == ' ')
        return fail("Space not allowed in string format specifier");
    if (spec->sign)
        return fail("Sign not allowed in string format specifier");
    if (spec->drops_negative_zero)
        return fail("Negative zero coercion (z) not allowed in string format specifier");
    if (spec->is_alt)
        return fail("Alternate form (#) not allowed in string format specifier");
    if (spec->align == '=')
        return fail("'=' alignment not allowed in string format specifier");
    size_t start = text->size;
    int64_t len = spec->precision >= 0 ? art__min(value->len, spec->precision) : value->len;
    art_text_add(text, value->text, (size_t)(len == value->len ? value->size : art__str_offset(value, len)));
    pad(text, start, len, 0, spec, spec->align ? spec->align : '<');
    return true;
}

/* -- any type --------------------------------------------------------------------------------------------------------------------------------- */

static bool add_object(art_text *text, const art_type *type, const void *slot, const char *spec, int64_t spec_size)
{
    const art_type *own = art__slot_type(type, slot);

    if (own->format) {
        art_str *owned = art_str_new(spec, (size_t)spec_size);
        bool is_fine = art__text_add_owned(text, own->format(slot, owned));
        art_release(owned);
        return is_fine;
    }
    if (spec_size == 0)
        return art__text_add_owned(text, art_slot_str(type, slot));
    art_raise_new(&art_type_TypeError, "unsupported format string passed to %c.__format__", own->name);
    return false;
}

bool art__text_add_slot(art_text *text, const art_type *type, const void *slot, const char *spec_text, int64_t spec_size)
{
    art_spec spec;

    if (type->kind == ART_KIND_BOX) {
        art_box box = *(const art_box *)slot;
        return art__text_add_slot(text, box.type, art_box_slot(&box), spec_text, spec_size);
    }
    const art_type *own = art__slot_type(type, slot);
    if (spec_size == 0 || own->format)
        return add_object(text, type, slot, spec_text, spec_size);
    switch (own->kind) {
    case ART_KIND_INT:
        return art__spec_parse(&spec, spec_text, spec_size, own) && art__text_add_int(text, *(const int64_t *)slot, &spec, "int");
    case ART_KIND_BOOL:
        return art__spec_parse(&spec, spec_text, spec_size, own) && art__text_add_int(text, *(const bool *)slot, &spec, "bool");
    case ART_KIND_FLOAT:
        return art__spec_parse(&spec, spec_text, spec_size, own) && art__text_add_float(text, *(const double *)slot, &spec, "float");
    case ART_KIND_STR:
        return art__spec_parse(&spec, spec_text, spec_size, own) && art__text_add_padded(text, *(art_str *const *)slot, &spec);
    default:
        return add_object(text, type, slot, spec_text, spec_size);
    }
}

art_str *art_slot_format(const art_type *type, const void *slot, art_str *spec)
{
    art_text text = {0};

    if (art__text_add_slot(&text, type, slot, spec->text, spec->size))
        return art_text_take(&text);
    art_text_drop(&text);
    return NULL;
}

art_str *art_int_format(int64_t value, const art_str *spec)
{
    return art_slot_format(&art_type_int, &value, (art_str *)(uintptr_t)spec);
}
art_str *art_float_format(double value, const art_str *spec)
{
    return art_slot_format(&art_type_float, &value, (art_str *)(uintptr_t)spec);
}
art_str *art_bool_format(bool value, const art_str *spec)
{
    return art_slot_format(&art_type_bool, &value, (art_str *)(uintptr_t)spec);
}
art_str *art_str_format_spec(const art_str *value, const art_str *spec)
{
    return art_slot_format(&art_type_str, &value, (art_str *)(uintptr_t)spec);
}

/* -- art_strf ---------------------------------------------------------------------------------------------------------------------------------- */

/* One directive: what stands for va_arg's type is its letter. A pointer to va_list, since the caller goes on with it. */
static bool add_directive(art_text *text, char letter, const char *spec, int64_t spec_size, va_list *args)
{
    switch (letter) {
    case 's': {
        art_str *s = va_arg(*args, art_str *);
        if (!s)
            art_text_add_c(text, "None");
        else if (spec_size)
            return art__text_add_slot(text, &art_type_str, &s, spec, spec_size);
        else
            art_text_add_str(text, s);
        return true;
    }
    case 'r':
    case 'a': {
        art_str *s = va_arg(*args, art_str *), *quoted = s ? letter == 'r' ? art_str_repr(s) : art_str_ascii(s) : art_str_of("None");
        bool is_fine = art__text_add_slot(text, &art_type_str, &quoted, spec, spec_size);
        art_release(quoted);
        return is_fine;
    }
    case 'i': {
        int64_t value = va_arg(*args, int64_t);
        if (spec_size)
            return art__text_add_slot(text, &art_type_int, &value, spec, spec_size);
        art__text_add_decimal(text, value);
        return true;
    }
    case 'f': {
        double value = va_arg(*args, double);
        if (spec_size)
            return art__text_add_slot(text, &art_type_float, &value, spec, spec_size);
        art__float_text(text, value, 'r', 0, false, true);
        return true;
    }
    case 'b': {
        bool value = va_arg(*args, int);
        if (spec_size)
            return art__text_add_slot(text, &art_type_bool, &value, spec, spec_size);
        art_text_add_c(text, value ? "True" : "False");
        return true;
    }
    case 'c':
        art_text_add_c(text, va_arg(*args, const char *));
        return true;
    case 'v': {
        const art_type *type = va_arg(*args, const art_type *);
        return art__text_add_slot(text, type, va_arg(*args, const void *), spec, spec_size);
    }
    case 'V': {
        const art_type *type = va_arg(*args, const art_type *);
        art_str *repr = art_slot_repr(type, va_arg(*args, const void *));
        bool is_fine = repr && art__text_add_slot(text, &art_type_str, &repr, spec, spec_size);
        art_release(repr);
        return is_fine;
    }
    default:
        art_text_add(text, "%", 1);
        return true;
    }
}

bool art_text_format(art_text *text, const char *fmt, va_list list)
{
    va_list args;
    bool is_fine = true;

    va_copy(args, list);
    for (;;) {
        const char *percent = strchr(fmt, '%');
        if (!percent) {
            art_text_add_c(text, fmt);
            break;
        }
        art_text_add(text, fmt, (size_t)(percent - fmt));
        const char *spec = "";
        int64_t spec_size = 0;
        if (percent[1] == '{') {
            spec = percent + 2;
            spec_size = (int64_t)strcspn(spec, "}");
            percent = spec + spec_size;
        }
        if (!add_directive(text, percent[1], spec, spec_size, &args)) {
            is_fine = false;
            break;
        }
        fmt = percent + 2;
    }
    va_end(args);
    return is_fine;
}

art_str *art_strf_list(const char *fmt, va_list args)
{
    art_text text = {0};

    if (art_text_format(&text, fmt, args))
        return art_text_take(&text);
    art_text_drop(&text);
    return NULL;
}

art_str *art_strf(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    art_str *s = art_strf_list(fmt, args);
    va_end(args);
    return s;
}
