"""The rows of the benchmark: which program, with which arguments, what it must compute, and what we aim at.

Every figure is per operation, so a slow program is given less to do: sizes are for what takes a few nanoseconds an operation
(`fast`: C, asyncc, bare C++), tens to hundreds (`middle`) and microseconds (`slow`: CPython). Each run then takes 0.05 to 0.5 s.
"""
from dataclasses import dataclass, field
from typing import Callable


@dataclass(frozen=True)
class Workload:
    name: str
    program: str                    # PROGRAM.async, limit/LIMIT.c, peers/…/PROGRAM.…
    unit: str                       # what an operation is
    fast: tuple[int, ...]
    middle: tuple[int, ...]
    slow: tuple[int, ...]
    check: Callable[..., int]       # what the program must print, from its arguments
    must: float                     # how many times the limit's time we may take, and …
    aim: float                      # … would like to take
    limit: str = ""                 # where its name is not the program's
    others: dict[str, str] = field(default_factory=dict)  # more C programs of interest: label to program
    peer_program: str = ""          # what the peers run, where their language makes no difference between two of our rows
    cores: int = 1
    note: str = ""


def triangle(n):
    return n * (n - 1) // 2


def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def pool_sum(trips, threads, lanes):
    each = trips // lanes
    return 3 * each * triangle(lanes) + lanes * triangle(each)


def group_sum(children, groups, cancelling=0):
    return groups * (children if cancelling else triangle(children))


PLAIN = {"C, a plain call": "call_plain"}

WORKLOADS = [
    Workload("call", "call", "await", (34,), (30,), (27,), fib, 1.0, 0.4, limit="call_maybe", others=PLAIN,
             note="fib by awaits that never suspend. The limit is a state machine with a frame per call that could suspend at each "
                  "leaf; a plain call is what is left once a compiler proves that nothing can. Go has no awaits: this is its call."),
    Workload("call-maybe", "call_maybe", "await", (34,), (30,), (27,), fib, 1.5, 1.0, others=PLAIN, peer_program="call",
             note="The same with a leaf that could suspend but does not. In the peers every await is one, so they run the program "
                  "of the row above."),
    Workload("yield", "yield", "switch", (100, 200_000), (100, 20_000), (100, 2_000), lambda n, k: n * k, 2.0, 1.2,
             note="100 tasks that yield in turn. Node's yield is a microtask, during which no I/O can happen."),
    Workload("deep 1", "deep", "resume", (1, 3_000_000), (1, 200_000), (1, 50_000), lambda d, k: k + d - 1, 2.0, 1.2,
             note="One task that yields. What looks at epoll once per turn pays a system call each time here."),
    Workload("deep 200", "deep", "resume", (200, 3_000_000), (200, 200_000), (200, 20_000), lambda d, k: k + d - 1, 2.0, 1.2,
             note="The same, 200 awaits deep. It must not cost more than 1.1 times the row above."),
    Workload("spawn", "spawn", "task", (2_000_000, 10_000), (300_000, 10_000), (30_000, 10_000), lambda n, b: triangle(n), 5.0, 2.5,
             others={"C limit with malloc": "spawn_malloc"},
             note="Tasks that yield once and return a number, 10,000 at a time under gather."),
    Workload("queue 1", "queue", "item", (2_000_000, 1), (500_000, 1), (30_000, 1), lambda n, c: triangle(n), 2.5, 1.3,
             note="Producer and consumer over a queue that holds one item. Node, Vala and Nim have no such queue in their library and "
                  "use the usual hand-written one."),
    Workload("queue 128", "queue", "item", (5_000_000, 128), (1_000_000, 128), (200_000, 128), lambda n, c: triangle(n), 5.0, 2.0,
             note="The same with room for 128."),
    Workload("timeout", "timeout", "call", (2_000_000,), (100_000,), (20_000,), triangle, 5.0, 2.5,
             note="wait_for(…, 10 s) over a task that yields once: a task, a timer armed, a timer removed."),
    Workload("group", "group", "child", (100, 20_000), (100, 3_000), (100, 300), group_sum, 4.0, 2.0,
             note="TaskGroups of 100 children that yield once. tokio: JoinSet; Go: WaitGroup; Node: Promise.all."),
    Workload("group cancel", "group", "child", (10_000, 100, 1), (10_000, 20, 1), (10_000, 3, 1), group_sum, 4.0, 2.0,
             note="10,000 children asleep in a group that is cancelled. tokio: abort_all; Go: a context; Node: an AbortSignal."),
    Workload("genloop", "genloop", "value", (20_000_000,), (2_000_000,), (1_000_000,), triangle, 1.5, 1.0,
             note="An async generator under async for. tokio and Go have none."),
    Workload("pool 4:1", "pool", "trip", (200_000, 4, 64), (102_400, 4, 64), (12_800, 4, 64), pool_sum, 2.0, 1.2,
             note="A trivial function in a pool of 4 threads, 64 in flight, all on one core."),
    Workload("pool 1:2", "pool", "trip", (200_000, 1, 64), (102_400, 1, 64), (12_800, 1, 64), pool_sum, 2.0, 1.2, cores=2,
             note="A pool of one thread, on two cores."),
]

# Measured apart: bytes and processor time per sleeper; process start to exit.
SLEEPERS = Workload("sleepers", "sleepers", "task", (), (), (), lambda n, ms: n, 6.0, 3.0,
                    note="Tasks asleep at once, all started, all awaited. Bytes: the peak resident size less that of no tasks, per "
                         "task. Processor time: less that of no tasks. libuv has only a timer per sleeper, no task.")
SLEEPERS_BYTES = (160, 112)
STARTUP = Workload("startup", "startup", "start", (), (), (), lambda: 0, 1.5, 1.1, others={"C limit, static": "startup_static"},
                   note="From the start of the process to its end; a task prints a line.")
