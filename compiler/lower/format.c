/* Text: f-strings, print, the % operator, str() and repr().
 *
 *     f"{name!r} has {n:3d}"       FORMAT "%r has %{3d}i" (name, n)
 *     print("n =", n)              FORMAT "n = %i\n" (n), of type None
 *     f"{x:{w}}"                   the specification is text, made when run: int_format(x, spec)
 *
 * What a directive is called follows from the type of its value (art/format.h). Constant text and f-strings in a print go into its
 * own format, so that the call reads as the print does. */
#include "lower/internal.h"

#include "base/text.h"

typedef struct Format {
    Lower *l;
    Text text;
    Operands values;
} Format;

static Format format_begin(Lower *l)
{
    return (Format){.l = l, .text = text_make(l->arena)};
}

static void add_text(Format *f, const char *text, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        if (text[i] == '\0') { /* through %s: a format ends with its NUL */
            text_append(&f->text, "%s");
            operands_add(f->l, &f->values, e_str(f->l, text + i, 1));
            continue;
        }
        if (text[i] == '%')
            text_char(&f->text, '%');
        text_char(&f->text, text[i]);
    }
}

static void add_c_text(Format *f, const char *text)
{
    add_text(f, text, (uint32_t)strlen(text));
}

/* -- directives --------------------------------------------------------------------------------------------------------------------- */

static bool is_text(const Type *t)
{
    return t->kind == TYPE_STR || (types_is_nullable(t) && (t->args[0]->kind == TYPE_STR || t->args[1]->kind == TYPE_STR));
}

static char directive_of(const Type *t, bool is_repr)
{
    switch (t->kind) {
    case TYPE_INT:
        return 'i';
    case TYPE_FLOAT:
        return 'f';
    case TYPE_BOOL:
        return 'b';
    default:
        if (is_text(t))
            return is_repr ? 'r' : 's';
        return is_repr ? 'V' : 'v';
    }
}

/* A format in the format: its text and values become part of this one. */
static void splice(Format *f, const IrExpr *e)
{
    text_append(&f->text, e->as.format);
    for (uint32_t i = 0; i < e->args.len; i++)
        operands_add(f->l, &f->values, e->args.items[i]);
}

static bool has_nul(const IrExpr *e)
{
    return memchr(e->as.str.text, '\0', e->as.str.len) != NULL;
}

static void add_value(Format *f, IrExpr *e, bool is_repr, const char *spec)
{
    char directive = directive_of(e->type, is_repr);

    if (!is_repr && !spec && e->kind == IR_STR && !has_nul(e)) {
        add_text(f, e->as.str.text, e->as.str.len);
        return;
    }
    if (!is_repr && !spec && e->kind == IR_FORMAT && e->type->kind == TYPE_STR) {
        splice(f, e);
        return;
    }
    if (!spec && e->type->kind == TYPE_NONE) {
        emit_eval(f->l, e);
        add_c_text(f, "None");
        return;
    }
    if (spec)
        text_printf(&f->text, "%%{%s}%c", spec, directive);
    else
        text_printf(&f->text, "%%%c", directive);
    operands_add(f->l, &f->values, e);
}

static IrExpr *format_end(Format *f, Type *type)
{
    Lower *l = f->l;
    IrExpr *e = e_new(l, IR_FORMAT, type);

    operands_settle(l, &f->values);
    e->as.format = text_string(&f->text);
    for (uint32_t i = 0; i < f->values.items.len; i++)
        add_arg(l, e, f->values.items.items[i].value);
    return e;
}

/* -- str and repr ------------------------------------------------------------------------------------------------------------------------ */

static IrExpr *choose_text(Lower *l, IrExpr *cond)
{
    IrExpr *e = e_new(l, IR_SELECT, t_str(l));

    add_arg(l, e, cond);
    add_arg(l, e, e_str(l, "True", 4));
    add_arg(l, e, e_str(l, "False", 5));
    return e;
}

