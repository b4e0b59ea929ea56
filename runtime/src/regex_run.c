/* The machine that runs a regular expression's program: it goes on as long as things match, and keeps on a stack of its own where else
 * it could have gone and what it has overwritten since, so that neither long texts nor deep repetition need the C stack. */
#include "regex.h"

/* -- characters ---------------------------------------------------------------------------------------------------------------- */

static bool is_word(int32_t c, int32_t flags)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!(flags & RE_UNICODE))
        return false;
    return art__char_flags(c) & (ART_CHAR_ALPHA | ART_CHAR_DECIMAL | ART_CHAR_DIGIT | ART_CHAR_NUMERIC);
}

static bool is_space(int32_t c, int32_t flags)
{
    if (c < 0x80 && !(flags & RE_UNICODE))
        return c == ' ' || (c >= '\t' && c <= '\r');
    return (flags & RE_UNICODE) && (art__char_flags(c) & ART_CHAR_SPACE);
}

static bool is_digit(int32_t c, int32_t flags)
{
    if (c < 0x80)
        return c >= '0' && c <= '9';
    return (flags & RE_UNICODE) && (art__char_flags(c) & ART_CHAR_DECIMAL);
}

bool art__regex_class(ReClass which, int32_t c, int32_t flags)
{
    switch (which) {
    case RE_DIGIT: return is_digit(c, flags);
    case RE_NOT_DIGIT: return !is_digit(c, flags);
    case RE_SPACE: return is_space(c, flags);
    case RE_NOT_SPACE: return !is_space(c, flags);
    case RE_WORD: return is_word(c, flags);
    default: return !is_word(c, flags);
    }
}

int32_t art__regex_lower(int32_t c, int32_t flags)
{
    int32_t to[3];

    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return (flags & RE_UNICODE) && art__char_lower(c, to) == 1 ? to[0] : c;
}

int32_t art__regex_upper(int32_t c, int32_t flags)
{
    int32_t to[3];

    if (c < 0x80)
        return c >= 'a' && c <= 'z' ? c - 32 : c;
    return (flags & RE_UNICODE) && art__char_upper(c, to) == 1 ? to[0] : c;
}

/* The same letter: ſ is an s, for their upper case is the same. */
static bool is_same_letter(int32_t a, int32_t lower, int32_t flags)
{
    return art__regex_lower(a, flags) == lower ||
           (a >= 0x80 && art__regex_upper(a, flags) == art__regex_upper(lower, flags)) ||
           (lower >= 0x80 && art__regex_upper(a, flags) == art__regex_upper(lower, flags));
}

static bool in_ranges(const art_regex *re, const ReSet *set, int32_t c)
{
    for (int32_t i = 0; i < set->count; i++) {
        ReRange range = re->ranges[set->first + i];
        if (range.lo < 0 ? art__regex_class((ReClass)range.hi, c, set->flags) : c >= range.lo && c <= range.hi)
            return true;
    }
    return false;
}

bool art__regex_in_set(const art_regex *re, const ReSet *set, int32_t c)
{
    bool found = in_ranges(re, set, c);

    if (!found && (set->flags & RE_IGNORECASE)) {
        int32_t lower = art__regex_lower(c, set->flags), upper = art__regex_upper(lower, set->flags);
        found = in_ranges(re, set, lower) || in_ranges(re, set, upper) ||
                in_ranges(re, set, art__regex_lower(upper, set->flags));
    }
    return found != set->is_negated;
}

/* -- the machine ------------------------------------------------------------------------------------------------------------------ */

typedef enum ReBack {
    BACK_GO,   /* go on at pc, from pos */
    BACK_UNDO, /* slot pc held pos */
    BACK_LESS, /* a greedy repetition that ended at pos: one less, down to limit */
    BACK_MORE, /* a lazy repetition that ended at pos: one more, `limit` times at most; pc: its instruction */
} ReBack;

typedef struct ReWay {
    int32_t pc;
    ReBack kind;
    int64_t pos, limit;
} ReWay;

typedef struct Machine {
    const art_regex *re;
    ReSubject s;
    ReMode mode;
    int64_t start, not_empty_at;
    int64_t *slots;
    ReWay *ways, *few_ways; /* the first stands on the C stack */
    int64_t len, cap;
} Machine;

static ART_COLD void grow_ways(Machine *m)
{
    size_t size = (size_t)m->cap * sizeof *m->ways;
    ReWay *ways = art_resize(m->ways == m->few_ways ? NULL : m->ways, size, 2 * size);

    if (m->ways == m->few_ways)
        memcpy(ways, m->few_ways, size);
    m->ways = ways;
    m->cap *= 2;
}

