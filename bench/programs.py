"""Programs of a given length for measuring the compiler: ordinary code, of all kinds, that runs under CPython too.

`programs.py LINES` prints one. A program is a sequence of units of about forty lines; a unit is one of the templates below under names
of its own, so that nothing repeats for the compiler, and what it defines is used.
"""
import itertools
import sys

HEAD = """\
import asyncio
from dataclasses import dataclass
from typing import AsyncIterator


class Problem(Exception):
    pass
"""

UNITS = [
    '''

@dataclass
class Account{n}:
    owner: str
    balance: int
    history: list[int]

    def deposit(self, amount: int) -> None:
        if amount <= 0:
            raise Problem(f"{{self.owner}} cannot deposit {{amount}}")
        self.balance += amount
        self.history.append(amount)

    def withdraw(self, amount: int) -> int:
        if amount > self.balance:
            raise Problem(f"{{self.owner}} has only {{self.balance}}")
        self.balance -= amount
        self.history.append(-amount)
        return amount


async def transfer_{n}(source: Account{n}, target: Account{n}, amount: int) -> bool:
    try:
        taken = source.withdraw(amount)
        await asyncio.sleep(0)
        target.deposit(taken)
    except Problem:
        return False
    else:
        return True


async def unit_{n}() -> int:
    first = Account{n}("Ann", {n} % 97 + 10, [])
    second = Account{n}("Bob", 5, [])
    outcomes = await asyncio.gather(*[transfer_{n}(first, second, amount) for amount in (3, 7, 90)])
    return sum([1 for ok in outcomes if ok]) + len(first.history) + second.balance
''',
    '''

def words_{n}(text: str) -> dict[str, int]:
    """Counts the words of a text, whatever their case."""
    counts: dict[str, int] = {{}}
    for word in text.lower().split():
        word = word.strip(".,;:!?")
        if not word:
            continue
        counts[word] = counts.get(word, 0) + 1
    return counts


def longest_{n}(counts: dict[str, int], limit: int) -> list[str]:
    found = [word for word, count in counts.items() if len(word) > limit and count > 0]
    found.sort(key=lambda word: (-len(word), word))
    return found


async def lines_{n}(text: str) -> AsyncIterator[str]:
    for line in text.split("\\n"):
        if line:
            yield line
            await asyncio.sleep(0)


async def unit_{n}() -> int:
    text = "The quick brown fox, number {n}\\njumps over\\n\\nthe lazy dog."
    total = 0
    async for line in lines_{n}(text):
        counts = words_{n}(line)
        for word in longest_{n}(counts, 3):
            total += len(word) * counts[word]
        if total > 1000:
            break
    return total
''',
    '''

class Shape{n}:
    def area(self) -> float:
        return 0.0

    def name(self) -> str:
        return "shape"


class Square{n}(Shape{n}):
    def __init__(self, side: float) -> None:
        self.side = side

    def area(self) -> float:
        return self.side * self.side


class Box{n}(Shape{n}):
    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height

    def area(self) -> float:
        return self.width * self.height

    def name(self) -> str:
        return f"box of {{self.width:.1f}} by {{self.height:.1f}}"


def measure_{n}(shapes: list[Shape{n}]) -> float:
    total = 0.0
    for i, shape in enumerate(shapes):
        total += shape.area() * (i + 1)
    while total > 1_000_000.0:
        total /= 2.0
    return total


async def unit_{n}() -> int:
    shapes: list[Shape{n}] = [Square{n}(2.0), Box{n}(3.0, {n} % 11 + 1.0), Shape{n}()]
    names = ", ".join([shape.name() for shape in shapes])
    return int(measure_{n}(shapes)) + len(names)
''',
    '''

async def produce_{n}(queue: asyncio.Queue[int | None], first: int, last: int) -> None:
    for i in range(first, last):
        if i % 5 == 0:
            await asyncio.sleep(0)
        await queue.put(i * i)
    await queue.put(None)


async def consume_{n}(queue: asyncio.Queue[int | None]) -> tuple[int, int]:
    count, total = 0, 0
    while True:
        item = await queue.get()
        if item is None:
            break
        count += 1
        total += item
    return count, total


def digits_{n}(number: int) -> int:
    total = 0
    while number > 0:
        number, digit = divmod(number, 10)
        total += digit
    return total


async def unit_{n}() -> int:
    queue: asyncio.Queue[int | None] = asyncio.Queue(3)
    async with asyncio.TaskGroup() as group:
        group.create_task(produce_{n}(queue, {n} % 7, 20))
        consumer = group.create_task(consume_{n}(queue))
    count, total = consumer.result()
    try:
        if digits_{n}(total) == 1:
            raise ValueError("only one digit")
    except ValueError as error:
        return len(str(error))
    finally:
        count += 1
    return count * 1000 + digits_{n}(total)
''',
]

TAIL = """

async def main() -> None:
    total = 0
{calls}
    print(total)


asyncio.run(main())
"""


def generate(lines):
    """A program of that many lines, short of a unit at most."""
    units = []
    count = HEAD.count("\n") + TAIL.count("\n")
    for n in itertools.count():
        unit = UNITS[n % len(UNITS)].format(n=n)
        count += unit.count("\n") + 1
        if units and count > lines:
            break
        units.append(unit)
    calls = "\n".join(f"    total += await unit_{n}()" for n in range(len(units)))
    return HEAD + "".join(units) + TAIL.format(calls=calls)


if __name__ == "__main__":
    sys.stdout.write(generate(int(sys.argv[1])))
