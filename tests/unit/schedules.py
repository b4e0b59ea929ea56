"""The oracle of test_schedules.c: small concurrent programs, written as S-expressions, run by CPython's asyncio.

    schedules.py run FILE          the event log of one program
    schedules.py make SEED         a random program
    schedules.py check BINARY FIRST COUNT [KEEP]
                                   random programs through both; the first that differs is printed (and kept as KEEP)

A program is a list of functions, each a list of operations; function 0 is main. Time is virtual in both, and moves by a
microsecond whenever it is looked at, so that order never depends on the machine. Where asyncc deviates from 3.11 on purpose
(docs/LANGUAGE.md), the later CPython's code is used here.
"""

import asyncio
import difflib
import math
import os
import random
import selectors
import signal
import subprocess
import sys
import tempfile

LOG = []


def log(*words):
    if not Loop.is_over:
        LOG.append(" ".join(str(w) for w in words))


def finish(text):
    log(text)
    sys.stdout.write("\n".join(LOG) + "\n")
    sys.stdout.flush()
    os._exit(0)


# -- virtual time ----------------------------------------------------------------------------------------------------------


class Clock(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout=None):
        if timeout is None:
            finish("stuck")
        if timeout > 0:
            self.now += math.ceil(timeout * 1e3) * 1e-3
        return []


class Loop(asyncio.SelectorEventLoop):
    is_over = False

    def close(self):
        Loop.is_over = True  # when CPython destroys pending tasks after this is not asyncio's business
        super().close()

    def __init__(self):
        self.clock = Clock()
        super().__init__(self.clock)

    def time(self):
        self.clock.now += 1e-6
        return self.clock.now


# -- what asyncc takes from later versions, and sets that keep their order ------------------------------------------------------


class Ordered(dict):
    def add(self, item):
        self[item] = None

    def discard(self, item):
        self.pop(item, None)


class TaskGroup(asyncio.TaskGroup):
    def __init__(self):
        super().__init__()
        self._tasks = Ordered()

    async def __aexit__(self, et, exc, tb):
        self._exiting = True
        if exc is not None and self._is_base_error(exc) and self._base_error is None:
            self._base_error = exc
        cancelled = exc if et is not None and issubclass(et, asyncio.CancelledError) else None
        if et is not None and not self._aborting:
            self._abort()
        while self._tasks:
            if self._on_completed_fut is None:
                self._on_completed_fut = self._loop.create_future()
            try:
                await self._on_completed_fut
            except asyncio.CancelledError as ex:
                if not self._aborting:
                    cancelled = ex
                    self._abort()
            self._on_completed_fut = None
        if self._base_error is not None:
            raise self._base_error
        if self._parent_cancel_requested and self._parent_task.uncancel() == 0:
            cancelled = None
        if cancelled is not None and not self._errors:
            raise cancelled
        if et is not None and not issubclass(et, asyncio.CancelledError):
            self._errors.append(exc)
        if self._errors:
            if self._parent_task.cancelling():
                self._parent_task.uncancel()
                self._parent_task.cancel()
            errors, self._errors = self._errors, None
            raise BaseExceptionGroup("unhandled errors in a TaskGroup", errors) from None


async def wait_for(fut, timeout):
    loop = asyncio.get_running_loop()
    if timeout is None:
        return await fut
    if timeout <= 0:
        fut = asyncio.ensure_future(fut, loop=loop)
        if fut.done():
            return fut.result()
        await asyncio.tasks._cancel_and_wait(fut, loop=loop)
        try:
            return fut.result()
        except asyncio.CancelledError as exc:
            raise TimeoutError() from exc
    waiter = loop.create_future()
    release = asyncio.tasks._release_waiter
    timeout_handle = loop.call_later(timeout, release, waiter)

    def cb(_):
        release(waiter)

    fut = asyncio.ensure_future(fut, loop=loop)
    fut.add_done_callback(cb)
    try:
        try:
            await waiter
        except asyncio.CancelledError:
            if fut.done():
                if not fut.cancelled():
                    fut.exception()
                raise
            fut.remove_done_callback(cb)
            await asyncio.tasks._cancel_and_wait(fut, loop=loop)
            raise
        if fut.done():
            return fut.result()
        fut.remove_done_callback(cb)
        await asyncio.tasks._cancel_and_wait(fut, loop=loop)
        try:
            return fut.result()
        except asyncio.CancelledError as exc:
            raise TimeoutError() from exc
    finally:
        timeout_handle.cancel()


