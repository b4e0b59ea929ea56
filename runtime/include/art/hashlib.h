/* The module hashlib: digests of what comes in pieces. */
#ifndef ART_HASHLIB_H
#define ART_HASHLIB_H

#include "art/bytes.h"

typedef struct art_hash {
    art_obj base;
    int32_t algorithm;   /* index into the table of hashlib.c */
    int32_t digest_size; /* bytes; may be less than the algorithm's own (blake2) */
    uint64_t size;       /* of what came, in bytes */
    uint32_t filled;     /* bytes waiting in block */
    uint8_t block[168];
    union {
        uint32_t w32[8];
        uint64_t w64[25];
    } state;
} art_hash;

extern const art_type art_type_hash;

/* "sha256", "md5", …; ValueError "unsupported hash type x". digest_size: 0 for the algorithm's own. key: of blake2, or NULL. */
art_hash *art_hash_new(const art_str *name, int64_t digest_size, const art_bytes *key);
void art_hash_update(art_hash *hash, const art_bytes *data);
art_bytes *art_hash_digest(const art_hash *hash);
art_bytes *art_hash_shake(const art_hash *hash, int64_t length); /* of shake_128, shake_256; ValueError when negative */
art_hash *art_hash_copy(const art_hash *hash);
art_str *art_hash_name(const art_hash *hash);
int64_t art_hash_digest_size(const art_hash *hash);
int64_t art_hash_block_size(const art_hash *hash);
/* PBKDF2 with HMAC. ValueError as in Python. */
art_bytes *art_hash_pbkdf2(const art_str *name, const art_bytes *password, const art_bytes *salt, int64_t iterations,
                           int64_t length);
/* Equal? In a time that does not tell where they differ. */
bool art_hash_compare(const art_bytes *a, const art_bytes *b);

#endif
