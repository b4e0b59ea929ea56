/* Expressions: a walk that gives C text with the level of its outermost operator, so that parentheses stand where C needs them (or a
 * compiler would ask for them) and nowhere else. */
#include "emit/internal.h"

#include <ctype.h>

static Piece primary(const char *text)
{
    return (Piece){text, PREC_PRIMARY};
}

static Piece postfix(const char *text)
{
    return (Piece){text, PREC_POSTFIX};
}

static const char *paren(Emit *e, Piece piece, Prec at_least)
{
    return piece.prec >= at_least ? piece.text : TEXT(e, "(%s)", piece.text);
}

const char *c_text_of(Emit *e, IrExpr *x, Prec at_least)
{
    return paren(e, c_expr(e, x), at_least);
}

/* -- variables ------------------------------------------------------------------------------------------------------------------- */

bool keeps_in_frame(const Emit *e, const IrVar *var)
{
    return e->in_frame && (var->kind == IR_VAR_PARAM || var->is_kept);
}

/* The variable itself; of a cell, the pointer to it. */
const char *c_holder(Emit *e, const IrVar *var)
{
    if (var->kind == IR_VAR_CAPTURE)
        return TEXT(e, "%s->%s", e->in_frame ? "f->closure" : "closure", var->c_name);
    return keeps_in_frame(e, var) ? TEXT(e, "f->%s", var->c_name) : var->c_name;
}

const char *c_var(Emit *e, const IrVar *var)
{
    return var->is_cell ? TEXT(e, "%s->value", c_holder(e, var)) : c_holder(e, var);
}

const char *c_flag(Emit *e, const IrVar *var)
{
    if (var->is_cell)
        return TEXT(e, "%s->is_set", c_holder(e, var));
    return TEXT(e, "%s_set", c_holder(e, var));
}

const char *c_child(Emit *e, const IrVar *var)
{
    return c_holder(e, var);
}

/* -- places ------------------------------------------------------------------------------------------------------------------------ */

static const char *field_text(Emit *e, const IrPlace *place)
{
    const Type *type = place->object->type;
    const char *object, *path = "";
    const Class *cls = type->kind == TYPE_CLASS ? type->cls : NULL;

    if (types_is_nullable(type))
        cls = type->args[type->args[0]->kind == TYPE_NONE]->cls;
    IrExpr *from = place->object;
    while (from->kind == IR_CONVERT && !from->is_retained && strcmp(c_type(e, from->type), c_type(e, from->args.items[0]->type)) == 0)
        from = from->args.items[0];
    object = c_text_of(e, place->object, PREC_POSTFIX);
    if (from->kind != IR_READ || from->is_retained) /* a function that gives `void *` */
        object = TEXT(e, "((%s)%s)", c_type(e, place->object->type), c_text_of(e, place->object, PREC_UNARY));
    if (!cls || !is_program_class(e, place->cls))
        return TEXT(e, "%s->%s", object, name_of_member(e, place->field->name));
    if (class_derives(cls, place->cls))
        path = field_path(e, cls, place->cls);
    else /* it was narrowed */
        object = TEXT(e, "((%s *)%s)", class_struct(e, place->cls), object);
    return TEXT(e, "%s->%s%s", object, path, name_of_member(e, place->field->name));
}

const char *c_place(Emit *e, const IrPlace *place, Type *type)
{
    switch (place->kind) {
    case IR_PLACE_FIELD:
        return field_text(e, place);
    case IR_PLACE_ITEM:
        return TEXT(e, "%s._%u", c_text_of(e, place->object, PREC_POSTFIX), place->index);
    case IR_PLACE_ELEM:
        return TEXT(e, "art_items(%s, %s)[%s]", c_type(e, type), c_text_of(e, place->object, PREC_ASSIGN),
                    c_text_of(e, place->position, PREC_ASSIGN));
    case IR_PLACE_SLOT: {
        const char *c = c_type(e, type);
        return TEXT(e, "*(%s%s*)%s.%s", c, c[strlen(c) - 1] == '*' ? "" : " ", c_var(e, place->var), place->member);
    }
    default:
        return c_var(e, place->var);
    }
}

