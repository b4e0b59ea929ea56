/* The module json: texts from values and back. Objects come as dict[str, Any], arrays as list[Any]. */
#ifndef ART_JSON_H
#define ART_JSON_H

#include "art/box.h"

/* A text that is no JSON is not raised here: a message and the index where it is wrong (code points) are appended to `failure`, a list[Any],
 * and None comes out. object_hook is called with each object when it is complete; may be NULL. */
art_box art_json_loads(const art_str *text, art_closure *object_hook, art_list *failure);

typedef struct art_json_format {
    bool ensure_ascii, sort_keys, allow_nan, skip_keys;
    const art_str *indent; /* of one level; NULL: everything on one line */
    const art_str *item_separator, *key_separator;
    art_closure *fallback; /* default=: what else stands for an object, or NULL */
} art_json_format;

/* TypeError "Object of type set is not JSON serializable", ValueError "Circular reference detected". */
art_str *art_json_dumps(art_box value, bool ensure_ascii, bool sort_keys, bool allow_nan, bool skip_keys, const art_str *indent,
    const art_str *item_separator, const art_str *key_separator, art_closure *fallback);

#endif
