/* The module random's generator: MT19937 with CPython's seeding and CPython's way from 32 random bits to floats and integers, so that a
 * seeded program draws the same numbers. The distributions are source, in lib/random.async. */
#ifndef ART_RANDOM_H
#define ART_RANDOM_H

#include "art/bytes.h"

typedef struct art_random {
    art_obj base;
    uint32_t state[624];
    int32_t index;
    bool has_gauss;    /* gauss() made two numbers and kept one */
    double next_gauss;
} art_random;

extern const art_type art_type_random;

art_random *art_random_new(art_box seed); /* None: seeded by the system; int, float, str, bytes; else TypeError */
art_random *art_random_shared(void); /* the thread's own, which random.random() and the like use; owned */
void art_random_seed_system(art_random *r);
void art_random_seed_int(art_random *r, int64_t seed);
void art_random_seed_float(art_random *r, double seed);
void art_random_seed_bytes(art_random *r, const art_bytes *seed);
void art_random_seed_str(art_random *r, const art_str *seed);
double art_random_random(art_random *r);
int64_t art_random_getrandbits(art_random *r, int64_t bits); /* ValueError below 0, OverflowError above 63 */
int64_t art_random_below(art_random *r, int64_t limit);      /* 0 <= result < limit; limit > 0 */
art_bytes *art_random_randbytes(art_random *r, int64_t count);
double art_random_gauss(art_random *r, double mu, double sigma);
art_bytes *art_random_getstate(art_random *r); /* the whole generator as bytes */
void art_random_setstate(art_random *r, const art_bytes *state);

art_bytes *art_urandom(int64_t count); /* os.urandom */

#endif
