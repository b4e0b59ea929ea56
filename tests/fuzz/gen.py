#!/usr/bin/env python3
"""Writes a random program: well typed, terminating, the same under every run. `tests/fuzz/gen.py SEED`.

How it stays so. Every expression is made for a type. An integer expression carries the number of bits it may need, a string its length, and
what is stored, passed or returned is cut down to a bound, so that nothing passes 64 bits or grows without end. A function calls only
those above it, and each knows roughly what a call costs, so that loops around calls stay cheap. Names are never reused, so that
no variable changes its type. Tasks meet only at sleep(0) and at what they await, so that CPython's own scheduler decides every order. What
fails when run (an index, a key, a division, a `raise`) is part of the language and welcome: it is caught somewhere, or ends the program."""
import random
import sys

BITS = 20  # what an int variable may need
LENGTH = 40  # of a str variable
BUDGET = 3000  # steps that one function may take, roughly

INT, FLOAT, STR, BOOL = "int", "float", "str", "bool"
INTS, STRS, DICT, PAIR, MAYBE = "list[int]", "list[str]", "dict[str, int]", "tuple[int, str]", "int | None"
PLAIN = [INT, INT, INT, STR, STR, FLOAT, BOOL]
ROWS, TABLE, DEQUE = "list[tuple[int, str]]", "dict[str, list[int]]", "deque[int]"
SET, NODE, ANY, CALLS = "set[int]", "Node", "list[Any]", "list[Callable[[int], int]]"
TYPES = PLAIN + [INTS, INTS, STRS, DICT, PAIR, MAYBE, ROWS, TABLE, DEQUE]
HIDDEN = [SET, NODE, ANY, CALLS]  # not printed as they are: the order of a set, addresses
WORDS = ["a", "b", "key", "xyz", "hello", "", "Ünï", "日本", "two words", "q\\n", "it's"]
ERRORS = ["ValueError", "KeyError", "RuntimeError", "Problem"]


class Function:
    def __init__(self, name, params, result, cost, *, is_async=False, owner=None, defaults=0):
        self.name = name
        self.params = params  # types
        self.result = result
        self.cost = cost
        self.is_async = is_async
        self.owner = owner  # a class, for methods
        self.defaults = defaults  # how many parameters may be left out


class Class:
    def __init__(self, name, base, fields):
        self.name = name
        self.base = base
        self.fields = fields  # (name, type), those of the base first
        self.methods = []

    def all_methods(self):
        return (self.base.all_methods() if self.base else []) + self.methods