static IrExpr *plain_text(Lower *l, IrExpr *e)
{
    switch (e->type->kind) {
    case TYPE_INT:
        return RUNTIME(l, "art_int_str", 0, t_str(l), e);
    case TYPE_FLOAT:
        return RUNTIME(l, "art_float_repr", 0, t_str(l), e);
    case TYPE_BOOL:
        return choose_text(l, e);
    case TYPE_NONE:
        emit_eval(l, e);
        return e_str(l, "None", 4);
    default:
        return NULL;
    }
}

IrExpr *str_of(Lower *l, IrExpr *e)
{
    IrExpr *plain = e->type->kind == TYPE_STR ? e : plain_text(l, e);

    return plain ? plain : e_op(l, IR_OP_SLOT_STR, t_str(l), e, NULL);
}

IrExpr *repr_of(Lower *l, IrExpr *e)
{
    IrExpr *plain = e->type->kind == TYPE_STR ? RUNTIME(l, "art_str_repr", 0, t_str(l), e) : plain_text(l, e);

    return plain ? plain : e_op(l, IR_OP_SLOT_REPR, t_str(l), e, NULL);
}

/* -- f-strings ------------------------------------------------------------------------------------------------------------------------------ */

/* The text of a specification without fields, or NULL. A brace would end it too early. */
static const char *constant_spec(Lower *l, const Node *spec)
{
    Text text = text_make(l->arena);

    for (uint32_t i = 0; i < spec->as.fstring.parts.len; i++) {
        const FPart *part = &spec->as.fstring.parts.items[i];
        if (part->expr || memchr(part->text, '}', part->len) || memchr(part->text, '\0', part->len))
            return NULL;
        text_append_n(&text, part->text, part->len);
    }
    return text_string(&text);
}

static const char *format_function(const Type *t)
{
    switch (t->kind) {
    case TYPE_INT:
        return "art_int_format";
    case TYPE_FLOAT:
        return "art_float_format";
    case TYPE_BOOL:
        return "art_bool_format";
    case TYPE_STR:
        return "art_str_format_spec";
    default:
        return NULL;
    }
}

IrExpr *format_value(Lower *l, IrExpr *value, IrExpr *spec)
{
    const char *function = format_function(value->type);

    if (function)
        return RUNTIME(l, function, RT_RAISES, t_str(l), value, spec);
    return e_op(l, IR_OP_SLOT_FORMAT, t_str(l), value, spec);
}

/* With a conversion the value is its text from then on. */
static IrExpr *converted(Lower *l, const FPart *part, IrExpr *e)
{
    switch (part->conversion) {
    case 'r':
        return repr_of(l, e);
    case 's':
        return str_of(l, e);
    case 'a':
        return RUNTIME(l, "art_str_escape", 0, t_str(l), repr_of(l, e));
    default:
        return e;
    }
}

static bool has_own_format(Lower *l, const Type *t)
{
    return t->kind == TYPE_CLASS && !t->cls->is_library && class_method(l->inf, t->cls, name_of(l, "__format__"));
}

static void add_field(Format *f, const FPart *part)
{
    Lower *l = f->l;
    IrExpr *e = expr(l, part->expr);
    const char *spec = part->spec ? constant_spec(l, part->spec) : NULL;

    if (!part->spec && !part->conversion && has_own_format(l, e->type)) {
        add_value(f, format_value(l, e, e_str(l, "", 0)), false, NULL);
        return;
    }
    if (!part->spec && part->conversion != 'a' && !has_own_format(l, e->type)) {
        add_value(f, e, part->conversion == 'r', NULL);
        return;
    }
    e = converted(l, part, e);
    if (!part->spec) {
        add_value(f, e, false, NULL);
    } else if (spec && format_function(e->type)) {
        add_value(f, e, false, *spec ? spec : NULL);
    } else {
        Operands ops = {0};
        operands_add(l, &ops, e);
        operands_add(l, &ops, lower_fstring(l, part->spec));
        operands_settle(l, &ops);
        add_value(f, format_value(l, ops.items.items[0].value, ops.items.items[1].value), false, NULL);
    }
}

