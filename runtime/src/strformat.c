/* Formatting by a text that is only known when run: `fmt % values` and fmt.format(…), over boxes. */
#include "internal.h"

#include <ctype.h>

/* -- fmt % values ------------------------------------------------------------------------------------------------------------------------- */

typedef struct Percent {
    const art_str *fmt;
    int64_t at;
    const art_box *values;
    int64_t count, next;
    bool is_tuple;
    art_box key_value;  /* what %(name)… stands for; owned; type NULL: none */
    art_text text;
} Percent;

typedef struct Conversion {
    bool is_left, has_plus, has_space, is_alt, has_zero;
    int64_t width, precision; /* -1: none */
    char letter;
} Conversion;

static bool fail(const art_type *type, const char *message)
{
    art_raise_new(type, "%c", message);
    return false;
}

static bool next_value(Percent *p, art_box *value)
{
    if (p->key_value.type) {
        *value = p->key_value;
        return true;
    }
    if (p->next >= p->count)
        return fail(&art_type_TypeError, "not enough arguments for format string");
    *value = p->values[p->next++];
    return true;
}

static bool is_at(const Percent *p, char c)
{
    return p->at < p->fmt->size && p->fmt->text[p->at] == c;
}

/* A list is one as well, for CPython: what has subscripts and is no tuple or string. */
static bool is_mapping(const Percent *p)
{
    if (p->count != 1 || p->is_tuple)
        return false;
    art_kind kind = p->values[0].type->kind;
    return kind == ART_KIND_DICT || kind == ART_KIND_LIST || kind == ART_KIND_BYTES || kind == ART_KIND_BYTEARRAY;
}

/* %(name): looks the name up; brackets nest. */
static bool parse_key(Percent *p)
{
    int64_t start = ++p->at, depth = 1;

    while (p->at < p->fmt->size && depth > 0) {
        depth += is_at(p, '(') - is_at(p, ')');
        p->at++;
    }
    if (depth > 0)
        return fail(&art_type_ValueError, "incomplete format key");
    if (!is_mapping(p))
        return fail(&art_type_TypeError, "format requires a mapping");
    art_str *name = art_str_new(p->fmt->text + start, (size_t)(p->at - 1 - start));
    if (p->key_value.type)
        art_box_release(p->key_value);
    p->key_value = art_box_getitem(p->values[0], art_box_obj(name));
    art_release(name);
    return !art_self.raised;
}

static bool parse_count(Percent *p, int64_t *count)
{
    if (is_at(p, '*')) {
        art_box value;
        p->at++;
        if (!next_value(p, &value))
            return false;
        if (value.type->kind != ART_KIND_INT)
            return fail(&art_type_TypeError, "* wants int");
        *count = value.as.i;
        return true;
    }
    for (*count = 0; p->at < p->fmt->size && isdigit((unsigned char)p->fmt->text[p->at]); p->at++) {
        if (*count > INT32_MAX / 10)
            return fail(&art_type_ValueError, "width too big");
        *count = *count * 10 + (p->fmt->text[p->at] - '0');
    }
    return true;
}

static bool parse_conversion(Percent *p, Conversion *c)
{
    *c = (Conversion){.width = -1, .precision = -1};
    if (is_at(p, '(') && !parse_key(p))
        return false;
    for (;; p->at++) {
        if (is_at(p, '-'))
            c->is_left = true;
        else if (is_at(p, '+'))
            c->has_plus = true;
        else if (is_at(p, ' '))
            c->has_space = true;
        else if (is_at(p, '#'))
            c->is_alt = true;
        else if (is_at(p, '0'))
            c->has_zero = true;
        else
            break;
    }
    if (!parse_count(p, &c->width))
        return false;
    if (c->width < 0) {
        c->is_left = true;
        c->width = -c->width;
    }
    if (is_at(p, '.')) {
        p->at++;
        if (!parse_count(p, &c->precision))
            return false;
        c->precision = art__max(c->precision, 0);
    }
    if (is_at(p, 'h') || is_at(p, 'l') || is_at(p, 'L'))
        p->at++;
    if (p->at >= p->fmt->size)
        return fail(&art_type_ValueError, "incomplete format");
    c->letter = p->fmt->text[p->at++];
    return true;
}

static art_spec spec_of(const Conversion *c, char type)
{
    art_spec spec = {.fill = " ", .fill_size = 1, .width = c->width, .precision = c->precision, .type = type, .is_alt = c->is_alt};

    spec.align = c->is_left ? '<' : '>';
    spec.sign = c->has_plus ? '+' : c->has_space ? ' ' : '\0';
    if (c->has_zero && !c->is_left) {
        spec.fill[0] = '0';
        spec.align = '=';
    }
    return spec;
}

