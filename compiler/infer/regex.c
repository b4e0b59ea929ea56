/* Calls of the module re whose pattern is a constant: what its groups say about types.
 *
 *     re.compile(r"(\w+)=(\d+)")      Pattern[str, str, tuple[str, str]]: each group takes part in every match, findall gives pairs
 *     re.compile(r"(\w+)(=\d+)?")     Pattern[str, Any, tuple[str, str]]: a group may be None
 *     re.compile(text)                Pattern[str, Any, Any]
 *     re.match(r"(\w+)", s)           re.match_sure(…): a Match[str, str]
 *     re.findall(r"\w+", s)           list[str]
 *
 * The pattern is only scanned for its parentheses here; what is wrong with it is said when the program runs. */
#include "infer/internal.h"

#include "base/text.h"

#include <string.h>

typedef struct Shape {
    uint32_t groups;
    bool is_sure; /* every group takes part in every match */
} Shape;

/* -- scanning ----------------------------------------------------------------------------------------------------------------------- */

typedef struct Paren {
    uint32_t first; /* the number that the next group had when it was opened */
    bool has_choice;
} Paren;

typedef struct Scan {
    const char *text;
    uint32_t len, at;
    bool is_verbose;
    Shape shape;
} Scan;

static bool starts(const Scan *s, const char *with)
{
    uint32_t len = (uint32_t)strlen(with);

    return s->at + len <= s->len && memcmp(s->text + s->at, with, len) == 0;
}

static void skip_set(Scan *s)
{
    s->at += starts(s, "[^") ? 2 : 1;
    for (bool is_first = true; s->at < s->len && (is_first || s->text[s->at] != ']'); is_first = false)
        s->at += s->text[s->at] == '\\' ? 2 : 1;
}

static void skip_to(Scan *s, char end)
{
    while (s->at < s->len && s->text[s->at] != end)
        s->at++;
}

/* At an opening parenthesis. A conditional group and what must not match count as choices. */
static Paren open_paren(Scan *s)
{
    Paren p = {s->shape.groups, starts(s, "(?!") || starts(s, "(?<!") || starts(s, "(?(")};

    if (starts(s, "(?("))
        skip_to(s, ')');
    else if (!starts(s, "(?") || starts(s, "(?P<"))
        s->shape.groups++;
    return p;
}

/* Behind a group: may it be left out? */
static bool is_optional(const Scan *s)
{
    uint32_t at = s->at + 1;

    while (s->is_verbose && at < s->len && strchr(" \t\r\n", s->text[at]))
        at++;
    if (at >= s->len)
        return false;
    return s->text[at] == '?' || s->text[at] == '*' ||
           (s->text[at] == '{' && at + 1 < s->len && (s->text[at + 1] == '0' || s->text[at + 1] == ','));
}

static bool has_verbose_flag(const Scan *s)
{
    if (!starts(s, "(?"))
        return false;
    for (uint32_t i = s->at + 2; i < s->len && s->text[i] >= 'a' && s->text[i] <= 'z'; i++)
        if (s->text[i] == 'x')
            return true;
    return false;
}

static Shape shape_of(const char *text, uint32_t len, bool is_verbose)
{
    Scan s = {.text = text, .len = len, .is_verbose = is_verbose, .shape = {0, true}};
    Paren stack[64] = {{0, false}};
    uint32_t depth = 0;

    for (; s.at < len; s.at++) {
        char c = text[s.at];
        if (c == '\\') {
            s.at++;
        } else if (c == '[') {
            skip_set(&s);
        } else if (c == '#' && s.is_verbose) {
            skip_to(&s, '\n');
        } else if (c == '|') {
            stack[depth].has_choice = true;
        } else if (starts(&s, "(?#")) {
            skip_to(&s, ')');
        } else if (c == '(' && depth + 1 < sizeof stack / sizeof *stack) {
            s.is_verbose |= has_verbose_flag(&s);
            stack[++depth] = open_paren(&s);
        } else if (c == ')' && depth > 0) {
            const Paren *p = &stack[depth--];
            bool has_capture = s.shape.groups > p->first;
            if ((is_optional(&s) && has_capture) || (p->has_choice && s.shape.groups > p->first))
                s.shape.is_sure = false;
        }
    }
    if (stack[0].has_choice && s.shape.groups)
        s.shape.is_sure = false;
    return s.shape;
}

/* -- calls ---------------------------------------------------------------------------------------------------------------------------- */

static Node *argument(const Node *n, const char *name, uint32_t place)
{
    uint32_t positional = 0;

    for (uint32_t i = 0; i < n->as.call.args.len; i++) {
        const Arg *arg = &n->as.call.args.items[i];
        if (arg->kind == ARG_KEYWORD ? !strcmp(arg->name, name) : arg->kind == ARG_POSITIONAL && positional++ == place)
            return arg->value;
    }
    return NULL;
}