static bool is_plain_text(const Node *n)
{
    for (uint32_t i = 0; i < n->as.fstring.parts.len; i++)
        if (n->as.fstring.parts.items[i].expr)
            return false;
    return true;
}

static IrExpr *joined_text(Lower *l, const Node *n)
{
    Text text = text_make(l->arena);

    for (uint32_t i = 0; i < n->as.fstring.parts.len; i++)
        text_append_n(&text, n->as.fstring.parts.items[i].text, n->as.fstring.parts.items[i].len);
    return e_str(l, text_string(&text), (uint32_t)text.len);
}

IrExpr *lower_fstring(Lower *l, Node *n)
{
    Format f = format_begin(l);

    if (is_plain_text(n))
        return joined_text(l, n);
    for (uint32_t i = 0; i < n->as.fstring.parts.len; i++) {
        const FPart *part = &n->as.fstring.parts.items[i];
        if (part->text)
            add_text(&f, part->text, part->len);
        if (part->expr)
            add_field(&f, part);
    }
    return format_end(&f, t_str(l));
}

/* -- print ------------------------------------------------------------------------------------------------------------------------------------ */

typedef struct PrintOptions {
    Node *sep, *end, *file, *flush;
    bool has_star;
} PrintOptions;

static PrintOptions print_options(const Node *n)
{
    PrintOptions o = {0};

    for (uint32_t i = 0; i < n->as.call.args.len; i++) {
        const Arg *arg = &n->as.call.args.items[i];
        o.has_star |= arg->kind == ARG_STAR;
        if (arg->kind != ARG_KEYWORD)
            continue;
        Node **slot = strcmp(arg->name, "sep") == 0 ? &o.sep : strcmp(arg->name, "end") == 0 ? &o.end
                      : strcmp(arg->name, "file") == 0 ? &o.file : &o.flush;
        *slot = arg->value;
    }
    if (o.sep && o.sep->kind == NODE_NONE)
        o.sep = NULL;
    if (o.end && o.end->kind == NODE_NONE)
        o.end = NULL;
    return o;
}

/* A separator is constant text, or was evaluated after the values and stands in a variable. */
static IrExpr *option_text(Lower *l, Node *n)
{
    return to_simple(l, expr_to(l, n, t_str(l)), "text");
}

static void append_printed(Lower *l, void *ctx, IrExpr *elem)
{
    append_to(l, ctx, elem);
}

/* print(*values): how many there are is known when it runs. */
static void print_list(Lower *l, Node *n, const Callee *callee, const PrintOptions *o)
{
    IrVar *values = hidden_var(l, "values", t_of(l, TYPE_LIST, t_any(l)));
    IrExpr *stream = o->file && o->file->kind != NODE_NONE ? to_simple(l, expr(l, o->file), "file") : e_op(l, IR_OP_STDOUT, t_any(l), NULL, NULL);

    emit_set(l, values, empty_of(l, values->type));
    for (uint32_t i = 0; i < n->as.call.args.len; i++) {
        const Arg *arg = &n->as.call.args.items[i];
        if (arg->kind == ARG_STAR)
            loop_over(l, iteration_at(l, arg->value), NULL, append_printed, values);
        else if (arg->kind == ARG_POSITIONAL)
            append_to(l, values, expr(l, arg->value));
    }
    IrExpr *sep = o->sep ? option_text(l, o->sep) : e_str(l, " ", 1), *end = o->end ? option_text(l, o->end) : e_str(l, "\n", 1);
    if (callee->init) {
        IrExpr *text = to_simple(l, RUNTIME(l, "art_print_text", RT_RAISES, t_str(l), e_read(l, values), sep, end), "text");
        emit_eval(l, call_with(l, callee->init, stream, &text, 1));
    } else {
        emit_eval(l, RUNTIME(l, "art_print_list", RT_RAISES, t_none(l), stream, e_read(l, values), sep, end));
    }
}

static void add_separator(Format *f, Node *sep, IrExpr *text)
{
    if (!sep)
        add_c_text(f, " ");
    else
        add_value(f, text, false, NULL);
}

