#!/usr/bin/env python3
"""What CPython says: python3 oracle.py SECTION [COUNT [SEED]] writes one case a line for tests/unit/test_oracle.c, the same for the same seed.

A line is fields between tabs: the operation, its operands, `=`, and the outcome: the repr of the result, or "Type: message". Operands are
written so that C reads them without a parser: i:12, f:<bits in hex>, b:1, n:, s:<UTF-8 in hex>, y:<hex>, l:2 followed by two more operands,
t:2 and d:2 alike."""
import random
import struct
import sys

INTEGERS = [0, 1, -1, 2, 3, 7, 10, -10, 63, 64, 100, 255, 256, 1000, 123456789, -987654321, 2**31, 2**53, 2**53 + 1, -2**53 - 1,
            2**62, 2**63 - 1, -2**63]
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 0.1, 0.2, 0.3, 1e16, 1e15, 123456789.123, 1e22, 1e23, 1e-4, 1e-5, 5e-324, 2.2250738585072014e-308,
          1.7976931348623157e308, 3.141592653589793, 2.675, 1e100, float("inf"), float("-inf"), float("nan"), 9007199254740993.0, 0.1 + 0.2,
          1234567.891, 9.995, 1e21, 4.35, 0.000123456]
TEXTS = ["", "a", "abc", "Hello, World", "hello world", " padded \t", "MiXeD cAsE", "123", "-42", "a,b,,c", "line\nline2\r\nline3\x0bx", "tab\tx",
         "quote'\"\\", "naïve café", "ÀÉÎõü", "ß", "ΑΣ ΣΑΣ.", "日本語", "🎉 party", "ǆ ǅ", "İi", "x" * 30, "ﬁne", "१२३", "½²", "\x00\x7f\x80\xa0",
         "they're bill's", "_name1", "class", "aXbXc", "aaaa", "\u2028sep", "ok ok ok", "%s {} {0}", "a\u0301b"]


def operand(value):
    if value is None:
        return ["n:"]
    if isinstance(value, bool):
        return [f"b:{int(value)}"]
    if isinstance(value, int):
        return [f"i:{value}"]
    if isinstance(value, float):
        return ["f:" + struct.pack(">d", value).hex()]
    if isinstance(value, str):
        return ["s:" + value.encode().hex()]
    if isinstance(value, bytes):
        return ["y:" + value.hex()]
    if isinstance(value, dict):
        return [f"d:{len(value)}"] + [f for pair in value.items() for one in pair for f in operand(one)]
    return [f"{'l' if isinstance(value, list) else 't'}:{len(value)}"] + [f for one in value for f in operand(one)]


def fits(value):
    if isinstance(value, (list, tuple)):
        return all(map(fits, value))
    return not isinstance(value, int) or -2**63 <= value < 2**63


def case(name, operands, function):
    try:
        result = function()
        if isinstance(result, complex):
            return
        outcome = repr(result) if fits(result) else "OverflowError: "
    except Exception as error:
        outcome = f"{type(error).__name__}: {error}"
        if "complex" in outcome:
            return
    fields = [name] + [f for one in operands for f in operand(one)] + ["=", outcome.encode("utf-8", "surrogatepass").hex()]
    print("\t".join(fields))


def random_float(rng):
    kind = rng.randrange(5)
    if kind == 0:
        return struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0]
    if kind == 1:
        return round(rng.uniform(-1000, 1000), rng.randrange(6))
    if kind == 2:
        return rng.uniform(-1, 1) * 10.0 ** rng.randrange(-20, 20)
    if kind == 3:
        return 2.0 ** rng.randrange(-1074, 1024)
    return float(rng.randrange(-2**62, 2**62))


def random_int(rng):
    value = rng.getrandbits(rng.randrange(1, 64))
    return -value if rng.random() < 0.4 else value


def random_text(rng):
    alphabet = rng.choice(["ab", "abc ,", "aA1 _-", "éßΣσς ab", "日本a\U0001f389", "\t\n\r \x1cx\x85"])
    return "".join(rng.choice(alphabet) for _ in range(rng.randrange(12)))


