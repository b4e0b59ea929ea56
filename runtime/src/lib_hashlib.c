/* The module hashlib: MD5, SHA-1, SHA-2, SHA-3 and SHAKE, BLAKE2, each a row of one table: how a state begins, how a block goes in, how the
 * digest comes out. */
#include "internal.h"

#include "art/hashlib.h"

#include "sha512.h"

typedef struct Algorithm {
    const char *name;
    uint32_t digest_size, block_size;
    void (*begin)(art_hash *hash);
    void (*add)(art_hash *hash, const uint8_t *block);
    void (*finish)(art_hash *hash, uint8_t *digest, size_t size);
} Algorithm;

enum {
    ALGORITHM_COUNT = 14
};
static const Algorithm algorithms[ALGORITHM_COUNT];

static void destroy(art_obj *self)
{
    art_free(self, sizeof(art_hash));
}

const art_type art_type_hash = {.name = "HASH",
                                .module = "_hashlib",
                                .kind = ART_KIND_CLASS,
                                .size = sizeof(art_hash *),
                                .is_counted = true,
                                .object_size = sizeof(art_hash),
                                .base = &art_type_object,
                                .destroy = destroy};

static uint32_t left32(uint32_t x, int by)
{
    return x << by | x >> (32 - by);
}
static uint32_t right32(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}
static uint64_t right64(uint64_t x, int by)
{
    return x >> by | x << (64 - by);
}
static uint64_t left64(uint64_t x, int by)
{
    return by ? x << by | x >> (64 - by) : x;
}

static uint64_t read_little(const uint8_t *from, int size)
{
    uint64_t x = 0;
    for (int i = size - 1; i >= 0; i--)
        x = x << 8 | from[i];
    return x;
}
static uint64_t read_big(const uint8_t *from, int size)
{
    uint64_t x = 0;
    for (int i = 0; i < size; i++)
        x = x << 8 | from[i];
    return x;
}

/* -- pieces -------------------------------------------------------------------------------------------------------------------- */

static const Algorithm *algorithm_of(const art_hash *hash)
{
    return &algorithms[hash->algorithm];
}

/* BLAKE2 treats its last block differently: a full block waits until more comes. */
static bool keeps_last(const Algorithm *a)
{
    return a->name[0] == 'b';
}

static void add(art_hash *hash, const uint8_t *data, size_t size)
{
    const Algorithm *a = algorithm_of(hash);

    hash->size += size;
    while (size > 0) {
        if (hash->filled == a->block_size) {
            a->add(hash, hash->block);
            hash->filled = 0;
        }
        size_t part = a->block_size - hash->filled < size ? a->block_size - hash->filled : size;
        memcpy(hash->block + hash->filled, data, part);
        hash->filled += (uint32_t)part;
        data += part;
        size -= part;
        if (hash->filled == a->block_size && !keeps_last(a)) {
            a->add(hash, hash->block);
            hash->filled = 0;
        }
    }
}

/* 0x80, zeros, the size in bits at the end of a block. */
static void pad(art_hash *hash, uint32_t length_size, bool is_big)
{
    const Algorithm *a = algorithm_of(hash);
    uint64_t bits = hash->size * 8;

    hash->block[hash->filled++] = 0x80;
    if (hash->filled > a->block_size - length_size) {
        memset(hash->block + hash->filled, 0, a->block_size - hash->filled);
        a->add(hash, hash->block);
        hash->filled = 0;
    }
    memset(hash->block + hash->filled, 0, a->block_size - hash->filled);
    for (uint32_t i = 0; i < 8; i++)
        hash->block[is_big ? a->block_size - 1 - i : a->block_size - 8 + i] = (uint8_t)(bits >> (8 * i));
    a->add(hash, hash->block);
}

static void write_words32(const art_hash *hash, uint8_t *digest, size_t size, bool is_big)
{
    for (size_t i = 0; i < size; i++)
        digest[i] = (uint8_t)(hash->state.w32[i / 4] >> 8 * (is_big ? 3 - i % 4 : i % 4));
}

/* -- MD5 ----------------------------------------------------------------------------------------------------------------------- */

static void md5_begin(art_hash *hash)
{
    memcpy(hash->state.w32, (uint32_t[]){0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}, 16);
}

