"""The suites that are folders of files: what a file of each means, and what is done with it."""
import functools
import os
import re
import shlex
import shutil
import sys

from harness import ROOT, SANITIZER_ENV, Test, compare, diff, fail, ok, Outcome, programs, run, tail

sys.path.insert(0, str(ROOT / "tests" / "fuzz"))

# -- programs compared with CPython -----------------------------------------------------------------------------------------


def run_program(ctx, program, *, mode="plain", flags=(), wrapper=(), timeout=20, env=None):
    expected = ctx.oracle(program)
    if expected.status is None or expected.status < 0:
        return fail(f"CPython: {expected.how()}", tail(expected.stderr))
    if ctx.options.oracle_only:
        return ok()
    binary = ctx.build / "tests" / mode / program.name
    failure = ctx.compile(program.main, binary, *flags)
    if failure:
        return failure
    got = ctx.execute([*wrapper, binary], program, timeout=timeout, env={**(env or {}), **clock_for(program, mode, wrapper)})
    finding = re.search(rb"(ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:|ERROR SUMMARY: [1-9]).*", got.stderr)
    if finding:
        return fail(finding.group().decode("utf-8", "replace"), tail(got.stderr, 60))
    return compare(expected, got)


# What sleeps in threads or measures time needs the real clock.
REAL_TIME = re.compile(r"^(import|from) (time|threading|concurrent|signal)\b|run_in_executor|to_thread|subprocess", re.M)


def clock_for(program, mode, wrapper):
    """Where everything is slower than it should be, the loop's clock is virtual, so that no sleep is late."""
    slow = mode != "plain" or wrapper
    if not slow or any(REAL_TIME.search(f.read_text()) for f in program.files()):
        return {}
    return {"ASYNCC_CLOCK": "virtual"}


def program_tests(found, label="", **how):
    return [
        Test(label + p.name, functools.partial(run_program, program=p, **how), variant_of=p.name) for p in found
    ]


def all_programs():
    return programs(ROOT / "tests" / "conformance", "conformance") + programs(ROOT / "examples", "examples")


def conformance(ctx):
    return program_tests(programs(ROOT / "tests" / "conformance", "conformance"))


def examples(ctx):
    return program_tests(programs(ROOT / "examples", "examples"))


def sanitized(ctx):
    return program_tests(
        all_programs(), "sanitized/", mode="asan", flags=["--sanitize"], timeout=60, env=SANITIZER_ENV
    )


def valgrind(ctx):
    wrapper = ["valgrind", "-q", "--leak-check=full", "--error-exitcode=99", "--show-leak-kinds=definite,indirect"]
    return program_tests(all_programs(), "valgrind/", mode="plain", wrapper=wrapper, timeout=120)


def tsan(ctx):
    words = re.compile(r"executor|to_thread|threadsafe|ThreadPool|threading", re.I)
    threaded = [p for p in all_programs() if any(words.search(f.read_text()) for f in p.files())]
    return program_tests(threaded, "tsan/", mode="tsan", flags=["--sanitize=thread"], timeout=60, env=SANITIZER_ENV)


# -- what is refused --------------------------------------------------------------------------------------------------------

MARKER = re.compile(r"#\s*(error|warning|note):\s*(.*?)\s*(?=#\s*(?:error|warning|note):|$)")
DIAGNOSTIC = re.compile(r"^(.*?):(\d+):(?:\d+:)? (error|warning|note): (.*)$")


def expected_diagnostics(source):
    """The comments `# error: text`, by line. `# error@+1: …` is not needed: a marker stands on the line it speaks of."""
    text = source.read_bytes().decode("utf-8", "replace")
    return [(n, *m.groups()) for n, line in enumerate(text.split("\n"), 1) for m in MARKER.finditer(line)]


def reported_diagnostics(source, text):
    found = []
    for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines():
        m = DIAGNOSTIC.match(line)
        if m and os.path.basename(m[1]) == source.name:
            found.append((int(m[2]), m[3], m[4]))
    return found


def run_refusal(ctx, source):
    done = run([ctx.asyncc, "check", source], timeout=20)
    text = done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace")
    if done.status not in (0, 1):
        return fail(f"asyncc check: {done.how()}", tail(done.stderr))
    expected = expected_diagnostics(source)
    left = reported_diagnostics(source, text)
    missing = []
    for line, kind, words in expected:
        hit = next((d for d in left if d[0] == line and d[1] == kind and words in d[2]), None)
        if hit:
            left.remove(hit)
        else:
            missing.append(f"missing    line {line}: {kind}: {words}")
    unexpected = [f"unexpected line {n}: {kind}: {words}" for n, kind, words in left if kind == "error"]
    status = 1 if any(kind == "error" for _, kind, _ in expected) else 0
    if not missing and not unexpected and done.status == status:
        return ok()
    return fail(f"other diagnostics than expected ({done.how()})", "\n".join([*missing, *unexpected, tail(text.encode())]))


