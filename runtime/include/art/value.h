/* Values: the header that every counted object begins with, the descriptor that tells generic code what a value is, and the
 * box that holds a value of any type.
 *
 * Words used throughout these headers: a *borrowed* value is the caller's and stays so; an *owned* one carries a reference that
 * its receiver must release. Arguments are borrowed and results owned unless a comment says otherwise. A *slot* is the address
 * of a variable, field or element. All functions here belong to the thread that owns the objects. */
#ifndef ART_VALUE_H
#define ART_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct art_type art_type;
typedef struct art_obj art_obj;
typedef struct art_str art_str;
typedef struct art_exc art_exc;
typedef struct art_box art_box;
typedef uint8_t art_none; /* the value None where something must be stored; always 0 */

/* What family a type belongs to: what the runtime asks before it looks closer. */
typedef enum art_kind {
    ART_KIND_NONE,
    ART_KIND_BOOL,
    ART_KIND_INT,
    ART_KIND_FLOAT,
    ART_KIND_STR,
    ART_KIND_BYTES,
    ART_KIND_BYTEARRAY,
    ART_KIND_LIST,
    ART_KIND_DEQUE,
    ART_KIND_DICT,
    ART_KIND_SET,
    ART_KIND_FROZENSET,
    ART_KIND_TUPLE,    /* a fixed number of values, each of its own type: a struct, by value */
    ART_KIND_VARTUPLE, /* tuple[T, ...] */
    ART_KIND_RANGE,
    ART_KIND_SLICE,
    ART_KIND_BOX,      /* a union, Any or object */
    ART_KIND_OPTIONAL, /* a counted pointer or NULL, which is None; args[0] is the type when not NULL */
    ART_KIND_CLASS,    /* an instance of a class of the program or of a runtime class without a kind of its own */
    ART_KIND_EXCEPTION,
    ART_KIND_TYPE,     /* a class as a value: `const art_type *`, not counted */
    ART_KIND_CLOSURE,
    ART_KIND_FUTURE,
    ART_KIND_TASK,
    ART_KIND_COROUTINE,
    ART_KIND_GENERATOR,
    ART_KIND_ASYNCGEN,
    ART_KIND_KEYS,     /* views of a dict (dict.h) */
    ART_KIND_VALUES,
    ART_KIND_ITEMS,
    ART_KIND_ITERATOR, /* over a boxed container (box.h) */
} art_kind;

/* The descriptor of a type. Static and immutable. The functions over slots may be NULL where the plain rule for the kind holds
 * (see art_slot_…, which every caller uses instead of these members). */
struct art_type {
    const char *name;            /* type(x).__name__ */
    art_kind kind;
    uint32_t size;               /* bytes of a slot */
    bool is_counted;             /* a slot is a pointer to an art_obj (or NULL) */
    bool is_cyclic;              /* its objects may be part of a circle of references (cycle.h) */
    uint8_t arg_count;
    const art_type *const *args; /* list[T]: T; dict[K, V]: K, V; tuple: each item; Future[T]: T */
    const uint16_t *offsets;     /* ART_KIND_TUPLE: where each item stands in the struct */
    const art_type *base;        /* the class it derives from, or NULL */
    const void *methods;         /* a class of the program: its table of overridden methods */
    uint32_t object_size;        /* counted types: bytes of the object behind the pointer */

    void (*destroy)(art_obj *self); /* counted types: releases what the object holds and frees it (art_free) */
    void (*finalize)(art_obj *self); /* __del__ */
    bool (*equal)(const void *a, const void *b);
    int64_t (*hash)(const void *slot);                /* may raise TypeError (unhashable) */
    bool (*less)(const void *a, const void *b);       /* a < b; may raise */
    art_str *(*repr)(const void *slot);               /* owned */
    art_str *(*str)(const void *slot);                /* owned; NULL: as repr */
    art_str *(*format)(const void *slot, art_str *spec);
    const char *module;          /* "__main__", "builtins", …: for default repr and tracebacks; may be NULL */
    bool (*truth)(const void *slot); /* __bool__ or __len__; may raise */
    const struct art_field *fields; /* classes: attributes that generic code may see (repr of dataclasses, getattr on Any) */
    uint32_t field_count;
};

typedef struct art_field {
    const char *name;
    const art_type *type;
    uint32_t offset; /* in the object */
} art_field;

/* What every counted object begins with. */
struct art_obj {
    const art_type *type;
    uint32_t refs; /* ART_IMMORTAL: static, never counted */
    uint32_t aux;  /* for the type's own use; objects of cyclic types: see cycle.c */
};
#define ART_IMMORTAL UINT32_MAX

/* A value of any type: unions, Any, object. `type` is never NULL (None is {&art_type_none}), never a BOX or an OPTIONAL type.
 * A tuple is held in a counted cell, `as.obj`, whatever its size. */
struct art_box {
    const art_type *type;
    union {
        int64_t i;
        double f;
        bool b;
        art_obj *obj;
        const void *p;
    } as;
};

/* The counted cell in which a box keeps a by-value struct. The value begins right behind it. */
typedef struct art_cell {
    art_obj base; /* base.type: the descriptor of the value, whose kind is TUPLE; refs counts the cell */
} art_cell;

/* Descriptors of the plain types. */
extern const art_type art_type_none, art_type_bool, art_type_int, art_type_float, art_type_str, art_type_bytes,
    art_type_bytearray, art_type_range, art_type_slice, art_type_box, art_type_object, art_type_type;

