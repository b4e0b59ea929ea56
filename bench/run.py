#!/usr/bin/env python3
"""Measures asyncc against C written by hand and against what people use today.

    bench/run.py              every workload, every peer whose toolchain is installed
    bench/run.py --quick      under two minutes: the limit, asyncc and CPython
    bench/run.py yield spawn  these rows only, printed and not written

Each workload is one .async program, which CPython runs too; limit/ holds the same in C, peers/ in other languages (see toolchains.py
for what they need). Programs time themselves and print `RESULT check operations seconds`; the check is compared with what must come
out, and no time is ever held against anybody. The results go to bench/results/: table.md and plot.svg.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

import compile_speed
import plot
import report
from measure import Failure, Launcher, interleaved, median, pinned, ratio
from toolchains import HERE, PEERS, ROOT, Asyncc, BuildError, Limit, Python
from workloads import SLEEPERS, STARTUP, WORKLOADS


class Bench:
    def __init__(self, options):
        self.options = options
        self.build = pathlib.Path(options.build).resolve() / "bench"
        self.launcher = Launcher(self.build)
        self.rounds = options.rounds or (3 if options.quick else 5)
        self.missing, self.broken = [], []
        self.contestants = self.find_contestants()

    def find_contestants(self):
        peers = [Python] if self.options.quick else PEERS
        if self.options.peers is not None:
            wanted = self.options.peers.lower().split(",")
            peers = [p for p in PEERS if p.label.lower().split(",")[0] in wanted]
        found = []
        for kind in [Limit, Asyncc, *peers]:
            contestant = kind(self.build)
            what = contestant.missing()
            if what:
                self.missing.append((contestant.label, what, contestant.install))
                say(f"{contestant.label}: {what} is missing; install: {contestant.install}")
            else:
                found.append(contestant)
        return found

    def fail(self, where, why):
        why = " ".join(str(why).split())[:300]
        self.broken.append((where, why))
        say(f"{where}: {why}")

    def command(self, contestant, program):
        try:
            return contestant.command(program)
        except BuildError as error:
            self.fail(f"{contestant.label}, {program}", error)

    def starters(self, workload):
        """(label, contestant, command) of all that take part in a row."""
        for contestant in self.contestants:
            program = workload.program
            if isinstance(contestant, Limit):
                program = workload.limit or program
                for label, other in workload.others.items():
                    yield label, contestant, self.command(contestant, other)
            elif not isinstance(contestant, (Asyncc, Python)):
                program = workload.peer_program or program
            if contestant.has(program):
                yield contestant.label, contestant, self.command(contestant, program)

    def measure(self, workload):
        def job(contestant, command):
            args = getattr(workload, contestant.speed)
            return lambda: self.launcher.run_workload([*command, *args], contestant.env, workload.check(*args), workload.cores)

        jobs = {label: job(contestant, command) for label, contestant, command in self.starters(workload) if command}
        with pinned(workload.cores):
            runs = interleaved(jobs, self.rounds, lambda label, why: self.fail(f"{label}, {workload.name}", why))
        say_row(workload, runs)
        return runs

    def measure_sleepers(self):
        count, milliseconds = (200_000, 1000) if self.options.quick else (1_000_000, 5000)
        jobs = {}
        for label, contestant, command in self.starters(SLEEPERS):
            for n in (count, 0) if command else ():
                jobs[label, n] = (lambda c=contestant, command=command, n=n:
                                  self.launcher.run_workload([*command, n, milliseconds], c.env, n))
        with pinned(1):
            runs = interleaved(jobs, 1 if self.rounds < 5 else 3, lambda label, why: self.fail(f"{label[0]}, sleepers", why))
        labels = dict.fromkeys(label for label, _ in runs)
        found = {label: (runs[label, count], runs[label, 0]) for label in labels if (label, count) in runs and (label, 0) in runs}
        for label, (some, none) in found.items():
            say(f"    sleepers, {label}: {(some[0].rss - none[0].rss) * 1024 / count:.0f} bytes, {some[0].cpu - none[0].cpu:.3f} s")
        return count, found

    def measure_startup(self):
        jobs, binaries = {}, {}

        def start(contestant, command):
            output, run = self.launcher.run(command, contestant.env)
            if output != "hello\n":
                raise Failure(f"printed {output!r}")
            return run

        starters = list(self.starters(STARTUP))
        starters += [("asyncc, static", c, self.command(c, "startup_static")) for c in self.contestants if isinstance(c, Asyncc)]
        for label, contestant, command in starters:
            if command:
                jobs[label] = lambda c=contestant, command=command: start(c, command)
                binaries[label] = command[0] if label in STARTUP.others or "static" in label else contestant.binary("startup")
        with pinned(1):
            runs = interleaved(jobs, 10 if self.options.quick else 40, lambda label, why: self.fail(f"{label}, startup", why))
        return {label: (rs, self.stripped_size(binaries[label]), needed(binaries[label])) for label, rs in runs.items()}

    def stripped_size(self, binary):
        copy = self.build / "stripped"
        path = shutil.which(str(binary))
        if not path or subprocess.run(["strip", "-o", copy, os.path.realpath(path)], capture_output=True).returncode:
            return None
        return copy.stat().st_size

    def measure_compiler(self):
        asyncc = next((c.compiler for c in self.contestants if isinstance(c, Asyncc)), None)
        lengths, short = [], None
        if asyncc:
            try:
                lengths = compile_speed.source_to_c(asyncc, self.build / "compile", self.rounds)
                short = compile_speed.run_short(asyncc, self.build / "compile", self.rounds)
            except (RuntimeError, OSError) as error:
                self.fail("compile", error)
        for lines, _, seconds in lengths:
            say(f"    compile, {lines} lines: {lines / seconds:,.0f} lines/s")
        return lengths, short

    def run(self):
        names = self.options.rows
        chosen = [w for w in WORKLOADS if not names or any(w.name.startswith(n) for n in names)]

        def wanted(name):
            return not names or name in names

        parts = []
        results = {w.name: self.measure(w) for w in chosen}
        if chosen:
            peers = [c.label for c in self.contestants if not isinstance(c, (Limit, Asyncc))]
            parts.append(report.summary(chosen, results, peers))
            parts += [report.details(w, results[w.name]) for w in chosen if results[w.name]]
        if wanted("sleepers"):
            parts.append(report.sleepers(self.measure_sleepers()))
        if wanted("startup"):
            parts.append(report.startup(self.measure_startup()))
        if wanted("compile"):
            parts.append(report.compiling(*self.measure_compiler()))
        parts.append(report.absent(self.missing, self.broken))
        versions = {c.label: c.version() for c in self.contestants}
        text = "\n".join([report.heading(versions, self.rounds), *filter(None, parts)])
        if names:
            print("\n".join(filter(None, parts)))
        else:
            self.write(text, plot.plot(chosen, results))

    def write(self, text, picture):
        folder = HERE / "results"
        folder.mkdir(exist_ok=True)
        (folder / "table.md").write_text(text)
        if picture:
            (folder / "plot.svg").write_text(picture)
        say(f"written: {os.path.relpath(folder)}/table.md, plot.svg")


def needed(binary):
    """The libraries that an executable links."""
    path = shutil.which(str(binary))
    if not path or not shutil.which("readelf"):
        return ""
    text = subprocess.run(["readelf", "-d", os.path.realpath(path)], capture_output=True, text=True).stdout
    return " ".join(line.split("[")[1].split("]")[0] for line in text.splitlines() if "(NEEDED)" in line) or "nothing"


def say(text):
    print(text, flush=True)


def say_row(workload, runs):
    limit = runs.get("C limit")
    words = []
    for label, rs in runs.items():
        words.append(f"{label} {median(rs, report.cost) * 1e9:.3g} ns" + (f" ({ratio(rs, limit, report.cost):.2f})" if limit else ""))
    say(f"    {workload.name}: " + ", ".join(words))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no peers but CPython")
    parser.add_argument("--build", default=ROOT / "build", help="where asyncc is, and where programs go")
    parser.add_argument("--rounds", type=int, help="5, or 3 if quick; sleepers, which take long, 3 or 1")
    parser.add_argument("--peers", help="these alone, separated by commas: tokio,go,python… or none")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows to measure; nothing is written then")
    start = time.monotonic()
    Bench(parser.parse_args()).run()
    say(f"{time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
