"""The command line: what each form of it writes, prints and exits with."""
import functools
import json
import os
import tempfile
import pathlib
import re
import sys

from harness import ROOT, Test, fail, ok, run, tail

HELLO = "import sys\n\n\ndef greet(name: str) -> str:\n    return f'Hello, {name}!'\n\n\nprint(greet('world'))\nprint(len(sys.argv))\n"
WRONG = "x = 1\nprint(y)\n"


class Case:
    """A folder with hello.async and wrong.async in it, and asyncc."""

    def __init__(self, ctx, place):
        self.asyncc = ctx.asyncc
        self.place = pathlib.Path(place)
        (self.place / "hello.async").write_text(HELLO)
        (self.place / "wrong.async").write_text(WRONG)

    def call(self, *words, stdin=b"", status=0, env=None):
        done = run([self.asyncc, *words], cwd=self.place, stdin=stdin, env=env, timeout=60)
        assert done.status == status, f"asyncc {' '.join(words)}: {done.how()}, expected {status}\n{tail(done.stderr)}"
        return done

    def has(self, *names):
        for name in names:
            assert (self.place / name).exists(), f"{name} was not written: {sorted(os.listdir(self.place))}"


def writes_c_and_header_beside_the_source(case):
    case.call("hello.async")
    case.has("hello.c", "hello.h")


def output_name(case):
    case.call("hello.async", "-o", "other.c")
    case.has("other.c", "other.h")


def output_is_stable(case):
    texts = []
    for _ in range(2):
        case.call("hello.async")
        texts.append([(case.place / name).read_text() for name in ("hello.c", "hello.h")])
    assert texts[0] == texts[1], "two runs wrote different C"


def reads_standard_input(case):
    done = case.call("--emit=c", "-", stdin=HELLO.encode())
    assert b"greet" in done.stdout


def run_passes_arguments_and_status(case):
    assert case.call("run", "hello.async").stdout == b"Hello, world!\n1\n"
    assert case.call("run", "hello.async", "a", "b").stdout == b"Hello, world!\n3\n"
    (case.place / "exit.async").write_text("import sys\n\nsys.exit(7)\n")
    case.call("run", "exit.async", status=7)


def build_makes_an_executable(case):
    case.call("build", "hello.async", "-o", "hello")
    done = run([case.place / "hello"])
    assert done.stdout == b"Hello, world!\n1\n", done.stdout


def build_release(case):
    case.call("build", "hello.async", "-o", "hello", "--release")
    assert run([case.place / "hello"]).stdout.startswith(b"Hello")


def small_program_stays_small(case):
    """A task that prints a line: at most 120 KiB, and nothing to load but libc. (libm comes with what computes powers.)"""
    if sys.platform != "linux" or "sanitize" in str(case.asyncc):
        return
    case.call("build", "--release", ROOT / "bench" / "startup.async", "-o", "small")
    assert run(["strip", "small"], cwd=case.place).status == 0
    size = (case.place / "small").stat().st_size
    assert size <= 120 * 1024, f"{size} bytes"
    dynamic = run(["readelf", "-d", "small"], cwd=case.place).stdout.decode()
    needed = re.findall(r"NEEDED.*\[(.*)\]", dynamic)
    assert needed == ["libc.so.6"], needed
    assert run([case.place / "small"]).stdout == b"hello\n"


def check_writes_nothing(case):
    before = sorted(os.listdir(case.place))
    case.call("check", "hello.async")
    assert before == sorted(os.listdir(case.place))


def errors_have_place_line_and_caret(case):
    done = case.call("check", "wrong.async", status=1)
    text = done.stderr.decode()
    assert "wrong.async:2:7: error: " in text, text
    assert "print(y)" in text and "^" in text, text


def errors_as_json(case):
    done = case.call("check", "--format=json", "wrong.async", status=1)
    found = json.loads(done.stdout)
    assert "wrong.async" in json.dumps(found)


def errors_as_sarif(case):
    done = case.call("check", "--format=sarif", "wrong.async", status=1)
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0" and log["runs"][0]["results"][0]["level"] == "error", log


def usage(case):
    case.call(status=2)
    case.call("--no-such-option", "hello.async", status=2)
    case.call("hello.async", "--emit=nonsense", status=2)


def missing_file(case):
    done = case.call("missing.async", status=1)
    assert b"missing.async" in done.stderr