def as_completed(fs, timeout):
    done = asyncio.Queue()
    loop = asyncio.get_running_loop()
    todo = Ordered.fromkeys([asyncio.ensure_future(f, loop=loop) for f in Ordered.fromkeys(fs)])
    timeout_handle = None

    def on_timeout():
        for f in todo:
            f.remove_done_callback(on_completion)
            done.put_nowait(None)
        todo.clear()

    def on_completion(f):
        if not todo:
            return
        todo.pop(f)
        done.put_nowait(f)
        if not todo and timeout_handle is not None:
            timeout_handle.cancel()

    async def wait_for_one():
        f = await done.get()
        if f is None:
            raise TimeoutError
        return f.result()

    for f in todo:
        f.add_done_callback(on_completion)
    if todo and timeout is not None:
        timeout_handle = loop.call_later(timeout, on_timeout)
    for _ in range(len(todo)):
        yield wait_for_one()


asyncio.tasks.all_tasks = lambda loop=None: sorted(
    (t for t in asyncio.tasks._all_tasks if t.get_loop() is loop and not t.done()), key=lambda t: t.number
)
asyncio.runners.tasks.all_tasks = asyncio.tasks.all_tasks


class Numbered(asyncio.Task):
    count = 0

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        Numbered.count += 1
        self.number = Numbered.count


# -- the language ------------------------------------------------------------------------------------------------------------


def parse(text):
    stack = [[]]
    for word in text.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            stack.append([])
        elif word == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(int(word) if word.lstrip("-").isdigit() else word)
    return stack[0]


def show(value):
    if isinstance(value, BaseExceptionGroup):
        return f"{type(value).__name__}[{', '.join(show(e) for e in value.exceptions)}]"
    if isinstance(value, RuntimeError):
        return type(value).__name__  # its text may show addresses
    if isinstance(value, BaseException):
        return f"{type(value).__name__}({value})"
    if isinstance(value, list):
        return f"[{', '.join(show(v) for v in value)}]"
    return str(value)


class World:
    def __init__(self, functions):
        self.functions = functions
        self.slots = {}
        self.promises = set()
        self.locks = [asyncio.Lock() for _ in range(2)]
        self.semaphores = [asyncio.Semaphore(2) for _ in range(2)]
        self.events = [asyncio.Event() for _ in range(2)]
        self.conditions = [asyncio.Condition() for _ in range(2)]
        self.barriers = [asyncio.Barrier(2) for _ in range(2)]
        self.queues = [asyncio.Queue(n) for n in (0, 1)]