static bool add_text(Percent *p, const Conversion *c, art_str *owned)
{
    art_spec spec = {.fill = " ", .fill_size = 1, .align = c->is_left ? '<' : '>', .width = c->width, .precision = c->precision};

    if (!owned)
        return false;
    bool is_fine = art__text_add_padded(&p->text, owned, &spec);
    art_release(owned);
    return is_fine;
}

static bool int_of(const Conversion *c, art_box value, int64_t *number)
{
    const char *letter = (char[]){c->letter, 0};
    bool is_decimal = strchr("diu", c->letter) != NULL;

    switch (value.type->kind) {
    case ART_KIND_INT:
    case ART_KIND_BOOL:
        *number = art_box_as_int(value);
        return true;
    case ART_KIND_FLOAT:
        if (is_decimal) {
            *number = art_float_to_int(value.as.f);
            return !art_self.raised;
        }
        break;
    default:
        break;
    }
    art_raise_new(&art_type_TypeError, is_decimal ? "%%%c format: a real number is required, not %c"
                                                  : "%%%c format: an integer is required, not %c", letter, value.type->name);
    return false;
}

/* A precision asks for that many digits at least. */
static bool add_int(Percent *p, Conversion *c, int64_t value)
{
    art_spec spec = spec_of(c, strchr("diu", c->letter) ? 'd' : c->letter);
    spec.precision = -1;

    if (c->precision < 0)
        return art__text_add_int(&p->text, value, &spec, "int");
    art_text digits = {0};
    art_spec bare = {.fill = "0", .fill_size = 1, .align = '=', .width = c->precision + (value < 0), .precision = -1, .type = spec.type,
        .is_alt = c->is_alt, .sign = spec.sign};
    if (value >= 0 && spec.sign)
        bare.width++;
    if (c->is_alt && spec.type != 'd')
        bare.width += 2;
    art__text_add_int(&digits, value, &bare, "int");
    art_str *text = art_text_take(&digits);
    Conversion plain = *c;
    plain.precision = -1;
    return add_text(p, &plain, text);
}

static bool add_float(Percent *p, const Conversion *c, art_box value)
{
    art_spec spec = spec_of(c, c->letter);

    if (value.type->kind != ART_KIND_FLOAT && value.type->kind != ART_KIND_INT && value.type->kind != ART_KIND_BOOL) {
        art_raise_new(&art_type_TypeError, "must be real number, not %c", value.type->name);
        return false;
    }
    return art__text_add_float(&p->text, art_box_as_float(value), &spec, "float");
}

static bool add_char(Percent *p, const Conversion *c, art_box value)
{
    Conversion plain = *c;
    plain.precision = -1;

    if (value.type->kind == ART_KIND_STR && ((art_str *)value.as.obj)->len == 1)
        return add_text(p, &plain, art_retain(value.as.obj));
    if (value.type->kind != ART_KIND_INT && value.type->kind != ART_KIND_BOOL)
        return fail(&art_type_TypeError, "%c requires int or char");
    int64_t code_point = art_box_as_int(value);
    if (code_point < 0 || code_point >= 0x110000)
        return fail(&art_type_OverflowError, "%c arg not in range(0x110000)");
    return add_text(p, &plain, art_str_char(code_point));
}

static art_str *ascii_of(art_box value)
{
    art_str *repr = art_box_repr(value), *escaped = repr ? art_str_escape(repr) : NULL;
    art_release(repr);
    return escaped;
}

static bool add_conversion(Percent *p, Conversion *c)
{
    art_box value;
    int64_t number;

    if (!next_value(p, &value))
        return false;
    switch (c->letter) {
    case 's':
        return add_text(p, c, art_box_str(value));
    case 'r':
        return add_text(p, c, art_box_repr(value));
    case 'a':
        return add_text(p, c, ascii_of(value));
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        return int_of(c, value, &number) && add_int(p, c, number);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        return add_float(p, c, value);
    case 'c':
        return add_char(p, c, value);
    default: {
        char code[16];
        bool is_shown = c->letter >= 32 && c->letter < 127;
        snprintf(code, sizeof code, "0x%x", (unsigned char)c->letter);
        art_raise_new(&art_type_ValueError, "unsupported format character '%c' (%c) at index %i", is_shown ? (char[]){c->letter, 0} : "?",
            code, art__utf8_len(p->fmt->text, p->at - 1));
        return false;
    }
    }
}

