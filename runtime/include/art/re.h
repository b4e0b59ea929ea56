/* The module re: patterns, and the matches they found. A pattern's texts are str or bytes, whichever it is itself; where one is given
 * or taken, it is a slot of that type. Groups come out as the type that the descriptor names: the text's own where every group of the
 * pattern takes part in every match, Any where one may be None. */
#ifndef ART_RE_H
#define ART_RE_H

#include "art/exc.h"
#include "art/list.h"

struct art_regex;
struct art_dict;

typedef struct art_pattern {
    art_obj base; /* base.type->args: text, group, item of findall */
    struct art_regex *code;
    art_obj *source; /* str or bytes */
} art_pattern;

typedef struct art_match {
    art_obj base; /* base.type->args: text, group */
    art_pattern *re;
    art_obj *string;
    int64_t pos, endpos; /* as given, in characters */
    int64_t gap;         /* where the match before this one ended, in bytes */
    int64_t spans[];     /* in bytes: start and end of each group, -1 without; then the group closed last, or -1 */
} art_match;

void art_pattern_destroy(art_obj *self);
void art_match_destroy(art_obj *self);
art_str *art_pattern_slot_repr(const void *slot);
art_str *art_match_slot_repr(const void *slot);
bool art_pattern_slot_equal(const void *a, const void *b);
int64_t art_pattern_slot_hash(const void *slot);

#define ART_PATTERN_TYPE(...)                                                                                         \
    {                                                                                                                 \
        .name = "Pattern", .module = "re", .kind = ART_KIND_CLASS, .size = sizeof(art_pattern *), .is_counted = true, \
        .arg_count = 3, .args = (const art_type *const[]){__VA_ARGS__}, .object_size = sizeof(art_pattern),           \
        .destroy = art_pattern_destroy, .repr = art_pattern_slot_repr, .equal = art_pattern_slot_equal,               \
        .hash = art_pattern_slot_hash                                                                                 \
    }
#define ART_MATCH_TYPE(...)                                                                                       \
    {                                                                                                             \
        .name = "Match", .module = "re", .kind = ART_KIND_CLASS, .size = sizeof(art_match *), .is_counted = true, \
        .arg_count = 2, .args = (const art_type *const[]){__VA_ARGS__}, .object_size = sizeof(art_match),         \
        .destroy = art_match_destroy, .repr = art_match_slot_repr                                                 \
    }

/* re.error: msg, pattern, pos, lineno, colno. */
typedef struct art_re_error {
    art_exc exc;
    art_str *msg;
    art_obj *pattern;
    int64_t pos; /* -1: None */
} art_re_error;
extern const art_type art_type_error;
art_str *art_re_error_msg(const art_exc *error);
art_box art_re_error_pattern(const art_exc *error);
art_box art_re_error_pos(const art_exc *error);
art_box art_re_error_lineno(const art_exc *error);
art_box art_re_error_colno(const art_exc *error);

/* -- patterns ----------------------------------------------------------------------------------------------------------------- */

/* re.compile; re.error, ValueError. `type`: the pattern's. */
art_pattern *art_pattern_new(const void *source, int64_t flags, const art_type *type);
/* NULL: there is none. `type`: an optional match's. */
art_match *art_pattern_match(art_pattern *re, const void *string, int64_t pos, int64_t endpos, const art_type *type);
art_match *art_pattern_fullmatch(art_pattern *re, const void *string, int64_t pos, int64_t endpos,
                                 const art_type *type);
art_match *art_pattern_search(art_pattern *re, const void *string, int64_t pos, int64_t endpos, const art_type *type);
art_list *art_pattern_findall(art_pattern *re, const void *string, int64_t pos, int64_t endpos, const art_type *type);
/* All matches, `limit` at most (0: all). `type`: the list's. */
art_list *art_pattern_all(art_pattern *re, const void *string, int64_t pos, int64_t endpos, int64_t limit,
                          const art_type *type);
art_list *art_pattern_split(art_pattern *re, const void *string, int64_t maxsplit, const art_type *type);
/* count 0: all. */
bool art_pattern_sub(art_pattern *re, const void *with, const void *string, int64_t count, void *out);
/* The number of replacements that art_pattern_sub makes. */
int64_t art_pattern_count(art_pattern *re, const void *string, int64_t count);
bool art_pattern_pattern(const art_pattern *re, void *out);
int64_t art_pattern_flags(const art_pattern *re);
int64_t art_pattern_groups(const art_pattern *re);
struct art_dict *art_pattern_groupindex(const art_pattern *re, const art_type *type);
art_str *art_pattern_repr(const art_pattern *re);

/* -- matches ------------------------------------------------------------------------------------------------------------------ */

bool art_match_whole(const art_match *m, void *out); /* m.group() */
bool art_match_group(const art_match *m, int64_t group, const art_type *type,
                     void *out); /* IndexError "no such group" */
bool art_match_named(const art_match *m, const art_str *name, const art_type *type, void *out);
int64_t art_match_index(const art_match *m, const art_str *name); /* the number of a named group */
art_list *art_match_groups(const art_match *m, art_box otherwise, const art_type *type);
struct art_dict *art_match_groupdict(const art_match *m, art_box otherwise, const art_type *type);
int64_t art_match_start(const art_match *m, int64_t group);
int64_t art_match_end(const art_match *m, int64_t group);
int64_t art_match_pos(const art_match *m);
int64_t art_match_endpos(const art_match *m);
art_box art_match_lastindex(const art_match *m);
art_str *art_match_lastgroup(const art_match *m); /* or NULL */
art_pattern *art_match_re(const art_match *m);
bool art_match_string(const art_match *m, void *out);
bool art_match_expand(const art_match *m, const void *with, void *out);
bool art_match_gap(const art_match *m, void *out);  /* the text between the match before this one and this one */
bool art_match_rest(const art_match *m, void *out); /* the text behind it */
art_str *art_match_repr(const art_match *m);

/* re.findall. `type`: the list's, of texts or of tuples of them. */
art_list *art_re_findall(const void *pattern, const void *string, int64_t flags, const art_type *type);
art_str *art_re_escape(const art_str *text);

#endif