class Call:
    """One run of a function: its label in the log, and the groups it is in."""

    count = 0

    def __init__(self, world, function):
        Call.count += 1
        self.world, self.function, self.label = world, function, f"c{Call.count}"
        self.groups = []

    def say(self, *words):
        log(self.label, *words)

    async def run(self):
        result = await self.block(self.world.functions[self.function])
        return 0 if result is None else result

    async def block(self, ops):
        for op in ops:
            result = await getattr(self, "op_" + op[0])(*op[1:])
            if result is not None:
                return result
        return None

    def item(self, item):
        """(t SLOT) or (c FUNCTION): something to wait for; None when the slot is empty."""
        kind, number = item
        if kind == "t":
            return self.world.slots.get(number)
        return Call(self.world, number).run()

    def items(self, items):
        return [x for x in map(self.item, items) if x is not None]

    async def op_log(self, n):
        self.say("log", n)

    async def op_yield(self):
        await asyncio.sleep(0)

    async def op_sleep(self, ms):
        await asyncio.sleep(ms / 1000)

    async def op_ret(self, n):
        return n

    async def op_raise(self, n):
        raise ValueError(f"v{n}")

    async def op_spawn(self, slot, function):
        self.world.slots[slot] = asyncio.create_task(Call(self.world, function).run())

    async def op_await(self, slot):
        # A task that awaits itself leaves a mark in CPython, by which later awaits of it fail: left out.
        task = self.world.slots.get(slot)
        if task is not None and task is not asyncio.current_task():
            self.say("got", slot, show(await task))

    async def op_call(self, function):
        self.say("called", show(await Call(self.world, function).run()))

    async def op_cancel(self, slot, message):
        task = self.world.slots.get(slot)
        if task is not None:
            taken = task.cancel(f"m{message}" if message else None)
            self.say("cancel", slot, taken)

    async def op_gather(self, slot, exceptions, items):
        items = self.items(items)
        future = asyncio.gather(*items, return_exceptions=bool(exceptions))
        if slot >= 0:
            self.world.slots[slot] = future
        else:
            self.say("gathered", show(await future))

    async def op_wait(self, when, ms, slots):
        tasks = [self.world.slots[s] for s in slots if s in self.world.slots]
        names = {self.world.slots[s]: s for s in slots if s in self.world.slots}
        when = (asyncio.ALL_COMPLETED, asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION)[when]
        done, pending = await asyncio.wait(tasks, timeout=None if ms < 0 else ms / 1000, return_when=when)
        self.say("done", *[names[t] for t in names if t in done], "pending", *[names[t] for t in names if t in pending])

    async def op_waitfor(self, ms, item):
        item = self.item(item)
        if item is not None and item is not asyncio.current_task():
            self.say("waited", show(await wait_for(item, None if ms < 0 else ms / 1000)))

    async def op_shield(self, slot, item):
        item = self.item(item)
        if item is None:
            return
        future = asyncio.shield(item)
        if slot >= 0:
            self.world.slots[slot] = future
        else:
            self.say("shielded", show(await future))

    async def op_ascomp(self, ms, items):
        for one in as_completed(self.items(items), None if ms < 0 else ms / 1000):
            self.say("next", show(await one))

    async def op_timeout(self, ms, ops):
        async with asyncio.timeout(None if ms < 0 else ms / 1000) as timeout:
            result = await self.block(ops)
        self.say("expired", timeout.expired())
        return result

    async def op_group(self, ops):
        group = TaskGroup()
        self.groups.append(group)
        try:
            async with group:
                return await self.block(ops)
        finally:
            self.groups.remove(group)

    async def op_gspawn(self, slot, function):
        if self.groups:
            coro = Call(self.world, function).run()
            try:
                self.world.slots[slot] = self.groups[-1].create_task(coro)
            except RuntimeError:
                coro.close()
                self.say("closed")

    async def op_lock(self, n, ops):
        async with self.world.locks[n]:
            return await self.block(ops)

    async def op_release(self, n):
        self.world.locks[n].release()

    async def op_sem(self, n, ops):
        async with self.world.semaphores[n]:
            return await self.block(ops)

    async def op_semrelease(self, n):
        self.world.semaphores[n].release()

    async def op_evwait(self, n):
        self.say("event", await self.world.events[n].wait())

    async def op_evset(self, n):
        self.world.events[n].set()

    async def op_evclear(self, n):
        self.world.events[n].clear()

    async def op_cond(self, n, ops):
        async with self.world.conditions[n]:
            return await self.block(ops)

    async def op_condwait(self, n):
        self.say("condition", await self.world.conditions[n].wait())

    async def op_notify(self, n, count):
        if count:
            self.world.conditions[n].notify(count)
        else:
            self.world.conditions[n].notify_all()

    async def op_barrier(self, n):
        self.say("barrier", await self.world.barriers[n].wait())

    async def op_barreset(self, n):
        await self.world.barriers[n].reset()

    async def op_barabort(self, n):
        await self.world.barriers[n].abort()

    async def op_put(self, n, value):
        await self.world.queues[n].put(value)

    async def op_get(self, n):
        self.say("item", await self.world.queues[n].get())

    async def op_putnow(self, n, value):
        self.world.queues[n].put_nowait(value)

    async def op_getnow(self, n):
        self.say("item", self.world.queues[n].get_nowait())

    async def op_taskdone(self, n):
        self.world.queues[n].task_done()

    async def op_join(self, n):
        await self.world.queues[n].join()
        self.say("joined", n)

    async def op_try(self, kind, body, handler, final):
        kinds = {"cancel": asyncio.CancelledError, "error": Exception, "all": BaseException, "none": ()}
        try:
            return await self.block(body)
        except kinds[kind] as exc:
            self.say("except", show(exc))
            return await self.block(handler)
        finally:
            self.say("finally")
            await self.block(final)

    async def op_loop(self, count, ops):
        for _ in range(count):
            result = await self.block(ops)
            if result is not None:
                return result

    async def op_future(self, slot):
        self.world.slots[slot] = asyncio.get_running_loop().create_future()
        self.world.promises.add(self.world.slots[slot])

    async def op_setres(self, slot, value):
        if self.world.slots.get(slot) in self.world.promises:
            self.world.slots[slot].set_result(value)

    async def op_setexc(self, slot, value):
        if self.world.slots.get(slot) in self.world.promises:
            self.world.slots[slot].set_exception(ValueError(f"v{value}"))

    async def op_cb(self, slot, n):
        if slot in self.world.slots:
            self.world.slots[slot].add_done_callback(lambda f: log("callback", n, f.cancelled()))

    async def op_soon(self, n):
        asyncio.get_running_loop().call_soon(lambda: log("soon", n))

    async def op_later(self, ms, n):
        asyncio.get_running_loop().call_later(ms / 1000, lambda: log("later", n))

    async def op_cancelling(self):
        self.say("cancelling", asyncio.current_task().cancelling())

    async def op_uncancel(self):
        self.say("uncancel", asyncio.current_task().uncancel())

    async def op_selfcancel(self):
        asyncio.current_task().cancel()

    async def op_status(self, slot):
        task = self.world.slots.get(slot)
        if task is None:
            self.say("status", slot, "none")
        elif not task.done():
            self.say("status", slot, "pending")
        elif task.cancelled():
            self.say("status", slot, "cancelled")
        elif task.exception() is not None:
            self.say("status", slot, show(task.exception()))
        else:
            self.say("status", slot, show(task.result()))


