#!/usr/bin/env python3
"""Writes a random concurrent program, or runs one under CPython: `schedules.py SEED`, `schedules.py --run program.async`.

A program is a number of scenes. Each is a small tree of coroutines that spawn, await, gather, cancel, time out, lock, signal and clean up, on
objects that they share, and log what they see. Nothing depends on a clock: they wait by sleep(0) and for each other, and timeouts are zero
or never. A function uses only those after it, so that each scene ends; whatever still waits then is cancelled a few times.

Run under CPython with what asyncc takes from later versions (docs/LANGUAGE.md), as tests/unit/schedules.py has it."""
import asyncio
import pathlib
import random
import runpy
import sys

HEAD = '''import asyncio


class World:
    def __init__(self):
        self.tasks: dict[str, asyncio.Task[int]] = {}
        self.lock = asyncio.Lock()
        self.semaphore = asyncio.Semaphore(2)
        self.event = asyncio.Event()
        self.condition = asyncio.Condition()
        self.queue: asyncio.Queue[int] = asyncio.Queue(1)


def show(value):
    if isinstance(value, asyncio.CancelledError):
        return f"cancelled{value.args}"
    if isinstance(value, ExceptionGroup):
        return f"group of {len(value.exceptions)}"
    if isinstance(value, RuntimeError):
        return "RuntimeError"
    if isinstance(value, BaseException):
        return f"{type(value).__name__}({value})"
    return str(value)


def state(task):
    if not task.done():
        return "pending"
    if task.cancelled():
        return "cancelled"
    return show(task.exception()) if task.exception() is not None else str(task.result())


async def numbers(name, count):
    try:
        for i in range(count):
            yield i
            await asyncio.sleep(0)
    finally:
        print(name, "closes")
        await asyncio.sleep(0)
        print(name, "closed")


async def watch(w, scene):
    for _ in range(14):
        await asyncio.sleep(0)
    for turn in range(5):
        for name in w.tasks:
            if not w.tasks[name].done():
                w.tasks[name].cancel(f"end {turn}")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    for name in w.tasks:
        print(scene, name, state(w.tasks[name]), w.tasks[name].cancelling())
    print(scene, w.lock.locked(), w.semaphore.locked(), w.condition.locked(), w.queue.qsize())

'''