static inline void push(Machine *m, ReWay way)
{
    if (m->len == m->cap)
        grow_ways(m);
    m->ways[m->len++] = way;
}

static void set_slot(Machine *m, int32_t slot, int64_t value)
{
    if (m->slots[slot] == value)
        return;
    push(m, (ReWay){slot, BACK_UNDO, m->slots[slot], 0});
    m->slots[slot] = value;
}

/* Does the instruction at pc match the character at *pos? Then *pos moves on. */
static inline bool match_one(const Machine *m, const int32_t *pc, int64_t *pos)
{
    if (*pos >= m->s.end)
        return false;
    int64_t next = *pos;
    int32_t c = art__regex_decode(m->s.text, &next, m->s.is_bytes);
    bool is_match = true;
    switch ((ReOp)pc[0]) {
    case RE_LIT: is_match = c == pc[1]; break;
    case RE_LIT_I: is_match = is_same_letter(c, pc[1], m->re->flags); break;
    case RE_NOT: is_match = c != pc[1]; break;
    case RE_NOT_I: is_match = !is_same_letter(c, pc[1], m->re->flags); break;
    case RE_ANY: is_match = c != '\n'; break;
    case RE_SET: {
        const ReSet *set = &m->re->sets[pc[1]];
        is_match = c < 256 ? set->low[c >> 5] >> (c & 31) & 1 : art__regex_in_set(m->re, set, c);
        break;
    }
    default: break;
    }
    if (is_match)
        *pos = next;
    return is_match;
}

static int32_t one_size(int32_t op)
{
    return op == RE_ANY || op == RE_ALL ? 1 : 2;
}

static bool word_at(const Machine *m, int64_t pos, bool before)
{
    if (before ? pos <= 0 : pos >= m->s.end)
        return false;
    if (before)
        do
            pos--;
        while (!m->s.is_bytes && pos > 0 && ((unsigned char)m->s.text[pos] & 0xc0) == 0x80);
    return is_word(art__regex_decode(m->s.text, &pos, m->s.is_bytes), m->re->flags);
}

static bool is_at(const Machine *m, ReAt what, int64_t pos)
{
    switch (what) {
    case RE_AT_BEGIN: return pos == 0;
    case RE_AT_BEGIN_LINE: return pos == 0 || m->s.text[pos - 1] == '\n';
    case RE_AT_END: return pos == m->s.end || (pos + 1 == m->s.end && m->s.text[pos] == '\n');
    case RE_AT_END_LINE: return pos == m->s.end || m->s.text[pos] == '\n';
    case RE_AT_END_TEXT: return pos == m->s.end;
    case RE_AT_WORD_EDGE: return m->s.end > 0 && word_at(m, pos, true) != word_at(m, pos, false);
    default: return m->s.end > 0 && word_at(m, pos, true) == word_at(m, pos, false);
    }
}

static bool match_again(const Machine *m, int32_t group, int32_t flags, int64_t *pos)
{
    int64_t from = m->slots[2 * group], to = m->slots[2 * group + 1], at = *pos;

    if (from < 0 || to < 0)
        return false;
    if (!(flags & RE_IGNORECASE)) {
        if (to - from > m->s.end - at || memcmp(m->s.text + from, m->s.text + at, (size_t)(to - from)) != 0)
            return false;
        *pos = at + (to - from);
        return true;
    }
    while (from < to) {
        if (at >= m->s.end)
            return false;
        int32_t wanted = art__regex_decode(m->s.text, &from, m->s.is_bytes),
                c = art__regex_decode(m->s.text, &at, m->s.is_bytes);
        if (art__regex_lower(wanted, flags) != art__regex_lower(c, flags))
            return false;
    }
    *pos = at;
    return true;
}

/* Forgets the ways that were opened since `base`, but not what must be put back. */
static void keep_undo(Machine *m, int64_t base)
{
    int64_t to = base;

    for (int64_t i = base; i < m->len; i++)
        if (m->ways[i].kind == BACK_UNDO)
            m->ways[to++] = m->ways[i];
    m->len = to;
}

static void undo(Machine *m, int64_t base)
{
    while (m->len > base) {
        ReWay way = m->ways[--m->len];
        if (way.kind == BACK_UNDO)
            m->slots[way.pc] = way.pos;
    }
}

static int64_t step_back(const Machine *m, int64_t pos)
{
    do
        pos--;
    while (!m->s.is_bytes && ((unsigned char)m->s.text[pos] & 0xc0) == 0x80);
    return pos;
}