def run(text):
    functions = parse(text)
    loop = Loop()
    loop.set_task_factory(lambda loop, coro, **kwargs: Numbered(coro, loop=loop, **kwargs))
    loop.set_exception_handler(lambda loop, context: None)

    async def main():
        world = World(functions)
        loop.call_later(1000, finish, "stuck")
        try:
            result = await Call(world, 0).run()
            log("main", show(result))
        except BaseException as exc:
            log("main raised", show(exc))

    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(main())
        LOG.append("end")
    except asyncio.CancelledError as exc:
        LOG.append(f"run raised {show(exc)}")
    sys.stdout.write("\n".join(LOG) + "\n")


# -- random programs ------------------------------------------------------------------------------------------------------------

SLOTS = 6


class Maker:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.functions = self.rng.randint(2, 6)
        # Each program leans on a few features, so that these meet each other often.
        self.favourites = self.rng.sample([name for name in dir(self) if name.startswith("make_")], 9)

    def slot(self):
        return self.rng.randrange(SLOTS)

    def ms(self):
        return self.rng.choice((0, 0, 10, 10, 20, 30, 50))

    def limit(self):
        return self.rng.choice((-1, 0, 10, 10, 20, 20, 30, 50))

    def item(self):
        if self.level < self.functions - 1 and self.rng.random() < 0.6:
            return f"(c {self.callee()})"
        return f"(t {self.slot()})"

    def items(self, most=3):
        return "(" + " ".join(self.item() for _ in range(self.rng.randint(1, most))) + ")"

    def callee(self):
        return self.rng.randint(self.level + 1, self.functions - 1)

    def block(self, depth, most=4):
        return "(" + " ".join(self.op(depth) for _ in range(self.rng.randint(1, most))) + ")"

    def op(self, depth):
        usual = ("make_log", "make_yield", "make_sleep", "make_spawn", "make_await", "make_cancel")
        while True:
            name = self.rng.choice(self.favourites if self.rng.random() < 0.7 else usual)
            text = getattr(self, name)(depth)
            if text:
                return text

    def program(self):
        parts = []
        for self.level in range(self.functions):
            ops = [self.op(0) for _ in range(self.rng.randint(3, 9 if self.level == 0 else 6))]
            if self.level == 0:
                ops = [f"(spawn {s} {self.callee()})" for s in range(self.rng.randint(1, 4))] + ops
            if self.rng.random() < 0.5:
                ops.append(f"(ret {self.rng.randint(1, 9)})")
            parts.append("(" + "\n  ".join(ops) + ")")
        return "\n".join(parts) + "\n"

    def make_log(self, depth):
        return f"(log {self.rng.randint(1, 99)})"

    def make_yield(self, depth):
        return "(yield)"

    def make_sleep(self, depth):
        return f"(sleep {self.ms()})"

    def make_raise(self, depth):
        return f"(raise {self.rng.randint(1, 9)})" if self.rng.random() < 0.4 else None

    def make_spawn(self, depth):
        return f"(spawn {self.slot()} {self.callee()})" if self.level < self.functions - 1 else None

    def make_call(self, depth):
        return f"(call {self.callee()})" if self.level < self.functions - 1 else None

    def make_await(self, depth):
        return f"(await {self.slot()})"

    def make_cancel(self, depth):
        return f"(cancel {self.slot()} {self.rng.choice((0, 0, 1, 2))})"

    def make_gather(self, depth):
        slot = self.slot() if self.rng.random() < 0.3 else -1
        return f"(gather {slot} {self.rng.randint(0, 1)} {self.items()})"

    def make_wait(self, depth):
        slots = " ".join(str(self.slot()) for _ in range(self.rng.randint(1, 3)))
        return f"(wait {self.rng.randint(0, 2)} {self.limit()} ({slots}))"

    def make_waitfor(self, depth):
        return f"(waitfor {self.limit()} {self.item()})"

    def make_shield(self, depth):
        slot = self.slot() if self.rng.random() < 0.3 else -1
        return f"(shield {slot} {self.item()})"

    def make_ascomp(self, depth):
        return f"(ascomp {self.limit()} {self.items()})"

    def make_timeout(self, depth):
        return f"(timeout {self.limit()} {self.block(depth + 1)})" if depth < 3 else None

    def make_group(self, depth):
        if depth > 2 or self.level >= self.functions - 1:
            return None
        spawns = " ".join(f"(gspawn {self.slot()} {self.callee()})" for _ in range(self.rng.randint(1, 3)))
        return f"(group ({spawns} {self.block(depth + 1)[1:]})"

    def make_lock(self, depth):
        return f"(lock {self.rng.randint(0, 1)} {self.block(depth + 1)})" if depth < 3 else None

    def make_sem(self, depth):
        return f"(sem {self.rng.randint(0, 1)} {self.block(depth + 1)})" if depth < 3 else None

    def make_semrelease(self, depth):
        return f"(semrelease {self.rng.randint(0, 1)})" if self.rng.random() < 0.3 else None

    def make_event(self, depth):
        return f"({self.rng.choice(('evwait', 'evwait', 'evset', 'evset', 'evclear'))} {self.rng.randint(0, 1)})"

    def make_cond(self, depth):
        if depth > 2:
            return None
        n = self.rng.randint(0, 1)
        what = self.rng.choice((f"(condwait {n})", f"(notify {n} {self.rng.randint(0, 2)})"))
        return f"(cond {n} ({what} {self.block(depth + 1, 2)[1:]})"

    def make_barrier(self, depth):
        op = self.rng.choice(("barrier", "barrier", "barrier", "barrier", "barreset", "barabort"))
        return f"({op} {self.rng.randint(0, 1)})"

    def make_queue(self, depth):
        op = self.rng.choice(("put", "put", "get", "get", "putnow", "getnow", "taskdone", "join"))
        value = f" {self.rng.randint(1, 9)}" if op.startswith("put") else ""
        return f"({op} {self.rng.randint(0, 1)}{value})"

    def make_try(self, depth):
        if depth > 3:
            return None
        kind = self.rng.choice(("cancel", "error", "all", "none"))
        final = self.block(depth + 2, 2) if self.rng.random() < 0.5 else "()"
        return f"(try {kind} {self.block(depth + 1)} {self.block(depth + 2, 2)} {final})"

    def make_loop(self, depth):
        return f"(loop {self.rng.randint(2, 3)} {self.block(depth + 1)})" if depth < 2 else None

    def make_future(self, depth):
        op = self.rng.choice(("future", "setres", "setexc"))
        value = "" if op == "future" else f" {self.rng.randint(1, 9)}"
        return f"({op} {self.slot()}{value})"

    def make_cb(self, depth):
        return f"(cb {self.slot()} {self.rng.randint(1, 99)})"

    def make_soon(self, depth):
        if self.rng.random() < 0.5:
            return f"(soon {self.rng.randint(1, 99)})"
        return f"(later {self.ms()} {self.rng.randint(1, 99)})"

    def make_counts(self, depth):
        return self.rng.choice(("(cancelling)", "(cancelling)", "(uncancel)", "(selfcancel)"))

    def make_status(self, depth):
        return f"(status {self.slot()})"


