#!/usr/bin/env python3
"""Runs the tests: `tests/run.py [options] SUITE… [NAME-PATTERN…]`.

A suite is a folder of tests/ (or `examples`), and its tests need no registration: a new file is a new test.

    conformance   programs that must print what CPython prints, and exit as it does     tests/conformance, examples
    sanitized     the same programs, built with ASan, UBSan and leak detection
    errors        what is refused, with the message beside its line                     tests/errors
    golden        one stage's output for a source                                       tests/golden
    unit          the runtime, in C with cmocka                                         tests/unit
    c             C projects that use the runtime and compiled files                    tests/c
    cli           the command line                                                      tests/cli.py
    hostile       input that no editor would write                                      tests/hostile.py
    fuzz          a few random programs                                                 tests/fuzz
    tsan          programs with threads under the thread sanitizer

Any other word selects the tests whose name contains it (or matches it, with * and ?). What is listed in tests/pending.txt is run too,
but counts neither as passed nor as failed. The last line is `N passed, N failed`.
"""
import argparse
import concurrent.futures
import fnmatch
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import cli
import hostile
import suites
from harness import ROOT, Context, Outcome, fail

PENDING = ROOT / "tests" / "pending.txt"
SUITES = {
    "unit": suites.unit,
    "errors": suites.errors,
    "golden": suites.golden,
    "cli": cli.tests,
    "hostile": hostile.tests,
    "c": suites.c_projects,
    "conformance": suites.conformance,
    "examples": suites.examples,
    "sanitized": suites.sanitized,
    "valgrind": suites.valgrind,
    "tsan": suites.tsan,
    "fuzz": suites.fuzz,
}
ALL = ["unit", "errors", "golden", "cli", "hostile", "c", "examples", "conformance", "sanitized", "fuzz"]


def read_pending():
    if not PENDING.exists():
        return set()
    lines = (line.split("#")[0].strip() for line in PENDING.read_text().splitlines())
    return {line for line in lines if line}


def wanted(test, patterns):
    return not patterns or any(p in test.name or fnmatch.fnmatch(test.name, p) for p in patterns)


def run_one(ctx, test):
    start = time.monotonic()
    try:
        outcome = test.run(ctx)
    except Exception as e:  # a broken test must not hide the others
        outcome = fail(f"the harness failed: {type(e).__name__}: {e}")
    outcome.seconds = time.monotonic() - start
    return test, outcome


def report_failure(test, outcome):
    print(f"\n=== {test.name}: {outcome.summary}")
    if outcome.details:
        print(outcome.details.rstrip("\n"))
    sys.stdout.flush()


def update_pending(results):
    """What fails becomes pending, what passes is no longer. A variant of a test that is pending itself need not be named."""
    failing = {test.name for test, outcome in results if not outcome.ok}
    names = read_pending() - {test.name for test, _ in results}
    names |= {test.name for test, _ in results if test.name in failing and (test.variant_of or test.name) not in failing - {test.name}}
    head = [line for line in PENDING.read_text().splitlines() if line.startswith("#")] if PENDING.exists() else []
    PENDING.write_text("".join(line + "\n" for line in head + sorted(names)))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("words", nargs="*", default=["all"])
    parser.add_argument("--build", default="build", help="where the compiler and the runtime are")
    parser.add_argument("--python", default=None, help="the oracle; python3.11 where there is one")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--rewrite", action="store_true", help="golden: take the present output as expected")
    parser.add_argument("--update-pending", action="store_true")
    parser.add_argument("--list", action="store_true", help="only print the names")
    parser.add_argument("--oracle-only", action="store_true", help="only see that CPython runs the programs")
    parser.add_argument("-v", "--verbose", action="store_true", help="print passed tests too")
    options = parser.parse_intermixed_args()

    names = [w for w in options.words if w in SUITES or w == "all"] or ["conformance"]
    patterns = [w for w in options.words if w not in SUITES and w != "all"]
    chosen = [s for n in names for s in (ALL if n == "all" else [n])]
    ctx = Context(options)
    tests = [t for s in dict.fromkeys(chosen) for t in SUITES[s](ctx) if wanted(t, patterns)]
    if options.list:
        print(*(t.name for t in tests), sep="\n")
        return 0

    pending = read_pending()
    passed = failed = waiting = 0
    revived, results = [], []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run_one, ctx, t) for t in tests]):
            test, outcome = future.result()
            results.append((test, outcome))
            if pending & {test.name, test.variant_of} and not options.update_pending:
                waiting += 1
                if outcome.ok:
                    revived.append(test.name)
                continue
            passed += outcome.passed
            failed += outcome.failed
            if not outcome.ok:
                report_failure(test, outcome)
            elif options.verbose:
                print(f"ok  {outcome.seconds:6.2f}s  {test.name}")

    print()
    if options.update_pending:
        update_pending(results)
    if revived:
        print("pending, but passing now: " + " ".join(sorted(revived)))
    if waiting:
        print(f"{waiting} pending")
    summary = f"{passed} passed, {failed} failed"
    print(summary)
    ctx.build.mkdir(parents=True, exist_ok=True)
    (ctx.build / "check.summary").write_text(summary + "\n")
    return 1 if failed or not passed + waiting else 0


if __name__ == "__main__":
    sys.exit(main())
