/* SHA-512: of one block of memory, and its inner step for what comes in pieces. */
#ifndef ART_SHA512_H
#define ART_SHA512_H

#include <stddef.h>
#include <stdint.h>

void art__sha512_block(uint64_t state[8], const uint8_t block[128]);
void art__sha512(const void *data, size_t size, uint8_t digest[64]);

#endif