class Scene:
    def __init__(self, rng, number):
        self.rng, self.number = rng, number
        self.lines = []
        self.count = rng.randint(3, 6)
        self.labels = 0

    def say(self, depth, text):
        self.lines.append("    " * depth + text)

    def label(self):
        self.labels += 1
        return f"L{self.labels}"

    def generate(self):
        for i in range(self.count):
            self.function(i)
        self.say(0, f"async def scene{self.number}():")
        self.say(1, "w = World()")
        self.say(1, "me = asyncio.current_task()")
        for i in range(min(self.count, self.rng.randint(1, 3))):
            self.spawn(1, i)
        self.say(1, f'await watch(w, "scene{self.number}")')
        self.say(1, f'print("scene{self.number} ends", me.cancelling() if me else 0)')
        self.say(0, "")
        self.say(0, "")
        return "\n".join(self.lines)

    def name(self, i):
        return f"s{self.number}f{i}"

    def function(self, i):
        self.say(0, f"async def {self.name(i)}(w: World) -> int:")
        self.block(1, i, self.rng.randint(2, 5), 2)
        self.say(1, f"return {i}")
        self.say(0, "")
        self.say(0, "")

    def block(self, depth, i, count, nesting):
        for _ in range(count):
            self.statement(depth, i, nesting)

    def statement(self, depth, i, nesting):
        simple = [self.log, self.turn, self.turn, self.cancel, self.set_event, self.put, self.get, self.fail, self.leave, self.cancel_me,
                  self.notify]
        compound = [self.attempt, self.attempt, self.finish, self.locked, self.limited, self.deadline, self.loop, self.wait_event,
                    self.wait_condition]
        calling = [self.spawn, self.spawn, self.call, self.gather, self.wait_for, self.shield, self.group, self.wait, self.join]
        choices = simple + (compound if nesting else []) + (calling * 2 if i + 1 < self.count else [])
        action = self.rng.choice(choices)
        if action in compound:
            action(depth, i, nesting - 1)
        elif action in calling:
            action(depth, self.rng.randrange(i + 1, self.count))
        else:
            action(depth)

    # -- what a statement may be

    def log(self, depth):
        self.say(depth, f'print("{self.label()}")')

    def turn(self, depth):
        self.say(depth, "await asyncio.sleep(0)")

    def fail(self, depth):
        if self.rng.random() < 0.4:
            self.say(depth, "if w.event.is_set():")
            self.say(depth + 1, f'raise {self.rng.choice(["ValueError", "KeyError"])}("{self.label()}")')
        else:
            self.turn(depth)

    def leave(self, depth):
        self.say(depth, "if w.queue.qsize() == 1:")
        self.say(depth + 1, f"return {self.rng.randint(10, 99)}")

    def task(self):
        return f"t{self.rng.randrange(self.count)}"

    def cancel(self, depth):
        task = self.task()
        self.say(depth, f'if "{task}" in w.tasks:')
        message = self.rng.choice(["", '"stop"', f'"{self.label()}"'])
        self.say(depth + 1, f'print("{self.label()} cancel {task}", w.tasks["{task}"].cancel({message}))')

    def cancel_me(self, depth):
        if self.rng.random() < 0.3:
            self.say(depth, f'asyncio.current_task().cancel("{self.label()}")')
        else:
            self.log(depth)

    def set_event(self, depth):
        self.say(depth, self.rng.choice(["w.event.set()", "w.event.set()", "w.event.clear()"]))

    def put(self, depth):
        self.say(depth, "if not w.queue.full():")
        self.say(depth + 1, f"w.queue.put_nowait({self.rng.randint(1, 9)})")
        self.say(depth, "else:")
        self.say(depth + 1, "await w.queue.put(0)")

    def get(self, depth):
        self.say(depth, f'print("{self.label()} got", await w.queue.get())')

    def notify(self, depth):
        self.say(depth, "async with w.condition:")
        self.say(depth + 1, self.rng.choice(["w.condition.notify()", "w.condition.notify_all()"]))

    def attempt(self, depth, i, nesting):
        self.say(depth, "try:")
        self.block(depth + 1, i, self.rng.randint(1, 3), nesting)
        kind = self.rng.choice(["ValueError", "Exception", "asyncio.CancelledError", "BaseException", "(KeyError, TimeoutError)"])
        self.say(depth, f"except {kind} as e:")
        self.say(depth + 1, f'print("{self.label()}", show(e))')
        how = self.rng.random()
        if how < 0.3:
            self.say(depth + 1, "await asyncio.sleep(0)")
        if how < 0.6:
            self.say(depth + 1, "raise")
        elif how < 0.7:
            self.say(depth + 1, f'raise RuntimeError("{self.label()}") from e')
        if self.rng.random() < 0.2:
            self.say(depth, "else:")
            self.log(depth + 1)

    def finish(self, depth, i, nesting):
        self.say(depth, "try:")
        self.block(depth + 1, i, self.rng.randint(1, 3), nesting)
        self.say(depth, "finally:")
        self.log(depth + 1)
        if self.rng.random() < 0.6:
            self.turn(depth + 1)
            self.log(depth + 1)

    def locked(self, depth, i, nesting):
        self.say(depth, "async with w.lock:")
        self.say(depth + 1, f'print("{self.label()} locked")')
        self.say(depth + 1, "await asyncio.sleep(0)")
        if self.rng.random() < 0.5:
            self.turn(depth + 1)

    def limited(self, depth, i, nesting):
        self.say(depth, "async with w.semaphore:")
        self.block(depth + 1, self.count, self.rng.randint(1, 2), nesting)

    def deadline(self, depth, i, nesting):
        self.say(depth, "try:")
        self.say(depth + 1, f"async with asyncio.timeout({self.rng.choice(['0', 'None'])}) as limit:")
        self.block(depth + 2, i, self.rng.randint(1, 3), nesting)
        self.say(depth, "except TimeoutError:")
        self.say(depth + 1, f'print("{self.label()} timeout")')

    def loop(self, depth, i, nesting):
        label = self.label()
        self.say(depth, f'async for x in numbers("{label}", {self.rng.randint(1, 3)}):')
        self.say(depth + 1, f'print("{label}", x)')
        if self.rng.random() < 0.4:
            self.say(depth + 1, "if x == 1:")
            self.say(depth + 2, "break")

    def wait_event(self, depth, i, nesting):
        self.say(depth, f'print("{self.label()} event", await w.event.wait())')

    def wait_condition(self, depth, i, nesting):
        self.say(depth, "async with w.condition:")
        self.say(depth + 1, f'print("{self.label()} condition", await w.condition.wait())')

    # -- with another function

    def spawn(self, depth, j):
        self.say(depth, f'w.tasks["t{j}"] = asyncio.create_task({self.name(j)}(w))')

    def call(self, depth, j):
        self.say(depth, f'print("{self.label()} called", await {self.name(j)}(w))')

    def join(self, depth, j):
        task = f"t{j}"
        self.say(depth, f'if "{task}" in w.tasks:')
        self.say(depth + 1, f'print("{self.label()} joined", await w.tasks["{task}"])')

    def gather(self, depth, j):
        other = self.rng.randrange(j, self.count)
        if self.rng.random() < 0.5:
            self.say(depth, f"for r in await asyncio.gather({self.name(j)}(w), {self.name(other)}(w), return_exceptions=True):")
            self.say(depth + 1, f'print("{self.label()} gathered", show(r))')
        else:
            self.say(depth, f'print("{self.label()} gathered", await asyncio.gather({self.name(j)}(w), {self.name(other)}(w)))')

    def wait_for(self, depth, j):
        limit = self.rng.choice(["0", "None"])
        self.say(depth, f'print("{self.label()} in time", await asyncio.wait_for({self.name(j)}(w), {limit}))')

    def shield(self, depth, j):
        self.say(depth, f'w.tasks["t{j}"] = asyncio.create_task({self.name(j)}(w))')
        self.say(depth, f'print("{self.label()} shielded", await asyncio.shield(w.tasks["t{j}"]))')

    def group(self, depth, j):
        self.say(depth, "try:")
        self.say(depth + 1, "async with asyncio.TaskGroup() as group:")
        self.say(depth + 2, f"group.create_task({self.name(j)}(w))")
        if self.rng.random() < 0.7:
            self.say(depth + 2, f'w.tasks["t{j}"] = group.create_task({self.name(self.rng.randrange(j, self.count))}(w))')
        if self.rng.random() < 0.5:
            self.turn(depth + 2)
        self.say(depth, "except* ValueError as eg:")
        self.say(depth + 1, f'print("{self.label()} values", len(eg.exceptions))')
        self.say(depth, "except* Exception as eg:")
        self.say(depth + 1, f'print("{self.label()} others", len(eg.exceptions))')

    def wait(self, depth, j):
        when = self.rng.choice(["FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"])
        self.say(depth, f'w.tasks["t{j}"] = asyncio.create_task({self.name(j)}(w))')
        self.say(depth, "done, pending = await asyncio.wait(list(w.tasks.values())[-2:] if asyncio.current_task() not in "
                        f'list(w.tasks.values())[-2:] else [w.tasks["t{j}"]], return_when=asyncio.{when})')
        self.say(depth, f'print("{self.label()} waited", len(done), len(pending))')


def generate(seed, scenes=8):
    rng = random.Random(seed)
    parts = [Scene(rng, n).generate() for n in range(scenes)]
    return HEAD + "\n" + "\n".join(parts) + "\n".join(f"asyncio.run(scene{n}())" for n in range(scenes)) + "\n"


def run(path):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "unit"))
    import schedules as later

    class Policy(asyncio.DefaultEventLoopPolicy):
        def new_event_loop(self):
            loop = super().new_event_loop()
            loop.set_task_factory(lambda loop, coro, **options: later.Numbered(coro, loop=loop, **options))
            return loop

    asyncio.set_event_loop_policy(Policy())
    asyncio.TaskGroup, asyncio.wait_for = later.TaskGroup, later.wait_for
    runpy.run_path(path, run_name="__main__")


if __name__ == "__main__":
    if sys.argv[1] == "--run":
        run(sys.argv[2])
    else:
        print(generate(int(sys.argv[1])), end="")
