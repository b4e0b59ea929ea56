/* Tokens and trees as text; `x = a + 1`:
 *
 *     1:1   NAME    x                  assign  @1:1 #0
 *     1:3   ASSIGN  =                    value: binary +  @1:5 #1
 *     1:5   NAME    a                      left: name a  @1:5 #3
 *     …                                    right: int 1  @1:9 #2
 *                                        target: name x  @1:1 #4
 *
 * A node is a line: what it is to its parent, its kind, what it holds beside nodes, where it begins, its number; its children
 * stand below it.  What is printed is stable: golden tests compare it. */
#include "syntax/parse.h"
#include "syntax/token.h"

#include <inttypes.h>
#include <string.h>

/* ---- tokens ---- */

static void print_token(const SourceFile *file, const Token *token, Text *out)
{
    Place place = source_place(file, token->start);

    text_printf(out, "%u:%u\t%s", place.line, place.column, token_kind_name(token->kind));
    if (token->kind != TOK_NEWLINE && token->end > token->start)
        text_char(out, '\t');
    for (uint32_t at = token->start; token->kind != TOK_NEWLINE && at < token->end; at++) {
        char c = file->text[at];
        text_append(out, c == '\n' ? "\\n" : c == '\r' ? "\\r" : (char[]){c, 0});
    }
    text_char(out, '\n');
}

void tokens_print(Compilation *c, SourceFile *file, Text *out)
{
    TokenVec tokens = lex(c, file);

    for (uint32_t i = 0; i < tokens.len; i++)
        print_token(file, &tokens.items[i], out);
}

/* ---- trees ---- */

typedef struct Printer {
    Text *out;
    const SourceFile *file;
    uint32_t depth;
} Printer;

static void string_details(Text *out, const char *text, uint32_t len, bool is_bytes)
{
    text_append(out, is_bytes ? " b" : " ");
    text_char(out, '"');
    for (uint32_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            text_printf(out, "\\%c", c);
        else if (c == '\n')
            text_append(out, "\\n");
        else if (c < 0x20 || c == 0x7f || (is_bytes && c >= 0x80))
            text_printf(out, "\\x%02x", c);
        else
            text_char(out, (char)c);
    }
    text_char(out, '"');
}

static void fstring_details(Text *out, const Node *n)
{
    for (uint32_t i = 0; i < n->as.fstring.parts.len; i++) {
        const FPart *part = &n->as.fstring.parts.items[i];
        if (part->text)
            string_details(out, part->text, part->len, false);
        if (!part->expr)
            continue;
        text_append(out, " {");
        if (part->conversion)
            text_printf(out, "!%c", part->conversion);
        text_append(out, part->spec ? ":}" : "}");
    }
}

static void names_details(Text *out, const NameVec *names)
{
    for (uint32_t i = 0; i < names->len; i++)
        text_printf(out, "%s %s", i ? "," : "", names->items[i]);
}

static void alias_details(Text *out, const AliasVec *names)
{
    for (uint32_t i = 0; i < names->len; i++) {
        text_printf(out, "%s %s", i ? "," : "", names->items[i].name);
        if (names->items[i].as_name)
            text_printf(out, " as %s", names->items[i].as_name);
    }
}

static void import_details(Text *out, const Node *n)
{
    if (n->kind == NODE_IMPORTFROM) {
        text_char(out, ' ');
        text_fill(out, '.', (size_t)n->as.import.level);
        text_printf(out, "%s:", n->as.import.module);
    }
    alias_details(out, &n->as.import.names);
}

static void param_details(Text *out, const ParamVec *params)
{
    text_char(out, '(');
    for (uint32_t i = 0; i < params->len; i++) {
        const Param *param = &params->items[i];
        ParamKind previous = i ? params->items[i - 1].kind : PARAM_NORMAL;
        text_append(out, i ? ", " : "");
        if (param->kind == PARAM_KEYWORD_ONLY && previous != PARAM_KEYWORD_ONLY && previous != PARAM_STAR)
            text_append(out, "*, ");
        text_append(out, param->kind == PARAM_STAR ? "*" : param->kind == PARAM_STAR_STAR ? "**" : "");
        text_append(out, param->name);
        text_append(out, param->annotation ? ":" : "");
        text_append(out, param->value ? "=" : "");
        if (param->kind == PARAM_POSITIONAL_ONLY &&
            (i + 1 == params->len || params->items[i + 1].kind != PARAM_POSITIONAL_ONLY))
            text_append(out, ", /");
    }
    text_char(out, ')');
}

