"""Runs programs and keeps what they say and what they used."""
import contextlib
import os
import pathlib
import statistics
import subprocess
from dataclasses import dataclass

from toolchains import CC, HERE, execute


@dataclass(frozen=True)
class Run:
    wall: float         # seconds, start to exit
    cpu: float          # seconds, user and system
    rss: int            # peak resident KiB
    check: int = 0      # the last three as the program printed them
    ops: float = 1
    seconds: float = 0
    cores: int = 1

    @property
    def cost(self):
        """Seconds per operation. On one core: of the program's own, less the share of the time in which others ran there."""
        share = min(1.0, self.cpu / self.wall) if self.cores == 1 and self.cpu else 1.0
        return self.seconds * share / self.ops


class Failure(Exception):
    pass


class Launcher:
    def __init__(self, build):
        self.program = build / "launch"
        self.usage = build / "usage"
        source = HERE / "launch.c"
        build.mkdir(parents=True, exist_ok=True)
        if not self.program.exists() or self.program.stat().st_mtime < source.stat().st_mtime:
            try:
                execute([*CC, "-O2", "-static", "-o", self.program, source])
            except Exception:
                execute([*CC, "-O2", "-o", self.program, source])

    def run(self, command, env, timeout=120):
        """Runs a program to its end; its output and a Run without RESULT."""
        try:
            done = subprocess.run([self.program, self.usage, *map(str, command)], env={**os.environ, **env}, capture_output=True,
                                  text=True, timeout=timeout)
        except subprocess.TimeoutExpired:
            raise Failure(f"took more than {timeout} s") from None
        if done.returncode:
            raise Failure(f"exit status {done.returncode}: {done.stderr.strip()[-300:]}")
        wall, cpu, rss = pathlib.Path(self.usage).read_text().split()
        return done.stdout, Run(float(wall), float(cpu), int(rss))

    def run_workload(self, command, env, expected, cores=1):
        """Runs a program that prints RESULT, and checks what it computed."""
        output, run = self.run(command, env)
        words = next((line.split()[1:] for line in output.splitlines() if line.startswith("RESULT ")), None)
        if not words:
            raise Failure(f"printed no RESULT but {output.strip()[-200:]!r}")
        if int(words[0]) != expected:
            raise Failure(f"computed {words[0]} instead of {expected}")
        return Run(run.wall, run.cpu, run.rss, int(words[0]), float(words[1]), float(words[2]), cores)


@contextlib.contextmanager
def pinned(cores):
    """Keeps us and what we start on that many cores, where the system can do so."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[-cores:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def interleaved(jobs, rounds, on_failure):
    """Runs each of `jobs` (label to a function that returns a Run) once per round, in turn, the order reversed every other round.
    A job that fails is reported and left out from then on. Returns label to its Runs, one per round."""
    runs = {label: [] for label in jobs}
    for i in range(rounds):
        for label in list(runs)[:: -1 if i % 2 else 1]:
            try:
                runs[label].append(jobs[label]())
            except Failure as failure:
                on_failure(label, failure)
                del runs[label]
    return runs


def median(runs, figure):
    return statistics.median(figure(run) for run in runs)


def ratio(runs, reference, figure):
    """The median of the ratios within the rounds: what disturbs a whole round disturbs both sides."""
    ratios = [figure(a) / figure(b) for a, b in zip(runs, reference) if figure(b) > 0]
    return statistics.median(ratios) if ratios else float("nan")


def spread(runs, figure):
    values = [figure(run) for run in runs]
    return (max(values) - min(values)) / statistics.median(values) if statistics.median(values) else 0.0
