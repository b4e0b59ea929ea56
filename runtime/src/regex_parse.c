/* From the text of a pattern to a program for regex_run.c: first a tree, then the instructions. The rules and the messages are those of
 * CPython's re._parser; places in messages count code points. */
#include "regex.h"

#include <stdarg.h>

typedef enum NodeKind {
    N_LIT,
    N_ANY,
    N_SET,
    N_AT,
    N_REF,
    N_GROUP,
    N_ATOMIC,
    N_LOOK,
    N_COND,
    N_BRANCH,
    N_REPEAT
} NodeKind;

typedef struct Node Node;
struct Node {
    NodeKind kind;
    Node *next;      /* in its sequence */
    Node *body, *no; /* N_BRANCH: a sequence; `no`: the N_BRANCH of the next one */
    int32_t flags;
    int32_t
        value; /* N_LIT: the character; N_SET: its index; N_AT: which; N_REF, N_COND, N_GROUP: the group (0: none) */
    int32_t min, max;
    ReHow how;
    bool is_not;    /* N_LIT, N_LOOK */
    bool is_behind; /* N_LOOK */
    Node *before;   /* all nodes, to free them */
};

typedef struct Parser {
    const char *text;
    int64_t size, at, pos; /* at: in bytes, behind `next`; pos: of `next`, in characters */
    int32_t next;          /* the character to come; -1: none */
    int32_t escaped;       /* next is a backslash: what follows it */
    bool is_bytes, failed;
    int32_t flags;
    art_regex *re;
    ReError *error;
    Node *nodes;
    bool *is_open; /* by group */
    int32_t cap;
    int32_t behind; /* the groups that there were when the outermost look-behind began; -1: none is open */
    int32_t cond, depth;
    int64_t cond_pos;
} Parser;

typedef struct Sequence {
    Node *first, *last, *before_last;
} Sequence;

static Sequence parse_branches(Parser *p, int32_t flags, int32_t depth);
static Sequence parse_sequence(Parser *p, int32_t flags, int32_t depth, bool is_first);

/* -- reading -------------------------------------------------------------------------------------------------------------------- */

static void fail_at(Parser *p, int64_t pos, const char *fmt, ...)
{
    va_list args;

    if (p->failed)
        return;
    p->failed = true;
    p->error->pos = pos;
    va_start(args, fmt);
    vsnprintf(p->error->message, sizeof p->error->message, fmt, args);
    va_end(args);
}

#define fail(p, back, ...) fail_at(p, (p)->pos - (back), __VA_ARGS__)

static void advance(Parser *p)
{
    p->pos += p->next < 0 ? 0 : p->next == '\\' ? 2 : 1;
    p->next = -1;
    if (p->at >= p->size)
        return;
    p->next = art__regex_decode(p->text, &p->at, p->is_bytes);
    if (p->next != '\\')
        return;
    if (p->at >= p->size) {
        fail_at(p, p->pos, "bad escape (end of pattern)");
        p->next = -1;
        return;
    }
    p->escaped = art__regex_decode(p->text, &p->at, p->is_bytes);
}

static bool take(Parser *p, int32_t c)
{
    if (p->next != c)
        return false;
    advance(p);
    return true;
}

