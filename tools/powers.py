#!/usr/bin/env python3
"""Writes runtime/src/powers_of_ten.h: 10**k for k = -292 … 324 as 128 bits, the highest of them set, rounded up."""
import sys

LOWEST, HIGHEST = -292, 324

with open(sys.argv[1], "w") as out:
    out.write("/* Written by tools/powers.py. Do not edit. */\n\n")
    out.write(f"enum {{ LOWEST_POWER = {LOWEST}, HIGHEST_POWER = {HIGHEST} }};\n\n")
    out.write("static const struct {\n    uint64_t high, low;\n} powers[] = {\n")
    for k in range(LOWEST, HIGHEST + 1):
        # Scaled by a power of two so that it has 128 bits.
        numerator, denominator = (10**k, 1) if k >= 0 else (1, 10**-k)
        shift = 127 - ((numerator.bit_length() - denominator.bit_length()))
        value = None
        for s in (shift - 1, shift, shift + 1):
            n, d = (numerator << s, denominator) if s >= 0 else (numerator, denominator << -s)
            v = -(-n // d)
            if v.bit_length() == 128 and (n // d).bit_length() == 128:
                value = v
        out.write("    {0x%016x, 0x%016x}, /* 1e%d */\n" % (value >> 64, value & (2**64 - 1), k))
    out.write("};\n")