/* Takes up the last way that was left open; false: there is none. */
static bool go_back(Machine *m, int64_t base, int32_t *pc, int64_t *pos)
{
    while (m->len > base) {
        ReWay *way = &m->ways[m->len - 1];
        if (way->kind == BACK_UNDO) {
            m->slots[way->pc] = way->pos;
            m->len--;
        } else if (way->kind == BACK_GO) {
            *pc = way->pc;
            *pos = way->pos;
            m->len--;
            return true;
        } else if (way->kind == BACK_LESS) {
            *pc = way->pc;
            *pos = way->pos = step_back(m, way->pos);
            if (way->pos <= way->limit)
                m->len--;
            return true;
        } else {
            const int32_t *one = m->re->code + way->pc + 4;
            int64_t at = way->pos;
            if (way->limit == 0 || !match_one(m, one, &at)) {
                m->len--;
                continue;
            }
            *pc = way->pc + 4 + one_size(*one);
            *pos = way->pos = at;
            way->limit -= way->limit > 0;
            return true;
        }
    }
    return false;
}

/* Over all ASCII characters of the set. */
static int64_t skip_ascii(const Machine *m, const ReSet *set, int64_t at)
{
    const unsigned char *text = (const unsigned char *)m->s.text;

    while (at < m->s.end && text[at] < 0x80 && (set->low[text[at] >> 5] >> (text[at] & 31) & 1))
        at++;
    return at;
}

/* A repetition of one character; false: not even as often as it must. */
static bool repeat_one(Machine *m, int32_t pc, int64_t *pos)
{
    const int32_t *code = m->re->code + pc;
    int32_t how = code[1], min = code[2], max = code[3], next = pc + 4 + one_size(code[4]);
    int64_t at = *pos, least, count = 0;

    while (count < min) {
        if (!match_one(m, code + 4, &at))
            return false;
        count++;
    }
    least = at;
    if (how == RE_LAZY) {
        if (max < 0 || count < max)
            push(m, (ReWay){pc, BACK_MORE, at, max < 0 ? -1 : max - count});
    } else {
        if (code[4] == RE_ALL && max < 0)
            at = m->s.end;
        else if (code[4] == RE_SET && max < 0)
            at = skip_ascii(m, &m->re->sets[code[5]], at);
        while ((max < 0 || count < max) && match_one(m, code + 4, &at))
            count++;
        if (how == RE_GREEDY && at > least)
            push(m, (ReWay){next, BACK_LESS, at, least});
    }
    *pos = at;
    return true;
}

static bool run(Machine *m, int32_t pc, int64_t *place);

/* The body of an assertion or an atomic group, by itself. */
static bool run_apart(Machine *m, int32_t pc, int64_t *pos, bool keeps)
{
    int64_t base = m->len;
    bool found = run(m, pc, pos);

    if (found && keeps)
        keep_undo(m, base);
    else
        undo(m, base);
    return found;
}

static bool look(Machine *m, int32_t pc, int64_t pos)
{
    const int32_t *code = m->re->code + pc;
    bool is_not = code[1];

    for (int32_t i = 0; i < code[2]; i++) {
        if (pos <= 0)
            return is_not;
        pos = step_back(m, pos);
    }
    return run_apart(m, pc + 4, &pos, !is_not) != is_not;
}

/* One more round, or on behind the loop? A round that began where the last one began would never end. */
static int32_t loop(Machine *m, int32_t pc, int64_t pos)
{
    const int32_t *code = m->re->code + pc;
    int32_t reg = code[1], min = code[2], max = code[3], out = code[5], body = pc + 8;
    int64_t count = m->slots[reg];
    bool may_go_on = (max < 0 || count < max) && m->slots[reg + 1] != pos;

    if (count < min) {
        set_slot(m, reg, count + 1);
        return body;
    }
    if (code[4]) {
        if (may_go_on)
            push(m, (ReWay){pc + 6, BACK_GO, pos, 0});
        return out;
    }
    if (!may_go_on)
        return out;
    push(m, (ReWay){out, BACK_GO, pos, 0});
    set_slot(m, reg, count + 1);
    set_slot(m, reg + 1, pos);
    return body;
}

static bool is_accepted(const Machine *m, int64_t pos)
{
    return !(m->mode == RE_WHOLE && pos != m->s.end) && !(pos == m->not_empty_at && m->start == pos);
}

