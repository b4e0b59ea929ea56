"""How fast the compiler is: from source to C, on programs of growing length, and `asyncc run` of a short one."""
import os
import statistics
import subprocess
import time

import programs

LENGTHS = [1_000, 3_000, 10_000, 30_000, 100_000]


def seconds_of(command, env=None):
    start = time.perf_counter()
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env={**os.environ, **(env or {})})
    seconds = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stderr[-1000:]}")
    return seconds


def source_to_c(asyncc, folder, rounds):
    """(lines of source, lines of C, seconds), the median, for each length."""
    found = []
    folder.mkdir(parents=True, exist_ok=True)
    for length in LENGTHS:
        source, output = folder / f"lines_{length}.async", folder / f"lines_{length}.c"
        text = programs.generate(length)
        source.write_text(text)
        seconds = [seconds_of([asyncc, source, "-o", output]) for _ in range(rounds)]
        with open(output, errors="replace") as c:
            found.append((text.count("\n"), sum(1 for _ in c), statistics.median(seconds)))
    return found


def run_short(asyncc, folder, rounds):
    """Seconds that `asyncc run` takes for a program of fifty lines: to C, through the C compiler, to its output."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "short.async"
    source.write_text(programs.generate(50))
    return statistics.median(seconds_of([asyncc, "run", source]) for _ in range(rounds))