/* re.I | re.X: each part a name of the module. False: it cannot be told. */
static bool read_flags(const Node *n, bool *is_verbose)
{
    const char *name = !n                          ? ""
                       : n->kind == NODE_NAME      ? n->as.name.name
                       : n->kind == NODE_ATTRIBUTE ? n->as.attribute.name
                                                   : NULL;

    if (!n || n->kind == NODE_INT)
        return !n || n->as.integer.value == 0;
    if (n->kind == NODE_BINARY)
        return read_flags(n->as.binary.left, is_verbose) && read_flags(n->as.binary.right, is_verbose);
    *is_verbose |= name && (!strcmp(name, "X") || !strcmp(name, "VERBOSE"));
    return name && *name >= 'A' && *name <= 'Z';
}

static bool known_shape(const Node *n, Special special, Shape *shape)
{
    const Node *pattern = argument(n, "pattern", 0);
    uint32_t place = special == SPECIAL_RE_COMPILE                             ? 1
                     : special == SPECIAL_RE_SPLIT                             ? 3
                     : special == SPECIAL_RE_SUB || special == SPECIAL_RE_SUBN ? 4
                                                                               : 2;
    bool is_verbose = false;

    if (!pattern || (pattern->kind != NODE_STR && pattern->kind != NODE_BYTES) ||
        !read_flags(argument(n, "flags", place), &is_verbose))
        return false;
    *shape = shape_of(pattern->as.str.text, pattern->as.str.len, is_verbose);
    return true;
}

/* What findall has for each match. */
static Type *found_type(Infer *inf, Type *text, uint32_t groups)
{
    Type **args = arena_array(inf->c->arena, Type *, groups + 1);

    if (groups < 2)
        return text;
    for (uint32_t i = 0; i < groups; i++)
        args[i] = text;
    return types_make(inf->ts, TYPE_TUPLE, inf->classes[TYPE_TUPLE], args, groups);
}

static Symbol *function_named(Infer *inf, const char *name)
{
    ModuleUnit *unit = unit_find(inf->r, "re");

    return unit ? scope_find(unit->scope, intern_text(inf->c->names, name)) : NULL;
}

static Symbol *sure_function(Infer *inf, const char *name)
{
    Text text = text_make(inf->c->arena);

    text_printf(&text, "%s_sure", name);
    return function_named(inf, text_string(&text));
}

/* The call's result is known better than the stub says. */
static Type *refine(Infer *inf, Node *n, Type *result)
{
    if (!inf->silent && inf->inst->actions[n->id])
        inf->inst->actions[n->id]->callee->result = result;
    return result;
}

static Type *infer_compile(Infer *inf, Node *n, bool is_known, Shape shape)
{
    Type *t = call_library_function(inf, n, function_named(inf, "_compile"));

    if (t->kind != TYPE_CLASS)
        return t;
    Type *text = types_find(t->args[0]), *group = node_cell(inf, n, 0), *found = node_cell(inf, n, 1);
    grow_cell(inf, group, is_known && shape.is_sure ? text : plain(inf, TYPE_ANY));
    grow_cell(inf, found, is_known ? found_type(inf, text, shape.groups) : plain(inf, TYPE_ANY));
    return refine(inf, n, types_make(inf->ts, TYPE_CLASS, t->cls, (Type *[]){text, group, found}, 3));
}

Type *infer_regex(Infer *inf, Node *n, Special special)
{
    static const char *const names[] = {
        [SPECIAL_RE_MATCH] = "match",       [SPECIAL_RE_FULLMATCH] = "fullmatch", [SPECIAL_RE_SEARCH] = "search",
        [SPECIAL_RE_FINDITER] = "finditer", [SPECIAL_RE_SPLIT] = "split",         [SPECIAL_RE_SUB] = "sub",
        [SPECIAL_RE_SUBN] = "subn",         [SPECIAL_RE_FINDALL] = "findall"};
    Shape shape = {0};
    bool is_known = known_shape(n, special, &shape);

    if (special == SPECIAL_RE_COMPILE)
        return infer_compile(inf, n, is_known, shape);
    if (special == SPECIAL_RE_FINDALL && is_known) {
        Type *t = call_library_function(inf, n, function_named(inf, "_findall"));
        return t->kind == TYPE_LIST
                   ? refine(inf, n, make1(inf, TYPE_LIST, found_type(inf, types_find(t->args[0]), shape.groups)))
                   : t;
    }
    if (is_known && shape.is_sure)
        return call_library_function(inf, n, sure_function(inf, names[special]));
    return call_library_function(inf, n, function_named(inf, names[special]));
}
