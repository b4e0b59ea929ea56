"""Input that no editor would write: the compiler must answer with a diagnostic or with C, soon, and must not crash."""
import functools

from harness import Test, fail, ok, run, tail


def nested(text, open_, close, depth):
    return (text % (open_ * depth + "1" + close * depth)).encode()


def blocks(depth):
    return "".join("    " * i + "if True:\n" for i in range(depth)).encode() + b"    " * depth + b"pass\n"


CASES = {
    "parentheses_10000": lambda: nested("x = %s\n", "(", ")", 10_000),
    "brackets_10000": lambda: nested("x = %s\n", "[", "]", 10_000),
    "braces_unclosed_10000": lambda: b"x = " + b"{" * 10_000,
    "calls_nested_5000": lambda: b"def f(x: int) -> int:\n    return x\n\nprint(" + b"f(" * 5000 + b"1" + b")" * 5001 + b"\n",
    "unary_minus_20000": lambda: b"x = " + b"-" * 20_000 + b"1\n",
    "not_20000": lambda: b"x = " + b"not " * 20_000 + b"True\n",
    "sum_50000_terms": lambda: b"x = " + b" + ".join([b"1"] * 50_000) + b"\nprint(x)\n",
    "string_concat_20000": lambda: b"x = " + b" + ".join([b"'a'"] * 20_000) + b"\nprint(len(x))\n",
    "attributes_10000": lambda: b"x = 1\ny = x" + b".real" * 10_000 + b"\n",
    "subscripts_10000": lambda: b"x = [1]\ny = x" + b"[0]" * 10_000 + b"\n",
    "lambda_2000": lambda: b"x = " + b"lambda: " * 2000 + b"1\n",
    "conditional_5000": lambda: b"x = " + b"1 if True else " * 5000 + b"2\nprint(x)\n",
    "comparison_chain_5000": lambda: b"print(" + b" < ".join(b"%d" % i for i in range(5000)) + b")\n",
    "blocks_90": lambda: blocks(90),
    "blocks_2000": lambda: blocks(2000),
    "elif_5000": lambda: b"x = 3\nif x == -1:\n    pass\n" + b"".join(b"elif x == %d:\n    print(%d)\n" % (i, i) for i in range(5000)),
    "line_of_a_megabyte": lambda: b"x = '" + b"a" * 1_000_000 + b"'\nprint(len(x))\n",
    "comment_of_a_megabyte": lambda: b"#" + b"x" * 1_000_000 + b"\nprint(1)\n",
    "name_of_100000": lambda: b"a" * 100_000 + b" = 1\nprint(" + b"a" * 100_000 + b")\n",
    "spaces_of_a_megabyte": lambda: b" " * 1_000_000 + b"x = 1\n",
    "newlines_of_a_megabyte": lambda: b"\n" * 1_000_000 + b"print(1)\n",
    "list_of_50000": lambda: b"x = [" + b", ".join(b"%d" % i for i in range(50_000)) + b"]\nprint(len(x))\n",
    "dict_of_20000": lambda: b"x = {" + b", ".join(b"'k%d': %d" % (i, i) for i in range(20_000)) + b"}\nprint(len(x))\n",
    "functions_20000": lambda: b"".join(b"def f%d(x: int) -> int:\n    return x + %d\n\n" % (i, i) for i in range(20_000)) + b"print(f19999(1))\n",
    "coroutines_2000": lambda: b"import asyncio\n\nasync def f0() -> int:\n    await asyncio.sleep(0)\n    return 0\n\n"
    + b"".join(b"async def f%d() -> int:\n    return 1 + await f%d()\n\n" % (i, i - 1) for i in range(1, 2000))
    + b"print(asyncio.run(f1999()))\n",
    "empty": lambda: b"",
    "only_newline": lambda: b"\n",
    "only_comment": lambda: b"# nothing",
    "no_final_newline": lambda: b"print(1)",
    "only_indent": lambda: b"    ",
    "carriage_returns": lambda: b"print(1)\r\nprint(2)\r\n",
    "only_carriage_returns": lambda: b"print(1)\rprint(2)\r",
    "form_feed": lambda: b"\x0cprint(1)\n\x0c\nprint(2)\n",
    "byte_order_mark": lambda: b"\xef\xbb\xbfprint(1)\n",
    "utf16": lambda: "print(1)\n".encode("utf-16"),
    "nul_alone": lambda: b"\0",
    "nul_in_code": lambda: b"x = 1\0 + 2\nprint(x)\n",
    "nul_in_string": lambda: b"x = 'a\0b'\n",
    "nul_in_comment": lambda: b"# a\0b\nprint(1)\n",
    "invalid_utf8": lambda: b"x = '\xff\xfe\xc3'\nprint(x)\n",
    "overlong_utf8": lambda: b"x = '\xc0\xaf\xed\xa0\x80'\n",
    "truncated_utf8": lambda: b"x = '\xe2\x82",
    "random_bytes": lambda: bytes((i * 7919 + (i >> 3) * 104729) & 255 for i in range(20_000)),
    "control_characters": lambda: bytes(range(1, 32)) + b"\n",
    "unterminated_string": lambda: b"x = 'abc\nprint(x)\n",
    "unterminated_triple": lambda: b"x = '''abc\nprint(x)\n",
    "unterminated_fstring": lambda: b"x = 1\ny = f'a{x\nprint(y)\n",
    "unterminated_fstring_spec": lambda: b"x = 1\ny = f'a{x:",
    "fstring_nested_200": lambda: b"x = 1\ny = " + b"f'{" * 1 + b"(" * 200 + b"x" + b")" * 200 + b"}'\n",
    "backslash_at_end": lambda: b"x = 1 + \\",
    "backslash_lines_10000": lambda: b"x = 1 \\\n" + b"+ 1 \\\n" * 10_000 + b"+ 1\nprint(x)\n",
    "dedent_mismatch": lambda: b"if True:\n        x = 1\n    y = 2\n",
    "tabs_and_spaces": lambda: b"if True:\n\tx = 1\n        y = 2\n",
    "huge_number": lambda: b"x = " + b"9" * 100_000 + b"\n",
    "huge_float": lambda: b"x = 1e" + b"9" * 10_000 + b"\nprint(x)\n",
    "huge_exponent": lambda: b"x = 2 ** 2 ** 2 ** 2 ** 2 ** 2 ** 2\n",
    "deep_type": lambda: b"x: " + b"list[" * 1000 + b"int" + b"]" * 1000 + b" = []\n",
    "growing_type": lambda: b"def f(x, n: int):\n    return f([x], n - 1) if n else 0\n\nprint(f(1, 3))\n",
    "self_import": lambda: b"import self_import\n",
    "self_base": lambda: b"class A(A):\n    pass\n",
    "base_cycle": lambda: b"class A(B):\n    pass\n\nclass B(A):\n    pass\n",
    "many_errors": lambda: b"".join(b"print(undefined_%d)\n" % i for i in range(3000)),
}


def run_case(ctx, name, make):
    source = ctx.folder("hostile") / f"{name}.async"
    source.write_bytes(make())
    compiler = ctx.build / "sanitize" / "asyncc"
    if not compiler.exists():
        compiler = ctx.asyncc
    done = run([compiler, source, "-o", source.with_suffix(".c")], timeout=60, env={"ASAN_OPTIONS": "detect_leaks=0"})
    if done.status == 0:
        return ok() if source.with_suffix(".c").exists() else fail("exit status 0, but no C")
    if done.status == 1 and b"error:" in done.stderr and b"Sanitizer" not in done.stderr:
        return ok()
    return fail(done.how(), tail(done.stderr, 30)[:3000])


def tests(ctx):
    return [Test(f"hostile/{name}", functools.partial(run_case, name=name, make=make)) for name, make in CASES.items()]
