/* MT19937 as CPython drives it. See art/random.h. */
#include "art/random.h"
#include "internal.h"
#include "sha512.h"

#include <fcntl.h>
#include <math.h>
#include <time.h>
#include <unistd.h>

enum { N = 624, M = 397 };

/* -- the generator --------------------------------------------------------------------------------------------------------------------------- */

static void refill(art_random *r)
{
    uint32_t *state = r->state;

    for (int i = 0; i < N; i++) {
        uint32_t y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
        state[i] = state[(i + M) % N] ^ y >> 1 ^ (y & 1 ? 0x9908b0df : 0);
    }
    r->index = 0;
}

static uint32_t next(art_random *r)
{
    if (r->index >= N)
        refill(r);
    uint32_t y = r->state[r->index++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return y ^ y >> 18;
}

static void seed_number(art_random *r, uint32_t seed)
{
    r->state[0] = seed;
    for (uint32_t i = 1; i < N; i++)
        r->state[i] = 1812433253U * (r->state[i - 1] ^ r->state[i - 1] >> 30) + i;
    r->index = N;
}

static void seed_words(art_random *r, const uint32_t *key, int64_t count)
{
    uint32_t *state = r->state, i = 1;

    seed_number(r, 19650218U);
    for (int64_t k = count > N ? count : N, j = 0; k > 0; k--) {
        state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >> 30) * 1664525U) + key[j] + (uint32_t)j;
        if (++i >= N) {
            state[0] = state[N - 1];
            i = 1;
        }
        if (++j >= count)
            j = 0;
    }
    for (int k = N - 1; k > 0; k--) {
        state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >> 30) * 1566083941U) - i;
        if (++i >= N) {
            state[0] = state[N - 1];
            i = 1;
        }
    }
    state[0] = 0x80000000U;
    r->has_gauss = false;
}

/* -- seeding ----------------------------------------------------------------------------------------------------------------------------------- */

static bool fill_from_system(void *data, size_t size)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    bool is_full = fd >= 0 && read(fd, data, size) == (ssize_t)size;

    if (fd >= 0)
        close(fd);
    return is_full;
}

void art_random_seed_system(art_random *r)
{
    uint32_t key[N];

    if (!fill_from_system(key, sizeof key)) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        memset(key, 0, sizeof key);
        key[0] = (uint32_t)now.tv_nsec;
        key[1] = (uint32_t)now.tv_sec;
        key[2] = (uint32_t)getpid();
    }
    seed_words(r, key, N);
}

static void seed_size(art_random *r, uint64_t size)
{
    uint32_t key[] = {(uint32_t)size, (uint32_t)(size >> 32)};
    seed_words(r, key, key[1] ? 2 : 1);
}

void art_random_seed_int(art_random *r, int64_t seed)
{
    seed_size(r, seed < 0 ? -(uint64_t)seed : (uint64_t)seed);
}

void art_random_seed_float(art_random *r, double seed)
{
    seed_size(r, (uint64_t)art_float_hash(seed));
}

/* The bytes and their SHA-512 behind them are one large number, whose words from the lowest on are the key. */
static void seed_data(art_random *r, const void *data, int64_t len)
{
    size_t size = (size_t)len + 64, count = (size + 3) / 4;
    uint8_t *bytes = art_resize(NULL, 0, size);
    uint32_t *key = art_resize(NULL, 0, count * sizeof *key);

    if (len > 0)
        memcpy(bytes, data, (size_t)len);
    art__sha512(data, (size_t)len, bytes + len);
    memset(key, 0, count * sizeof *key);
    for (size_t i = 0; i < size; i++)
        key[i / 4] |= (uint32_t)bytes[size - 1 - i] << (8 * (i % 4));
    while (count > 1 && key[count - 1] == 0)
        count--;
    seed_words(r, key, (int64_t)count);
    art_resize(key, (size + 3) / 4 * sizeof *key, 0);
    art_resize(bytes, size, 0);
}

void art_random_seed_bytes(art_random *r, const art_bytes *seed)
{
    seed_data(r, seed->data, seed->len);
}
void art_random_seed_str(art_random *r, const art_str *seed)
{
    seed_data(r, seed->text, seed->size);
}

static void random_destroy(art_obj *self)
{
    art_free(self, sizeof(art_random));
}

const art_type art_type_random = {.name = "Random", .module = "random", .kind = ART_KIND_CLASS, .size = sizeof(art_random *),
    .is_counted = true, .object_size = sizeof(art_random), .base = &art_type_object, .destroy = random_destroy};