def errors(ctx):
    folder = ROOT / "tests" / "errors"
    return [
        Test(f"errors/{path.relative_to(folder).with_suffix('')}", functools.partial(run_refusal, source=path))
        for path in sorted(folder.rglob("*.async"))
    ]


# -- one stage's output -------------------------------------------------------------------------------------------------------

FORMS = ["tokens", "ast", "types", "ir", "frames", "c"]


def run_golden(ctx, source, expected):
    form = expected.suffix[1:]
    done = run([ctx.asyncc, f"--emit={form}", "--no-line", "-o", "-", source.name], timeout=20, cwd=source.parent)
    if done.status not in (0, 1):
        return fail(f"asyncc --emit={form}: {done.how()}", tail(done.stderr))
    if ctx.options.rewrite:
        expected.write_bytes(done.stdout)
        return ok()
    if done.stdout == expected.read_bytes():
        return ok()
    return fail("other output than expected", diff(expected.read_bytes(), done.stdout, ("expected", "asyncc")))


def golden(ctx):
    """tests/golden/NAME.async with any of NAME.tokens, NAME.ast, …; an empty file asks `make golden` to fill it."""
    return [
        Test(f"golden/{expected.name}", functools.partial(run_golden, source=source, expected=expected))
        for source in sorted((ROOT / "tests" / "golden").glob("*.async"))
        for form in FORMS
        if (expected := source.with_suffix("." + form)).exists()
    ]


# -- the runtime, and C around it ---------------------------------------------------------------------------------------------


def run_unit(ctx, binary):
    done = run([binary], timeout=120, env={**SANITIZER_ENV, "CMOCKA_MESSAGE_OUTPUT": "TAP", "PYTHON": ctx.python})
    good = len(re.findall(rb"^ok \d", done.stdout, re.M))
    bad = len(re.findall(rb"^not ok \d", done.stdout, re.M))
    if done.status == 0 and not bad:
        return Outcome(passed=max(good, 1))
    return Outcome(good, max(bad, 1), done.how(), tail(done.stdout + done.stderr, 60))


def unit(ctx):
    tests = []
    for source in sorted((ROOT / "tests" / "unit").glob("*.c")):
        for part in ("", "sanitize/"):
            binary = ctx.build / f"{part}unit" / source.stem
            if binary.exists():
                tests.append(Test(f"{part}unit/{source.stem}", functools.partial(run_unit, binary=binary)))
    return tests


def run_c_project(ctx, folder, sanitize):
    """Each .async file becomes C, everything is compiled and linked as a user would; `expected` is what it prints."""
    place = ctx.folder("c", ("sanitize-" if sanitize else "") + folder.name)
    shutil.rmtree(place)
    shutil.copytree(folder, place)
    for source in sorted(place.glob("*.async")):
        done = run([ctx.asyncc, source.name], cwd=place)
        if done.status != 0:
            return fail(f"asyncc {source.name}: {done.how()}", tail(done.stderr))
    library = ctx.build / ("sanitize" if sanitize else "") / "libasyncrt.a"
    flags = ["-std=c11", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", f"-I{ROOT}/runtime/include"]
    if sanitize:
        flags += ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
    sources = sorted(p.name for p in place.glob("*.c"))
    compiler = shlex.split(os.environ.get("CC", "cc"))
    done = run([*compiler, *flags, *sources, library, "-lm", "-pthread", "-o", "program"], cwd=place)
    if done.status != 0:
        return fail("the C does not compile", tail(done.stderr))
    got = run([place / "program"], timeout=20, cwd=place, env=SANITIZER_ENV)
    expected = (folder / "expected").read_bytes()
    if got.stdout != expected:
        return fail(f"different output ({got.how()})", diff(expected, got.stdout, ("expected", "got")) + "\n" + tail(got.stderr))
    return ok() if got.status == 0 else fail(got.how(), tail(got.stderr))


def c_projects(ctx):
    return [
        Test(f"{label}c/{folder.name}", functools.partial(run_c_project, folder=folder, sanitize=sanitize), f"c/{folder.name}")
        for folder in sorted((ROOT / "tests" / "c").glob("*/"))
        if (folder / "expected").exists()
        for label, sanitize in (("", False), ("sanitize/", True))
    ]


# -- random programs ------------------------------------------------------------------------------------------------------------


def fuzz(ctx, count=40):
    import fuzzing

    return [Test(f"fuzz/{seed}", functools.partial(fuzzing.run_seed, seed=seed)) for seed in range(1, count + 1)]