static bool run(Machine *m, int32_t pc, int64_t *place)
{
    const int32_t *code = m->re->code;
    int64_t pos = *place, base = m->len;
    int32_t last = 2 * m->re->groups;

    for (;;) {
        bool ok = true;
        switch ((ReOp)code[pc]) {
        case RE_LIT:
        case RE_LIT_I:
        case RE_NOT:
        case RE_NOT_I:
        case RE_SET:
            ok = match_one(m, code + pc, &pos);
            pc += 2;
            break;
        case RE_ANY:
        case RE_ALL:
            ok = match_one(m, code + pc, &pos);
            pc += 1;
            break;
        case RE_REPEAT:
            ok = repeat_one(m, pc, &pos);
            pc += 4 + one_size(code[pc + 4]);
            break;
        case RE_SPLIT:
            push(m, (ReWay){code[pc + 1], BACK_GO, pos, 0});
            pc += 2;
            break;
        case RE_JUMP: pc = code[pc + 1]; break;
        case RE_SAVE:
            set_slot(m, code[pc + 1], pos);
            if (code[pc + 1] % 2 && code[pc + 1] > 1)
                set_slot(m, last, code[pc + 1] / 2);
            pc += 2;
            break;
        case RE_AT:
            ok = is_at(m, (ReAt)code[pc + 1], pos);
            pc += 2;
            break;
        case RE_REF:
            ok = match_again(m, code[pc + 1], code[pc + 2], &pos);
            pc += 3;
            break;
        case RE_LOOP_BEGIN:
            set_slot(m, code[pc + 1], 0);
            set_slot(m, code[pc + 1] + 1, -1);
            pc += 2;
            break;
        case RE_LOOP: pc = loop(m, pc, pos); break;
        case RE_LOOP_MORE:
            set_slot(m, code[pc + 1], m->slots[code[pc + 1]] + 1);
            set_slot(m, code[pc + 1] + 1, pos);
            pc += 2;
            break;
        case RE_ATOMIC:
            ok = run_apart(m, pc + 2, &pos, true);
            pc = code[pc + 1];
            break;
        case RE_LOOK:
            ok = look(m, pc, pos);
            pc = code[pc + 3];
            break;
        case RE_COND: pc = m->slots[2 * code[pc + 1] + 1] >= 0 ? pc + 3 : code[pc + 2]; break;
        case RE_END: *place = pos; return true;
        case RE_MATCH:
            ok = is_accepted(m, pos);
            if (ok) {
                *place = pos;
                return true;
            }
            break;
        }
        if (!ok && !go_back(m, base, &pc, &pos))
            return false;
    }
}

static bool try_at(Machine *m, int64_t start, int64_t *spans)
{
    int32_t count = 2 * m->re->groups + 1;
    int64_t end = start;

    for (int32_t i = 0; i < count + m->re->registers; i++)
        m->slots[i] = -1;
    m->len = 0;
    m->start = start;
    if (!run(m, 0, &end))
        return false;
    memcpy(spans, m->slots, (size_t)count * sizeof *spans);
    spans[0] = start;
    spans[1] = end;
    return true;
}

/* Where to try next: at `at` or behind it; -1: nowhere. */
static int64_t next_start(const Machine *m, int64_t at)
{
    if (m->re->first < 0 && m->re->has_starts) {
        while (at < m->s.end && !m->re->starts[(unsigned char)m->s.text[at]])
            at++;
        return at < m->s.end ? at : -1;
    }
    if (m->re->first < 0)
        return at;
    const char *found = at < m->s.end ? memchr(m->s.text + at, m->re->first, (size_t)(m->s.end - at)) : NULL;
    return found ? found - m->s.text : -1;
}

bool art__regex_run(const art_regex *re, ReSubject subject, int64_t start, ReMode mode, int64_t not_empty_at,
                    int64_t *spans)
{
    int64_t few[64], count = 2 * re->groups + 1 + re->registers;
    ReWay few_ways[64];
    Machine m = {.re = re,
                 .s = subject,
                 .mode = mode,
                 .not_empty_at = not_empty_at,
                 .ways = few_ways,
                 .few_ways = few_ways,
                 .cap = 64};
    bool found = false;

    m.slots = count <= ART_ARRAY_LEN(few) ? few : art_alloc((size_t)count * sizeof *m.slots);
    if (mode != RE_SEARCH) {
        found = try_at(&m, start, spans);
    } else {
        for (int64_t at = next_start(&m, start); at >= 0 && at <= subject.end; at = next_start(&m, at)) {
            found = try_at(&m, at, spans);
            if (found || at == subject.end)
                break;
            (void)art__regex_decode(subject.text, &at, subject.is_bytes);
        }
    }
    if (m.ways != few_ways)
        art_resize(m.ways, (size_t)m.cap * sizeof *m.ways, 0);
    if (m.slots != few)
        art_free(m.slots, (size_t)count * sizeof *m.slots);
    return found;
}
