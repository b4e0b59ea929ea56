"""The picture of the summary: a line per workload, a mark per contestant, times the C limit on a logarithmic scale."""
from html import escape
from math import floor, ceil, log10

from measure import ratio

LEFT, RIGHT, TOP, LINE = 120, 30, 84, 30
WIDTH = 900
COLOURS = {
    "asyncc": "#d4220b", "tokio": "#1f77b4", "tokio, threads": "#7fb2dd", "Go": "#17a2b8", "asio": "#2ca02c", "C++20, bare": "#8fd08f",
    "libuv": "#9467bd", "Node": "#bcaa22", "Vala": "#8c564b", "Nim": "#e377c2", "CPython": "#444444", "uvloop": "#999999",
}


def plot(workloads, results):
    rows = []
    for w in workloads:
        runs = results[w.name]
        if "C limit" in runs:
            marks = {label: ratio(runs[label], runs["C limit"], lambda r: r.cost) for label in COLOURS if label in runs}
            rows.append((w, marks))
    values = [1.0, *(v for _, marks in rows for v in marks.values())]
    if not rows:
        return None
    low, high = floor(log10(min(values)) * 2) / 2, ceil(log10(max(values)) * 2) / 2
    height = TOP + LINE * len(rows) + 40
    bottom = TOP + LINE * len(rows)

    def x(value):
        return LEFT + (log10(value) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{LEFT}" y="24" font-size="16" font-weight="bold">Time per operation, times that of hand-written C</text>']
    shown = [label for label in COLOURS if any(label in marks for _, marks in rows)]
    at_x, at_y = LEFT, 48
    for label in shown:
        if at_x > WIDTH - RIGHT - 100:
            at_x, at_y = LEFT, at_y + 20
        out.append(mark(label, at_x + 5, at_y - 4) + f'<text x="{at_x + 16}" y="{at_y}">{escape(label)}</text>')
        at_x += 34 + 7.2 * len(label)
    for exponent in range(ceil(low), floor(high) + 1):
        for step in range(1, 10):
            value = step * 10.0 ** exponent
            if log10(value) > high:
                break
            colour, width = ("#333333", 1.4) if value == 1 else ("#bbbbbb", 1) if step == 1 else ("#eeeeee", 1)
            out.append(f'<path d="M{x(value):.1f} {TOP - 4}V{bottom}" stroke="{colour}" stroke-width="{width}"/>')
        number = f"{10 ** exponent:,}" if exponent >= 0 else f"{10.0 ** exponent:g}"
        out.append(f'<text x="{x(10.0 ** exponent):.1f}" y="{bottom + 18}" text-anchor="middle">{number}×</text>')
    for i, (w, marks) in enumerate(rows):
        y = TOP + LINE * i + LINE / 2
        out.append(f'<text x="{LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(w.name)}</text>')
        out.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="#dddddd"/>')
        for label in reversed(shown):  # asyncc last, on top
            if label in marks:
                title = f"<title>{escape(w.name)}, {escape(label)}: {marks[label]:.3g}×</title>"
                out.append(f"<g>{title}{mark(label, x(marks[label]), y)}</g>")
    out.append("</svg>")
    return "\n".join(out) + "\n"


def mark(label, x, y):
    colour = COLOURS[label]
    if label == "asyncc":
        return f'<path d="M{x:.1f} {y - 8:.1f}l8 8l-8 8l-8 -8z" fill="{colour}" stroke="white"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}" fill-opacity="0.85" stroke="white"/>'