static void function_details(Text *out, const Node *n)
{
    if (n->kind == NODE_FUNCTION)
        text_printf(out, " %s%s", n->as.function.is_async ? "async " : "", n->as.function.name);
    else
        text_char(out, ' ');
    param_details(out, &n->as.function.params);
    if (n->as.function.is_generator)
        text_append(out, " generator");
    if (n->as.function.has_await)
        text_append(out, " awaits");
    text_printf(out, " nodes=%u", n->as.function.node_count);
}

/* What a node holds beside its children. */
static void details(Text *out, const Node *n)
{
    switch (n->kind) {
    case NODE_NAME: text_printf(out, " %s", n->as.name.name); break;
    case NODE_INT: text_printf(out, " %" PRIu64, n->as.integer.value); break;
    case NODE_FLOAT: text_printf(out, " %.17g", n->as.real.value); break;
    case NODE_STR:
    case NODE_BYTES: string_details(out, n->as.str.text, n->as.str.len, n->kind == NODE_BYTES); break;
    case NODE_FSTRING: fstring_details(out, n); break;
    case NODE_UNARY: text_printf(out, " %s", operator_text(n->as.unary.op)); break;
    case NODE_BINARY: text_printf(out, " %s", operator_text(n->as.binary.op)); break;
    case NODE_BOOLOP: text_append(out, n->as.boolop.is_or ? " or" : " and"); break;
    case NODE_ATTRIBUTE: text_printf(out, " .%s", n->as.attribute.name); break;
    case NODE_WALRUS: text_printf(out, " %s", n->as.walrus.name ? n->as.walrus.name : "?"); break;
    case NODE_AUGASSIGN: text_printf(out, " %s=", operator_text(n->as.augassign.op)); break;
    case NODE_GLOBAL:
    case NODE_NONLOCAL: names_details(out, &n->as.names.names); break;
    case NODE_IMPORT:
    case NODE_IMPORTFROM: import_details(out, n); break;
    case NODE_FOR: text_append(out, n->as.for_.is_async ? " async" : ""); break;
    case NODE_WITH: text_append(out, n->as.with.is_async ? " async" : ""); break;
    case NODE_FUNCTION:
    case NODE_LAMBDA: function_details(out, n); break;
    case NODE_CLASS: text_printf(out, " %s nodes=%u", n->as.class.name, n->as.class.node_count); break;
    case NODE_PAT_CAPTURE: text_printf(out, " %s", n->as.pattern.name ? n->as.pattern.name : "_"); break;
    case NODE_PAT_STAR: text_printf(out, " *%s", n->as.pattern.name ? n->as.pattern.name : "_"); break;
    case NODE_PAT_MAPPING:
        if (n->as.pattern.name)
            text_printf(out, " **%s", n->as.pattern.name);
        break;
    default: break;
    }
}

static void print_child(void *context, Node *n, const char *role)
{
    Printer *p = context;
    Place place = source_place(p->file, n->span.start);

    text_fill(p->out, ' ', 2 * (size_t)p->depth);
    if (role)
        text_printf(p->out, "%s: ", role);
    text_printf(p->out, "%s", node_kind_name(n->kind));
    details(p->out, n);
    text_printf(p->out, "  @%u:%u #%u\n", place.line, place.column, n->id);
    p->depth++;
    node_each_child(n, print_child, p);
    p->depth--;
}

void ast_print(const Module *module, Text *out)
{
    Printer printer = {.out = out, .file = module->file, .depth = 1};

    text_printf(out, "module %s nodes=%u\n", module->name, module->node_count);
    for (uint32_t i = 0; i < module->body.len; i++)
        print_child(&printer, module->body.items[i], NULL);
}