# -- comparing ---------------------------------------------------------------------------------------------------------------------


def output(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except subprocess.TimeoutExpired:
        return "timed out"
    return done.stdout if done.returncode == 0 else f"{done.stdout}\nexit {done.returncode}\n{done.stderr}"


def oracle(text):
    """What CPython prints, from a forked child: importing asyncio takes far longer than a program."""
    sys.stdout.flush()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(write, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        signal.alarm(20)
        try:
            run(text)
        except BaseException as exc:
            print("raised", show(exc))
        sys.stdout.flush()
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        got = pipe.read()
    _, status = os.waitpid(child, 0)
    return got if status == 0 else "timed out"


def difference(expected, got):
    lines = difflib.unified_diff(expected.splitlines(), got.splitlines(), "CPython", "here", lineterm="", n=5)
    return "\n".join(list(lines)[:60])


def check(binary, first, count, keep=None):
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            path = os.path.join(folder, "program")
            text = Maker(seed).program()
            with open(path, "w") as file:
                file.write(text)
            expected, got = oracle(text), output([binary, path])
            if "RecursionError" in expected + got or "GeneratorExit" in expected or expected == "timed out":
                continue  # a cycle of tasks was cancelled, or collected by CPython
            if expected != got:
                if keep:
                    with open(keep, "w") as file:
                        file.write(text)
                print(f"seed {seed} differs\n{text}\n{difference(expected, got)}")
                return 1
    return 0


if __name__ == "__main__":
    command, rest = sys.argv[1], sys.argv[2:]
    if command == "run":
        with open(rest[0]) as source:
            run(source.read())
    elif command == "make":
        sys.stdout.write(Maker(int(rest[0])).program())
    else:
        sys.exit(check(rest[0], int(rest[1]), int(rest[2]), *rest[3:]))