static bool is_digit(int32_t c)
{
    return c >= '0' && c <= '9';
}
static bool is_octal(int32_t c)
{
    return c >= '0' && c <= '7';
}
static bool is_letter(int32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static int hex_value(int32_t c)
{
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A character as it stands in a message. */
static const char *spelled(int32_t c, char *to)
{
    to[c < 0 ? 0 : art__utf8_put(to, c)] = 0;
    return to;
}

/* A name up to `end`; NULL when it failed. */
static art_str *read_name(Parser *p, int32_t end, const char *what)
{
    art_text text = {0};
    int64_t count = 0;

    for (;;) {
        int32_t c = p->next, escaped = p->escaped;
        advance(p);
        if (p->failed || c < 0 || c == end) {
            if (!p->failed && c < 0 && count == 0)
                fail(p, 0, "missing %s", what);
            else if (!p->failed && c < 0)
                fail(p, count, "missing %c, unterminated name", (char)end);
            else if (!p->failed && count == 0)
                fail(p, 1, "missing %s", what);
            if (!p->failed)
                return art_text_take(&text);
            art_text_drop(&text);
            return NULL;
        }
        art_text_add_char(&text, c);
        if (c == '\\')
            art_text_add_char(&text, escaped);
        count += c == '\\' ? 2 : 1;
    }
}

static void fail_name(Parser *p, const char *message, const art_str *name, int64_t back)
{
    art_str *repr = art_str_repr(name);

    fail(p, back, "%s %s", message, repr->text);
    art_release(repr);
}

static int32_t group_named(const Parser *p, const art_str *name)
{
    for (int32_t i = 1; i < p->re->groups; i++)
        if (p->re->names[i] && art_str_equal(p->re->names[i], name))
            return i;
    return 0;
}

/* -- trees ---------------------------------------------------------------------------------------------------------------------- */

static Node *node_new(Parser *p, NodeKind kind, int32_t value, int32_t flags)
{
    Node *n = art_alloc(sizeof *n);

    n->kind = kind;
    n->value = value;
    n->flags = flags;
    n->before = p->nodes;
    p->nodes = n;
    return n;
}

/* Does it match one character, always? */
static bool is_one(const Node *n)
{
    return n->kind == N_LIT || n->kind == N_ANY || n->kind == N_SET;
}

static void append(Sequence *s, Node *n)
{
    if (s->last)
        s->last->next = n;
    else
        s->first = n;
    s->before_last = s->last;
    s->last = n;
}

static void replace_last(Sequence *s, Node *n)
{
    if (s->before_last)
        s->before_last->next = n;
    else
        s->first = n;
    s->last = n;
}

/* -- sets ------------------------------------------------------------------------------------------------------------------------- */

static void *grown(void *items, int32_t *cap, int32_t len, size_t size)
{
    int32_t more = *cap ? *cap * 2 : 8;

    if (len < *cap)
        return items;
    items = art_resize(items, (size_t)*cap * size, (size_t)more * size);
    *cap = more;
    return items;
}

static int32_t begin_set(Parser *p, int32_t flags)
{
    art_regex *re = p->re;

    re->sets = grown(re->sets, &re->set_cap, re->set_count, sizeof *re->sets);
    re->sets[re->set_count] = (ReSet){.flags = flags, .first = re->range_count};
    return re->set_count++;
}

static void add_range(Parser *p, int32_t lo, int32_t hi)
{
    art_regex *re = p->re;

    re->ranges = grown(re->ranges, &re->range_cap, re->range_count, sizeof *re->ranges);
    re->ranges[re->range_count++] = (ReRange){lo, hi};
    re->sets[re->set_count - 1].count++;
}

/* \d, \s and \w below 256: in ASCII, in Unicode. */
static const uint32_t low_classes[3][2][8] = {
    {{0x00000000, 0x03ff0000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000},
     {0x00000000, 0x03ff0000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000}},
    {{0x00003e00, 0x00000001, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000},
     {0xf0003e00, 0x00000001, 0x00000000, 0x00000000, 0x00000020, 0x00000001, 0x00000000, 0x00000000}},
    {{0x00000000, 0x03ff0000, 0x87fffffe, 0x07fffffe, 0x00000000, 0x00000000, 0x00000000, 0x00000000},
     {0x00000000, 0x03ff0000, 0x87fffffe, 0x07fffffe, 0x00000000, 0x762c0400, 0xff7fffff, 0xff7fffff}},
};

static void add_low(ReSet *set, ReRange range)
{
    const uint32_t *low = range.lo < 0 ? low_classes[range.hi / 2][(set->flags & RE_UNICODE) != 0] : NULL;

    for (int i = 0; low && i < 8; i++)
        set->low[i] |= range.hi % 2 ? ~low[i] : low[i];
    for (int32_t c = range.lo; !low && c <= range.hi && c < 256; c++)
        set->low[c >> 5] |= 1u << (c & 31);
}

static void end_set(Parser *p)
{
    ReSet *set = &p->re->sets[p->re->set_count - 1];

    if (set->flags & RE_IGNORECASE) {
        for (int32_t c = 0; c < 256; c++)
            if (art__regex_in_set(p->re, set, c))
                set->low[c >> 5] |= 1u << (c & 31);
        return;
    }
    for (int32_t i = 0; i < set->count; i++)
        add_low(set, p->re->ranges[set->first + i]);
    for (int i = 0; set->is_negated && i < 8; i++)
        set->low[i] = ~set->low[i];
}

static int class_of(int32_t letter)
{
    static const char letters[] = "dDsSwW";
    const char *found = letter > 0 && letter < 128 ? strchr(letters, letter) : NULL;

    return found ? (int)(found - letters) : -1;
}

static int plain_escape(int32_t letter)
{
    static const char letters[] = "abfnrtv\\", values[] = "\a\b\f\n\r\t\v\\";
    const char *found = letter > 0 && letter < 128 ? strchr(letters, letter) : NULL;

    return found ? values[found - letters] : -1;
}

/* \x41, \u0041, \U00000041: so many digits, all of them. The next character is the first digit. */
static int32_t hex_escape(Parser *p, int32_t letter, int digits)
{
    char text[16] = {'\\', (char)letter};
    int count = 0;
    int64_t value = 0;

    for (; count < digits && p->next >= 0 && p->next != '\\' && hex_value(p->next) >= 0; count++) {
        text[2 + count] = (char)p->next;
        value = value * 16 + hex_value(p->next);
        advance(p);
    }
    if (count < digits)
        fail(p, count + 2, "incomplete escape %s", text);
    else if (value > 0x10ffff)
        fail(p, count + 2, "bad escape %s", text);
    return (int32_t)value;
}

/* A backslash and the letter behind it were read: the character that they mean, if it is the same everywhere; -1: it is not. */
static int32_t common_escape(Parser *p, int32_t letter)
{
    if (letter == 'x')
        return hex_escape(p, letter, 2);
    if (letter == 'u' && !p->is_bytes)
        return hex_escape(p, letter, 4);
    if (letter == 'U' && !p->is_bytes)
        return hex_escape(p, letter, 8);
    return -1;
}

static int32_t bad_escape(Parser *p, int32_t letter)
{
    char text[8];

    fail(p, 2, "bad escape \\%s", spelled(letter, text));
    return 0;
}

/* In brackets. -1 - class for \d and its like. */
static int32_t set_escape(Parser *p, int32_t letter)
{
    int32_t c = class_of(letter) >= 0 ? -1 - class_of(letter) : letter == 'b' ? '\b' : plain_escape(letter);

    if (c != -1 || class_of(letter) >= 0)
        return c;
    c = common_escape(p, letter);
    if (c >= 0 || p->failed)
        return c;
    if (is_octal(letter)) {
        char text[8] = {'\\', (char)letter};
        c = letter - '0';
        for (int i = 2; i < 4 && is_octal(p->next); i++) {
            text[i] = (char)p->next;
            c = c * 8 + p->next - '0';
            advance(p);
        }
        if (c > 0377)
            fail(p, (int64_t)strlen(text), "octal escape value %s outside of range 0-0o377", text);
        return c;
    }
    return is_digit(letter) || is_letter(letter) ? bad_escape(p, letter) : letter;
}

static void parse_set_items(Parser *p, int64_t here)
{
    char a[8], b[8];

    for (bool is_first = true;; is_first = false) {
        int64_t from = p->pos;
        int32_t c = p->next, letter = p->escaped, hi;
        advance(p);
        if (p->failed)
            return;
        if (c < 0) {
            fail_at(p, here, "unterminated character set");
            return;
        }
        if (c == ']' && !is_first)
            return;
        bool is_escape = c == '\\';
        if (is_escape)
            c = set_escape(p, letter);
        int64_t width = p->pos - from;
        if (p->failed)
            return;
        if (!take(p, '-')) {
            add_range(p, c < 0 ? -1 : c, c < 0 ? -1 - c : c);
            continue;
        }
        int64_t second = p->pos;
        int32_t other = p->next, other_letter = p->escaped;
        advance(p);
        if (other < 0) {
            fail_at(p, here, "unterminated character set");
            return;
        }
        if (other == ']') {
            add_range(p, c < 0 ? -1 : c, c < 0 ? -1 - c : c);
            add_range(p, '-', '-');
            return;
        }
        hi = other == '\\' ? set_escape(p, other_letter) : other;
        if (p->failed)
            return;
        if (c < 0 || hi < 0 || hi < c) {
            /* the message has only the letter of an escape */
            int64_t first_width = is_escape ? 2 : width, second_width = other == '\\' ? 2 : p->pos - second;
            fail(p, first_width + 1 + second_width, "bad character range %s%s-%s%s", is_escape ? "\\" : "",
                 spelled(is_escape ? letter : c, a), other == '\\' ? "\\" : "",
                 spelled(other == '\\' ? other_letter : hi, b));
            return;
        }
        add_range(p, c, hi);
    }
}

static Node *parse_set(Parser *p, int32_t flags)
{
    int64_t here = p->pos - 1;
    int32_t set = begin_set(p, flags);
    bool is_negated = take(p, '^');

    parse_set_items(p, here);
    const ReSet *made = &p->re->sets[set];
    const ReRange *only = p->re->ranges + made->first;
    if (!p->failed && made->count == 1 && only->lo == only->hi && only->lo >= 0) { /* [a] is a; [^a] anything else */
        Node *n = node_new(p, N_LIT, only->lo, flags);
        n->is_not = is_negated;
        p->re->set_count--;
        p->re->range_count--;
        return n;
    }
    p->re->sets[set].is_negated = is_negated;
    end_set(p);
    return node_new(p, N_SET, set, flags);
}

static Node *class_node(Parser *p, int which, int32_t flags)
{
    int32_t set = begin_set(p, flags & ~RE_IGNORECASE);

    add_range(p, -1, which);
    end_set(p);
    return node_new(p, N_SET, set, flags);
}

/* -- escapes ------------------------------------------------------------------------------------------------------------------------ */

/* May the group be referred to here? */
static bool check_reference(Parser *p, int32_t group, int64_t back)
{
    if (group < p->re->groups && p->is_open[group])
        fail(p, back, "cannot refer to an open group");
    else if (p->behind >= 0 && group >= p->behind)
        fail(p, 0, "cannot refer to group defined in the same lookbehind subpattern");
    return !p->failed;
}

static Node *numbered(Parser *p, int32_t letter, int32_t flags)
{
    char text[8] = {'\\', (char)letter};
    int32_t value = letter - '0';

    if (letter == '0') {
        for (int i = 0; i < 2 && is_octal(p->next); i++) {
            value = value * 8 + p->next - '0';
            advance(p);
        }
        return node_new(p, N_LIT, value, flags);
    }
    if (is_digit(p->next)) {
        int32_t second = p->next;
        text[2] = (char)second;
        value = value * 10 + second - '0';
        advance(p);
        if (is_octal(letter) && is_octal(second) && is_octal(p->next)) {
            text[3] = (char)p->next;
            value = (letter - '0') * 64 + (second - '0') * 8 + p->next - '0';
            advance(p);
            if (value > 0377)
                fail(p, 4, "octal escape value %s outside of range 0-0o377", text);
            return node_new(p, N_LIT, value, flags);
        }
    }
    if (value >= p->re->groups)
        fail(p, (int64_t)strlen(text) - 1, "invalid group reference %d", value);
    else
        check_reference(p, value, (int64_t)strlen(text));
    return node_new(p, N_REF, value, flags);
}

static Node *parse_escape(Parser *p, int32_t letter, int32_t flags)
{
    if (class_of(letter) >= 0)
        return class_node(p, class_of(letter), flags);
    switch (letter) {
    case 'A': return node_new(p, N_AT, RE_AT_BEGIN, flags);
    case 'Z': return node_new(p, N_AT, RE_AT_END_TEXT, flags);
    case 'b': return node_new(p, N_AT, RE_AT_WORD_EDGE, flags);
    case 'B': return node_new(p, N_AT, RE_AT_NO_WORD_EDGE, flags);
    default: break;
    }
    int32_t c = plain_escape(letter);
    if (c < 0)
        c = common_escape(p, letter);
    if (c >= 0 || p->failed)
        return node_new(p, N_LIT, c, flags);
    if (is_digit(letter))
        return numbered(p, letter, flags);
    return node_new(p, N_LIT, is_letter(letter) ? bad_escape(p, letter) : letter, flags);
}

/* -- repetition --------------------------------------------------------------------------------------------------------------------- */

static void seek(Parser *p, int64_t at, int64_t pos)
{
    p->at = at;
    p->next = -1;
    p->pos = pos;
    advance(p);
}

static int64_t read_count(Parser *p, bool *is_given)
{
    int64_t value = 0;

    for (*is_given = false; is_digit(p->next); *is_given = true) {
        value = art__min(value * 10 + p->next - '0', INT64_C(1) << 40);
        advance(p);
    }
    return value;
}

/* {2,5}, behind the brace; false: it is no repetition, and the brace stands for itself. */
static bool read_bounds(Parser *p, int64_t here, int64_t *min, int64_t *max)
{
    int64_t back_at = p->at, back_pos = p->pos;
    bool has_min, has_max;

    if (p->next == '}')
        return false;
    if (p->next >= 0) {
        back_at -= p->next < 0x80 || p->is_bytes ? 1 : p->next < 0x800 ? 2 : p->next < 0x10000 ? 3 : 4;
        if (p->next == '\\')
            back_at -= p->escaped < 0x80 || p->is_bytes ? 1 : p->escaped < 0x800 ? 2 : p->escaped < 0x10000 ? 3 : 4;
    }
    *min = read_count(p, &has_min);
    *max = *min;
    has_max = has_min;
    if (take(p, ','))
        *max = read_count(p, &has_max);
    if (!has_max)
        *max = -1;
    if (!take(p, '}')) {
        seek(p, back_at, back_pos);
        return false;
    }
    if (*min >= UINT32_MAX || *max >= UINT32_MAX) {
        art_raise_new(&art_type_OverflowError, "the repetition number is too large");
        p->error->message[0] = 0;
        p->failed = true;
    } else if (*max >= 0 && *max < *min) {
        fail_at(p, here, "min repeat greater than max repeat");
    }
    return true;
}

static void parse_repeat(Parser *p, Sequence *s, int32_t c, int32_t flags)
{
    int64_t here = p->pos, min = c == '+', max = c == '?' ? 1 : -1;

    if (c == '{' && !read_bounds(p, here, &min, &max)) {
        append(s, node_new(p, N_LIT, c, flags));
        return;
    }
    if (!s->last || s->last->kind == N_AT)
        fail_at(p, here - 1, "nothing to repeat");
    else if (s->last->kind == N_REPEAT)
        fail_at(p, here - 1, "multiple repeat");
    if (p->failed)
        return;
    Node *n = node_new(p, N_REPEAT, 0, flags);
    n->body = s->last;
    n->min = (int32_t)art__min(min, INT32_MAX);
    n->max = max < 0 ? -1 : (int32_t)art__min(max, INT32_MAX);
    n->how = take(p, '?') ? RE_LAZY : take(p, '+') ? RE_POSSESSIVE : RE_GREEDY;
    replace_last(s, n);
}

/* -- groups -------------------------------------------------------------------------------------------------------------------------- */

static int32_t flag_of(int32_t c)
{
    switch (c) {
    case 'i': return RE_IGNORECASE;
    case 'L': return RE_LOCALE;
    case 'm': return RE_MULTILINE;
    case 's': return RE_DOTALL;
    case 'x': return RE_VERBOSE;
    case 'a': return RE_ASCII;
    case 'u': return RE_UNICODE;
    default: return 0;
    }
}

static bool is_alpha(int32_t c)
{
    return c >= 0 && (art__char_flags(c) & ART_CHAR_ALPHA);
}

static int32_t next_flag(Parser *p, const char *missing)
{
    int32_t c = p->next;

    advance(p);
    if (c < 0)
        fail(p, 0, "%s", missing);
    return c;
}

enum {
    TYPE_FLAGS = RE_ASCII | RE_LOCALE | RE_UNICODE
};

/* (?i) changes the flags of everything: true. (?i-s: those of the group: false. */
static bool parse_flags(Parser *p, int32_t c, int32_t *add, int32_t *drop)
{
    *add = *drop = 0;
    while (c != '-' && !p->failed) {
        int32_t flag = flag_of(c);
        if (!p->is_bytes && c == 'L')
            fail(p, 0, "bad inline flags: cannot use 'L' flag with a str pattern");
        if (p->is_bytes && c == 'u')
            fail(p, 0, "bad inline flags: cannot use 'u' flag with a bytes pattern");
        *add |= flag;
        if ((flag & TYPE_FLAGS) && (*add & TYPE_FLAGS) != flag)
            fail(p, 0, "bad inline flags: flags 'a', 'u' and 'L' are incompatible");
        c = next_flag(p, "missing -, : or )");
        if (c == ')' || c == ':' || c == '-')
            break;
        if (!flag_of(c))
            fail(p, 1, is_alpha(c) ? "unknown flag" : "missing -, : or )");
    }
    if (c == ')' || p->failed) {
        p->flags |= *add;
        return true;
    }
    if (c == '-') {
        c = next_flag(p, "missing flag");
        if (!p->failed && !flag_of(c))
            fail(p, 1, is_alpha(c) ? "unknown flag" : "missing flag");
        while (!p->failed) {
            if (flag_of(c) & TYPE_FLAGS)
                fail(p, 0, "bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
            *drop |= flag_of(c);
            c = next_flag(p, "missing :");
            if (c == ':')
                break;
            if (!flag_of(c))
                fail(p, 1, is_alpha(c) ? "unknown flag" : "missing :");
        }
    }
    if (*add & *drop)
        fail(p, 1, "bad inline flags: flag turned on and off");
    return false;
}

static int32_t open_group(Parser *p, art_str *name)
{
    art_regex *re = p->re;
    int32_t known = name ? group_named(p, name) : 0;

    if (known) {
        art_str *repr = art_str_repr(name);
        fail(p, name->len + 1, "redefinition of group name %s as group %d; was group %d", repr->text, re->groups,
             known);
        art_release(repr);
    }
    if (re->groups == p->cap) {
        int32_t cap = p->cap * 2;
        re->names = art_resize(re->names, (size_t)p->cap * sizeof *re->names, (size_t)cap * sizeof *re->names);
        p->is_open = art_resize(p->is_open, (size_t)p->cap, (size_t)cap);
        p->cap = cap;
    }
    re->names[re->groups] = name;
    p->is_open[re->groups] = true;
    return re->groups++;
}

static void close_group(Parser *p, int64_t start)
{
    if (!take(p, ')'))
        fail_at(p, start, "missing ), unterminated subpattern");
}

static void parse_look(Parser *p, Sequence *s, int32_t c, int32_t flags, int32_t depth, int64_t start)
{
    Node *n = node_new(p, N_LOOK, 0, flags);
    int32_t outer = p->behind;
    char text[8];

    if (c == '<') {
        c = p->next;
        advance(p);
        if (c < 0)
            fail(p, 0, "unexpected end of pattern");
        else if (c != '=' && c != '!')
            fail(p, 3, "unknown extension ?<%s", spelled(c, text));
        n->is_behind = true;
        if (outer < 0)
            p->behind = p->re->groups;
    }
    n->is_not = c == '!';
    n->body = parse_branches(p, flags, depth + 1).first;
    p->behind = outer;
    close_group(p, start);
    append(s, n);
}

static void parse_cond(Parser *p, Sequence *s, int32_t flags, int32_t depth, int64_t start)
{
    art_str *name = read_name(p, ')', "group name");
    int64_t group = 0;
    Node *n;

    if (!name)
        return;
    if (art_str_isidentifier(name)) {
        group = group_named(p, name);
        if (!group)
            fail_name(p, "unknown group name", name, name->len + 1);
    } else {
        bool is_number = art_str_isascii(name);
        for (int64_t i = 0; i < name->size && is_number; i++) {
            is_number = is_digit(name->text[i]);
            group = art__min(group * 10 + name->text[i] - '0', INT32_MAX);
        }
        if (!is_number)
            fail_name(p, "bad character in group name", name, name->len + 1);
        else if (group == 0)
            fail(p, name->len + 1, "bad group number");
        if (!p->failed && group > p->cond) {
            p->cond = (int32_t)group;
            p->cond_pos = p->pos - name->len - 1;
        }
    }
    art_release(name);
    if (p->behind >= 0 && (group >= p->re->groups || p->is_open[group]))
        fail(p, 0, "cannot refer to an open group");
    else if (p->behind >= 0 && group >= p->behind)
        fail(p, 0, "cannot refer to group defined in the same lookbehind subpattern");
    n = node_new(p, N_COND, (int32_t)group, flags);
    n->body = parse_sequence(p, flags, depth + 1, false).first;
    if (take(p, '|')) {
        n->no = parse_sequence(p, flags, depth + 1, false).first;
        if (p->next == '|')
            fail(p, 0, "conditional backref with more than two branches");
    }
    close_group(p, start);
    append(s, n);
}

static void parse_named_reference(Parser *p, Sequence *s, int32_t flags)
{
    art_str *name = read_name(p, ')', "group name");

    if (!name)
        return;
    int32_t group = group_named(p, name);
    if (!art_str_isidentifier(name))
        fail_name(p, "bad character in group name", name, name->len + 1);
    else if (!group)
        fail_name(p, "unknown group name", name, name->len + 1);
    else if (check_reference(p, group, name->len + 1))
        append(s, node_new(p, N_REF, group, flags));
    art_release(name);
}

static void skip_comment(Parser *p, int64_t start)
{
    while (!p->failed && p->next != ')') {
        if (p->next < 0)
            fail_at(p, start, "missing ), unterminated comment");
        advance(p);
    }
    advance(p);
}

static void parse_group_body(Parser *p, Sequence *s, int32_t group, bool is_atomic, int32_t flags, int32_t depth,
                             int64_t start)
{
    Node *n = node_new(p, is_atomic ? N_ATOMIC : N_GROUP, group, flags);

    n->body = parse_branches(p, flags, depth + 1).first;
    close_group(p, start);
    if (group)
        p->is_open[group] = false;
    bool is_plain = n->kind == N_GROUP && !group && n->body && !n->body->next && is_one(n->body);
    append(s, is_plain ? n->body : n);
}

/* Behind "(?P". */
static void parse_python_group(Parser *p, Sequence *s, int32_t flags, int32_t depth, int64_t start)
{
    char text[8];

    if (take(p, '<')) {
        art_str *name = read_name(p, '>', "group name");
        if (!name)
            return;
        if (!art_str_isidentifier(name)) {
            fail_name(p, "bad character in group name", name, name->len + 1);
            art_release(name);
            return;
        }
        int32_t group = open_group(p, name);
        parse_group_body(p, s, group, false, flags, depth, start);
    } else if (take(p, '=')) {
        parse_named_reference(p, s, flags);
    } else {
        int32_t c = p->next;
        advance(p);
        if (c < 0)
            fail(p, 0, "unexpected end of pattern");
        else
            fail(p, 3, "unknown extension ?P%s", spelled(c, text));
    }
}

/* Behind the parenthesis. `flags` changes by (?i). */
static void parse_group(Parser *p, Sequence *s, int32_t *flags, int32_t depth, bool is_first)
{
    int64_t start = p->pos - 1;
    int32_t add, drop, c;
    char text[8];

    if (!take(p, '?')) {
        int32_t group = open_group(p, NULL);
        parse_group_body(p, s, group, false, *flags, depth, start);
        return;
    }
    c = p->next;
    advance(p);
    if (c < 0) {
        fail(p, 0, "unexpected end of pattern");
    } else if (c == 'P') {
        parse_python_group(p, s, *flags, depth, start);
    } else if (c == ':' || c == '>') {
        parse_group_body(p, s, 0, c == '>', *flags, depth, start);
    } else if (c == '#') {
        skip_comment(p, start);
    } else if (c == '=' || c == '!' || c == '<') {
        parse_look(p, s, c, *flags, depth, start);
    } else if (c == '(') {
        parse_cond(p, s, *flags, depth, start);
    } else if (flag_of(c) || c == '-') {
        if (!parse_flags(p, c, &add, &drop)) {
            int32_t inner = (add & TYPE_FLAGS ? *flags & ~TYPE_FLAGS : *flags) | add;
            parse_group_body(p, s, 0, false, inner & ~drop, depth, start);
        } else if (!p->failed && (!is_first || s->first)) {
            fail_at(p, start, "global flags not at the start of the expression");
        } else {
            if (p->flags & RE_ASCII)
                p->flags &= ~RE_UNICODE;
            *flags = p->flags;
        }
    } else {
        fail(p, 2, "unknown extension ?%s", spelled(c, text));
    }
}

/* -- sequences ------------------------------------------------------------------------------------------------------------------------- */

static bool skip_verbose(Parser *p, int32_t c)
{
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return true;
    if (c != '#')
        return false;
    while (p->next >= 0 && p->next != '\n')
        advance(p);
    advance(p);
    return true;
}

static Sequence parse_sequence(Parser *p, int32_t flags, int32_t depth, bool is_first)
{
    Sequence s = {0};

    if (++p->depth > 1000) {
        art_raise_new(&art_type_RecursionError, "maximum recursion depth exceeded");
        p->error->message[0] = 0;
        p->failed = true;
    }
    while (!p->failed && p->next >= 0 && p->next != '|' && p->next != ')') {
        int32_t c = p->next, letter = p->escaped;
        advance(p);
        if (p->failed || ((flags & RE_VERBOSE) && skip_verbose(p, c)))
            continue;
        switch (c) {
        case '\\': append(&s, parse_escape(p, letter, flags)); break;
        case '[': append(&s, parse_set(p, flags)); break;
        case '.': append(&s, node_new(p, N_ANY, 0, flags)); break;
        case '^': append(&s, node_new(p, N_AT, flags & RE_MULTILINE ? RE_AT_BEGIN_LINE : RE_AT_BEGIN, flags)); break;
        case '$': append(&s, node_new(p, N_AT, flags & RE_MULTILINE ? RE_AT_END_LINE : RE_AT_END, flags)); break;
        case '(': parse_group(p, &s, &flags, depth, is_first); break;
        case '*':
        case '+':
        case '?':
        case '{': parse_repeat(p, &s, c, flags); break;
        default: append(&s, node_new(p, N_LIT, c, flags)); break;
        }
    }
    p->depth--;
    return s;
}

static Sequence parse_branches(Parser *p, int32_t flags, int32_t depth)
{
    Sequence first = parse_sequence(p, flags, depth, depth == 0), all = {0};

    if (p->failed || p->next != '|')
        return first;
    if (depth == 0)
        flags = p->flags;
    Node *branch = node_new(p, N_BRANCH, 0, flags);
    branch->body = first.first;
    append(&all, branch);
    while (!p->failed && take(p, '|')) {
        branch->no = node_new(p, N_BRANCH, 0, flags);
        branch = branch->no;
        branch->body = parse_sequence(p, flags, depth, false).first;
    }
    return all;
}

/* -- widths ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct Width {
    int64_t min, max;
} Width;

static Width width_of(const Parser *p, const Node *n);

static Width width_of_all(const Parser *p, const Node *n)
{
    Width w = {0, 0};

    for (; n; n = n->next) {
        Width one = width_of(p, n);
        w.min = art__min(w.min + one.min, INT32_MAX);
        w.max = art__min(w.max + one.max, INT32_MAX);
    }
    return w;
}

static const Node *find_group(const Node *all, int32_t group)
{
    while (all && !(all->kind == N_GROUP && all->value == group))
        all = all->before;
    return all;
}

static Width width_of(const Parser *p, const Node *n)
{
    Width w, other;

    switch (n->kind) {
    case N_LIT:
    case N_ANY:
    case N_SET: return (Width){1, 1};
    case N_AT:
    case N_LOOK: return (Width){0, 0};
    case N_REF: {
        const Node *group = find_group(p->nodes, n->value);
        return group ? width_of(p, group) : (Width){0, INT32_MAX};
    }
    case N_GROUP:
    case N_ATOMIC: return width_of_all(p, n->body);
    case N_COND:
        w = width_of_all(p, n->body);
        other = width_of_all(p, n->no);
        return (Width){art__min(w.min, other.min), art__max(w.max, other.max)};
    case N_BRANCH:
        w = width_of_all(p, n->body);
        for (n = n->no; n; n = n->no) {
            other = width_of_all(p, n->body);
            w = (Width){art__min(w.min, other.min), art__max(w.max, other.max)};
        }
        return w;
    default:
        w = width_of(p, n->body);
        w.min = art__min(w.min * n->min, INT32_MAX);
        w.max = n->max < 0 ? (w.max ? INT32_MAX : 0) : art__min(w.max * n->max, INT32_MAX);
        return w;
    }
}

/* -- instructions ------------------------------------------------------------------------------------------------------------------------ */

static int32_t put(art_regex *re, int32_t word)
{
    re->code = grown(re->code, &re->cap, re->len, sizeof *re->code);
    re->code[re->len] = word;
    return re->len++;
}

static void emit_node(Parser *p, const Node *n);
static void emit_all(Parser *p, const Node *n);

static void emit_one(Parser *p, const Node *n)
{
    art_regex *re = p->re;

    if (n->kind == N_ANY) {
        put(re, n->flags & RE_DOTALL ? RE_ALL : RE_ANY);
    } else if (n->kind == N_SET) {
        put(re, RE_SET);
        put(re, n->value);
    } else {
        int32_t lower = art__regex_lower(n->value, n->flags);
        bool has_case =
            (n->flags & RE_IGNORECASE) && (lower != n->value || art__regex_upper(n->value, n->flags) != n->value);
        put(re, n->is_not ? (has_case ? RE_NOT_I : RE_NOT) : has_case ? RE_LIT_I : RE_LIT);
        put(re, has_case ? lower : n->value);
    }
}

static void emit_loop(Parser *p, const Node *n)
{
    art_regex *re = p->re;
    int32_t reg = 2 * re->groups + 1 + re->registers;

    re->registers += 2;
    put(re, RE_LOOP_BEGIN);
    put(re, reg);
    int32_t top = put(re, RE_LOOP);
    put(re, reg);
    put(re, n->min);
    put(re, n->max);
    put(re, n->how == RE_LAZY);
    int32_t out = put(re, 0);
    put(re, RE_LOOP_MORE);
    put(re, reg);
    emit_node(p, n->body);
    put(re, RE_JUMP);
    put(re, top);
    re->code[out] = re->len;
}

static void emit_repeat(Parser *p, const Node *n)
{
    art_regex *re = p->re;

    if (is_one(n->body)) {
        put(re, RE_REPEAT);
        put(re, n->how);
        put(re, n->min);
        put(re, n->max);
        emit_one(p, n->body);
        return;
    }
    int32_t end = 0;
    if (n->how == RE_POSSESSIVE) {
        put(re, RE_ATOMIC);
        end = put(re, 0);
    }
    emit_loop(p, n);
    if (n->how == RE_POSSESSIVE) {
        put(re, RE_END);
        re->code[end] = re->len;
    }
}

/* SPLIT second; first; JUMP end; second: … */
static void emit_branches(Parser *p, const Node *n)
{
    art_regex *re = p->re;

    if (!n->no) {
        emit_all(p, n->body);
        return;
    }
    put(re, RE_SPLIT);
    int32_t other = put(re, 0);
    emit_all(p, n->body);
    put(re, RE_JUMP);
    int32_t end = put(re, 0);
    re->code[other] = re->len;
    emit_branches(p, n->no);
    re->code[end] = re->len;
}

static void emit_look(Parser *p, const Node *n)
{
    art_regex *re = p->re;
    Width w = width_of_all(p, n->body);

    if (n->is_behind && w.min != w.max) {
        fail_at(p, -1, "look-behind requires fixed-width pattern");
        return;
    }
    put(re, RE_LOOK);
    put(re, n->is_not);
    put(re, n->is_behind ? (int32_t)w.min : -1);
    int32_t end = put(re, 0);
    emit_all(p, n->body);
    put(re, RE_END);
    re->code[end] = re->len;
}

static void emit_node(Parser *p, const Node *n)
{
    art_regex *re = p->re;
    int32_t end, other;

    switch (n->kind) {
    case N_LIT:
    case N_ANY:
    case N_SET: emit_one(p, n); break;
    case N_AT:
        put(re, RE_AT);
        put(re, n->value);
        break;
    case N_REF:
        put(re, RE_REF);
        put(re, n->value);
        put(re, n->flags);
        break;
    case N_GROUP:
        if (n->value) {
            put(re, RE_SAVE);
            put(re, 2 * n->value);
        }
        emit_all(p, n->body);
        if (n->value) {
            put(re, RE_SAVE);
            put(re, 2 * n->value + 1);
        }
        break;
    case N_ATOMIC:
        put(re, RE_ATOMIC);
        end = put(re, 0);
        emit_all(p, n->body);
        put(re, RE_END);
        re->code[end] = re->len;
        break;
    case N_LOOK: emit_look(p, n); break;
    case N_COND:
        put(re, RE_COND);
        put(re, n->value);
        other = put(re, 0);
        emit_all(p, n->body);
        put(re, RE_JUMP);
        end = put(re, 0);
        re->code[other] = re->len;
        emit_all(p, n->no);
        re->code[end] = re->len;
        break;
    case N_BRANCH: emit_branches(p, n); break;
    case N_REPEAT: emit_repeat(p, n); break;
    }
}

static void emit_all(Parser *p, const Node *n)
{
    for (; n && !p->failed; n = n->next)
        emit_node(p, n);
}

/* The first byte of a match, if the pattern begins with a letter that stands for itself. */
static int32_t first_byte(const art_regex *re)
{
    const int32_t *pc = re->code;
    char text[4];

    while (*pc == RE_SAVE)
        pc += 2;
    if (*pc == RE_REPEAT && pc[2] > 0)
        pc += 4;
    if (*pc != RE_LIT)
        return -1;
    if (re->is_bytes)
        return pc[1];
    art__utf8_put(text, pc[1]);
    return (unsigned char)text[0];
}

/* Adds the bytes that a match of what stands at pc can begin with; false: it can be empty, or nothing is known. */
static bool find_starts(art_regex *re, int32_t pc, int depth)
{
    const int32_t *code = re->code + pc;
    char text[4];

    switch (depth > 50 ? RE_MATCH : (ReOp)*code) {
    case RE_LIT:
        if (!re->is_bytes)
            art__utf8_put(text, code[1]);
        re->starts[re->is_bytes ? code[1] : (unsigned char)text[0]] = true;
        return true;
    case RE_LIT_I:
    case RE_SET: /* what is not ASCII may be anything */
        for (int c = 0; c < 256; c++)
            re->starts[c] |= (c >= 0x80 && !re->is_bytes) ||
                             (*code == RE_SET ? re->sets[code[1]].low[c >> 5] >> (c & 31) & 1
                                              : code[1] >= 0x80 || art__regex_lower(c, 0) == code[1]);
        return true;
    case RE_REPEAT: return code[2] > 0 && find_starts(re, pc + 4, depth + 1);
    case RE_SAVE:
    case RE_AT: return find_starts(re, pc + 2, depth + 1);
    case RE_ATOMIC: return find_starts(re, pc + 2, depth + 1);
    case RE_LOOP_BEGIN: return code[4] > 0 && find_starts(re, pc + 10, depth + 1);
    case RE_SPLIT: return find_starts(re, pc + 2, depth + 1) && find_starts(re, code[1], depth + 1);
    case RE_JUMP: return find_starts(re, code[1], depth + 1);
    default: return false;
    }
}

/* -- all of it ---------------------------------------------------------------------------------------------------------------------------- */

void art__regex_free(art_regex *re)
{
    for (int32_t i = 0; i < re->groups; i++)
        art_release(re->names[i]);
    art_resize(re->names, (size_t)re->groups * sizeof *re->names, 0);
    art_resize(re->code, (size_t)re->cap * sizeof *re->code, 0);
    art_resize(re->sets, (size_t)re->set_cap * sizeof *re->sets, 0);
    art_resize(re->ranges, (size_t)re->range_cap * sizeof *re->ranges, 0);
    art_free(re, sizeof *re);
}

static void end_parse(Parser *p)
{
    while (p->nodes) {
        Node *n = p->nodes;
        p->nodes = n->before;
        art_free(n, sizeof *n);
    }
    p->re->names =
        art_resize(p->re->names, (size_t)p->cap * sizeof *p->re->names, (size_t)p->re->groups * sizeof *p->re->names);
    art_resize(p->is_open, (size_t)p->cap, 0);
}

art_regex *art__regex_parse(const char *text, int64_t size, bool is_bytes, int64_t flags, ReError *error)
{
    Parser p = {.text = text, .size = size, .is_bytes = is_bytes, .next = -1, .error = error, .behind = -1, .cap = 8};
    art_regex *re = p.re = art_alloc(sizeof *re);

    p.flags = (int32_t)flags | (is_bytes || (flags & RE_ASCII) ? 0 : RE_UNICODE);
    re->is_bytes = is_bytes;
    re->names = art_resize(NULL, 0, (size_t)p.cap * sizeof *re->names);
    p.is_open = art_resize(NULL, 0, (size_t)p.cap);
    memset(p.is_open, 0, (size_t)p.cap);
    re->names[0] = NULL;
    re->groups = 1;
    advance(&p);
    Sequence all = parse_branches(&p, p.flags, 0);
    if (!p.failed && p.next == ')')
        fail(&p, 0, "unbalanced parenthesis");
    if (!p.failed && p.cond >= re->groups)
        fail_at(&p, p.cond_pos, "invalid group reference %d", p.cond);
    re->flags = p.flags;
    emit_all(&p, all.first);
    put(re, RE_MATCH);
    if (!p.failed) {
        re->first = first_byte(re);
        re->has_starts = find_starts(re, 0, 0);
    }
    end_parse(&p);
    if (!p.failed)
        return re;
    art__regex_free(re);
    return NULL;
}
