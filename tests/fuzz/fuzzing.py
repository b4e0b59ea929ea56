#!/usr/bin/env python3
"""Random programs through asyncc and CPython: `tests/fuzz/fuzzing.py --count 1000 --seed 1`; with --schedules, concurrent ones.

A program that differs is kept in build/fuzz/SEED.async, and beside it SEED.small.async, the least part of it that still differs in
the same way: statements are dropped as long as that holds."""
import argparse
import ast
import concurrent.futures
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import gen
import schedules
from harness import SANITIZER_ENV, Context, Program, compare, fail, ok, run, tail

FINDING = re.compile(rb"(ERROR: \w+Sanitizer[^\n]*|runtime error:[^\n]*|Assertion[^\n]*)")


def is_concurrent(ctx):
    return getattr(ctx, "schedules", False)


def ask_oracle(ctx, program):
    if not is_concurrent(ctx):
        return ctx.oracle(program)
    return run([ctx.python, "-X", "utf8", schedules.__file__, "--run", program.main], timeout=10, env={"PYTHONHASHSEED": "0"})


def verdict(ctx, source, sanitize=False):
    """ok(), or how asyncc failed with this program. The first word of the summary says in which way."""
    program = Program(f"fuzz/{source.stem}", source)
    expected = ask_oracle(ctx, program)
    if expected.status is None or expected.status < 0:
        return ok()  # not a program for this test
    binary = source.with_suffix("")
    failure = ctx.compile(source, binary, *(["--sanitize"] if sanitize else []), cflags="-O0 -g -w")
    if failure:
        first = re.search(r"(error|assertion|unreachable)[^\n]*", failure.details, re.I)
        return fail("refused: " + re.sub(r"'[^']*'|\d+", "…", first.group() if first else failure.summary), failure.details)
    got = ctx.execute([binary], program, timeout=20, env=SANITIZER_ENV)
    binary.unlink(missing_ok=True)
    found = FINDING.search(got.stderr)
    if found:
        return fail("sanitizer: " + re.sub(r"0x[0-9a-f]+|\d+", "…", found.group().decode("utf-8", "replace")), tail(got.stderr, 60))
    if got.status is None or got.status < 0:
        return fail(f"died: {got.how()}", tail(got.stderr, 30))
    result = compare(expected, got)
    if not result.ok:
        result.summary = "differs: " + result.summary
    return result


# -- reduction ----------------------------------------------------------------------------------------------------------------


def bodies(tree):
    """Every list of statements in the program, outermost first."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            value = getattr(node, field, None)
            if isinstance(value, list) and value:
                yield node, field, value


def candidates(tree):
    """Ways to make the program smaller; each changes the tree and returns what undoes it."""
    for node, field, body in list(bodies(tree)):
        size = len(body)
        while size:
            for start in range(0, len(body), size):
                yield node, field, body, start, start + size
            size //= 2
    for node, field, body in list(bodies(tree)):
        for i, statement in enumerate(body):
            if isinstance(statement, (ast.If, ast.For, ast.While, ast.With, ast.AsyncWith, ast.Try)):
                yield node, field, body, i, statement.body


def change(node, field, body, start, what):
    """Drops body[start:what], or puts the inside of a statement in its place."""
    if isinstance(what, list):
        new = body[:start] + what + body[start + 1 :]
    else:
        new = body[:start] + body[what:]
    if not new and field in ("body",) and not isinstance(node, ast.Module):
        new = [ast.Pass()]
    if len(new) == len(body) == 1 and isinstance(body[0], ast.Pass):
        return False
    setattr(node, field, new)
    return True


def same_kind(a, b):
    """Refusals and sanitizers' findings by their words, the rest by the first of them: outputs differ in too many ways."""
    return a == b or a.split(":")[0] == b.split(":")[0] in ("died", "differs")


def reduce(ctx, source, kind, sanitize, rounds=400):
    """The smallest variant found whose verdict is of the same kind."""
    small = source.with_suffix(".small.async")
    tree = ast.parse(source.read_text())
    progress = True
    while progress and rounds > 0:
        progress = False
        for step in candidates(tree):
            node, field, body, start, what = step
            if getattr(node, field) is not body or start >= len(body):
                continue
            if not change(node, field, body, start, what):
                continue
            rounds -= 1
            try:
                text = ast.unparse(tree) + "\n"
                compile(text, "x", "exec")
                small.write_text(text)
                outcome = verdict(ctx, small, sanitize)
                kept = not outcome.ok and same_kind(outcome.summary, kind)
            except (SyntaxError, ValueError):
                kept = False
            if kept:
                progress = True
            else:
                setattr(node, field, body)
            if rounds <= 0:
                break
    small.write_text(ast.unparse(tree) + "\n")
    return small


# -- running ------------------------------------------------------------------------------------------------------------------


def run_seed(ctx, seed, sanitize=False, keep=None):
    source = ctx.folder("fuzz") / f"{seed}.async"
    source.write_text((schedules if is_concurrent(ctx) else gen).generate(seed))
    outcome = verdict(ctx, source, sanitize)
    if outcome.ok:
        source.unlink()
    elif keep:
        keep.mkdir(parents=True, exist_ok=True)
        source.rename(keep / source.name)
    return outcome


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--python", default=None)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sanitize", action="store_true")
    parser.add_argument("--schedules", action="store_true", help="random task trees")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    options.oracle_only = False
    ctx = Context(options)
    ctx.schedules = options.schedules
    keep = ctx.build / ("fuzz-schedules" if options.schedules else "fuzz")
    failures = {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        seeds = range(options.seed, options.seed + options.count)
        jobs = {pool.submit(run_seed, ctx, s, options.sanitize, keep): s for s in seeds}
        for job in concurrent.futures.as_completed(jobs):
            outcome = job.result()
            if not outcome.ok:
                failures.setdefault(outcome.summary, []).append(jobs[job])
                print(f"\n=== seed {jobs[job]}: {outcome.summary}\n{outcome.details}", flush=True)
        # One of each kind is made small.
        firsts = {min(seeds): summary for summary, seeds in failures.items()}
        list(pool.map(lambda seed: reduce(ctx, keep / f"{seed}.async", firsts[seed], options.sanitize), firsts))
    print()
    for summary, seeds in sorted(failures.items(), key=lambda f: -len(f[1])):
        print(f"{len(seeds):>4}  {summary}  (seeds {' '.join(map(str, sorted(seeds)[:8]))}; {keep / str(min(seeds))}.small.async)")
    failed = sum(map(len, failures.values()))
    print(f"{options.count - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