static bool format_all(Percent *p)
{
    while (p->at < p->fmt->size) {
        int64_t start = p->at, found = art__find(p->fmt->text + start, p->fmt->size - start, "%", 1);
        p->at = found < 0 ? p->fmt->size : start + found;
        art_text_add(&p->text, p->fmt->text + start, (size_t)(p->at - start));
        if (found < 0)
            break;
        p->at++;
        if (is_at(p, '%')) {
            art_text_add(&p->text, "%", 1);
            p->at++;
            continue;
        }
        Conversion c;
        if (!parse_conversion(p, &c))
            return false;
        if (c.letter == '%')
            art_text_add(&p->text, "%", 1);
        else if (!add_conversion(p, &c))
            return false;
        if (p->key_value.type) {
            art_box_release(p->key_value);
            p->key_value.type = NULL;
        }
    }
    return true;
}

art_str *art_str_mod(const art_str *fmt, const art_box *values, int64_t count, bool is_tuple)
{
    if (!is_tuple && (values->type->kind == ART_KIND_VARTUPLE || values->type->kind == ART_KIND_TUPLE)) /* its items are the values */
        return (art_str *)art_box_mod(art_box_obj((art_str *)(uintptr_t)fmt), *values).as.obj;
    Percent p = {.fmt = fmt, .values = values, .count = count, .is_tuple = is_tuple};
    bool is_fine = format_all(&p);

    /* A single mapping need not be used up. */
    if (is_fine && p.next < count && !is_mapping(&p))
        is_fine = fail(&art_type_TypeError, "not all arguments converted during string formatting");
    if (p.key_value.type)
        art_box_release(p.key_value);
    if (is_fine)
        return art_text_take(&p.text);
    art_text_drop(&p.text);
    return NULL;
}

/* -- fmt.format(…) ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct Fields {
    const art_box *values;
    int64_t count;
    const char *const *names;
    const art_box *named;
    int64_t named_count;
    art_dict *map;      /* format_map, or NULL */
    int64_t next;       /* of automatic numbering; -1: fields are numbered by hand */
    bool is_automatic;
} Fields;

static bool parse_index(const char *at, const char *end, int64_t *index)
{
    if (at == end)
        return false;
    for (*index = 0; at < end; at++) {
        if (!isdigit((unsigned char)*at) || *index > INT32_MAX)
            return false;
        *index = *index * 10 + (*at - '0');
    }
    return true;
}

static bool positional(Fields *f, int64_t index, art_box *value)
{
    if (f->map)
        return fail(&art_type_ValueError, "Format string contains positional fields");
    if (index >= f->count) {
        art_raise_new(&art_type_IndexError, "Replacement index %i out of range for positional args tuple", index);
        return false;
    }
    *value = art_box_retain(f->values[index]);
    return true;
}

static bool named(Fields *f, const char *name, size_t size, art_box *value)
{
    art_str *key = art_str_new(name, size);

    for (int64_t i = 0; i < f->named_count; i++) {
        if (art_str_equal_c(key, f->names[i])) {
            *value = art_box_retain(f->named[i]);
            art_release(key);
            return true;
        }
    }
    if (f->map) {
        *value = art_box_getitem(art_box_obj(f->map), art_box_obj(key));
        art_release(key);
        return !art_self.raised;
    }
    art_raise_box(&art_type_KeyError, art_box_obj(key));
    art_release(key);
    return false;
}

static bool first_of(Fields *f, const char *name, const char *end, art_box *value)
{
    int64_t index;

    if (name == end) {
        if (f->next < 0)
            return fail(&art_type_ValueError, "cannot switch from manual field specification to automatic field numbering");
        f->is_automatic = true;
        return positional(f, f->next++, value);
    }
    if (!parse_index(name, end, &index))
        return named(f, name, (size_t)(end - name), value);
    if (f->is_automatic)
        return fail(&art_type_ValueError, "cannot switch from automatic field numbering to manual field specification");
    f->next = -1;
    return positional(f, index, value);
}