static IrExpr *print_format(Lower *l, Node *n, const PrintOptions *o, Type *type)
{
    Operands ops = {0};
    Format f = format_begin(l);
    uint32_t count = 0;

    for (uint32_t i = 0; i < n->as.call.args.len; i++) {
        const Arg *arg = &n->as.call.args.items[i];
        if (arg->kind != ARG_POSITIONAL)
            continue;
        operands_add(l, &ops, expr(l, arg->value));
        count++;
    }
    IrExpr *sep = o->sep ? option_text(l, o->sep) : NULL, *end = o->end ? option_text(l, o->end) : NULL;
    operands_settle(l, &ops);
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            add_separator(&f, o->sep, sep);
        add_value(&f, ops.items.items[i].value, false, NULL);
    }
    if (o->end)
        add_value(&f, end, false, NULL);
    else
        add_c_text(&f, "\n");
    return format_end(&f, type);
}

static void print_to(Lower *l, Node *n, const Callee *callee, const PrintOptions *o)
{
    Operands ops = {0};

    operands_add(l, &ops, expr(l, o->file));
    operands_add(l, &ops, print_format(l, n, o, t_str(l)));
    operands_settle(l, &ops);
    IrExpr *file = ops.items.items[0].value, *text = to_simple(l, ops.items.items[1].value, "text");
    if (callee->init)
        emit_eval(l, call_with(l, callee->init, file, &text, 1));
    else
        emit_eval(l, RUNTIME(l, "art_stream_write", 0, t_int(l), file, text));
}

static void flush_if(Lower *l, Node *flag)
{
    if (!flag || flag->kind == NODE_FALSE)
        return;
    IrExpr *cond = condition(l, flag);
    IrBlock *outer = l->fn->block;
    if (cond->kind != IR_BOOL) {
        IrStmt *test = emit_new(l, IR_IF);
        test->cond = cond;
        enter_block(l, &test->body);
    }
    e_runtime(l, "art_flush", 0, t_none(l), 0, NULL);
    enter_block(l, outer);
}

IrExpr *lower_print(Lower *l, Node *n)
{
    PrintOptions o = print_options(n);
    const Callee *callee = action_at(l, n, ACT_CALL)->callee;

    if (o.has_star)
        print_list(l, n, callee, &o);
    else if (o.file && o.file->kind != NODE_NONE && !is_stdout(l, o.file))
        print_to(l, n, callee, &o);
    else
        emit_set(l, NULL, print_format(l, n, &o, t_none(l)));
    flush_if(l, o.flush);
    return e_none(l, t_none(l));
}

/* sys.stdout itself: as if no file were given. */
bool is_stdout(Lower *l, const Node *n)
{
    return n->kind == NODE_ATTRIBUTE && strcmp(n->as.attribute.name, "stdout") == 0 && type_at(l, n->as.attribute.value)->kind == TYPE_MODULE;
}

/* -- text % values -------------------------------------------------------------------------------------------------------------------------------- */

IrExpr *percent_of(Lower *l, IrExpr *text, IrExpr *values)
{
    IrExpr *array = e_new(l, IR_ARRAY, t_any(l));
    bool is_tuple = values->type->kind == TYPE_TUPLE;
    uint32_t count = is_tuple ? values->type->arg_count : 1;

    if (is_tuple && values->kind != IR_TUPLE)
        values = to_simple(l, values, "tuple");
    for (uint32_t i = 0; i < count; i++)
        add_arg(l, array, box(l, !is_tuple ? values : values->kind == IR_TUPLE ? values->args.items[i] : e_item(l, values, i)));
    return RUNTIME(l, "art_str_mod", RT_RAISES, t_str(l), text, array, e_int(l, count), e_bool(l, is_tuple));
}

IrExpr *lower_percent(Lower *l, Node *n)
{
    Operands ops = {0};

    operands_add(l, &ops, expr(l, n->as.binary.left));
    operands_add(l, &ops, expr(l, n->as.binary.right));
    operands_settle(l, &ops);
    return percent_of(l, ops.items.items[0].value, ops.items.items[1].value);
}
