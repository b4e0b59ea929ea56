/* Short forms that generated code uses beside the functions of the other headers: what would otherwise be three lines at each
 * assignment. `slot` is the address of a variable that holds a counted pointer or NULL. */
#ifndef ART_CODE_H
#define ART_CODE_H

#include "art/box.h"
#include "art/closure.h"
#include "art/dict.h"
#include "art/exc.h"
#include "art/frame.h"

#include <string.h>

/* slot = owned, whose old value is released after that: its end may run code that looks at the variable. */
static inline void art_assign(void *slot, void *owned)
{
    void *old;
    memcpy(&old, slot, sizeof old);
    memcpy(slot, &owned, sizeof owned);
    art_release(old);
}
static inline void art_box_assign(art_box *slot, art_box owned)
{
    art_box old = *slot;
    *slot = owned;
    art_box_release(old);
}
/* Moves the value out: the variable is NULL afterwards. */
static inline void *art_take(void *slot)
{
    void *value, *null = NULL;
    memcpy(&value, slot, sizeof value);
    memcpy(slot, &null, sizeof null);
    return value;
}
static inline art_box art_box_take(art_box *slot)
{
    art_box value = *slot;
    *slot = (art_box){0};
    return value;
}
static inline void art_clear(void *slot)
{
    art_assign(slot, NULL);
}
static inline void art_box_clear(art_box *slot)
{
    art_box_assign(slot, (art_box){0});
}

/* As art_raised, but a temporary that is no longer needed then is released. */
static inline bool art_raised_drop(int line, void *temporary)
{
    if (__builtin_expect(art_self.raised == NULL, 1))
        return false;
    art_self.line = line;
    art_release(temporary);
    return true;
}

/* raise e, at a line of the source; the reference is given away. */
static inline void art_raise_at(int line, void *owned)
{
    art_self.line = line;
    art_raise(owned);
}

/* Raises UnboundLocalError (NameError for a module's variable) unless the variable has been assigned. */
void art_check_set(bool is_set, const char *name, bool is_global);

/* {a: b, c: d}: keys and values stand side by side, borrowed. NULL when a key cannot be hashed. */
art_dict *art_dict_of(const art_type *type, int64_t count, const void *keys, const void *values);

/* The address of the struct in a box, borrowed; of a zero one, with TypeError, when the box holds something else. */
const void *art_box_as_slot(art_box *box, const art_type *type);

/* -- sequences, unchecked -------------------------------------------------------------------------------------------------------- */

/* The items of a list as an array of T: art_items(int64_t, numbers)[i]. */
#define art_items(T, list) ((T *)(list)->items)

#endif
