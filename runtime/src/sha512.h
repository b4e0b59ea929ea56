/* SHA-512 of one block of memory. */
#ifndef ART_SHA512_H
#define ART_SHA512_H

#include <stddef.h>
#include <stdint.h>

void art__sha512(const void *data, size_t size, uint8_t digest[64]);

#endif
