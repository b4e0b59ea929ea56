#!/usr/bin/env python3
"""Writes compiler/syntax/unicode.def (which characters a name may hold) and unicode_names.def (what \\N{...} knows).

Run it with the CPython whose Unicode the compiler is to follow (3.11: Unicode 14.0):  python3 grammar/unicode.py
"""
import pathlib
import unicodedata

OUT = pathlib.Path(__file__).resolve().parent.parent / "compiler" / "syntax"
WIDTH = 118

# The blocks whose characters programs name: alphabets near ours, punctuation, symbols, pictures.
NAMED = [
    (0x20, 0x24F), (0x300, 0x45F), (0x2000, 0x23FF), (0x2500, 0x2BFF), (0xFEFF, 0xFEFF),
    (0xFFFD, 0xFFFD), (0x1F300, 0x1F6FF), (0x1F900, 0x1F9FF),
]


def ranges(belongs):
    """The ranges of code points beyond ASCII for which belongs(character) holds, and which NFKC leaves alone."""
    found = []
    for code in range(0x80, 0x110000):
        c = chr(code)
        if 0xD800 <= code <= 0xDFFF or not belongs(c) or unicodedata.normalize("NFKC", c) != c:
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def wrapped(items):
    lines, line = [], "   "
    for item in items:
        if len(line) + 1 + len(item) > WIDTH:
            lines.append(line)
            line = "   "
        line += " " + item
    return "\n".join([*lines, line]) + "\n"


def write_ranges():
    starts = ranges(str.isidentifier)
    continues = ranges(lambda c: ("a" + c).isidentifier() and not c.isidentifier())
    text = """/* The characters of names beyond ASCII, sorted: START(first, last) may begin a name and continue it, CONTINUE(first, last) may only
 * continue it.  Unicode 14.0, as CPython 3.11: str.isidentifier() of each character, less those that NFKC normalization would
 * change, since CPython normalizes names and we do not.  Written by grammar/unicode.py. */

"""
    for name, found in (("START", starts), ("CONTINUE", continues)):
        text += f"#ifdef {name}\n" + wrapped(f"{name}(0x{a:x}, 0x{b:x})" for a, b in found) + "#endif\n"
    (OUT / "unicode.def").write_text(text)


def write_names():
    named = sorted(
        (name, code) for first, last in NAMED for code in range(first, last + 1) if (name := unicodedata.name(chr(code), ""))
    )
    text = """/* The names that \\N{...} knows, sorted: NAMED(code point, name).  Unicode 14.0: Latin, Greek, Cyrillic, punctuation, currency, arrows,
 * mathematics, boxes, symbols and pictures.  Written by grammar/unicode.py. */

"""
    text += "".join(f'NAMED(0x{code:04x}, "{name}")\n' for name, code in named)
    (OUT / "unicode_names.def").write_text(text)


write_ranges()
write_names()
