/* The one allocator. Small blocks come from per-thread pools: a free list for each multiple of 16 bytes, filled from slabs, so that
 * taking and giving back a block is a few instructions and no lock. Larger blocks are malloc's.
 *
 * A block may be given back by another thread than the one that took it: it then serves that thread. Slabs are never returned to
 * the system while the process lives; the pools of a thread that ends are adopted by the next one that begins.
 *
 * Frames of recursive awaits are cut off a slab of their own, and go back to it if they are the last; else they join the pools.
 *
 * Under AddressSanitizer every block is malloc's, so that it sees leaks and overflows. */
#define _POSIX_C_SOURCE 200809L

#include "internal.h"

#include "art/frame.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_POOLED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_POOLED 0
#endif
#endif
#ifndef IS_POOLED
#define IS_POOLED 1
#endif

enum { GRAIN = ART_FRAME_GRAIN, LARGEST = ART_FRAME_LARGEST, CLASSES = LARGEST / GRAIN, SLAB = 64 * 1024 };

typedef struct FreeBlock {
    struct FreeBlock *next;
} FreeBlock;

struct art_pools {
    FreeBlock *free[CLASSES + 1]; /* by size / GRAIN, rounded up */
    char *slab;                   /* the rest of the newest slab */
    size_t slab_left;
    int64_t taken, given;         /* blocks, ever */
    char *frames, *frames_end;    /* of a thread that ended: its slab of frames */
    struct art_pools *next;       /* among the orphans */
};

static pthread_mutex_t orphans_lock = PTHREAD_MUTEX_INITIALIZER;
static struct art_pools *orphans; /* of threads that ended */

ART_COLD static void *out_of_memory(void)
{
    fputs("asyncrt: out of memory\n", stderr);
    abort();
}

ART_COLD static struct art_pools *pools_begin(void)
{
    pthread_mutex_lock(&orphans_lock);
    struct art_pools *pools = orphans;
    if (pools)
        orphans = pools->next;
    pthread_mutex_unlock(&orphans_lock);
    if (!pools)
        pools = calloc(1, sizeof *pools);
    if (!pools)
        out_of_memory();
    art_self.frames = pools->frames;
    art_self.frames_end = pools->frames_end;
    return art_self.pools = pools;
}

static inline struct art_pools *pools_of_thread(void)
{
    return __builtin_expect(art_self.pools != NULL, 1) ? art_self.pools : pools_begin();
}

void art__pools_leave(void)
{
    struct art_pools *pools = art_self.pools;
    if (!pools)
        return;
    art_self.pools = NULL;
    pools->taken = pools->given = 0;
    pools->frames = art_self.frames;
    pools->frames_end = art_self.frames_end;
    art_self.frames = art_self.frames_end = NULL;
    pthread_mutex_lock(&orphans_lock);
    pools->next = orphans;
    orphans = pools;
    pthread_mutex_unlock(&orphans_lock);
}

static void put(struct art_pools *pools, void *block, size_t size)
{
    FreeBlock *free_block = block;
    free_block->next = pools->free[size / GRAIN];
    pools->free[size / GRAIN] = free_block;
}

/* Cuts a block of `size` (a multiple of GRAIN) off the slab. */
ART_COLD static void *cut(struct art_pools *pools, size_t size)
{
    if (pools->slab_left < size) {
        /* What is left of the old slab serves its own size. */
        if (pools->slab_left > 0) {
            put(pools, pools->slab, pools->slab_left);
        }
        pools->slab = malloc(SLAB);
        if (!pools->slab)
            out_of_memory();
        pools->slab_left = SLAB;
    }
    void *block = pools->slab;
    pools->slab += size;
    pools->slab_left -= size;
    return block;
}

void *art__take(size_t size)
{
    struct art_pools *pools = pools_of_thread();

    pools->taken++;
    if (IS_POOLED && size <= LARGEST) {
        size_t class = (size + GRAIN - 1) / GRAIN;
        FreeBlock *block = pools->free[class];
        if (__builtin_expect(block == NULL, 0))
            return cut(pools, class ? class * GRAIN : GRAIN);
        pools->free[class] = block->next;
        return block;
    }
    void *block = malloc(size ? size : 1);
    return block ? block : out_of_memory();
}

void *art_alloc(size_t size)
{
    return memset(art__take(size), 0, size);
}

void art_free(void *block, size_t size)
{
    if (!block)
        return;
    struct art_pools *pools = pools_of_thread();
    pools->given++;
    if (IS_POOLED && size <= LARGEST) {
        put(pools, block, size + GRAIN - 1);
    } else {
        free(block);
    }
}

/* There is no room behind the last frame. */
void *art__frame_take(size_t room)
{
    struct art_pools *pools = pools_of_thread();

    if (!IS_POOLED || room > LARGEST)
        return art__take(room);
    FreeBlock *block = pools->free[room / GRAIN];
    if (block) {
        pools->free[room / GRAIN] = block->next;
        return block;
    }
    if (art_self.frames != art_self.frames_end)
        put(pools, art_self.frames, (size_t)(art_self.frames_end - art_self.frames));
    char *slab = malloc(SLAB);
    if (!slab)
        out_of_memory();
    art_self.frames = slab + room;
    art_self.frames_end = slab + SLAB;
    return slab;
}

void art__frame_give(void *frame, size_t room)
{
    if (!IS_POOLED || room > LARGEST)
        art_free(frame, room);
    else
        put(pools_of_thread(), frame, room);
}

void *art__retake(void *block, size_t old_size, size_t size)
{
    if (!block)
        return art__take(size);
    if (!IS_POOLED || (old_size > LARGEST && size > LARGEST)) {
        block = realloc(block, size ? size : 1);
        return block ? block : out_of_memory();
    }
    if (size <= LARGEST && old_size <= LARGEST && (size + GRAIN - 1) / GRAIN == (old_size + GRAIN - 1) / GRAIN)
        return block;
    void *moved = art__take(size);
    memcpy(moved, block, old_size < size ? old_size : size);
    art_free(block, old_size);
    return moved;
}

void *art_resize(void *block, size_t old_size, size_t size)
{
    struct art_pools *pools = pools_of_thread();

    (void)old_size;
    if (size == 0) {
        pools->given += block != NULL;
        free(block);
        return NULL;
    }
    pools->taken += block == NULL;
    block = realloc(block, size);
    return block ? block : out_of_memory();
}

void *art_new(const art_type *type, size_t size)
{
    art_obj *obj = art_alloc(size ? size : type->object_size);
    obj->type = type;
    obj->refs = 1;
    if (type->is_cyclic)
        art__cycles_add(obj);
    return obj;
}

int64_t art_alloc_count(void)
{
    return art_self.pools ? art_self.pools->taken - art_self.pools->given : 0;
}

int64_t art_alloc_total(void)
{
    return art_self.pools ? art_self.pools->taken : 0;
}