static Piece read_place(Emit *e, IrExpr *x)
{
    const IrPlace *place = &x->as.place;
    if (type_is_empty(x->type) && place->kind == IR_PLACE_VAR && place->var->kind == IR_VAR_PARAM)
        return primary("0");
    const char *text = c_place(e, place, x->type);

    if (x->is_moved && place->kind == IR_PLACE_VAR && place->var->kind != IR_VAR_TEMP)
        return postfix(c_moved(e, x->type, text));
    if (place->kind == IR_PLACE_SLOT)
        return (Piece){text, PREC_UNARY};
    return place->kind == IR_PLACE_VAR && !strchr(text, '>') ? primary(text) : postfix(text);
}

/* Can its address be taken? Not of an element: the list may be moved by what is called. */
static bool is_lvalue(const IrExpr *x)
{
    if (x->kind != IR_READ || x->is_retained || x->is_moved || type_is_empty(x->type))
        return false;
    switch (x->as.place.kind) {
    case IR_PLACE_ITEM:
        return is_lvalue(x->as.place.object);
    case IR_PLACE_ELEM:
        return false;
    default:
        return true;
    }
}

const char *c_slot(Emit *e, IrExpr *x)
{
    if (x->kind == IR_READ && x->as.place.kind == IR_PLACE_SLOT && !x->is_retained)
        return TEXT(e, "%s.%s", c_var(e, x->as.place.var), x->as.place.member);
    if (is_lvalue(x))
        return TEXT(e, "&%s", c_text_of(e, x, PREC_UNARY));
    return TEXT(e, "(%s[]){%s}", c_type(e, x->type), c_text_of(e, x, PREC_ASSIGN));
}

/* -- operations ------------------------------------------------------------------------------------------------------------------- */

typedef struct OpText {
    const char *text;
    Prec prec;
} OpText;

static const OpText op_texts[] = {
#define OP(name, operands, raises, precedence, text) {text, PREC_##precedence},
#include "ir/op.def"
#undef OP
};

/* What level the operand at `at` of the template needs. */
static Prec operand_level(const char *template, const char *at, Prec own)
{
    const char *next = at + 2;

    if (strncmp(next, "->", 2) == 0 || *next == '.')
        return PREC_POSTFIX;
    if (own == PREC_POSTFIX)
        return PREC_ASSIGN;
    if (own == PREC_BITAND || own == PREC_BITOR || own == PREC_BITXOR || own == PREC_EQUAL || own == PREC_COMPARE)
        return own == PREC_EQUAL || own == PREC_COMPARE ? PREC_SHIFT : PREC_UNARY; /* compilers ask for these parentheses */
    return at == template ? own : own + 1;
}

static Piece operation(Emit *e, IrExpr *x)
{
    const OpText *op = &op_texts[x->op];
    Text text = text_make(e->arena);

    for (const char *at = op->text; *at; at++) {
        if (*at != '$') {
            text_char(&text, *at);
        } else if (at[1] == 't') {
            text_append(&text, type_ref(e, x->args.items[at[2] - '0']->type));
            at += 2;
        } else if (at[1] == '&') {
            text_append(&text, c_slot(e, x->args.items[at[2] - '0']));
            at += 2;
        } else {
            const char *operand = c_text_of(e, x->args.items[at[1] - '0'], operand_level(op->text, at, op->prec));
            bool runs_in = text.len && text.data[text.len - 1] == '-' && *operand == '-';
            text_printf(&text, runs_in ? "(%s)" : "%s", operand);
            at++;
        }
    }
    if (x->op == IR_OP_STR_APPEND)
        return postfix(TEXT(e, "art_str_append(%s, %s)", c_var(e, x->args.items[0]->as.place.var),
                            c_text_of(e, x->args.items[1], PREC_ASSIGN)));
    return (Piece){text_string(&text), op->prec};
}

static const struct {
    const char *op, *negated;
} comparisons[] = {{" == ", " != "}, {" != ", " == "}, {" <= ", " > "}, {" >= ", " < "}, {" < ", " >= "}, {" > ", " <= "}};

/* Where the operator stands in the text outside all brackets, or NULL. */
static const char *outermost(const char *text, const char *op)
{
    size_t len = strlen(op);
    int depth = 0;

    for (; *text; text++) {
        depth += strchr("([{", *text) != NULL;
        depth -= strchr(")]}", *text) != NULL;
        if (depth == 0 && strncmp(text, op, len) == 0)
            return text;
    }
    return NULL;
}

