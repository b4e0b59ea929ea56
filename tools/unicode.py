#!/usr/bin/env python3
"""Writes runtime/src/unicode_data.h: what Python's str methods know of each code point, as this Python knows it (3.11: Unicode 14).

A code point has a record: flags, and how it changes when its case does. Most are alike, so that records are few; pages of 128 code points
are shared too. Mappings to several code points stand in a table of their own. What nearly every program asks, whether a character is
printable, a space or a digit, has small tables of its own, so that only programs that ask more carry the large ones."""
import sys
import unicodedata

PAGE = 128
records, record_ids, pages, page_ids, index, extra = [], {}, [], {}, [], []

# Characters that str.lower skips when it decides on a final sigma have no method of their own; this is their definition.
WORD_BREAK_MID = set(map(ord, "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a"))


def flags(cp, c):
    category = unicodedata.category(c)
    tests = [c.isalpha(), c.isdecimal(), c.isdigit(), c.isnumeric(), c.islower(), c.isupper(), category == "Lt", c.isspace(), c.isprintable(),
             c.isidentifier(), ("a" + c).isidentifier(), c.islower() or c.isupper() or category == "Lt",
             cp in WORD_BREAK_MID or category in ("Mn", "Me", "Cf", "Lm", "Sk")]
    return sum(1 << i for i, test in enumerate(tests) if test)


def mapping(cp, text):
    """A difference, or 0x200000 + a place in `extra` (its length times 4 above)."""
    if len(text) == 1:
        return ord(text) - cp
    extra.extend(map(ord, text))
    return 0x200000 | (len(extra) - len(text)) << 2 | len(text)


def record(cp):
    c = chr(cp)
    sigma = cp == 0x3A3
    key = (flags(cp, c), mapping(cp, c.upper()), 32 if sigma else mapping(cp, c.lower()), mapping(cp, c.title()), mapping(cp, c.casefold()))
    if key not in record_ids:
        record_ids[key] = len(records)
        records.append(key)
    return record_ids[key]


for start in range(0, 0x110000, PAGE):
    page = tuple(record(cp) for cp in range(start, start + PAGE))
    if page not in page_ids:
        page_ids[page] = len(pages)
        pages.append(page)
    index.append(page_ids[page])
# Everything above the last page that differs from plane 16's is cut off.
while len(index) > 1 and index[-1] == index[-2]:
    index.pop()


def edges(test):
    """The code points at which the answer changes; it begins with no."""
    found, before = [], False
    for cp in range(0x110000):
        if test(chr(cp)) != before:
            before = not before
            found.append(cp)
    return found


zeros = [cp for cp in range(0x110000) if unicodedata.decimal(chr(cp), -1) == 0]
assert all(unicodedata.decimal(chr(zero + i), -1) == i for zero in zeros for i in range(10))
assert sum(unicodedata.decimal(chr(cp), -1) >= 0 for cp in range(0x110000)) == 10 * len(zeros)


def table(kind, name, values):
    out = [f"static const {kind} {name}[] = {{"]
    line = "   "
    for value in values:
        item = f" {value},"
        if len(line) + len(item) > 128:
            out.append(line)
            line = "   "
        line += item
    return "\n".join(out + [line, "};", ""])


with open(sys.argv[1], "w") as out:
    out.write(f"/* Written by tools/unicode.py: Unicode {unicodedata.unidata_version}. Do not edit. */\n\n")
    out.write("static const CharRecord char_records[] = {\n")
    for r in records:
        out.write("    {%s},\n" % ", ".join(map(str, r)))
    out.write("};\n\n")
    out.write(table("uint16_t" if len(records) > 255 else "uint8_t", "char_pages", [r for page in pages for r in page]))
    out.write("\n" + table("uint16_t" if len(pages) > 255 else "uint8_t", "char_index", index))
    out.write("\n" + table("int32_t", "char_extra", extra))
    out.write("\n/* Where the answer changes; it begins with no. */\n")
    printable = edges(str.isprintable)
    out.write(table("uint16_t", "printable_edges", [cp for cp in printable if cp < 0x10000]))
    out.write(table("int32_t", "printable_edges_above", [cp for cp in printable if cp >= 0x10000]))
    out.write(table("int32_t", "space_edges", edges(str.isspace)))
    out.write("\n/* The zeros of all scripts; nine digits follow each. */\n")
    out.write(table("int32_t", "zeros", zeros))
print(len(records), "records,", len(pages), "pages,", len(index), "index,", len(extra), "extra", file=sys.stderr)