def floats(rng, count):
    for x in FLOATS + [2.0**e for e in range(-1074, 1024)] + [random_float(rng) for _ in range(count)]:
        case("repr", [x], lambda: x)


OPERATORS = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
             "floordiv": lambda a, b: a // b, "mod": lambda a, b: a % b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
             "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b, "eq": lambda a, b: a == b, "in": lambda a, b: a in b,
             "and": lambda a, b: a & b, "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b, "getitem": lambda a, b: a[b]}


def operators(rng, count):
    mixed = [1, 0, True, None, 2.5, "a", "b", "", [1], [1, 2.0], [], (1,), (1, "x"), {"a": 1}, {1: 2, 1.5: 3}, b"ab", [None], ["a"], {}, ()]
    for a in mixed:
        for b in mixed:
            for name, function in OPERATORS.items():
                if name == "mod" and isinstance(a, (str, bytes)):
                    continue
                case(name, [a, b], lambda: function(a, b))
    numbers = INTEGERS + FLOATS
    for _ in range(count):
        a, b = (rng.choice(numbers) if rng.random() < 0.4 else rng.choice((random_int, random_float))(rng) for _ in range(2))
        name = rng.choice(list(OPERATORS)[:11])
        case(name, [a, b], lambda: OPERATORS[name](a, b))
        if isinstance(a, int) and isinstance(b, int) and 0 <= b < 70:
            case("pow", [a, b], lambda: a ** b)
            case("lshift", [a, b], lambda: a << b)
            case("rshift", [a, b], lambda: a >> b)
        if isinstance(a, float) and isinstance(b, float):
            case("pow", [a, b], lambda: a ** b)


SPECS = ["", "5", "<8", ">8", "^9", "*^9", "=8", "08", "+", " ", "-", ",", "_", "x", "X", "#x", "#o", "#b", "b", "o", "d", "c", "n", "e", "E", "f", "F",
         "g", "G", "%", ".0f", ".1f", ".2f", ".3e", ".10g", "+.2f", "08.2f", ",.2f", "012,.1f", "_x", "#010x", "é>6", "10,", "010,", "=+9", ".3",
         ".0%", "z.1f", "#.3g", "#.0f", "s", "10s", ".2s", "^10.3s", "<010", "k", "5.", "é", "ab", ",_", ",,", "99999999999999999999", "#", "+s", ",s", "=s",
         "_b", "#_b", "0=20,", "+08,d", " d", "^+9.2e", ".15g", ".17g", ".1", "5.1"]


def formats(rng, count):
    values = INTEGERS + FLOATS + TEXTS[:12] + [True, False, "日本語", None, [1, 2], (1,)]
    for value in values:
        for spec in SPECS:
            case("format", [value, spec], lambda: format(value, spec))
    for _ in range(count):
        spec = rng.choice(["", "*", "0", "é"]) + rng.choice(["", "<", ">", "^", "="])
        spec = (spec if len(spec) == 2 else spec[-1:] if spec[-1:] in "<>^=" else "") + rng.choice(["", "", "+", " ", "-"])
        spec += rng.choice(["", "", "#"]) + rng.choice(["", "", "0"]) + rng.choice(["", str(rng.randrange(1, 25))])
        spec += rng.choice(["", "", ",", "_"]) + rng.choice(["", "", f".{rng.randrange(12)}"]) + rng.choice(["", *"bcdeEfFgGnosxX%"])
        value = rng.choice([random_int, random_float, random_text])(rng)
        case("format", [value, spec], lambda: format(value, spec))