static void md5_add(art_hash *hash, const uint8_t *block)
{
    static const uint8_t shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    static const uint32_t sines[64] = {
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
        0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
        0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
        0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
        0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
        0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
        0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
    uint32_t *s = hash->state.w32, a = s[0], b = s[1], c = s[2], d = s[3];

    for (uint32_t i = 0; i < 64; i++) {
        uint32_t f, g;
        switch (i / 16) {
        case 0: f = (b & c) | (~b & d), g = i; break;
        case 1: f = (d & b) | (~d & c), g = (5 * i + 1) % 16; break;
        case 2: f = b ^ c ^ d, g = (3 * i + 5) % 16; break;
        default: f = c ^ (b | ~d), g = 7 * i % 16; break;
        }
        uint32_t turned = left32(a + f + sines[i] + (uint32_t)read_little(block + 4 * g, 4), shifts[i / 16][i % 4]);
        a = d;
        d = c;
        c = b;
        b += turned;
    }
    s[0] += a;
    s[1] += b;
    s[2] += c;
    s[3] += d;
}

static void md5_finish(art_hash *hash, uint8_t *digest, size_t size)
{
    pad(hash, 8, false);
    write_words32(hash, digest, size, false);
}

/* -- SHA-1 --------------------------------------------------------------------------------------------------------------------- */

static void sha1_begin(art_hash *hash)
{
    memcpy(hash->state.w32, (uint32_t[]){0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}, 20);
}

static void sha1_add(art_hash *hash, const uint8_t *block)
{
    uint32_t w[80], *s = hash->state.w32, a = s[0], b = s[1], c = s[2], d = s[3], e = s[4];

    for (int i = 0; i < 80; i++)
        w[i] = i < 16 ? (uint32_t)read_big(block + 4 * i, 4) : left32(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        uint32_t f = i < 20 ? (b & c) | (~b & d) : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
        uint32_t k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
        uint32_t next = left32(a, 5) + f + e + k + w[i];
        e = d;
        d = c;
        c = left32(b, 30);
        b = a;
        a = next;
    }
    s[0] += a;
    s[1] += b;
    s[2] += c;
    s[3] += d;
    s[4] += e;
}

static void sha32_finish(art_hash *hash, uint8_t *digest, size_t size)
{
    pad(hash, 8, true);
    write_words32(hash, digest, size, true);
}

/* -- SHA-2 --------------------------------------------------------------------------------------------------------------------- */

static void sha224_begin(art_hash *hash)
{
    memcpy(hash->state.w32,
           (uint32_t[]){0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4},
           32);
}

static const uint32_t iv32[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
static const uint64_t iv64[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                 0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

static void sha256_begin(art_hash *hash)
{
    memcpy(hash->state.w32, iv32, sizeof iv32);
}

static void sha256_add(art_hash *hash, const uint8_t *block)
{
    static const uint32_t constants[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
    uint32_t w[64], s[8];

    for (int i = 0; i < 64; i++) {
        if (i < 16) {
            w[i] = (uint32_t)read_big(block + 4 * i, 4);
            continue;
        }
        uint32_t s0 = right32(w[i - 15], 7) ^ right32(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = right32(w[i - 2], 17) ^ right32(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    memcpy(s, hash->state.w32, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t sum1 = right32(s[4], 6) ^ right32(s[4], 11) ^ right32(s[4], 25),
                 choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
        uint32_t sum0 = right32(s[0], 2) ^ right32(s[0], 13) ^ right32(s[0], 22),
                 majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        uint32_t t1 = s[7] + sum1 + choice + constants[i] + w[i], t2 = sum0 + majority;
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
        hash->state.w32[i] += s[i];
}

static void sha384_begin(art_hash *hash)
{
    memcpy(hash->state.w64,
           (uint64_t[]){0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
                        0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4},
           64);
}

static void sha512_begin(art_hash *hash)
{
    memcpy(hash->state.w64, iv64, sizeof iv64);
}

static void sha512_add(art_hash *hash, const uint8_t *block)
{
    art__sha512_block(hash->state.w64, block);
}

static void sha64_finish(art_hash *hash, uint8_t *digest, size_t size)
{
    pad(hash, 16, true);
    for (size_t i = 0; i < size; i++)
        digest[i] = (uint8_t)(hash->state.w64[i / 8] >> (56 - 8 * (i % 8)));
}

/* -- SHA-3 --------------------------------------------------------------------------------------------------------------------- */

static void keccak(uint64_t a[25])
{
    static const uint64_t constants[24] = {
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
        0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
        0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
        0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
    static const uint8_t turns[25] = {0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                      25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

    for (int round = 0; round < 24; round++) {
        uint64_t column[5], b[25];
        for (int x = 0; x < 5; x++)
            column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (int i = 0; i < 25; i++)
            a[i] ^= column[(i + 4) % 5] ^ left64(column[(i + 1) % 5], 1);
        for (int x = 0; x < 5; x++)
            for (int y = 0; y < 5; y++)
                b[y + 5 * ((2 * x + 3 * y) % 5)] = left64(a[x + 5 * y], turns[x + 5 * y]);
        for (int y = 0; y < 25; y += 5)
            for (int x = 0; x < 5; x++)
                a[y + x] = b[y + x] ^ (~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
        a[0] ^= constants[round];
    }
}

static void sha3_begin(art_hash *hash)
{
    memset(&hash->state, 0, sizeof hash->state);
}

static void sha3_add(art_hash *hash, const uint8_t *block)
{
    for (uint32_t i = 0; i < algorithm_of(hash)->block_size / 8; i++)
        hash->state.w64[i] ^= read_little(block + 8 * i, 8);
    keccak(hash->state.w64);
}

static void sponge_finish(art_hash *hash, uint8_t suffix, uint8_t *digest, size_t size)
{
    uint32_t rate = algorithm_of(hash)->block_size;

    memset(hash->block + hash->filled, 0, rate - hash->filled);
    hash->block[hash->filled] ^= suffix;
    hash->block[rate - 1] ^= 0x80;
    sha3_add(hash, hash->block);
    for (size_t i = 0; i < size; i++) {
        if (i > 0 && i % rate == 0)
            keccak(hash->state.w64);
        digest[i] = (uint8_t)(hash->state.w64[i % rate / 8] >> 8 * (i % rate % 8));
    }
}

static void sha3_finish(art_hash *hash, uint8_t *digest, size_t size)
{
    sponge_finish(hash, 0x06, digest, size);
}

static void shake_finish(art_hash *hash, uint8_t *digest, size_t size)
{
    sponge_finish(hash, 0x1f, digest, size);
}

/* -- BLAKE2 -------------------------------------------------------------------------------------------------------------------- */

static const uint8_t blake2_order[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};
static const uint8_t blake2_lanes[8][4] = {{0, 4, 8, 12},  {1, 5, 9, 13},  {2, 6, 10, 14}, {3, 7, 11, 15},
                                           {0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13},  {3, 4, 9, 14}};

static void blake2b_begin(art_hash *hash)
{
    memcpy(hash->state.w64, iv64, sizeof iv64);
    hash->state.w64[0] ^= 0x01010000 ^ (uint64_t)hash->digest_size;
}

static void blake2b_mix(art_hash *hash, const uint8_t *block, bool is_last)
{
    uint64_t v[16], m[16], *h = hash->state.w64;
    uint64_t count = is_last ? hash->size : (hash->state.w64[8] += 128);

    for (int i = 0; i < 16; i++) {
        m[i] = read_little(block + 8 * i, 8);
        v[i] = i < 8 ? h[i] : iv64[i - 8];
    }
    v[12] ^= count;
    if (is_last)
        v[14] = ~v[14];
    for (int round = 0; round < 12; round++) {
        const uint8_t *order = blake2_order[round % 10];
        for (int i = 0; i < 8; i++) {
            const uint8_t *l = blake2_lanes[i];
            v[l[0]] += v[l[1]] + m[order[2 * i]];
            v[l[3]] = right64(v[l[3]] ^ v[l[0]], 32);
            v[l[2]] += v[l[3]];
            v[l[1]] = right64(v[l[1]] ^ v[l[2]], 24);
            v[l[0]] += v[l[1]] + m[order[2 * i + 1]];
            v[l[3]] = right64(v[l[3]] ^ v[l[0]], 16);
            v[l[2]] += v[l[3]];
            v[l[1]] = right64(v[l[1]] ^ v[l[2]], 63);
        }
    }
    for (int i = 0; i < 8; i++)
        h[i] ^= v[i] ^ v[i + 8];
}

static void blake2b_add(art_hash *hash, const uint8_t *block)
{
    blake2b_mix(hash, block, false);
}

static void blake2b_finish(art_hash *hash, uint8_t *digest, size_t size)
{
    memset(hash->block + hash->filled, 0, 128 - hash->filled);
    blake2b_mix(hash, hash->block, true);
    for (size_t i = 0; i < size; i++)
        digest[i] = (uint8_t)(hash->state.w64[i / 8] >> 8 * (i % 8));
}

/* Its count of bytes stands behind the eight words of the state. */
static void blake2s_begin(art_hash *hash)
{
    memcpy(hash->state.w32, iv32, sizeof iv32);
    hash->state.w32[0] ^= 0x01010000 ^ (uint32_t)hash->digest_size;
}

static void blake2s_mix(art_hash *hash, const uint8_t *block, bool is_last)
{
    uint32_t v[16], m[16], *h = hash->state.w32;
    uint64_t count = is_last ? hash->size : (hash->state.w64[8] += 64);

    for (int i = 0; i < 16; i++) {
        m[i] = (uint32_t)read_little(block + 4 * i, 4);
        v[i] = i < 8 ? h[i] : iv32[i - 8];
    }
    v[12] ^= (uint32_t)count;
    v[13] ^= (uint32_t)(count >> 32);
    if (is_last)
        v[14] = ~v[14];
    for (int round = 0; round < 10; round++) {
        const uint8_t *order = blake2_order[round];
        for (int i = 0; i < 8; i++) {
            const uint8_t *l = blake2_lanes[i];
            v[l[0]] += v[l[1]] + m[order[2 * i]];
            v[l[3]] = right32(v[l[3]] ^ v[l[0]], 16);
            v[l[2]] += v[l[3]];
            v[l[1]] = right32(v[l[1]] ^ v[l[2]], 12);
            v[l[0]] += v[l[1]] + m[order[2 * i + 1]];
            v[l[3]] = right32(v[l[3]] ^ v[l[0]], 8);
            v[l[2]] += v[l[3]];
            v[l[1]] = right32(v[l[1]] ^ v[l[2]], 7);
        }
    }
    for (int i = 0; i < 8; i++)
        h[i] ^= v[i] ^ v[i + 8];
}

static void blake2s_add(art_hash *hash, const uint8_t *block)
{
    blake2s_mix(hash, block, false);
}

static void blake2s_finish(art_hash *hash, uint8_t *digest, size_t size)
{
    memset(hash->block + hash->filled, 0, 64 - hash->filled);
    blake2s_mix(hash, hash->block, true);
    write_words32(hash, digest, size, false);
}

/* -- the table ------------------------------------------------------------------------------------------------------------------ */

static const Algorithm algorithms[ALGORITHM_COUNT] = {
    {"md5", 16, 64, md5_begin, md5_add, md5_finish},
    {"sha1", 20, 64, sha1_begin, sha1_add, sha32_finish},
    {"sha224", 28, 64, sha224_begin, sha256_add, sha32_finish},
    {"sha256", 32, 64, sha256_begin, sha256_add, sha32_finish},
    {"sha384", 48, 128, sha384_begin, sha512_add, sha64_finish},
    {"sha512", 64, 128, sha512_begin, sha512_add, sha64_finish},
    {"sha3_224", 28, 144, sha3_begin, sha3_add, sha3_finish},
    {"sha3_256", 32, 136, sha3_begin, sha3_add, sha3_finish},
    {"sha3_384", 48, 104, sha3_begin, sha3_add, sha3_finish},
    {"sha3_512", 64, 72, sha3_begin, sha3_add, sha3_finish},
    {"shake_128", 0, 168, sha3_begin, sha3_add, shake_finish},
    {"shake_256", 0, 136, sha3_begin, sha3_add, shake_finish},
    {"blake2b", 64, 128, blake2b_begin, blake2b_add, blake2b_finish},
    {"blake2s", 32, 64, blake2s_begin, blake2s_add, blake2s_finish},
};

static int32_t find(const art_str *name)
{
    char lower[16];

    if (name->size >= (int64_t)sizeof lower)
        return -1;
    for (int64_t i = 0; i <= name->size; i++) {
        char c = name->text[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c == '-' ? '_' : c;
    }
    for (int32_t i = 0; i < ALGORITHM_COUNT; i++)
        if (strcmp(algorithms[i].name, lower) == 0)
            return i;
    return -1;
}

art_hash *art_hash_new(const art_str *name, int64_t digest_size, const art_bytes *key)
{
    int32_t algorithm = find(name);

    if (algorithm < 0) {
        art_raise_new(&art_type_ValueError, "unsupported hash type %s", name);
        return NULL;
    }
    const Algorithm *a = &algorithms[algorithm];
    if (digest_size < 0 || digest_size > a->digest_size || (key && key->len > a->digest_size)) {
        if (key && key->len > a->digest_size)
            art_raise_new(&art_type_ValueError, "maximum key length is %i bytes", (int64_t)a->digest_size);
        else
            art_raise_new(&art_type_ValueError, "digest_size for %s must be between 1 and %i bytes, here it is %i",
                          name, (int64_t)a->digest_size, digest_size);
        return NULL;
    }
    art_hash *hash = art_new(&art_type_hash, 0);
    hash->algorithm = algorithm;
    hash->digest_size = digest_size ? (int32_t)digest_size : (int32_t)a->digest_size;
    a->begin(hash);
    if (key && key->len > 0) {
        uint8_t block[128] = {0};
        memcpy(block, key->data, (size_t)key->len);
        if (a->block_size == 128)
            hash->state.w64[0] ^= (uint64_t)key->len << 8;
        else
            hash->state.w32[0] ^= (uint32_t)key->len << 8;
        add(hash, block, a->block_size);
    }
    return hash;
}

void art_hash_update(art_hash *hash, const art_bytes *data)
{
    add(hash, data->data, (size_t)data->len);
}

static void digest_into(const art_hash *hash, uint8_t *digest, size_t size)
{
    art_hash copy = *hash;
    algorithm_of(hash)->finish(&copy, digest, size);
}

art_bytes *art_hash_digest(const art_hash *hash)
{
    uint8_t digest[64];

    digest_into(hash, digest, (size_t)hash->digest_size);
    return art_bytes_new(digest, hash->digest_size);
}

art_bytes *art_hash_shake(const art_hash *hash, int64_t length)
{
    uint8_t *data;

    if (length < 0) {
        art_raise_new(&art_type_ValueError, "value must be positive");
        return NULL;
    }
    art_bytes *bytes = art_bytes_room(length, &data);
    digest_into(hash, data, (size_t)length);
    return bytes;
}

art_hash *art_hash_copy(const art_hash *hash)
{
    art_hash *copy = art_new(&art_type_hash, 0);
    art_obj base = copy->base;

    *copy = *hash;
    copy->base = base;
    return copy;
}

art_str *art_hash_name(const art_hash *hash)
{
    return art_str_of(algorithm_of(hash)->name);
}
int64_t art_hash_digest_size(const art_hash *hash)
{
    return hash->digest_size;
}
int64_t art_hash_block_size(const art_hash *hash)
{
    return algorithm_of(hash)->block_size;
}

/* -- HMAC ----------------------------------------------------------------------------------------------------------------------- */

/* A hash that has taken in the key, mixed with `mask`. */
static art_hash keyed(int32_t algorithm, const art_bytes *key, uint8_t mask)
{
    const Algorithm *a = &algorithms[algorithm];
    art_hash hash = {.algorithm = algorithm, .digest_size = (int32_t)a->digest_size};
    uint8_t block[168] = {0};

    if (key->len > a->block_size) {
        art_hash of_key = hash;
        a->begin(&of_key);
        add(&of_key, key->data, (size_t)key->len);
        digest_into(&of_key, block, a->digest_size);
    } else if (key->len > 0) {
        memcpy(block, key->data, (size_t)key->len);
    }
    for (uint32_t i = 0; i < a->block_size; i++)
        block[i] ^= mask;
    a->begin(&hash);
    add(&hash, block, a->block_size);
    return hash;
}

art_bytes *art_hash_pbkdf2(const art_str *name, const art_bytes *password, const art_bytes *salt, int64_t iterations,
                           int64_t length)
{
    int32_t algorithm = find(name);
    uint8_t *data, last[64], sum[64];

    if (algorithm < 0) {
        art_raise_new(&art_type_ValueError, "unsupported hash type %s", name);
        return NULL;
    }
    if (iterations < 1 || length < 0) {
        art_raise_new(&art_type_ValueError, iterations < 1 ? "iteration value must be greater than 0."
                                                           : "key length must be greater than 0.");
        return NULL;
    }
    size_t size = algorithms[algorithm].digest_size;
    length = length ? length : (int64_t)size;
    art_bytes *key = art_bytes_room(length, &data);
    art_hash inner = keyed(algorithm, password, 0x36), outer = keyed(algorithm, password, 0x5c);
    for (int64_t at = 0, block = 1; at < length; at += (int64_t)size, block++) {
        for (int64_t i = 0; i < iterations; i++) {
            art_hash in = inner, out = outer;
            if (i == 0) {
                uint8_t number[4] = {(uint8_t)(block >> 24), (uint8_t)(block >> 16), (uint8_t)(block >> 8),
                                     (uint8_t)block};
                add(&in, salt->data, (size_t)salt->len);
                add(&in, number, 4);
            } else {
                add(&in, last, size);
            }
            digest_into(&in, last, size);
            add(&out, last, size);
            digest_into(&out, last, size);
            for (size_t j = 0; j < size; j++)
                sum[j] = i ? sum[j] ^ last[j] : last[j];
        }
        memcpy(data + at, sum, (size_t)art__min((int64_t)size, length - at));
    }
    return key;
}

bool art_hash_compare(const art_bytes *a, const art_bytes *b)
{
    uint8_t difference = a->len != b->len;

    for (int64_t i = 0; i < a->len; i++)
        difference |= b->len ? a->data[i] ^ b->data[i % b->len] : 1;
    return difference == 0;
}
