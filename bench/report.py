"""The Markdown table: what was measured, row by row, and where it was measured."""
import os
import platform

from measure import median, ratio, spread
from workloads import SLEEPERS, SLEEPERS_BYTES, STARTUP


def cost(run):
    return run.cost


def number(x):
    """Three digits, as one reads them."""
    if x != x:
        return "—"
    if x >= 100:
        return f"{x:,.0f}"
    return f"{x:.1f}" if x >= 10 else f"{x:.2f}"


def nanoseconds(seconds):
    return f"{number(seconds * 1e9)} ns"


def table(head, rows):
    left = [":" not in h for h in head]
    head = [h.removesuffix(":") for h in head]
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" if is_left else "---:" for is_left in left) + " |"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def verdict(value, must, aim):
    if value != value:
        return "—"
    return "aim reached" if value <= aim else "reached" if value <= must else "**missed**"


def processor():
    try:
        with open("/proc/cpuinfo") as info:
            return next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def heading(versions, rounds):
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        "# Benchmarks\n\n"
        "Written by `make bench`. A figure is the median of interleaved runs pinned to one core (where a row does not say otherwise), a\n"
        "ratio the median of the ratios within each round; the share of a run in which others had the core is taken off. “× limit”\n"
        "compares with C written by hand for that one workload.\n\n"
        f"{processor()}, {cores} cores, {platform.system()} {platform.release()}; {rounds} rounds.\n\n"
        + "\n".join(f"- {label}: {version}" for label, version in versions.items() if version) + "\n")


def summary(workloads, results, peers):
    """A line per workload. A peer's column says how many times asyncc's time it takes."""
    rows = []
    for w in workloads:
        runs = results[w.name]
        limit, ours = runs.get("C limit"), runs.get("asyncc")
        of_limit = ratio(ours, limit, cost) if ours and limit else float("nan")
        rows.append([
            w.name, f"{nanoseconds(median(limit, cost))} / {w.unit}" if limit else "—", nanoseconds(median(ours, cost)) if ours else "—",
            f"**{number(of_limit)}**" if ours and limit else "—", number(w.must), number(w.aim), verdict(of_limit, w.must, w.aim),
            *[number(ratio(runs[p], ours, cost)) if ours and p in runs else "" for p in peers]])
    return table(["workload", "C limit:", "asyncc:", "× limit:", "must:", "aim:", "goal", *[f"{p}:" for p in peers]], rows)


def details(w, runs):
    limit, ours = runs.get("C limit"), runs.get("asyncc")
    rows = []
    for label, rs in sorted(runs.items(), key=lambda item: median(item[1], cost)):
        rows.append([label, nanoseconds(median(rs, cost)), number(ratio(rs, limit, cost)) if limit else "—",
                     number(ratio(rs, ours, cost)) if ours else "—", f"{median(rs, lambda r: r.rss) / 1024:.1f}", f"{spread(rs, cost):.0%}"])
    return f"## {w.name}\n\n{w.note}\n\n" + table(["", f"per {w.unit}:", "× limit:", "× asyncc:", "peak MiB:", "spread:"], rows)


def sleepers(result):
    """`result`: count, and label to (runs with count tasks, runs with none)."""
    count, all_runs = result

    def bytes_each(runs):
        return (median(runs[0], lambda r: r.rss) - median(runs[1], lambda r: r.rss)) * 1024 / count

    def processor_time(runs):
        return max(median(runs[0], lambda r: r.cpu) - median(runs[1], lambda r: r.cpu), 1e-9)

    limit, ours = all_runs.get("C limit"), all_runs.get("asyncc")
    rows = []
    for label, runs in sorted(all_runs.items(), key=lambda item: bytes_each(item[1])):
        rows.append([label, f"{bytes_each(runs):,.0f}", f"{processor_time(runs):.3f}",
                     number(processor_time(runs) / processor_time(limit)) if limit else "—"])
    text = f"## {SLEEPERS.name}\n\n{SLEEPERS.note} {count:,} tasks.\n\n" + table(["", "bytes each:", "processor s:", "× limit:"], rows)
    if ours and limit:
        text += (f"\nMust: {SLEEPERS_BYTES[0]} bytes and {SLEEPERS.must} × the limit's time ("
                 f"{verdict(bytes_each(ours), *SLEEPERS_BYTES)}, "
                 f"{verdict(processor_time(ours) / processor_time(limit), SLEEPERS.must, SLEEPERS.aim)}); "
                 f"aim: {SLEEPERS_BYTES[1]} and {SLEEPERS.aim}.\n")
    return text


def startup(result):
    """`result`: label to (runs, bytes of the stripped executable, what it links)."""
    limit = result.get("C limit")

    def wall(run):
        return run.wall

    rows = []
    for label, (runs, size, needed) in sorted(result.items(), key=lambda item: median(item[1][0], wall)):
        rows.append([label, f"{median(runs, wall) * 1e3:.2f}", f"{median(runs, lambda r: r.cpu) * 1e3:.2f}", number(ratio(runs, limit[0], wall)) if limit else "—",
                     f"{median(runs, lambda r: r.rss) / 1024:.1f}", f"{size / 1024:,.0f}" if size else "—", needed])
    return (f"## {STARTUP.name}\n\n{STARTUP.note} Must: {STARTUP.must} × the limit; aim: {STARTUP.aim}.\n\n"
            + table(["", "ms:", "processor ms:", "× limit:", "peak MiB:", "stripped KiB:", "links"], rows))


def compiling(lengths, short):
    rows = [[f"{lines:,}", f"{c_lines:,}", f"{seconds * 1e3:,.1f}", f"{lines / seconds:,.0f}"] for lines, c_lines, seconds in lengths]
    text = ("## compile\n\nFrom source to C. Must: 500,000 lines a second, linear; aim: 1,000,000.\n\n"
            + table(["lines:", "lines of C:", "ms:", "lines/s:"], rows))
    if short is not None:
        text += f"\n`asyncc run` of 50 lines, from nothing to its output: {short:.2f} s (must: 0.3 s, aim: 0.15 s).\n"
    return text


def absent(missing, broken):
    text = ""
    if missing:
        text += "## Not installed\n\n" + "".join(f"- {label}: {what} is missing ({how}).\n" for label, what, how in missing)
    if broken:
        text += ("\n" if text else "") + "## Did not build or run\n\n" + "".join(f"- {where}: {why}\n" for where, why in broken)
    return text