def parsing(rng, count):
    texts = ["12", " 12 ", "-5", "+7", "1_000", "_1", "1_", "1__0", "", " ", "0x1f", "0b11", "0o17", "1e5", "१२", "9223372036854775807",
             "-9223372036854775808", "9223372036854775808", "abc", "z", "12a", "0x", "0_1", "007", "- 5", "--5", "\u20035", "1.5", ".5", "5.", "1e", "inf",
             "-Infinity", "nan", "NaN", "1_0.5_0", "1._5", "0x10", "1e400", "1e-400", ".", "1,5", "e5", "\t3.25\n", "infinit", "+.1e-3", "１２.５"]
    for text in texts:
        case("float", [text], lambda: float(text))
        for base in (10, 16, 0, 2, 36, 1, 37):
            case("int", [text, base], lambda: int(text, base))
    for _ in range(count):
        x = random_float(rng)
        for text in (repr(x), "%.25g" % x, "%.3e" % x):
            case("float", [text], lambda: float(text))
        digits = rng.randrange(-5, 12)
        case("round", [x, digits], lambda: round(x, digits))
        n = random_int(rng)
        case("round", [n, digits], lambda: round(n, digits))
        case("trunc", [x], lambda: int(x))
        case("round0", [x], lambda: round(x))
        case("hash", [x], lambda: hash(x))
        case("hash", [n], lambda: hash(n))
        case("hex", [x], lambda: x.hex())
        case("bases", [n], lambda: bin(n) + oct(n) + hex(n))


METHODS = {"capitalize": 0, "casefold": 0, "lower": 0, "swapcase": 0, "title": 0, "upper": 0, "isalnum": 0, "isalpha": 0, "isascii": 0, "isdecimal": 0,
           "isdigit": 0, "isidentifier": 0, "islower": 0, "isnumeric": 0, "isprintable": 0, "isspace": 0, "istitle": 0, "isupper": 0, "encode": 0,
           "strip": 0, "lstrip": 0, "rstrip": 0, "split": 0, "rsplit": 0, "splitlines": 0}


def strings(rng, count):
    def call(text, method, *args):
        case("method:" + method, [text, *args], lambda: getattr(text, method)(*args))

    def batch(text):
        for method in METHODS:
            call(text, method)
        call(text, "splitlines", True)
        sub = text[rng.randrange(len(text) + 1):][:rng.randrange(4)] if rng.random() < 0.7 else random_text(rng)[:2]
        low, high = rng.randrange(-8, 12), rng.randrange(-8, 12)
        for method in ("find", "rfind", "index", "rindex", "count", "startswith", "endswith"):
            call(text, method, sub)
            call(text, method, sub, low)
            call(text, method, sub, low, high)
        for method in ("split", "rsplit"):
            call(text, method, sub)
            call(text, method, sub, rng.randrange(-1, 4))
            call(text, method, None, rng.randrange(-1, 4))
        for method in ("strip", "lstrip", "rstrip", "removeprefix", "removesuffix"):
            call(text, method, sub)
        call(text, "replace", sub, rng.choice(["", "é", "xyz"]))
        call(text, "replace", sub, "--", rng.randrange(-1, 3))
        for method in ("ljust", "rjust", "center"):
            call(text, method, rng.randrange(20))
            call(text, method, rng.randrange(20), rng.choice(["*", "日", "xx"]))
        call(text, "zfill", rng.randrange(12))
        case("repr", [text], lambda: text)
        case("ascii", [text], lambda: ascii(text))
        case("getitem", [text, low], lambda: text[low])
        step = rng.choice([1, 1, 2, 3, -1, -2, 0])
        bounds = [rng.choice([None, rng.randrange(-10, 14)]) for _ in range(2)]
        case("slice", [text, *bounds, step], lambda: text[bounds[0]:bounds[1]:step])
        data = text.encode()
        case("slice", [data, *bounds, step], lambda: data[bounds[0]:bounds[1]:step])
        items = list(text)
        case("slice", [items, *bounds, step], lambda: items[bounds[0]:bounds[1]:step])
        case("in", [sub, text], lambda: sub in text)
        case("lt", [text, sub], lambda: text < sub)

    for text in TEXTS:
        for _ in range(3):
            batch(text)
    for _ in range(count):
        batch(random_text(rng))
    for point in range(0, 0x11000, 7):
        if not 0xD800 <= point < 0xE000:
            text = "a" + chr(point)
            for method in ("upper", "lower", "title", "isalpha", "isprintable", "isspace", "isnumeric", "isidentifier", "casefold"):
                call(text, method)