/* not a == b: a != b. Of floats only == and != can be turned round. */
static Piece negation(Emit *e, IrExpr *x)
{
    IrExpr *inner = x->args.items[0];
    Piece piece = c_expr(e, inner);

    if (inner->kind == IR_NOT)
        return c_expr(e, inner->args.items[0]);
    bool is_float = inner->kind == IR_OP && inner->args.items[0]->type->kind == TYPE_FLOAT;
    if (piece.prec == PREC_EQUAL || (piece.prec == PREC_COMPARE && !is_float))
        for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
            bool is_equality = comparisons[i].op[2] == '=' && comparisons[i].op[1] != '<' && comparisons[i].op[1] != '>';
            const char *at = is_equality == (piece.prec == PREC_EQUAL) ? outermost(piece.text, comparisons[i].op) : NULL;
            if (at && !strpbrk(piece.text, "\"'"))
                return (Piece){TEXT(e, "%.*s%s%s", (int)(at - piece.text), piece.text, comparisons[i].negated,
                                    at + strlen(comparisons[i].op)), piece.prec};
        }
    return (Piece){TEXT(e, "!%s", paren(e, piece, PREC_UNARY)), PREC_UNARY};
}

static Piece junction(Emit *e, IrExpr *x, const char *op, Prec prec)
{
    Piece a = c_expr(e, x->args.items[0]), b = c_expr(e, x->args.items[1]);
    Prec level = prec == PREC_OR ? PREC_BITOR : prec; /* a && b || c: compilers ask for parentheses */

    return (Piece){TEXT(e, "%s %s %s", a.prec == prec ? a.text : paren(e, a, level), op, b.prec == prec ? b.text : paren(e, b, level)), prec};
}

static Piece is_none(Emit *e, IrExpr *x)
{
    IrExpr *value = x->args.items[0];

    if (types_is_box(value->type))
        return postfix(TEXT(e, "art_box_is_none(%s)", c_text_of(e, value, PREC_ASSIGN)));
    return (Piece){TEXT(e, "%s == NULL", c_text_of(e, value, PREC_SHIFT)), PREC_EQUAL};
}

static Piece identity(Emit *e, IrExpr *x)
{
    IrExpr *a = x->args.items[0], *b = x->args.items[1];

    if ((a->kind == IR_READ || a->kind == IR_TYPE) && strcmp(c_text_of(e, a, PREC_ASSIGN), c_text_of(e, b, PREC_ASSIGN)) == 0)
        return primary("true"); /* compilers wonder about a == a */

    if (types_is_box(a->type) || types_is_box(b->type))
        return postfix(TEXT(e, "art_box_same(%s, %s)", c_text_of(e, a, PREC_ASSIGN), c_text_of(e, b, PREC_ASSIGN)));
    const char *left = c_text_of(e, a, PREC_SHIFT), *right = c_text_of(e, b, PREC_SHIFT);
    if (strcmp(c_type(e, a->type), c_type(e, b->type)) != 0)
        return (Piece){TEXT(e, "(void *)%s == (void *)%s", left, right), PREC_EQUAL};
    return (Piece){TEXT(e, "%s == %s", left, right), PREC_EQUAL};
}

/* -- calls --------------------------------------------------------------------------------------------------------------------------- */

const char *c_args(Emit *e, const IrExpr *call, const char *first, bool has_first)
{
    Text text = text_make(e->arena);

    if (has_first)
        text_append(&text, first);
    for (uint32_t i = 0; i < call->args.len; i++)
        if (!type_is_empty(call->args.items[i]->type))
            text_printf(&text, "%s%s", text.len ? ", " : "", c_text_of(e, call->args.items[i], PREC_ASSIGN));
    return text_string(&text);
}