art_random *art_random_new(art_box seed)
{
    art_random *r = art_new(&art_type_random, 0);

    switch (seed.type->kind) {
    case ART_KIND_NONE:
        art_random_seed_system(r);
        return r;
    case ART_KIND_INT:
    case ART_KIND_BOOL:
        art_random_seed_int(r, art_box_as_int(seed));
        return r;
    case ART_KIND_FLOAT:
        art_random_seed_float(r, seed.as.f);
        return r;
    case ART_KIND_STR:
        art_random_seed_str(r, (art_str *)seed.as.obj);
        return r;
    case ART_KIND_BYTES:
    case ART_KIND_BYTEARRAY:
        art_random_seed_bytes(r, (art_bytes *)seed.as.obj);
        return r;
    default:
        art_release(r);
        art_raise_new(&art_type_TypeError, "The only supported seed types are: None,\nint, float, str, bytes, and bytearray.");
        return NULL;
    }
}

/* Static storage of the thread: it lives as long as the thread and is never counted. */
art_random *art_random_shared(void)
{
    static _Thread_local art_random shared;

    if (!shared.base.type) {
        shared.base = (art_obj){&art_type_random, ART_IMMORTAL, 0};
        art_random_seed_system(&shared);
    }
    return &shared;
}

/* -- numbers ------------------------------------------------------------------------------------------------------------------------------------ */

double art_random_random(art_random *r)
{
    uint32_t a = next(r) >> 5, b = next(r) >> 6;
    return (a * 67108864.0 + b) * (1.0 / 9007199254740992.0);
}

static uint64_t bits(art_random *r, int64_t count)
{
    if (count <= 32)
        return count == 0 ? 0 : next(r) >> (32 - count);
    uint64_t low = next(r);
    return (uint64_t)(next(r) >> (64 - count)) << 32 | low;
}

int64_t art_random_getrandbits(art_random *r, int64_t count)
{
    if (count < 0) {
        art_raise_new(&art_type_ValueError, "number of bits must be non-negative");
        return 0;
    }
    return count > 63 ? art__int_overflow() : (int64_t)bits(r, count);
}

int64_t art_random_below(art_random *r, int64_t limit)
{
    int64_t count = art_int_bit_length(limit);
    uint64_t value;

    do
        value = bits(r, count);
    while (value >= (uint64_t)limit);
    return (int64_t)value;
}

/* getrandbits(8 * count) as little-endian bytes. */
art_bytes *art_random_randbytes(art_random *r, int64_t count)
{
    uint8_t *data;

    if (count < 0) {
        art_raise_new(&art_type_ValueError, "number of bits must be non-negative");
        return NULL;
    }
    art_bytes *bytes = art_bytes_room(count, &data);
    for (int64_t i = 0; i < count; i += 4) {
        uint32_t word = next(r);
        int64_t left = art__min(count - i, 4);
        word >>= 32 - 8 * left;
        for (int64_t j = 0; j < left; j++)
            data[i + j] = (uint8_t)(word >> (8 * j));
    }
    return bytes;
}

double art_random_gauss(art_random *r, double mu, double sigma)
{
    double z;

    if (r->has_gauss) {
        z = r->next_gauss;
        r->has_gauss = false;
    } else {
        double angle = art_random_random(r) * 6.283185307179586, radius = sqrt(-2.0 * log(1.0 - art_random_random(r)));
        z = cos(angle) * radius;
        r->next_gauss = sin(angle) * radius;
        r->has_gauss = true;
    }
    return mu + z * sigma;
}

art_bytes *art_random_getstate(art_random *r)
{
    return art_bytes_new(&r->state, (int64_t)(sizeof *r - offsetof(art_random, state)));
}

void art_random_setstate(art_random *r, const art_bytes *state)
{
    if ((size_t)state->len == sizeof *r - offsetof(art_random, state))
        memcpy(&r->state, state->data, (size_t)state->len);
}

art_bytes *art_urandom(int64_t count)
{
    uint8_t *data;

    if (count < 0) {
        art_raise_new(&art_type_ValueError, "negative argument not allowed");
        return NULL;
    }
    art_bytes *bytes = art_bytes_room(count, &data);
    if (fill_from_system(data, (size_t)count))
        return bytes;
    art_release(bytes);
    art_raise_new(&art_type_NotImplementedError, "/dev/urandom (or equivalent) not found");
    return NULL;
}