class Scope:
    """The names that may be used here. Assignable are those that this function made."""

    def __init__(self, parent=None, *, is_function=False):
        self.names = dict(parent.names) if parent else {}
        self.own = set() if is_function or not parent else set(parent.own)
        self.narrowed = set(parent.narrowed) if parent else set()
        if is_function:  # runs later, when anything may have been assigned
            for name in self.narrowed & self.names.keys():
                del self.names[name]

    def add(self, name, type_):
        self.names[name] = type_
        self.own.add(name)

    def of(self, type_, assignable=False):
        return [n for n, t in self.names.items() if t == type_ and (not assignable or n in self.own)]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.indent = 0
        self.counter = 0
        self.functions = []
        self.generators = []
        self.classes = []
        self.globals = Scope()
        self.cost = 0  # of the function being written
        self.times = 1  # how often the present statement runs
        self.is_async = False
        self.in_loop = False
        self.in_try = False
        self.returns = None  # the type to return, or False outside functions

    # -- helpers --------------------------------------------------------------------------------------------------------

    def name(self, prefix):
        self.counter += 1
        return f"{prefix}{self.counter}"

    def line(self, text=""):
        self.lines.append("    " * self.indent + text if text else "")

    def chance(self, p):
        return self.random.random() < p

    def pick(self, items):
        return self.random.choice(items)

    def block(self, header, scope, depth, count=None, body=None):
        """A header, and under it `count` statements (or what `body` writes) in a scope of its own."""
        self.line(header)
        self.indent += 1
        inner = Scope(scope)
        if body:
            body(inner)
        else:
            for _ in range(count or self.random.randint(1, 3)):
                self.statement(inner, depth + 1)
        self.indent -= 1

    # -- expressions ------------------------------------------------------------------------------------------------------

    def expr(self, type_, scope, depth=0):
        """An expression fit to be stored: within the bounds."""
        if type_ == INT:
            text, bits = self.int_expr(scope, depth)
            return text if bits <= BITS else f"({text}) % 9973"
        if type_ == STR:
            text, length = self.str_expr(scope, depth)
            return text if length <= LENGTH else f"({text})[:{self.random.randint(3, LENGTH)}]"
        maker = {
            FLOAT: self.float_expr,
            BOOL: self.bool_expr,
            INTS: self.ints_expr,
            STRS: self.strs_expr,
            DICT: self.dict_expr,
            PAIR: self.pair_expr,
            MAYBE: self.maybe_expr,
            ROWS: self.rows_expr,
            TABLE: self.table_expr,
            DEQUE: self.deque_expr,
            SET: self.set_expr,
            NODE: self.node_expr,
            ANY: self.any_list_expr,
            CALLS: self.calls_expr,
        }.get(type_)
        return maker(scope, depth) if maker else self.object_expr(type_, scope, depth)

    def calls(self, type_):
        """The functions that may be called here and give this type."""
        return [
            f
            for f in self.functions
            if f.result == type_ and not f.owner and f.is_async <= self.is_async and self.cost + self.times * f.cost < BUDGET
        ]

    def call(self, f, scope, depth):
        self.cost += self.times * f.cost
        count = len(f.params) - self.random.randint(0, f.defaults)
        args = [self.expr(t, scope, depth + 1) for t in f.params[:count]]
        return f"{'await ' if f.is_async else ''}{f.name}({', '.join(args)})"

    def source(self, type_, scope, depth):
        """A variable, a field, or a call of this type; None if there is none or chance is against it."""
        choices = list(scope.of(type_))
        for class_ in self.classes:
            for variable in scope.of(class_.name):
                choices += [f"{variable}.{f}" for f, t in class_.fields if t == type_]
                choices += [
                    (variable, m)
                    for m in class_.all_methods()
                    if m.result == type_ and m.is_async <= self.is_async and self.cost + self.times * m.cost < BUDGET
                ]
        calls = self.calls(type_) if depth < 3 else []
        if calls and self.chance(0.3):
            text = self.call(self.pick(calls), scope, depth)
            return f"({text})" if text.startswith("await") else text
        if not choices or self.chance(0.1):
            return None
        chosen = self.pick(choices)
        if isinstance(chosen, str):
            return chosen
        variable, method = chosen
        self.cost += self.times * method.cost
        call = f"{variable}.{method.name}()"
        return f"(await {call})" if method.is_async else call

    def int_expr(self, scope, depth):
        """Text, and the bits it may need."""
        if depth > 3 or self.chance(0.25):
            found = self.source(INT, scope, depth)
            if found and self.chance(0.7):
                return found, BITS
            n = self.pick([0, 1, 2, 3, 7, 10, 42, 100, 999, -1, -5])
            return (f"({n})" if n < 0 else str(n)), 10
        kind = self.random.randrange(13)
        if kind < 5:
            (a, x), (b, y) = self.int_expr(scope, depth + 1), self.int_expr(scope, depth + 1)
            op = self.pick("+-*&|^")
            bits = x + y if op == "*" else max(x, y) + 1
            text = f"({a} {op} {b})"
            return (text, bits) if bits <= 58 else (f"({a} % 9973 {op} {b} % 9973)", 28)
        if kind == 5:
            (a, x), (b, _) = self.int_expr(scope, depth + 1), self.int_expr(scope, depth + 1)
            divisor = str(self.random.randint(1, 9)) if self.chance(0.6) or not self.in_try else f"({b})"
            return f"({a} {self.pick(['//', '%'])} {divisor})", max(x, BITS) + 1
        if kind == 6:
            return f"len({self.expr(self.pick([STR, INTS, STRS, DICT]), scope, depth + 1)})", 10
        if kind == 7:
            a, x = self.int_expr(scope, depth + 1)
            return f"{self.pick(['abs', '-', '~'])}({a})", x + 1
        if kind == 8:
            items = self.expr(INTS, scope, depth + 1)
            form = self.pick(["sum({})", "max({}, default=0)", "min({}, default=-1)", "len(sorted({}))"])
            return form.format(items), BITS + 8
        if kind == 9:
            condition = self.bool_expr(scope, depth + 1)
            a, b = self.expr(INT, scope, depth + 1), self.expr(INT, scope, depth + 1)
            return f"({a} if {condition} else {b})", BITS
        if kind == 10:
            d = self.expr(DICT, scope, depth + 1)
            return f"{d}.get({self.expr(STR, scope, depth + 2)}, {self.random.randint(0, 9)})", BITS
        if kind == 11 and self.in_try:
            return f"{self.expr(INTS, scope, depth + 1)}[{self.random.randint(-3, 4)}]", BITS
        if kind == 12:
            return f"{self.expr(PAIR, scope, depth + 1)}[0]", BITS
        return f"int({self.bool_expr(scope, depth + 1)})", 1

    def str_expr(self, scope, depth):
        """Text, and the length it may have."""
        if depth > 3 or self.chance(0.3):
            found = self.source(STR, scope, depth)
            if found and self.chance(0.7):
                return found, LENGTH
            return '"' + self.pick(WORDS) + '"', 12
        kind = self.random.randrange(9)
        if kind == 0:
            (a, x), (b, y) = self.str_expr(scope, depth + 1), self.str_expr(scope, depth + 1)
            return f"({a} + {b})", x + y
        if kind == 1:
            method = self.pick(["upper()", "lower()", "strip()", "title()", "swapcase()", 'replace("a", "bb")', "zfill(5)", 'center(9, "*")'])
            a, x = self.str_expr(scope, depth + 1)
            return f"({a}).{method}", 2 * x + 9
        if kind == 2:
            return f"str({self.expr(self.pick(TYPES), scope, depth + 1)})", 400
        if kind == 3:
            a, x = self.str_expr(scope, depth + 1)
            return f"({a})[{self.pick(['::-1', '1:', ':-1', ':3', '1:4', '::2'])}]", x
        if kind == 4:
            return f'"{self.pick([",", "-", ""])}".join({self.expr(STRS, scope, depth + 1)})', 400
        if kind == 5:
            a = self.expr(INT, scope, depth + 1)
            return "f'{" + a.replace("'", '"') + self.pick(["}", ":>6}", ":04d}", ":x}", "!r}", ":,}"]) + "'" if "'" not in a and '"' not in a else f"str({a})", 30
        if kind == 6:
            return f"{self.expr(PAIR, scope, depth + 1)}[1]", LENGTH
        if kind == 7:
            a, _ = self.str_expr(scope, depth + 1)
            return f"({a}) * {self.random.randint(0, 2)}", 2 * LENGTH
        return f"repr({self.expr(self.pick(TYPES), scope, depth + 1)})", 400

    def float_expr(self, scope, depth):
        if depth > 3 or self.chance(0.3):
            found = self.source(FLOAT, scope, depth)
            return found if found and self.chance(0.7) else self.pick(["0.5", "1.0", "2.25", "0.1", "1e3", "-3.75", "1e-7"])
        kind = self.random.randrange(6)
        a = self.float_expr(scope, depth + 1)
        if kind < 3:
            return f"({a} {self.pick('+-*')} {self.float_expr(scope, depth + 1)})"
        if kind == 3:
            return f"({self.expr(INT, scope, depth + 1)} / {self.random.randint(1, 9)})"
        if kind == 4:
            return f"abs({a})"
        return f"float({self.expr(INT, scope, depth + 1)})"

    def bool_expr(self, scope, depth):
        if depth > 3 or self.chance(0.15):
            return self.source(BOOL, scope, depth) or self.pick(["True", "False"])
        kind = self.random.randrange(8)
        if kind < 3:
            type_ = self.pick([INT, INT, STR, FLOAT, INTS])
            op = self.pick(["==", "!=", "<", "<=", ">", ">="])
            return f"({self.expr(type_, scope, depth + 1)} {op} {self.expr(type_, scope, depth + 1)})"
        if kind == 3:
            return f"({self.bool_expr(scope, depth + 1)} {self.pick(['and', 'or'])} {self.bool_expr(scope, depth + 1)})"
        if kind == 4:
            return f"(not {self.bool_expr(scope, depth + 1)})"
        if kind == 5:
            inner, container = self.pick([(INT, INTS), (STR, STRS), (STR, DICT), (STR, STR)])
            return f"({self.expr(inner, scope, depth + 1)} {self.pick(['in', 'not in'])} {self.expr(container, scope, depth + 1)})"
        if kind == 6:
            return f"bool({self.expr(self.pick(TYPES), scope, depth + 1)})"
        return f"({self.expr(MAYBE, scope, depth + 1)} is {self.pick(['', 'not '])}None)"

    def ints_expr(self, scope, depth):
        found = self.source(INTS, scope, depth)
        if found and self.chance(0.5):
            return found
        kind = self.random.randrange(7) if depth < 3 else 0
        if kind == 0:
            return "[" + ", ".join(self.expr(INT, scope, depth + 2) for _ in range(self.random.randint(1, 4))) + "]"
        if kind == 1:
            x = self.name("x")
            inner = Scope(scope, is_function=True)
            inner.names[x] = INT
            was, self.times = self.times, self.times * 4
            was_async, self.is_async = self.is_async, False
            text = f"[{self.expr(INT, inner, depth + 2)} for {x} in {self.pick([f'range({self.random.randint(0, 4)})', self.expr(INTS, scope, depth + 2) + '[:4]'])}"
            if self.chance(0.4):
                text += f" if {self.bool_expr(inner, depth + 2)}"
            self.times, self.is_async = was, was_async
            return text + "]"
        if kind == 2:
            return f"({self.expr(INTS, scope, depth + 1)} + {self.expr(INTS, scope, depth + 1)})[:9]"
        if kind == 3:
            return f"sorted({self.expr(INTS, scope, depth + 1)}{self.pick(['', ', reverse=True', ', key=lambda v: -v', ', key=lambda v: v % 7'])})"
        if kind == 4:
            return f"{self.expr(INTS, scope, depth + 1)}[{self.pick(['::-1', '1:', ':2', '-2:', '::2'])}]"
        if kind == 5:
            return f"list(range({self.random.randint(0, 3)}, {self.random.randint(3, 8)}))"
        return f"list({self.expr(DICT, scope, depth + 1)}.values())"

    def strs_expr(self, scope, depth):
        found = self.source(STRS, scope, depth)
        if found and self.chance(0.5):
            return found
        kind = self.random.randrange(5) if depth < 3 else 0
        if kind == 0:
            return "[" + ", ".join(self.expr(STR, scope, depth + 2) for _ in range(self.random.randint(1, 3))) + "]"
        if kind == 1:
            return f"({self.expr(STR, scope, depth + 1)}).split({self.pick(['', chr(34) + 'l' + chr(34)])})"
        if kind == 2:
            return f"sorted({self.expr(DICT, scope, depth + 1)})"
        if kind == 3:
            return f"[str({'v'}) for v in {self.expr(INTS, scope, depth + 1)}[:5]]"
        return f"list({self.expr(STR, scope, depth + 1)})[:6]"

    def dict_expr(self, scope, depth):
        found = self.source(DICT, scope, depth)
        if found and self.chance(0.6):
            return found
        if depth < 3 and self.chance(0.3):
            return "{str(v): v for v in " + self.expr(INTS, scope, depth + 1) + "[:4]}"
        keys = self.random.sample(["a", "b", "key", "xyz"], self.random.randint(1, 3))
        return "{" + ", ".join(f'"{k}": {self.expr(INT, scope, depth + 2)}' for k in keys) + "}"

    def pair_expr(self, scope, depth):
        found = self.source(PAIR, scope, depth)
        if found and self.chance(0.5):
            return found
        return f"({self.expr(INT, scope, depth + 1)}, {self.expr(STR, scope, depth + 1)})"

    def maybe_expr(self, scope, depth):
        found = self.source(MAYBE, scope, depth)
        if found and self.chance(0.6):
            return found
        if self.chance(0.4):
            return f"({self.expr(INT, scope, depth + 1)} if {self.bool_expr(scope, depth + 1)} else None)"
        return f"maybe({self.expr(INT, scope, depth + 1)})"

    def rows_expr(self, scope, depth):
        found = self.source(ROWS, scope, depth)
        if found and self.chance(0.5):
            return found
        ints, strs = self.expr(INTS, scope, depth + 2), self.expr(STRS, scope, depth + 2)
        return self.pick([
            f"[{self.expr(PAIR, scope, depth + 2)}, {self.expr(PAIR, scope, depth + 2)}]",
            f"list(zip({ints}, {strs}))",
            f"[(i, s) for i, s in enumerate({strs}[:4], {self.random.randint(0, 3)})]",
            f"sorted([(n % 7, 'k') for n in {ints}[:4]], key=lambda row: (-row[0], row[1]))",
        ])

    def table_expr(self, scope, depth):
        found = self.source(TABLE, scope, depth)
        if found and self.chance(0.6):
            return found
        if depth < 3 and self.chance(0.3):
            return "{s: [i, i + 1] for i, s in enumerate(" + self.expr(STRS, scope, depth + 2) + "[:3])}"
        keys = self.random.sample(["a", "b", "key", "xyz"], self.random.randint(1, 2))
        return "{" + ", ".join(f'"{k}": {self.expr(INTS, scope, depth + 2)}' for k in keys) + "}"

    def deque_expr(self, scope, depth):
        found = self.source(DEQUE, scope, depth)
        if found and self.chance(0.6):
            return found
        return f"deque({self.expr(INTS, scope, depth + 1)}{self.pick(['', ', maxlen=3', ', maxlen=5'])})"

    def set_expr(self, scope, depth):
        found = self.source(SET, scope, depth)
        if found and (depth > 2 or self.chance(0.5)):
            return found
        kind = self.random.randrange(4) if depth < 3 else 0
        if kind == 1:
            return f"({self.expr(SET, scope, depth + 1)} {self.pick('|&-^')} {self.expr(SET, scope, depth + 1)})"
        if kind == 2:
            return "{v % 5 for v in " + self.expr(INTS, scope, depth + 1) + "[:5]}"
        return f"set({self.expr(INTS, scope, depth + 1)}[:8])"

    def node_expr(self, scope, depth):
        found = scope.of(NODE)
        if found and self.chance(0.6):
            return self.pick(found)
        return f"Node({self.expr(INT, scope, depth + 2)})"

    def any_list_expr(self, scope, depth):
        found = scope.of(ANY)
        if found and self.chance(0.5):
            return self.pick(found)
        return "[" + ", ".join(self.expr(self.pick(TYPES), scope, depth + 2) for _ in range(self.random.randint(2, 4))) + "]"

    def calls_expr(self, scope, depth):
        found = scope.of(CALLS)
        if found and self.chance(0.5):
            return self.pick(found)
        was, self.is_async = self.is_async, False
        x = self.name("x")
        inner = Scope(scope, is_function=True)
        inner.names[x] = INT
        text = f"[lambda {x}: {self.expr(INT, inner, depth + 2)}, abs, {self.node_expr(scope, depth + 2)}.plus]"
        self.is_async = was
        return text

    def object_expr(self, name, scope, depth):
        found = scope.of(name)
        if found and self.chance(0.7):
            return self.pick(found)
        class_ = self.pick([c for c in self.classes if c.name == name])
        return f"{name}({', '.join(self.expr(t, scope, depth + 1) for _, t in class_.fields)})"

    # -- statements -------------------------------------------------------------------------------------------------------

    def some_type(self):
        return self.pick(self.classes).name if self.classes and self.chance(0.2) else self.pick(TYPES)

    def stored_type(self):
        return self.pick(HIDDEN) if self.chance(0.2) else self.some_type()

    def statement(self, scope, depth):
        self.cost += self.times
        simple = [self.declare, self.declare, self.assign, self.augment, self.show, self.show, self.mutate, self.unpack, self.field,
                  self.mutate_more, self.link, self.token, self.show_hidden, self.percent]
        nested = [self.for_generated, self.each_any, self.managed, self.if_, self.for_range, self.for_each, self.while_, self.try_, self.match, self.narrow, self.with_]
        rare = [self.leave, self.leave, self.closure]
        if self.is_async:
            simple += [self.pause, self.pause]
            nested += [self.gather, self.tasks, self.locked, self.timeout, self.group, self.wait, self.ticks, self.queue,
                       self.worker, self.event, self.expire, self.async_closure]
        choices = simple * 2 + rare + (nested if depth < 3 else [])
        self.pick(choices)(scope, depth)

    def declare(self, scope, depth):
        type_ = self.stored_type()
        value = self.expr(type_, scope)
        name = self.name("v")
        needs = type_ in (MAYBE, ANY, CALLS) or self.chance(0.2)
        self.line(f"{name}{': ' + type_ if needs else ''} = {value}")
        scope.add(name, type_)

    def assign(self, scope, depth):
        type_ = self.stored_type()
        names = scope.of(type_, assignable=True)
        if not names:
            return self.declare(scope, depth)
        self.line(f"{self.pick(names)} = {self.expr(type_, scope)}")

    def augment(self, scope, depth):
        names = scope.of(INT, assignable=True)
        if not names:
            return self.declare(scope, depth)
        name = self.pick(names)
        self.line(f"{name} {self.pick(['+', '-', '^', '|'])}= {self.expr(INT, scope)}")
        self.line(f"{name} %= 9973")

    def show(self, scope, depth):
        parts = [self.expr(self.some_type() if self.chance(0.6) else INT, scope, 1) for _ in range(self.random.randint(1, 3))]
        variables = [n for n, t in scope.names.items() if t in (INT, FLOAT, STR)]
        if variables and self.chance(0.3):
            name = self.pick(variables)
            spec = {INT: ["", ":5d", ":<6", "!r", "="], FLOAT: ["", ":.3f", ":10.2e", ":g", "="], STR: ["", ":>8", "!r", "="]}[scope.names[name]]
            parts.append("f\"<{" + name + self.pick(spec) + "}>\"")
        self.line(f"print({', '.join(parts)})")

    def mutate(self, scope, depth):
        kind = self.random.randrange(5)
        if kind == 0 and scope.of(INTS):
            self.line(f"{self.pick(scope.of(INTS))}.append({self.expr(INT, scope)})")
        elif kind == 1 and scope.of(DICT):
            name = self.pick(scope.of(DICT))
            self.line(f"{name}[{self.expr(STR, scope)}] = {self.expr(INT, scope)}")
        elif kind == 2 and scope.of(INTS):
            name = self.pick(scope.of(INTS))
            self.line(f"if {name}:")
            self.line(f"    {name}[{self.pick(['0', '-1'])}] = {self.expr(INT, scope)}")
        elif kind == 3 and scope.of(STRS):
            name = self.pick(scope.of(STRS))
            self.line(self.pick([f"{name}.insert(0, {self.expr(STR, scope)})", f"{name}.reverse()", f"{name}.sort()"]))
        elif kind == 4 and scope.of(DICT):
            self.line(f"{self.pick(scope.of(DICT))}.pop({self.expr(STR, scope)}, None)")
        else:
            self.declare(scope, depth)

    def mutate_more(self, scope, depth):
        def any_of(type_):
            names = scope.of(type_)
            return self.pick(names) if names else None

        kind = self.random.randrange(8)
        if kind == 0 and (name := any_of(SET)):
            self.line(self.pick([f"{name}.add({self.expr(INT, scope)})", f"{name}.discard({self.expr(INT, scope)})", f"{name} |= {self.expr(SET, scope)}" if name in scope.own else f"{name}.clear()"]))
        elif kind == 1 and (name := any_of(DEQUE)):
            self.line(self.pick([f"{name}.append({self.expr(INT, scope)})", f"{name}.appendleft({self.expr(INT, scope)})", f"{name}.rotate(1)"]))
        elif kind == 2 and (name := any_of(DEQUE)):
            self.line(f"print({name}.{self.pick(['pop', 'popleft'])}() if {name} else 'empty')")
        elif kind == 3 and (name := any_of(TABLE)):
            self.line(f"{name}.setdefault({self.expr(STR, scope)}, []).append({self.expr(INT, scope)})")
        elif kind == 4 and (name := any_of(ROWS)):
            self.line(self.pick([f"{name}.append({self.expr(PAIR, scope)})", f"{name}.sort()", f"{name}[1:2] = [{self.expr(PAIR, scope)}]"]))
        elif kind == 5 and (name := any_of(ANY)):
            self.line(self.pick([f"{name}.append({self.expr(self.pick(TYPES), scope)})", f"{name}.append({name})", f"del {name}[1:]"]))
        elif kind == 6 and (name := any_of(CALLS)):
            self.line(self.pick([f"{name}.append({self.expr(NODE, scope)}.plus)", f"{name}.reverse()"]))
        elif kind == 7 and (name := any_of(INTS)):
            self.line(self.pick([f"del {name}[:1]", f"{name}[:2] = {self.expr(INTS, scope)}[:3]", f"{name}.extend({self.expr(INTS, scope)}[:2])"]))
        else:
            self.declare(scope, depth)

    def link(self, scope, depth):
        """Objects that refer to each other, also in circles."""
        a, b = self.expr(NODE, scope), self.expr(NODE, scope)
        n = self.name("v")
        self.line(f"{n} = {a}")
        scope.add(n, NODE)
        self.line(self.pick([f"{n}.link({b})", f"{n}.link({n})", f"{n}.next = None", f"{n}.callbacks.append({n}.plus)", f"{n}.callbacks.append(lambda x: x + {n}.value)"]))

    def token(self, scope, depth):
        self.line(self.pick([f"{self.name('t')} = Token({self.expr(STR, scope, 2)})", f"print(Token({self.expr(STR, scope, 2)}).name)", f"tokens.append(Token({self.expr(STR, scope, 2)}))", "tokens.clear()"]))

    def show_hidden(self, scope, depth):
        for type_, form in ((SET, "sorted({})"), (NODE, "{}.total()"), (ANY, "len({})"), (CALLS, "[f(3) % 9973 for f in {}]")):
            names = scope.of(type_)
            if names and self.chance(0.5):
                self.line(f"print({form.format(self.pick(names))})")
                return
        self.show(scope, depth)

    def percent(self, scope, depth):
        i, s, f = self.expr(INT, scope, 2), self.expr(STR, scope, 2), self.expr(FLOAT, scope, 2)
        width = self.random.randint(0, 9)
        self.line(self.pick([
            f'print("%d|%5s|%.2f|%r" % ({i}, {s}, {f}, {s}))',
            f'print("{{:>{{}}}} {{!r}} {{:+.1e}}".format({i}, {width}, {s}, {f}))',
            f'print(format({i}, "{self.pick([",", "_x", "b", "+d", "08d", "^9"])}"), format({s}, "{self.pick(["*^9", ".3", "<4", ">7.2"])}"))',
            f'print({s}, {i}, sep="{self.pick(["", "-", ", "])}", end=";\\n")',
        ]))

    def for_generated(self, scope, depth):
        if not self.generators:
            return self.show(scope, depth)
        g = self.pick(self.generators)
        if self.cost + self.times * g.cost > BUDGET:
            return self.show(scope, depth)
        self.cost += self.times * g.cost
        was, self.is_async = self.is_async, False
        call = f"{g.name}({self.expr(INT, scope, 2)})"
        self.is_async = was
        if self.chance(0.3):
            return self.line(f"print({self.pick(['list({})', 'sum({})', 'next({}, None)', 'max({}, default=None)', 'dict(enumerate({}))', '[*{}, 1]']).format(call)})")
        if self.chance(0.2):
            name = self.name("gen")
            self.line(f"{name} = {call}")
            self.line(f"print(next({name}, -1), next({name}, -1))")
            if self.chance(0.5):
                self.line(f"{name}.close()")
            return
        x = self.name("x")

        def body(inner):
            inner.names[x] = INT
            for _ in range(self.random.randint(1, 3)):
                self.statement(inner, depth + 1)

        self.loop(f"for {x} in {call}:", scope, depth, 4, body)

    def each_any(self, scope, depth):
        x = self.name("x")
        self.line(f"{self.name('n')} = 0")
        was, self.is_async = self.is_async, False
        items = self.expr(ANY, scope, 1)
        self.is_async = was
        a = self.name("a")
        self.line(f"{a}: list[Any] = {items}")
        self.line(f"for {x} in {a}[:6]:")
        self.indent += 1
        self.line(f"if isinstance({x}, bool):")
        self.line("    continue")
        for kind, what in self.random.sample([("int", INT), ("str", STR), ("list", None), ("dict", None), ("float", FLOAT)], 3):
            def body(inner):
                if what:
                    inner.names[x] = what
                    inner.narrowed.add(x)
                self.line(f"print({x})" if kind != "list" else f"print(len({x}))")
                if what:
                    self.statement(inner, 9)

            self.block(f"if isinstance({x}, {kind}):", scope, depth, body=body)
        self.indent -= 1

    def managed(self, scope, depth):
        m = self.name("m")
        is_async = self.is_async and self.chance(0.5)

        def body(inner):
            inner.add(m, INT)
            for _ in range(self.random.randint(1, 3)):
                self.statement(inner, depth + 1)

        self.block(f"{'async ' if is_async else ''}with {'async_managed' if is_async else 'managed'}({self.expr(INT, scope, 2)}) as {m}:", scope, depth, body=body)

    def unpack(self, scope, depth):
        a, b = self.name("v"), self.name("v")
        self.line(f"{a}, {b} = {self.expr(PAIR, scope)}")
        scope.add(a, INT)
        scope.add(b, STR)

    def field(self, scope, depth):
        for class_ in self.random.sample(self.classes, len(self.classes)):
            names = scope.of(class_.name)
            if names:
                f, t = self.pick(class_.fields)
                return self.line(f"{self.pick(names)}.{f} = {self.expr(t, scope)}")
        self.show(scope, depth)

    def if_(self, scope, depth):
        self.block(f"if {self.bool_expr(scope, 0)}:", scope, depth)
        if self.chance(0.3):
            self.block(f"elif {self.bool_expr(scope, 0)}:", scope, depth)
        if self.chance(0.5):
            self.block("else:", scope, depth)

    def loop(self, header, scope, depth, rounds, body=None):
        was_times, was_loop = self.times, self.in_loop
        self.times, self.in_loop = self.times * rounds, True
        self.block(header, scope, depth, body=body)
        self.times, self.in_loop = was_times, was_loop
        if self.chance(0.15):
            self.block("else:", scope, depth, 1)

    def for_range(self, scope, depth):
        i, n = self.name("i"), self.random.randint(1, 4)

        def body(inner):
            inner.names[i] = INT
            for _ in range(self.random.randint(1, 3)):
                self.statement(inner, depth + 1)

        self.loop(f"for {i} in range({n}):", scope, depth, n, body)

    def for_each(self, scope, depth):
        x, y = self.name("x"), self.name("y")
        form, names = self.pick(
            [
                (f"for {x} in {self.expr(INTS, scope, 1)}[:4]:", {x: INT}),
                (f"for {x} in {self.expr(STRS, scope, 1)}[:4]:", {x: STR}),
                (f"for {x}, {y} in enumerate({self.expr(STRS, scope, 1)}[:4]):", {x: INT, y: STR}),
                (f"for {x}, {y} in sorted({self.expr(DICT, scope, 1)}.items())[:4]:", {x: STR, y: INT}),
                (f"for {x}, {y} in zip({self.expr(INTS, scope, 1)}[:4], {self.expr(STRS, scope, 1)}):", {x: INT, y: STR}),
                (f"for {x} in count_up({self.random.randint(0, 4)}):", {x: INT}),
            ]
        )

        def body(inner):
            inner.names.update(names)
            for _ in range(self.random.randint(1, 3)):
                self.statement(inner, depth + 1)

        self.loop(form, scope, depth, 4, body)

    def while_(self, scope, depth):
        n = self.name("n")
        self.line(f"{n} = {self.random.randint(1, 4)}")

        def body(inner):
            self.line(f"{n} -= 1")
            inner.names[n] = INT
            for _ in range(self.random.randint(1, 3)):
                self.statement(inner, depth + 1)

        self.loop(f"while {n} > 0:", scope, depth, 4, body)

    def try_(self, scope, depth):
        was, self.in_try = self.in_try, True
        self.block("try:", scope, depth)
        self.in_try = was
        kind = self.random.randrange(4)
        if kind < 3:
            caught = self.pick(["Exception", "(ValueError, Problem)", "ZeroDivisionError", "LookupError", "ArithmeticError"])
            e = self.name("e")

            def handler(inner):
                self.line(f"print(type({e}).__name__, {e})")
                self.statement(inner, depth + 1)

            self.block(f"except {caught} as {e}:", scope, depth, body=handler)
            if caught != "Exception" and self.chance(0.7):
                self.block("except Exception as problem:", scope, depth, body=lambda inner: self.line("print('other', repr(problem))"))
            if self.chance(0.3):
                self.block("else:", scope, depth, 1)
        if kind >= 2:
            was_loop, was_returns = self.in_loop, self.returns
            self.in_loop, self.returns = False, False  # what leaves a finally is rare and has its own tests
            self.block("finally:", scope, depth, 1)
            self.in_loop, self.returns = was_loop, was_returns

    def match(self, scope, depth):
        if self.chance(0.5):
            self.line(f"match {self.expr(INT, scope)} % 5:")
            cases = ["0", "1 | 2", f"{self.name('m')} if {self.bool_expr(scope, 2)}"]
        else:
            self.line(f"match {self.expr(INTS, scope)}:")
            cases = ["[]", f"[{self.name('_m')}]", f"[{self.name('_m')}, *{self.name('_m')}]"]
        self.indent += 1
        for case in cases[: self.random.randint(1, 3)] + ["_"]:
            self.block(f"case {case}:", scope, depth, 1)
        self.indent -= 1

    def narrow(self, scope, depth):
        name = self.name("o")
        self.line(f"{name} = {self.expr(MAYBE, scope)}")

        def body(inner):
            inner.names[name] = INT
            inner.narrowed.add(name)
            self.statement(inner, depth + 1)

        if self.chance(0.5):
            self.block(f"if {name} is not None:", scope, depth, body=body)
        else:
            self.block(f"if {name} is None:", scope, depth, 1)
            self.block("else:", scope, depth, body=body)

    def with_(self, scope, depth):
        word = self.pick(["one", "two", "three"])
        swallow = self.pick(["True", "False"])
        self.block(f'{"async " if self.is_async and self.chance(0.5) else ""}with Scope("{word}", {swallow}):', scope, depth)

    def leave(self, scope, depth):
        """Something that ends the block it stands in: always under a condition."""
        ways = [f'raise {self.pick(ERRORS)}({self.expr(STR, scope, 2)})'] if self.in_try or self.chance(0.15) else []
        if self.in_loop:
            ways += ["break", "continue"]
        if self.returns:
            ways.append(f"return {self.expr(self.returns, scope, 1)}")
        if not ways:
            return self.show(scope, depth)
        self.line(f"if {self.bool_expr(scope, 1)}:")
        self.line(f"    {self.pick(ways)}")

    def closure(self, scope, depth):
        name, x = self.name("inner"), self.name("p")
        captured = scope.of(INT, assignable=True) if self.returns is not False else []
        inner = Scope(scope, is_function=True)
        inner.names[x] = INT
        self.line(f"def {name}({x}: int) -> int:")
        self.indent += 1
        was_async, self.is_async = self.is_async, False
        if captured and self.chance(0.5):
            target = self.pick(captured)
            self.line(f"nonlocal {target}")
            self.line(f"{target} = ({target} + {x}) % 9973")
        self.line(f"return {self.expr(INT, inner, 1)}")
        self.is_async = was_async
        self.indent -= 1
        self.line(f"print({name}({self.expr(INT, scope, 2)}), {name}({self.random.randint(0, 9)}))")

    # -- asyncio ------------------------------------------------------------------------------------------------------------

    def pause(self, scope, depth):
        self.line("await asyncio.sleep(0)")

    def coroutines(self):
        return [f for f in self.functions if f.is_async and not f.owner and self.cost + self.times * f.cost < BUDGET]

    def coroutine(self, scope):
        choices = self.coroutines()
        if not choices:
            return None, None
        f = self.pick(choices)
        return self.call(f, scope, 2).removeprefix("await "), f.result

    def gather(self, scope, depth):
        calls = [c for c in (self.coroutine(scope) for _ in range(self.random.randint(1, 3))) if c[0]]
        if not calls:
            return self.pause(scope, depth)
        if self.chance(0.5):
            name = self.name("r")
            self.line(f"{name} = await asyncio.gather({', '.join(c for c, _ in calls)}, return_exceptions=True)")
            self.line(f"print([repr(r) for r in {name}])")
        else:
            self.line(f"print(await asyncio.gather({', '.join(c for c, _ in calls)}))")

    def tasks(self, scope, depth):
        """A task, perhaps cancelled, always collected."""
        text, type_ = self.coroutine(scope)
        if not text:
            return self.pause(scope, depth)
        t = self.name("t")
        self.line(f"{t} = asyncio.create_task({text})")
        for _ in range(self.random.randint(0, 2)):
            self.statement(Scope(scope), 9)
        if self.chance(0.4):
            self.line(f"print({t}.cancel())")
        self.line("try:")
        self.line(f"    print({'await ' + t if self.chance(0.8) else f'await asyncio.wait_for({t}, 5)'})")
        self.line("except (Exception, asyncio.CancelledError) as problem:")
        self.line("    print('task:', type(problem).__name__)")

    def locked(self, scope, depth):
        def body(inner):
            self.pause(inner, depth)
            self.is_async = False  # what is awaited here might want the same lock
            self.statement(inner, 9)
            self.is_async = True

        self.block(f"async with {self.pick(['lock', 'semaphore'])}:", scope, depth, body=body)

    def timeout(self, scope, depth):
        self.block("async with asyncio.timeout(60):", scope, depth)

    def group(self, scope, depth):
        """One child only: the order in which a group cancels several is not CPython's to promise."""
        text, _ = self.coroutine(scope)
        if not text:
            return self.pause(scope, depth)
        group, t, e = self.name("group"), self.name("t"), self.name("e")
        self.line("try:")
        self.line(f"    async with asyncio.TaskGroup() as {group}:")
        self.line(f"        {t} = {group}.create_task({text})")
        self.indent += 2
        for _ in range(self.random.randint(0, 2)):
            self.statement(Scope(scope), 9)
        self.indent -= 2
        self.line(f"    print({t}.done(), {t}.result())")
        self.line(f"except* Exception as {e}:")
        self.line(f"    print('group:', [repr(x) for x in {e}.exceptions])")

    def wait(self, scope, depth):
        choices = self.coroutines()
        if not choices:
            return self.pause(scope, depth)
        f = self.pick(choices)  # tasks of one type
        texts = [self.call(f, scope, 2).removeprefix("await ") for _ in range(2)]
        tasks, done = self.name("ts"), self.name("done")
        when = self.pick(["ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION"])
        self.line(f"{tasks} = [{', '.join(f'asyncio.create_task({c})' for c in texts)}]")
        self.line("try:")
        self.line(f"    {done}, _ = await asyncio.wait({tasks}, return_when=asyncio.{when})")
        self.line(f"    print([t in {done} for t in {tasks}])")
        self.line("finally:")
        self.line(f"    for t in {tasks}:")
        self.line("        t.cancel()")
        self.line(f"print([repr(r) for r in await asyncio.gather(*{tasks}, return_exceptions=True)])")

    def ticks(self, scope, depth):
        x = self.name("x")

        def body(inner):
            inner.names[x] = INT
            for _ in range(self.random.randint(1, 3)):
                self.statement(inner, depth + 1)

        self.loop(f"async for {x} in ticks({self.random.randint(0, 4)}):", scope, depth, 4, body)

    def queue(self, scope, depth):
        q, t = self.name("q"), self.name("t")
        n = self.random.randint(1, 4)
        self.line(f"{q}: asyncio.Queue[int] = asyncio.Queue({self.random.randint(0, 2)})")
        self.line(f"{t} = asyncio.create_task(feed({q}, {n}))")
        self.line(f"print([await {q}.get() for _ in range({n})], await {t}, {q}.qsize())")

    def worker(self, scope, depth):
        """A task that cleans up when it is cancelled, at some point of its life."""
        t = self.name("t")
        self.line(f"{t} = asyncio.create_task(worker({self.random.randint(0, 4)}, {self.pick(['True', 'False'])}))")
        for _ in range(self.random.randint(0, 3)):
            self.line("await asyncio.sleep(0)")
        if self.chance(0.7):
            self.line(f"{t}.cancel({self.pick(['', chr(34) + 'stop' + chr(34)])})")
        self.line(f"print([repr(r) for r in await asyncio.gather({t}, return_exceptions=True)], {t}.cancelled())")

    def event(self, scope, depth):
        e, t = self.name("event"), self.name("t")
        self.line(f"{e} = asyncio.Event()")
        self.line(f"{t} = [asyncio.create_task({e}.wait()) for _ in range({self.random.randint(1, 3)})]")
        self.pause(scope, depth)
        if self.chance(0.5):
            self.line(f"{t}[0].cancel()")
        self.line(f"{e}.set()")
        self.line(f"print([repr(r) for r in await asyncio.gather(*{t}, return_exceptions=True)])")

    def expire(self, scope, depth):
        self.line("try:")
        self.indent += 1
        if self.chance(0.5):
            self.line(f"print(await asyncio.wait_for(worker({self.random.randint(1, 4)}, False), 0))")
        else:
            self.line("async with asyncio.timeout(0):")
            self.line(f"    print(await worker({self.random.randint(1, 4)}, {self.pick(['True', 'False'])}))")
        self.indent -= 1
        self.line("except TimeoutError as late:")
        self.line("    print('late', repr(late))")

    def async_closure(self, scope, depth):
        name, x = self.name("inner"), self.name("p")
        captured = scope.of(INT, assignable=True) if self.returns is not False else []
        inner = Scope(scope, is_function=True)
        inner.names[x] = INT
        self.line(f"async def {name}({x}: int) -> int:")
        self.indent += 1
        if captured and self.chance(0.6):
            target = self.pick(captured)
            self.line(f"nonlocal {target}")
            self.line(f"{target} = ({target} + {x}) % 9973")
        self.line("await asyncio.sleep(0)")
        if self.chance(0.3):
            self.line(f"if {self.bool_expr(inner, 2)}:")
            self.line("    raise Problem('inner')")
        was, self.is_async = self.is_async, False
        self.line(f"return {self.expr(INT, inner, 2)}")
        self.is_async = was
        self.indent -= 1
        self.line(f"print([repr(r) for r in await asyncio.gather({name}(1), {name}({self.random.randint(0, 9)}), return_exceptions=True)])")

    # -- definitions --------------------------------------------------------------------------------------------------------

    def function(self, owner=None):
        is_async = self.chance(0.4)
        name = self.name("work" if is_async else "f")
        params = [self.pick(TYPES) for _ in range(0 if owner else self.random.randint(0, 3))]
        result = self.pick(TYPES)
        scope = Scope(self.globals, is_function=True)
        names = [self.name("p") for _ in params]
        defaults = 0
        texts = []
        for p, t in zip(names, params):
            default = {INT: "5", STR: '"d"', BOOL: "True", FLOAT: "1.5"}.get(t)
            if default and (defaults or self.chance(0.3)) and params.index(t) >= 0 and all(x in (INT, STR, BOOL, FLOAT) for x in params[len(texts) :]):
                texts.append(f"{p}: {t} = {default}")
                defaults += 1
            else:
                texts.append(f"{p}: {t}" if self.chance(0.85) or t == MAYBE else p)
            scope.add(p, t)
        if owner:
            texts.insert(0, "self")
            for f, t in owner.fields:
                scope.names[f"self.{f}"] = t
        arrow = f" -> {result}" if result in (MAYBE, FLOAT) or self.chance(0.8) else ""
        self.cost, self.times, self.is_async, self.in_loop, self.in_try = 1, 1, is_async, False, False
        self.returns = result
        self.line(f"{'async ' if is_async else ''}def {name}({', '.join(texts)}){arrow}:")
        self.indent += 1
        for _ in range(self.random.randint(1, 5)):
            self.statement(scope, 1)
        self.line(f"return {self.expr(result, scope)}")
        self.indent -= 1
        self.line()
        if not owner:
            self.line()
        f = Function(name, params, result, self.cost + 2, is_async=is_async, owner=owner, defaults=defaults)
        (owner.methods if owner else self.functions).append(f)
        self.is_async, self.returns = False, False

    def generator(self):
        name, p = self.name("gen"), self.name("p")
        scope = Scope(self.globals, is_function=True)
        scope.add(p, INT)
        self.cost, self.times, self.is_async, self.in_loop, self.in_try, self.returns = 1, 1, False, False, False, False
        self.line(f"def {name}({p}: int):")
        self.indent += 1
        has_finally = self.chance(0.4)
        if has_finally:
            self.line("try:")
            self.indent += 1
        i = self.name("i")

        def body(inner):
            inner.names[i] = INT
            for _ in range(self.random.randint(0, 2)):
                self.statement(inner, 2)
            self.line(f"yield {self.expr(INT, inner, 1)}")
            if self.chance(0.3):
                self.statement(inner, 2)

        self.loop(f"for {i} in range({p} % 4):", scope, 1, 3, body)
        if self.chance(0.3):
            self.line(f"yield from {self.expr(INTS, scope, 2)}[:3]")
        if self.chance(0.2):
            self.line(f"raise Problem({self.expr(STR, scope, 2)})")
        if has_finally:
            self.indent -= 1
            self.line("finally:")
            self.line(f"    print('{name} over')")
        self.line(f"yield {self.random.randint(0, 9)}")
        self.indent -= 1
        self.line()
        self.line()
        self.generators.append(Function(name, [INT], INTS, self.cost + 4))

    def class_(self):
        base = self.pick(self.classes) if self.classes and self.chance(0.4) else None
        own = [(self.name("n"), self.pick(PLAIN + [INTS, DICT])) for _ in range(self.random.randint(1, 3))]
        class_ = Class(self.name("C"), base, (base.fields if base else []) + own)
        as_dataclass = self.chance(0.4) and not base
        if as_dataclass:
            self.line("@dataclass")
        self.line(f"class {class_.name}{f'({base.name})' if base else ''}:")
        self.indent += 1
        if as_dataclass:
            for f, t in own:
                self.line(f"{f}: {t}")
        else:
            self.line(f"def __init__(self, {', '.join(f'{f}: {t}' for f, t in class_.fields)}):")
            if base:
                self.line(f"    super().__init__({', '.join(f for f, _ in base.fields)})")
            for f, _ in own:
                self.line(f"    self.{f} = {f}")
            self.line()
            self.line("def __repr__(self) -> str:")
            self.line(f"    return f\"{class_.name}({', '.join('{self.' + f + '!r}' for f, _ in class_.fields)})\"")
        self.line()
        for _ in range(self.random.randint(1, 2)):
            self.function(class_)
        self.indent -= 1
        self.line()
        self.classes.append(class_)

    PRELUDE = '''\
import asyncio
import gc
from collections import deque
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Callable, Optional


class Problem(Exception):
    pass


class Scope:
    def __init__(self, name: str, swallow: bool):
        self.name = name
        self.swallow = swallow

    def __enter__(self) -> "Scope":
        print("enter", self.name)
        return self

    def __exit__(self, kind, error, trace) -> bool:
        print("exit", self.name, error is None)
        return self.swallow and isinstance(error, Problem)

    async def __aenter__(self) -> "Scope":
        await asyncio.sleep(0)
        return self.__enter__()

    async def __aexit__(self, kind, error, trace) -> bool:
        print("leaving", self.name)
        await asyncio.sleep(0)
        return self.swallow and isinstance(error, Problem)


class Node:
    def __init__(self, value: int):
        self.value = value
        self.next: Optional["Node"] = None
        self.callbacks: list[Callable[[int], int]] = []

    def link(self, other: "Node") -> None:
        self.next = other

    def plus(self, n: int) -> int:
        return (self.value + n) % 9973

    def total(self) -> int:
        total = sum(f(1) for f in self.callbacks)
        node: Node | None = self
        for _ in range(5):
            if node is None:
                break
            total += node.value
            node = node.next
        return total


class Token:
    alive = 0

    def __init__(self, name: str):
        self.name = name
        Token.alive += 1

    def __del__(self):
        Token.alive -= 1


tokens: list[Token] = []


@contextmanager
def managed(n: int):
    print("begin", n)
    try:
        yield n + 1
    except Problem as problem:
        print("managed", problem)
    finally:
        print("end", n)


@asynccontextmanager
async def async_managed(n: int):
    await asyncio.sleep(0)
    try:
        yield n * 2
    finally:
        print("async end", n)
        await asyncio.sleep(0)


async def worker(n: int, stubborn: bool) -> int:
    token = Token("worker")
    try:
        for i in range(n):
            await asyncio.sleep(0)
        return n
    except asyncio.CancelledError as error:
        print("cancelled", token.name, error.args)
        await asyncio.sleep(0)
        if stubborn:
            return -1
        raise
    finally:
        print("worker over", n)


def maybe(n: int) -> int | None:
    return n if n % 3 else None


def count_up(n: int):
    for i in range(n):
        yield i * i


async def ticks(n: int):
    try:
        for i in range(n):
            await asyncio.sleep(0)
            yield i
    finally:
        print("ticks over")


async def feed(queue: asyncio.Queue[int], n: int) -> str:
    for i in range(n):
        await queue.put(i * 3)
    return "fed"


'''

    def program(self):
        self.lines += self.PRELUDE.split("\n")[:-1]
        self.returns = False
        for type_ in (INT, STR, INTS, DICT):
            name = self.name("g")
            self.line(f"{name}: {type_} = {self.expr(type_, Scope(), 2)}")
            self.globals.names[name] = type_
        self.line("lock = asyncio.Lock()")
        self.line("semaphore = asyncio.Semaphore(2)")
        self.line()
        self.line()
        for _ in range(self.random.randint(0, 2)):
            self.class_()
        for _ in range(self.random.randint(0, 2)):
            self.generator()
        for _ in range(self.random.randint(2, 5)):
            self.function()
        self.line("async def main() -> None:")
        self.cost, self.times, self.is_async, self.returns = 0, 1, True, None
        self.indent = 1
        scope = Scope(self.globals, is_function=True)
        for _ in range(self.random.randint(4, 9)):
            self.statement(scope, 0)
        for name in list(self.globals.names):
            self.line(f"print({name})")
        self.indent = 0
        self.line()
        self.line()
        self.line("asyncio.run(main())")
        self.is_async, self.returns, self.cost = False, False, 0
        top = Scope(self.globals)
        for _ in range(self.random.randint(0, 3)):
            self.statement(top, 0)
        self.line("tokens.clear()")
        self.line("gc.collect()")
        self.line("print('alive', Token.alive)")
        return "\n".join(self.lines) + "\n"


def generate(seed):
    return Generator(seed).program()


if __name__ == "__main__":
    sys.stdout.write(generate(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