/* A pointer where a C function of a base class takes it. */
static const char *adapted(Emit *e, const char *c_name, IrExpr *arg)
{
    const char *text = c_text_of(e, arg, PREC_ASSIGN);

    if (arg->type->kind == TYPE_BYTEARRAY && strncmp(c_name, "art_bytes_", 10) == 0)
        return TEXT(e, "(art_bytes *)%s", c_text_of(e, arg, PREC_UNARY));
    if ((arg->type->kind == TYPE_TASK || arg->type->kind == TYPE_COROUTINE) && strncmp(c_name, "art_future_", 11) == 0)
        return TEXT(e, "(art_future *)%s", c_text_of(e, arg, PREC_UNARY));
    if (arg->type->kind == TYPE_CLASS && arg->type->cls->is_exception && is_program_class(e, arg->type->cls))
        return TEXT(e, "(art_exc *)%s", c_text_of(e, arg, PREC_UNARY));
    return text;
}

const char *c_call_args(Emit *e, const IrExpr *x, const char *out)
{
    const IrCFunc *f = x->as.cfunc;
    Text text = text_make(e->arena);

    for (uint32_t i = 0; i < x->args.len; i++) {
        bool by_slot = f->param_by_slot && i < f->param_count && f->param_by_slot[i];
        text_printf(&text, "%s%s", text.len ? ", " : "",
                    by_slot ? c_slot(e, x->args.items[i]) : adapted(e, f->c_name, x->args.items[i]));
    }
    if (f->is_typed)
        text_printf(&text, "%s%s", text.len ? ", " : "", type_ref(e, x->type));
    if (out)
        text_printf(&text, "%s%s", text.len ? ", " : "", out);
    return text_string(&text);
}

static Piece call_c(Emit *e, IrExpr *x)
{
    const char *call = TEXT(e, "%s(%s)", x->as.cfunc->c_name, c_call_args(e, x, NULL));

    need_function(e, x->as.cfunc);
    if (x->type->kind == TYPE_CLASS && (is_program_class(e, x->type->cls) ||
                                        (x->type->cls->is_exception && strcmp(class_struct(e, x->type->cls), "art_exc") != 0)))
        return (Piece){TEXT(e, "(%s)%s", c_type(e, x->type), call), PREC_UNARY};
    return postfix(call);
}

static Piece call_value(Emit *e, IrExpr *x)
{
    IrExpr *closure = x->args.items[0];
    const Type *type = closure->type;
    Text params = text_make(e->arena), args = text_make(e->arena);
    Type *result = type->args[type->arg_count - 1];

    for (uint32_t i = 1; i < x->args.len; i++) {
        if (type_is_empty(x->args.items[i]->type))
            continue;
        text_printf(&params, ", %s", c_type(e, x->args.items[i]->type));
        text_printf(&args, ", %s", c_text_of(e, x->args.items[i], PREC_ASSIGN));
    }
    return postfix(TEXT(e, "((%s (*)(art_closure *%s))%s->fn)(%s%s)", type_has_value(result) ? c_type(e, result) : "void", text_string(&params),
                        c_text_of(e, closure, PREC_POSTFIX), c_text_of(e, closure, PREC_ASSIGN), text_string(&args)));
}

static Piece call_slot(Emit *e, IrExpr *x)
{
    const char *receiver = c_text_of(e, x->args.items[0], PREC_POSTFIX);
    Text args = text_make(e->arena);
    IrClass *cls = x->as.slot->cls;
    const Type *type = x->args.items[0]->type;

    if (types_is_nullable(type))
        type = type->args[type->args[0]->kind == TYPE_NONE];
    if (type->kind == TYPE_CLASS && type->cls == cls->cls)
        text_append(&args, c_text_of(e, x->args.items[0], PREC_ASSIGN));
    else
        text_printf(&args, "(%s *)%s", cls->c_name, c_text_of(e, x->args.items[0], PREC_UNARY));
    for (uint32_t i = 1; i < x->args.len; i++)
        if (!type_is_empty(x->args.items[i]->type))
            text_printf(&args, ", %s", c_text_of(e, x->args.items[i], PREC_ASSIGN));
    return postfix(TEXT(e, "((const %s *)((art_obj *)%s)->type->methods)->%s(%s)", methods_struct(e, x->as.slot), receiver,
                        name_of_member(e, x->as.slot->name), text_string(&args)));
}

