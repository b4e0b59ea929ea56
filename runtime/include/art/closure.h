/* Functions as values. A closure of the program is a struct that begins with art_closure and goes on with what it captured:
 *
 *     typedef struct { art_closure base; cell_int *total; } add_closure;
 *     static void add(art_closure *self, int64_t n) { … ((add_closure *)self)->total … }
 *
 *     closure->fn is called through a cast to its type: ((void (*)(art_closure *, int64_t))f->fn)(f, 3)
 *
 * A plain function used as a value is a static closure: static art_closure f_value = ART_CLOSURE_STATIC(f_as_value, &f_info); */
#ifndef ART_CLOSURE_H
#define ART_CLOSURE_H

#include "art/value.h"

typedef struct art_closure art_closure;

/* What is known of a function beside its code; static. */
typedef struct art_function {
    const char *name; /* __name__ */
    const char *qualname;
    int32_t arg_count; /* ART_TAKES_TUPLE: fn is art_box fn(art_closure *self, art_tuple *args), whatever is called with */
    int32_t line;
    /* The function for callers that know no types (Any): borrowed arguments, owned result; false when it raised. May be NULL. */
    bool (*call)(art_closure *self, int64_t count, const art_box *args, art_box *out);
} art_function;

enum { ART_TAKES_TUPLE = -2 };

struct art_closure {
    art_obj base;              /* base.type: kind CLOSURE; its destroy releases what is captured */
    void (*fn)(void);
    const art_function *info;  /* may be NULL */
};

extern const art_type art_type_function; /* the descriptor of a closure that captured nothing */

art_str *art_closure_name(const art_closure *closure); /* f.__name__ */
void art_closure_destroy(art_obj *self); /* for closures that captured nothing counted */

#define ART_CLOSURE_STATIC(fn_, info_) {{&art_type_function, ART_IMMORTAL, 0}, (void (*)(void))(fn_), (info_)}
/* The descriptor of closures with captured variables: the fields are what they captured, so that closures can be copied. */
#define ART_CLOSURE_TYPE(...) ART_CLOSURE_TYPE_(__VA_ARGS__, )
#define ART_CLOSURE_TYPE_(struct_, destroy_, fields_, field_count_, ...) \
    {.name = "function", .module = "builtins", .kind = ART_KIND_CLOSURE, .size = sizeof(art_closure *), .is_counted = true, \
     .object_size = sizeof(struct_), .destroy = (destroy_), .fields = (fields_), .field_count = (field_count_), __VA_ARGS__}

#endif