/* One `.name` or `[key]` after the first. */
static bool step(art_box *value, const char **at, const char *end)
{
    const char *start = *at + 1, *stop = start;
    bool is_item = **at == '[';
    art_box next;
    int64_t index;

    while (stop < end && (is_item ? *stop != ']' : *stop != '.' && *stop != '['))
        stop++;
    if (is_item && stop == end)
        return fail(&art_type_ValueError, "Missing ']' in format string");
    if (stop == start)
        return fail(&art_type_ValueError, "Empty attribute in format string");
    art_str *name = art_str_new(start, (size_t)(stop - start));
    if (!is_item)
        next = art_box_getattr(*value, name->text);
    else if (parse_index(start, stop, &index))
        next = art_box_getitem(*value, art_box_int(index));
    else
        next = art_box_getitem(*value, art_box_obj(name));
    art_release(name);
    art_box_release(*value);
    *value = next;
    *at = stop + is_item;
    if (is_item && *at < end && **at != '.' && **at != '[')
        return fail(&art_type_ValueError, "Only '.' or '[' may follow ']' in format field specifier");
    return !art_self.raised;
}

static bool field_value(Fields *f, const char *name, const char *end, art_box *value)
{
    const char *at = name;

    *value = art_box_none();
    while (at < end && *at != '.' && *at != '[')
        at++;
    if (!first_of(f, name, at, value))
        return false;
    while (at < end) {
        if (!step(value, &at, end))
            return false;
    }
    return true;
}

static bool convert(art_box *value, char conversion)
{
    if (!strchr("rsa", conversion)) {
        art_raise_new(&art_type_ValueError, "Unknown conversion specifier %c", (char[]){conversion, 0});
        return false;
    }
    art_str *text = conversion == 'r' ? art_box_repr(*value) : conversion == 's' ? art_box_str(*value) : ascii_of(*value);

    art_box_release(*value);
    *value = text ? art_box_obj(text) : art_box_none();
    return text != NULL;
}

static bool format_text(Fields *f, art_text *text, const char *at, const char *end, int depth);

/* What stands between the braces: name, !conversion, :specification. */
static bool format_field(Fields *f, art_text *text, const char *at, const char *end, int depth)
{
    const char *name = at;
    char conversion = '\0';

    for (int brackets = 0; at < end && (brackets > 0 || (*at != '!' && *at != ':')); at++)
        brackets += (*at == '[') - (*at == ']');
    const char *name_end = at;
    if (at < end && *at == '!') {
        if (end - at < 2)
            return fail(&art_type_ValueError, "unmatched '{' in format spec");
        conversion = at[1];
        at += 2;
        if (at < end && *at != ':')
            return fail(&art_type_ValueError, "expected ':' after conversion specifier");
    }
    art_box value;
    if (!field_value(f, name, name_end, &value) || (conversion && !convert(&value, conversion))) {
        art_box_release(value);
        return false;
    }
    art_text spec = {0};
    bool is_fine = at >= end || format_text(f, &spec, at + 1, end, depth - 1);
    is_fine = is_fine && art__text_add_slot(text, value.type, art_box_slot(&value), spec.text ? spec.text : "", (int64_t)spec.size);
    art_text_drop(&spec);
    art_box_release(value);
    return is_fine;
}

static bool format_text(Fields *f, art_text *text, const char *at, const char *end, int depth)
{
    if (depth < 0)
        return fail(&art_type_ValueError, "Max string recursion exceeded");
    while (at < end) {
        const char *start = at;
        while (at < end && *at != '{' && *at != '}')
            at++;
        art_text_add(text, start, (size_t)(at - start));
        if (at == end)
            break;
        if (at + 1 < end && at[1] == *at) {
            art_text_add(text, at, 1);
            at += 2;
            continue;
        }
        if (*at == '}')
            return fail(&art_type_ValueError, "Single '}' encountered in format string");
        if (at + 1 == end)
            return fail(&art_type_ValueError, "Single '{' encountered in format string");
        const char *field = ++at;
        for (int braces = 1; at < end; at++) {
            braces += (*at == '{') - (*at == '}');
            if (braces == 0)
                break;
        }
        if (at == end)
            return fail(&art_type_ValueError, "expected '}' before end of string");
        if (!format_field(f, text, field, at, depth))
            return false;
        at++;
    }
    return true;
}

static art_str *format(Fields *f, const art_str *fmt)
{
    art_text text = {0};

    if (format_text(f, &text, fmt->text, fmt->text + fmt->size, 2))
        return art_text_take(&text);
    art_text_drop(&text);
    return NULL;
}

art_str *art_str_format(const art_str *fmt, const art_box *values, int64_t count, const char *const *names, const art_box *named_values,
    int64_t named_count)
{
    return format(&(Fields){.values = values, .count = count, .names = names, .named = named_values, .named_count = named_count}, fmt);
}

art_str *art_str_format_map(const art_str *fmt, art_dict *map)
{
    return format(&(Fields){.map = map}, fmt);
}