static Piece make_new(Emit *e, IrExpr *x)
{
    const Class *cls = x->as.cls;

    if (cls->is_exception) {
        const char *cast = is_program_class(e, cls) ? TEXT(e, "(%s *)", class_struct(e, cls)) : "";
        return (Piece){TEXT(e, "%sart_exc_new(%s)", cast, type_ref(e, x->type)), *cast ? PREC_UNARY : PREC_POSTFIX};
    }
    return postfix(TEXT(e, "art_new(%s, 0)", type_ref(e, x->type)));
}

/* -- conversions ------------------------------------------------------------------------------------------------------------------------- */

static Piece to_box(Emit *e, IrExpr *value)
{
    const char *text = c_text_of(e, value, PREC_ASSIGN);
    Type *from = value->type;

    switch (from->kind) {
    case TYPE_NONE:
    case TYPE_NEVER:
        return postfix("art_box_none()");
    case TYPE_BOOL:
        return postfix(TEXT(e, "art_box_bool(%s)", text));
    case TYPE_INT:
        return postfix(TEXT(e, "art_box_int(%s)", text));
    case TYPE_FLOAT:
        return postfix(TEXT(e, "art_box_float(%s)", text));
    case TYPE_CLASSOBJ:
        return postfix(TEXT(e, "art_box_type(%s)", text));
    case TYPE_TUPLE:
        return postfix(TEXT(e, "art_box_tuple(%s, %s)", type_ref(e, from), c_slot(e, value)));
    default:
        return types_is_box(from) ? c_expr(e, value) : postfix(TEXT(e, "art_box_obj(%s)", text));
    }
}

static Piece unbox_checked(Emit *e, IrExpr *value, Type *to)
{
    const char *text = c_text_of(e, value, PREC_ASSIGN);

    switch (to->kind) {
    case TYPE_INT:
        return postfix(TEXT(e, "art_box_as_int(%s)", text));
    case TYPE_FLOAT:
        return postfix(TEXT(e, "art_box_as_float(%s)", text));
    case TYPE_BOOL:
        return postfix(TEXT(e, "art_box_as_bool(%s)", text));
    case TYPE_TUPLE:
        return (Piece){TEXT(e, "*(const %s *)art_box_as_slot(%s, %s)", c_type(e, to), c_slot(e, value), type_ref(e, to)), PREC_UNARY};
    default:
        if (types_is_nullable(to))
            return postfix(TEXT(e, "art_box_as_optional(%s, %s)", text, type_ref(e, to->args[to->args[0]->kind == TYPE_NONE])));
        return postfix(TEXT(e, "art_box_as(%s, %s)", text, type_ref(e, to)));
    }
}

static Piece unbox(Emit *e, IrExpr *value, Type *to)
{
    const char *text = c_text_of(e, value, PREC_POSTFIX);

    switch (to->kind) {
    case TYPE_NONE:
        return primary("0");
    case TYPE_INT:
        return postfix(TEXT(e, "%s.as.i", text));
    case TYPE_FLOAT:
        return postfix(TEXT(e, "%s.as.f", text));
    case TYPE_BOOL:
        return postfix(TEXT(e, "%s.as.b", text));
    case TYPE_CLASSOBJ:
        return postfix(TEXT(e, "%s.as.p", text));
    case TYPE_TUPLE:
        return (Piece){TEXT(e, "*(%s *)art_box_slot(%s)", c_type(e, to), c_slot(e, value)), PREC_UNARY};
    default:
        return (Piece){TEXT(e, "(%s)%s.as.obj", c_type(e, to), text), PREC_UNARY};
    }
}

static Piece conversion(Emit *e, IrExpr *x)
{
    IrExpr *value = x->args.items[0];
    Type *from = value->type, *to = x->type;

    if (types_is_box(to))
        return to_box(e, value);
    if (types_is_box(from))
        return x->checked ? unbox_checked(e, value, to) : unbox(e, value, to);
    if (!type_has_value(from) && types_is_counted(to))
        return primary("NULL");
    if (strcmp(c_type(e, from), c_type(e, to)) == 0)
        return c_expr(e, value);
    if (to->kind == TYPE_INT || to->kind == TYPE_FLOAT || types_is_counted(to))
        return (Piece){TEXT(e, "(%s)%s", c_type(e, to), c_text_of(e, value, PREC_UNARY)), PREC_UNARY};
    return c_expr(e, value);
}