/* -- counting ---------------------------------------------------------------------------------------------------------- */

void art__destroy(art_obj *obj); /* the last reference is gone */

/* Adds a reference; returns its argument, so that it can stand in an expression. NULL is allowed. */
static inline void *art_retain(void *obj)
{
    art_obj *o = obj;
    if (o && o->refs != ART_IMMORTAL)
        o->refs++;
    return obj;
}

/* Gives a reference back; the object dies with its last one. NULL is allowed. */
static inline void art_release(void *obj)
{
    art_obj *o = obj;
    if (o && o->refs != ART_IMMORTAL && --o->refs == 0)
        art__destroy(o);
}

/* Has a box anything that is counted? */
static inline bool art_box_is_counted(art_box box)
{
    return box.type->is_counted || box.type->kind == ART_KIND_TUPLE;
}
static inline art_box art_box_retain(art_box box)
{
    if (art_box_is_counted(box))
        art_retain(box.as.obj);
    return box;
}
static inline void art_box_release(art_box box)
{
    /* A zeroed box is an unset variable. */
    if (box.type && art_box_is_counted(box))
        art_release(box.as.obj);
}

/* -- slots: what generic code does with a value of a type known only by its descriptor ------------------------------------ */

void art_slot_copy(const art_type *type, void *to, const void *from); /* retains; `to` held nothing */
void art_slot_move(const art_type *type, void *to, void *from);       /* memcpy */
void art_slot_clear(const art_type *type, void *slot);                /* releases and zeroes */
bool art_slot_equal(const art_type *type, const void *a, const void *b);    /* may raise (a user's __eq__) */
bool art_slot_less(const art_type *type, const void *a, const void *b);     /* may raise */
typedef enum art_order { ART_LT, ART_LE, ART_GT, ART_GE } art_order;
/* a < b, <=, >, >=. A descriptor only knows `less`; the others follow from it, save where that is wrong (NaN, sets). May raise. */
bool art_slot_order(const art_type *type, const void *a, const void *b, art_order order);
int64_t art_slot_hash(const art_type *type, const void *slot);              /* may raise */
art_str *art_slot_repr(const art_type *type, const void *slot);             /* owned; NULL when it raised */
art_str *art_slot_str(const art_type *type, const void *slot);              /* owned; NULL when it raised */
bool art_slot_truth(const art_type *type, const void *slot);
art_box art_slot_box(const art_type *type, const void *slot);               /* owned: the value of the slot as a box */
/* Takes the value of `box` out into a slot of `type`, converting a bool to int and such only where representations agree; raises
 * TypeError (false) when the box holds another type. The slot's value is owned. */
bool art_slot_unbox(const art_type *type, void *slot, art_box box);

/* -- the thread's state ---------------------------------------------------------------------------------------------------- */

struct art_loop;
struct art_task;

/* One per thread; everything that would otherwise be a global. */
typedef struct art_thread {
    art_exc *raised;         /* the pending exception, owned; NULL: none */
    int line;                /* source line of the last failed check, for the traceback */
    struct art_loop *loop;   /* the running loop, or NULL */
    struct art_task *task;   /* the task that is running, or NULL */
    struct art_loop *set_loop; /* asyncio.set_event_loop's, or NULL */
    const char *stack_limit; /* below this address RecursionError is raised */
    struct art_pools *pools; /* small-block allocator */
    char *frames, *frames_end; /* where the next frame of a recursive await goes: frame.h */
    int print_depth;         /* how often this thread holds the lock of standard output (print.c) */
    struct art_drops *drops; /* objects to destroy when the present destruction is over (value.c) */
    struct art_cycles *cycles; /* the collector's list; NULL: objects of this thread are not listed (cycle.c) */
    struct art_reprs *reprs; /* containers whose repr is being written, innermost first (value.c) */
} art_thread;

/* In an executable it is found at a fixed distance from the thread pointer. ART_SHARED: the runtime is a shared library. */
#if defined(ART_SHARED) || (defined(__PIC__) && !defined(__PIE__))
#define ART_THREAD_LOCAL _Thread_local
#else
#define ART_THREAD_LOCAL __attribute__((tls_model("local-exec"))) _Thread_local
#endif
extern ART_THREAD_LOCAL art_thread art_self;

/* Is an exception pending? Generated code asks after each call that can raise; `line` is the source line of the call. */
static inline bool art_raised(int line)
{
    if (__builtin_expect(art_self.raised == NULL, 1))
        return false;
    art_self.line = line;
    return true;
}

/* -- memory: the one allocator -------------------------------------------------------------------------------------------- */

void *art_alloc(size_t size);            /* zeroed; from size-class pools for small sizes; never NULL */
void art_free(void *block, size_t size); /* size as given to art_alloc */
/* For growing buffers (items of lists, text); plain realloc behind it. size 0 frees. */
void *art_resize(void *block, size_t old_size, size_t size);
/* A counted object with refs = 1, zeroed behind its header; object_size comes from the descriptor unless size is given. */
void *art_new(const art_type *type, size_t size);
int64_t art_alloc_total(void); /* blocks this thread has ever taken */
int64_t art_alloc_count(void); /* blocks this thread has taken and not given back: 0 in a program that leaks nothing */

#endif