def codecs(rng, count):
    for _ in range(count):
        data = bytes(rng.choice(b"ab\x80\xbf\xc2\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xff\xed\xa0\xc0\xf4\x90\x00") for _ in range(rng.randrange(9)))
        for encoding in ("utf-8", "ascii", "latin-1", "utf-16-le", "utf-16", "utf-32-be"):
            for errors in ("strict", "ignore", "replace", "backslashreplace"):
                case("decode", [data, encoding, errors], lambda: data.decode(encoding, errors))
        text = random_text(rng)
        for encoding in ("utf-8", "ascii", "latin-1", "utf-16-le", "utf-16-be", "utf-32"):
            for errors in ("strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace"):
                case("method:encode", [text, encoding, errors], lambda: text.encode(encoding, errors))


def templates(rng, count):
    for fmt in ["%s", "%d", "%i", "%5d|", "%-5d|", "%05d", "%+d", "% d", "%x", "%X", "%#x", "%o", "%#o", "%e", "%.2f", "%8.3f", "%-8.2f|", "%g", "%G", "%r", "%a",
                "%c", "%10s|", "%-10s|", "%.2s", "%5.1s|", "%%", "%", "%z", "%5", "%.3d", "%05.1f", "%+.1e", "%#.3x", "%05s", "%d%%", "%(a)s", "%s %s"]:
        for value in [1, -7, 255, 2.5, -0.0, 1e10, "abc", "é", "x", None, [1, "a"], True, {"a": 5}, 2**40]:
            case("percent", [fmt, value], lambda: fmt % value)
    for fmt, args in [("%s-%s", (1, "a")), ("%s", ()), ("%s", (1, 2)), ("%*d|", (5, 42)), ("%-*d|", (5, 42)), ("%.*f", (2, 3.14159)), ("%s %s", ("a",)),
                      ("%5s|%-5s|", ("a", "b")), ("%d items", (3,)), ("no", ()), ("%s", ((1, 2),)), ("%d", ("x",)), ("%*d", ("a", 1))]:
        case("percent", [fmt, args], lambda: fmt % args)
    for fmt in ["{}", "{0}", "{} {}", "{1} {0}", "{!r}", "{0!s:>8}", "{:>{}}", "{:>5}|", "{{}}", "{", "}", "{0", "{}{0}", "{0}{}", "{:d}", "{0[0]}", "{0[1]}|{1}",
                "{!x}", "{x}", "a{}b{}c", "{:{}.{}f}", "{0.real}", "{!a}", "{:,}", "{:.2f}"]:
        for args in [(1,), (1, 2), ("é", 8), (3.14159, 10, 2), ([1, 2], "x"), ()]:
            if "real" not in fmt:
                case("template", [fmt, args], lambda: fmt.format(*args))


def containers(rng, count):
    """A list, a dict and a set changed at random; what they are in the end."""
    for _ in range(count):
        items, table, steps = [], {}, []
        for _ in range(rng.randrange(60)):
            kind, key, value = rng.randrange(6), rng.choice([rng.randrange(30), f"k{rng.randrange(20)}", float(rng.randrange(8))]), rng.randrange(9)
            steps += [kind, key, value]
            if kind <= 2:
                table[key] = value
            elif kind == 3:
                table.pop(key, None)
            elif kind == 4 and table:
                table.popitem()
            else:
                items.append(key)
        case("dict", steps, lambda: (table, items))
        numbers = [rng.randrange(50) for _ in range(rng.randrange(80))]
        case("sort", [numbers], lambda: sorted(numbers))
        words = [random_text(rng) for _ in range(rng.randrange(40))]
        case("sort", [words], lambda: sorted(words))
        pairs = [(rng.randrange(4), rng.choice("abc")) for _ in range(rng.randrange(70))]
        case("sort", [pairs], lambda: sorted(pairs))
        case("sortkey", [pairs], lambda: sorted(pairs, key=lambda p: p[0], reverse=True))


SECTIONS = {f.__name__: f for f in (floats, operators, formats, parsing, strings, codecs, templates, containers)}

if __name__ == "__main__":
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    seed = sys.argv[3] if len(sys.argv) > 3 else "asyncc"
    SECTIONS[sys.argv[1]](random.Random(seed), count)