/* -- displays ------------------------------------------------------------------------------------------------------------------------------ */

static const char *items(Emit *e, const IrExpr *x, uint32_t first, uint32_t step)
{
    Text text = text_make(e->arena);

    for (uint32_t i = first; i < x->args.len; i += step)
        text_printf(&text, "%s%s", i > first ? ", " : "", c_text_of(e, x->args.items[i], PREC_ASSIGN));
    return text_string(&text);
}

static Piece tuple(Emit *e, IrExpr *x)
{
    return postfix(TEXT(e, "(%s){%s}", tuple_struct(e, x->type), x->args.len ? items(e, x, 0, 1) : "0"));
}

static Piece list(Emit *e, IrExpr *x)
{
    const char *name = x->type->kind == TYPE_SET || x->type->kind == TYPE_FROZENSET ? "set" : x->type->kind == TYPE_DEQUE ? "deque" : "list";

    if (!x->args.len)
        return postfix(TEXT(e, "art_%s_new(%s, %s)", name, type_ref(e, x->type), *name == 'd' && name[2] == 'q' ? "-1" : "0"));
    return postfix(TEXT(e, "art_%s_of(%s, %u, (%s[]){%s})", name, type_ref(e, x->type), x->args.len, c_type(e, x->type->args[0]),
                        items(e, x, 0, 1)));
}

static Piece dict(Emit *e, IrExpr *x)
{
    if (!x->args.len)
        return postfix(TEXT(e, "art_dict_new(%s, 0)", type_ref(e, x->type)));
    return postfix(TEXT(e, "art_dict_of(%s, %u, (%s[]){%s}, (%s[]){%s})", type_ref(e, x->type), x->args.len / 2,
                        c_type(e, x->type->args[0]), items(e, x, 0, 2), c_type(e, x->type->args[1]), items(e, x, 1, 2)));
}

static Piece array(Emit *e, IrExpr *x)
{
    const char *type = "void *";

    if (!x->args.len)
        return primary("NULL");
    if (x->args.items[0]->kind == IR_STR && x->args.items[0]->type->kind == TYPE_NONE)
        type = "const char *";
    else if (!types_is_counted(x->args.items[0]->type))
        type = c_type(e, x->args.items[0]->type);
    return postfix(TEXT(e, "(%s[]){%s}", type, items(e, x, 0, 1)));
}

/* An int64_t where nothing tells the compiler so. */
static const char *wide(Emit *e, IrExpr *x)
{
    if (x->kind == IR_INT && x->as.integer != INT64_MIN)
        return TEXT(e, "INT64_C(%s)", int_literal(e, x->as.integer).text);
    const char *op = x->kind == IR_OP ? op_texts[x->op].text : "";
    if (x->kind == IR_READ || x->kind == IR_CALL || x->kind == IR_CALL_C || x->kind == IR_CALL_VALUE || x->kind == IR_CALL_SLOT ||
        (strlen(op) > 5 && strcmp(op + strlen(op) - 5, "->len") == 0) ||
        (x->kind == IR_OP && op_texts[x->op].prec == PREC_POSTFIX && strncmp(op_texts[x->op].text, "art_int_", 8) == 0 &&
         x->op != IR_OP_INT_FLOAT_COMPARE))
        return c_text_of(e, x, PREC_ASSIGN);
    return TEXT(e, "(int64_t)%s", c_text_of(e, x, PREC_UNARY));
}

/* The values of art_strf: %v and %V take a descriptor and an address. */
static Piece format(Emit *e, IrExpr *x)
{
    const char *at = x->as.format;
    Text text = text_make(e->arena);

    text_append(&text, c_quoted(e, x->as.format, strlen(x->as.format)));
    for (uint32_t i = 0; *at && i < x->args.len; at++) {
        if (*at != '%')
            continue;
        at++;
        if (*at == '{')
            at = strchr(at, '}') + 1;
        if (*at == '%')
            continue;
        IrExpr *arg = x->args.items[i++];
        if (*at == 'v' || *at == 'V')
            text_printf(&text, ", %s, %s", type_ref(e, arg->type), c_slot(e, arg));
        else
            text_printf(&text, ", %s", *at == 'i' ? wide(e, arg) : c_text_of(e, arg, PREC_ASSIGN));
    }
    return postfix(TEXT(e, "%s(%s)", x->type->kind == TYPE_NONE ? "art_printf" : "art_strf", text_string(&text)));
}