def help_and_version(case):
    assert b"asyncc" in case.call("--help").stdout
    assert b"asyncc" in case.call("--version").stdout


def emits_each_form(case):
    for form in ("tokens", "ast", "types", "ir", "frames", "c"):
        done = case.call(f"--emit={form}", "hello.async")
        assert done.stdout or form == "frames", f"--emit={form} printed nothing"


def frame_sizes_are_those_of_c(case):
    """What the comment above a frame and --emit=frames say, unless coroutines of the runtime lie in it."""
    checked = 0
    for source in ("frames", "coroutine"):
        case.call("--no-line", ROOT / "tests" / "golden" / f"{source}.async", "-o", "sizes.c")
        text = (case.place / "sizes.c").read_text()
        frames = re.findall(r"Frame: (\d+) bytes\. \*/\n(?:typedef )?struct (\w+) \{", text)
        checks = [f'_Static_assert(sizeof(struct {name}) == {size}, "{name} is not {size} bytes");' for size, name in frames]
        (case.place / "sizes.c").write_text("\n".join([text, *checks]))
        done = run(["cc", "-std=c11", "-fsyntax-only", "-w", f"-I{ROOT}/runtime/include", "sizes.c"], cwd=case.place)
        assert done.status == 0, tail(done.stderr)
        checked += len(frames)
    assert checked >= 5, f"only {checked} frames were found"


LARGE = """import asyncio


async def inner() -> int:
    line = (1, 2, 3, 4, 5, 6, 7, 8)
    page = (line, line, line, line, line, line, line, line)
    await asyncio.sleep(0)
    return page[3][4]


async def outer() -> int:
    line = (1, 2, 3, 4, 5, 6, 7, 8)
    page = (line, line, line, line, line, line, line, line)
    book = (page, page, page, page, page, page, page, page)
    found = await inner()
    return found + book[0][1][2]


asyncio.run(outer())
"""


def large_frame_is_warned_of(case):
    (case.place / "large.async").write_text(LARGE)
    text = case.call("large.async").stderr.decode()
    assert "large.async:11:1: warning: the frame of 'outer' takes" in text, text
    assert "large.async:4:1: note: " in text and "are the frame of 'inner', which it awaits" in text, text
    assert "large.async:14:5: note: 4096 of them are 'book'" in text, text
    assert "the frame of 'inner' takes" not in text, text


def line_directives(case):
    case.call("hello.async", "-o", "a.c")
    case.call("--no-line", "hello.async", "-o", "b.c")
    assert "#line" in (case.place / "a.c").read_text()
    assert "#line" not in (case.place / "b.c").read_text()


def dependencies_for_make(case):
    case.call("-MD", "hello.async")
    case.has("hello.d")
    assert "hello.async" in (case.place / "hello.d").read_text()


def runs_installed(case):
    """From a prefix, with the source tree out of sight."""
    root = case.asyncc.parent.parent
    if not (root / "Makefile").exists():
        return
    prefix = case.place / "prefix"
    made = run(["make", "-C", root, f"BUILD={case.asyncc.parent.name}", "install", f"PREFIX={prefix}"], timeout=300)
    assert made.status == 0, tail(made.stderr)
    done = run([prefix / "bin" / "asyncc", "run", "hello.async"], cwd=case.place)
    assert done.stdout == b"Hello, world!\n1\n", tail(done.stderr)


CASES = [
    writes_c_and_header_beside_the_source,
    output_name,
    output_is_stable,
    reads_standard_input,
    run_passes_arguments_and_status,
    build_makes_an_executable,
    build_release,
    small_program_stays_small,
    check_writes_nothing,
    errors_have_place_line_and_caret,
    errors_as_json,
    errors_as_sarif,
    usage,
    missing_file,
    help_and_version,
    emits_each_form,
    frame_sizes_are_those_of_c,
    large_frame_is_warned_of,
    line_directives,
    dependencies_for_make,
    runs_installed,
]


def run_case(ctx, function):
    with tempfile.TemporaryDirectory(prefix="asyncc-") as place:
        try:
            function(Case(ctx, place))
        except AssertionError as e:
            return fail(str(e).splitlines()[0] if str(e) else "assertion failed", str(e))
    return ok()


def tests(ctx):
    return [Test(f"cli/{f.__name__}", functools.partial(run_case, function=f)) for f in CASES]
