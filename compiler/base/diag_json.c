/* Diagnostics for programs: a JSON list of our own, and SARIF 2.1.0, which editors and code hosts read.  Both say the same as the
 * text form: place, message, notes, help and edits.  Lines and columns count from 1, columns in code points. */
#include "base/diag.h"
#include "base/text.h"

#include <string.h>

typedef struct Writer {
    const Diags *diags;
    Text text;
} Writer;

static void quoted(Writer *w, const char *string)
{
    text_quoted(&w->text, string, strlen(string));
}

static void key(Writer *w, const char *name)
{
    text_printf(&w->text, "\"%s\": ", name);
}

/* ---- JSON ---- */

static void json_place(Writer *w, Span span)
{
    const SourceFile *file = source_of(w->diags->sources, span);

    if (!file)
        return;
    Place start = source_place(file, span.start), end = source_place(file, span.end);
    key(w, "file");
    quoted(w, file->path);
    text_printf(&w->text, ", \"line\": %u, \"column\": %u, \"end_line\": %u, \"end_column\": %u, ", start.line,
                start.column, end.line, end.column);
}

static void json_diag(Writer *w, const Diag *diag)
{
    text_append(&w->text, "  {");
    json_place(w, diag->span);
    text_printf(&w->text, "\"severity\": \"%s\", ", diag->severity == SEVERITY_ERROR ? "error" : "warning");
    if (diag->switch_name)
        text_printf(&w->text, "\"switch\": \"%s\", ", diag->switch_name);
    key(w, "message");
    quoted(w, diag->message);
    text_append(&w->text, ", \"notes\": [");
    for (uint32_t i = 0; i < diag->notes.len; i++) {
        text_append(&w->text, i ? ", {" : "{");
        json_place(w, diag->notes.items[i].span);
        key(w, "message");
        quoted(w, diag->notes.items[i].message);
        text_append(&w->text, "}");
    }
    text_append(&w->text, "], \"help\": [");
    for (uint32_t i = 0; i < diag->helps.len; i++) {
        text_append(&w->text, i ? ", " : "");
        quoted(w, diag->helps.items[i]);
    }
    text_append(&w->text, "], \"fixes\": [");
    for (uint32_t i = 0; i < diag->fixes.len; i++) {
        text_append(&w->text, i ? ", {" : "{");
        json_place(w, diag->fixes.items[i].span);
        key(w, "text");
        quoted(w, diag->fixes.items[i].text);
        text_append(&w->text, "}");
    }
    text_append(&w->text, "]}");
}

void diags_print_json(const Diags *diags, FILE *out)
{
    Writer writer = {diags, text_make(diags->arena)};
    DiagVec sorted = diags_sorted(diags);

    text_append(&writer.text, "[\n");
    for (uint32_t i = 0; i < sorted.len; i++) {
        json_diag(&writer, sorted.items[i]);
        text_append(&writer.text, i + 1 < sorted.len ? ",\n" : "\n");
    }
    text_append(&writer.text, "]\n");
    fwrite(writer.text.data, 1, writer.text.len, out);
}

/* ---- SARIF ---- */

static void sarif_region(Writer *w, const SourceFile *file, Span span)
{
    Place start = source_place(file, span.start), end = source_place(file, span.end);

    text_printf(&w->text, "{\"startLine\": %u, \"startColumn\": %u, \"endLine\": %u, \"endColumn\": %u}", start.line,
                start.column, end.line, end.column);
}

static void sarif_artifact(Writer *w, const SourceFile *file)
{
    text_append(&w->text, "\"artifactLocation\": {\"uri\": ");
    quoted(w, file->path);
    text_append(&w->text, "}");
}

/* A location, with the message of a note if there is one; nothing for a span of nowhere. */
static void sarif_location(Writer *w, Span span, const char *message)
{
    const SourceFile *file = source_of(w->diags->sources, span);

    text_append(&w->text, "{");
    if (file) {
        text_append(&w->text, "\"physicalLocation\": {");
        sarif_artifact(w, file);
        text_append(&w->text, ", \"region\": ");
        sarif_region(w, file, span);
        text_append(&w->text, message ? "}, " : "}");
    }
    if (message) {
        text_append(&w->text, "\"message\": {\"text\": ");
        quoted(w, message);
        text_append(&w->text, "}");
    }
    text_append(&w->text, "}");
}

static void sarif_fixes(Writer *w, const Diag *diag)
{
    text_append(&w->text, ", \"fixes\": [{\"artifactChanges\": [{");
    sarif_artifact(w, source_of(w->diags->sources, diag->fixes.items[0].span));
    text_append(&w->text, ", \"replacements\": [");
    for (uint32_t i = 0; i < diag->fixes.len; i++) {
        const DiagFix *fix = &diag->fixes.items[i];
        text_append(&w->text, i ? ", {\"deletedRegion\": " : "{\"deletedRegion\": ");
        sarif_region(w, source_of(w->diags->sources, fix->span), fix->span);
        text_append(&w->text, ", \"insertedContent\": {\"text\": ");
        quoted(w, fix->text);
        text_append(&w->text, "}}");
    }
    text_append(&w->text, "]}]}]");
}

static void sarif_message(Writer *w, const Diag *diag)
{
    Text message = text_make(w->diags->arena);

    text_append(&message, diag->message);
    for (uint32_t i = 0; i < diag->helps.len; i++)
        text_printf(&message, "\n%s", diag->helps.items[i]);
    text_append(&w->text, "\"message\": {\"text\": ");
    quoted(w, text_string(&message));
    text_append(&w->text, "}");
}

static void sarif_result(Writer *w, const Diag *diag)
{
    text_printf(&w->text, "      {\"ruleId\": \"%s\", \"level\": \"%s\", ",
                diag->switch_name ? diag->switch_name : "error",
                diag->severity == SEVERITY_ERROR ? "error" : "warning");
    sarif_message(w, diag);
    text_append(&w->text, ", \"locations\": [");
    sarif_location(w, diag->span, NULL);
    text_append(&w->text, "]");
    for (uint32_t i = 0; i < diag->notes.len; i++) {
        text_append(&w->text, i ? ", " : ", \"relatedLocations\": [");
        sarif_location(w, diag->notes.items[i].span, diag->notes.items[i].message);
    }
    if (diag->notes.len)
        text_append(&w->text, "]");
    if (diag->fixes.len)
        sarif_fixes(w, diag);
    text_append(&w->text, "}");
}

void diags_print_sarif(const Diags *diags, FILE *out)
{
    Writer writer = {diags, text_make(diags->arena)};
    DiagVec sorted = diags_sorted(diags);

    text_append(&writer.text, "{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n"
                              "  \"version\": \"2.1.0\",\n  \"runs\": [{\n"
                              "    \"tool\": {\"driver\": {\"name\": \"asyncc\"}},\n"
                              "    \"columnKind\": \"unicodeCodePoints\",\n    \"results\": [\n");
    for (uint32_t i = 0; i < sorted.len; i++) {
        sarif_result(&writer, sorted.items[i]);
        text_append(&writer.text, i + 1 < sorted.len ? ",\n" : "\n");
    }
    text_append(&writer.text, "    ]\n  }]\n}\n");
    fwrite(writer.text.data, 1, writer.text.len, out);
}