/* -- all ---------------------------------------------------------------------------------------------------------------------------------- */

static Piece none_of(Emit *e, Type *type)
{
    if (types_is_box(type))
        return postfix("art_box_none()");
    return primary(types_is_counted(type) ? "NULL" : c_zero(e, type));
}

static Piece zero_of(Emit *e, Type *type)
{
    if (type->kind == TYPE_TUPLE || types_is_box(type))
        return postfix(TEXT(e, "(%s){0}", c_type(e, type)));
    return primary(c_zero(e, type));
}

static Piece select(Emit *e, IrExpr *x)
{
    return (Piece){TEXT(e, "%s ? %s : %s", c_text_of(e, x->args.items[0], PREC_OR), c_text_of(e, x->args.items[1], PREC_COND),
                        c_text_of(e, x->args.items[2], PREC_COND)), PREC_COND};
}

static Piece node(Emit *e, IrExpr *x)
{
    switch (x->kind) {
    case IR_INT:
        return int_literal(e, x->as.integer);
    case IR_FLOAT:
        return float_literal(e, x->as.real);
    case IR_BOOL:
        return primary(x->as.integer ? "true" : "false");
    case IR_NONE:
        return none_of(e, x->type);
    case IR_STR:
        if (x->type->kind == TYPE_NONE) /* a `const char *` of the runtime's */
            return primary(c_quoted(e, x->as.str.text, x->as.str.len));
        return (Piece){string_literal(e, x->as.str.text, x->as.str.len), PREC_UNARY};
    case IR_BYTES:
        return (Piece){bytes_literal(e, x->as.str.text, x->as.str.len), PREC_UNARY};
    case IR_ZERO:
        return zero_of(e, x->type);
    case IR_READ:
        return read_place(e, x);
    case IR_OP:
        return operation(e, x);
    case IR_CALL:
        use_func(e, x->as.func, "");
        return postfix(TEXT(e, "%s(%s)", x->as.func->c_name, c_args(e, x, "", false)));
    case IR_CALL_C:
        return call_c(e, x);
    case IR_CALL_VALUE:
        return call_value(e, x);
    case IR_CALL_SLOT:
        return call_slot(e, x);
    case IR_NEW:
        return make_new(e, x);
    case IR_CONVERT:
        return conversion(e, x);
    case IR_TUPLE:
        return tuple(e, x);
    case IR_LIST:
        return list(e, x);
    case IR_DICT:
        return dict(e, x);
    case IR_ARRAY:
        return array(e, x);
    case IR_FORMAT:
        return format(e, x);
    case IR_CLOSURE:
        return postfix(c_closure(e, x));
    case IR_SELF:
        return (Piece){TEXT(e, "&%s->base", e->in_frame ? "f->closure" : "closure"), PREC_UNARY};
    case IR_CORO:
        use_func(e, x->as.func, "_new");
        return postfix(TEXT(e, "%s_new(%s)", x->as.func->c_name, c_args(e, x, "", false)));
    case IR_CORO_C:
        return postfix(TEXT(e, "%s(%s)", coro_c_maker(e, x), c_args(e, x, "", false)));
    case IR_TYPE:
        return (Piece){type_ref(e, x->as.of), PREC_UNARY};
    case IR_NOT:
        return negation(e, x);
    case IR_AND:
        return junction(e, x, "&&", PREC_AND);
    case IR_OR:
        return junction(e, x, "||", PREC_OR);
    case IR_SELECT:
        return select(e, x);
    case IR_IS:
        return identity(e, x);
    case IR_IS_NONE:
        return is_none(e, x);
    case IR_IS_SET:
        return primary(c_flag(e, x->as.var));
    case IR_EXPR_KIND_COUNT:
        break;
    }
    return primary("0");
}

Piece c_expr(Emit *e, IrExpr *x)
{
    Piece piece = node(e, x);

    return x->is_retained ? postfix(c_retained(e, x->type, paren(e, piece, PREC_ASSIGN))) : piece;
}
