"""Random Python functions, heavy on exits from nested statements."""

import random
from typing import Any


PRELUDE = """
def say(log, x):
    log.append(repr(x))
    return x

class Manager:
    def __init__(self, log, suppress):
        self.log, self.suppress = log, suppress
    def __enter__(self):
        self.log.append("enter")
        return 7
    def __exit__(self, kind, error, trace):
        self.log.append(("exit", repr(kind), repr(error)))
        return self.suppress

"""
ERRORS = ("ValueError", "(KeyError, NameError)", "TypeError", "ZeroDivisionError")


class Author:
    """Writes one function `f(log, a, b)`."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.left = self.random.randint(5, 40)
        self.number = 0

    def program(self) -> str:
        """The text of the function, with what it calls."""
        self.put(0, "def f(log, a, b):")
        for name in "cdefx":
            if self.chance(0.85):
                self.put(1, f"{name} = {self.random.randint(0, 3)}")
        self.block(1, depth=4, loop=False)
        self.block(1, depth=3, loop=False)
        self.put(1, "return [a, b, 9]")
        return PRELUDE + "\n".join(self.lines) + "\n"

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def put(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)

    def name(self) -> str:
        return self.random.choice("abcdefx")

    def value(self, depth: int = 2) -> str:
        if depth == 0 or self.chance(0.25):
            return self.name()
        one, two, three = (self.value(depth - 1) for _ in range(3))
        name, number = self.name(), self.random.randint(0, 4)
        operator = self.random.choice(("+", "-", "*", "//", "%", "==", "<"))
        return self.random.choice(
            (
                str(number),
                f"say(log, {one})",
                f"({one} {operator} {two})",
                f"({one} {self.random.choice(('and', 'or'))} {two})",
                f"({one} if {two} else {three})",
                f"({name} := {one})",
                f"(lambda: {one})()",
                f"sum([bool({name}) for z in range({number}) if {self.name()}])",
                f"any({name} == z for z in range(3) if say(log, z))",
                f"bool(say(log, {name}) < {self.name()} < {self.name()})",
                f"(-{one})",
                f"len(f'{{{name}}}{{{self.name()}!r:>3}}')",
            )
        )

    def block(self, indent: int, *, depth: int, loop: bool) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.left -= 1
            if depth == 0 or self.left < 0 or self.chance(0.5):
                self.simple(indent, loop=loop)
            else:
                self.compound(indent, depth - 1, loop=loop)

    def simple(self, indent: int, *, loop: bool) -> None:
        name, value = self.name(), self.value()
        choices = [
            f"{name} = {value}",
            f"{name} {self.random.choice(('+=', '-=', '*='))} {value}",
            f"say(log, {value})",
            f"{name}, {self.name()} = {value}, {self.value()}",
            f"del {name}",
            f"if {value}: return {self.value(1)}",
            f"return {value}",
            f"if {value}: raise {self.random.choice(('ValueError', 'KeyError'))}({name})",
        ]
        exits = [f"if {value}: break", f"if {value}: continue"] * 2
        self.put(indent, self.random.choice(choices + exits if loop else choices))

    def compound(self, indent: int, depth: int, *, loop: bool) -> None:
        kinds: list[Any] = [self.branch, self.for_loop, self.while_loop, self.attempt]
        self.random.choice([*kinds, self.attempt, self.context])(indent, depth, loop)

    def clause(self, indent: int, head: str, depth: int, loop: bool) -> None:
        self.put(indent, head)
        self.block(indent + 1, depth=depth, loop=loop)

    def branch(self, indent: int, depth: int, loop: bool) -> None:
        self.clause(indent, f"if {self.value()}:", depth, loop)
        if self.chance(0.3):
            self.clause(indent, f"elif {self.value(1)}:", depth, loop)
        if self.chance(0.5):
            self.clause(indent, "else:", depth, loop)

    def for_loop(self, indent: int, depth: int, loop: bool) -> None:
        head = f"for {self.name()} in range({self.random.randint(0, 4)}):"
        if self.chance(0.3):
            head = "for x, y in [(1, 2), (3, 4)]:"
        self.clause(indent, head, depth, True)
        if self.chance(0.3):
            self.clause(indent, "else:", depth, loop)

    def while_loop(self, indent: int, depth: int, loop: bool) -> None:
        self.number += 1
        count = f"w{self.number}"
        test = f"{count} < 3 and {self.value(1)}" if self.chance(0.7) else "True"
        self.put(indent, f"{count} = 0")
        self.put(indent, f"while {test}:")
        self.put(indent + 1, f"{count} += 1")
        self.put(indent + 1, f"if {count} > 3: break")
        self.block(indent + 1, depth=depth, loop=True)

    def attempt(self, indent: int, depth: int, loop: bool) -> None:
        self.clause(indent, "try:", depth, loop)
        handled = self.chance(0.75)
        if handled:
            named = f" as {self.name()}" if self.chance(0.5) else ""
            head = f"except {self.random.choice(ERRORS)}{named}:"
            self.clause(indent, head, depth, loop)
            if self.chance(0.2):
                self.put(indent + 1, "raise")
            if self.chance(0.3):
                self.clause(indent, "else:", depth, loop)
        if not handled or self.chance(0.4):
            self.clause(indent, "finally:", depth, loop)

    def context(self, indent: int, depth: int, loop: bool) -> None:
        head = f"with Manager(log, {self.chance(0.5)}) as {self.name()}:"
        self.clause(indent, head, depth, loop)
