"""From the grammar to programs: a strategy that fills in templates, types first."""

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import attrs
from hypothesis import strategies as st

from tests.agreement import indirect
from tests.agreement.grammar import (
    COMMON,
    EXPRESSIONS,
    HELPERS,
    LEAVES,
    RARE,
    USUAL,
)


HOLE = re.compile(r"<([a-z]+)([=!:]?)(\d?)>")
PARAMETERS = {
    "int": ["n0"],
    "list": ["xs0", "ys0"],
    "dict": ["d0"],
    "str": ["s0"],
    "box": ["b0"],
}
LEAVING = ("break", "continue", "return", "raise")
DEEPEST = 3
BLOCKS = ("block", "loop", "quiet", "flat", "body", "inner")
VARIABLES = {
    "int": "n",
    "str": "s",
    "list": "xs",
    "dict": "d",
    "box": "b",
    "money": "m",
    "it": "it",
    "keys": "keys",
}
NO_RESULTS = ("fn", "param", "it")

#: Draws a number below the given one; 0 is the simplest.
Choose: TypeAlias = Callable[[int], int]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(text.strip().split("\n\n"))


Table: TypeAlias = dict[str, tuple[str, ...]]


def _joined(*tables: dict[str, str]) -> Table:
    """The choices of several tables, for each type."""
    joined: Table = {}
    for table in tables:
        for kind, text in table.items():
            joined[kind] = joined.get(kind, ()) + _lines(text)
    return joined


@attrs.frozen(eq=False)
class Grammar:
    """The choices for leaves, expressions and statements."""

    leaves: Table
    expressions: Table
    statements: tuple[str, ...]

    @functools.cache
    def standing(self, *place: bool) -> tuple[str, ...]:
        """The statement templates that may stand at a place."""
        return tuple(text for text in self.statements if _may_stand(text, *place))


STATEMENTS = _paragraphs(USUAL) * 3 + _paragraphs(COMMON) * 2 + _paragraphs(RARE)
DIRECT = Grammar(_joined(LEAVES), _joined(EXPRESSIONS), STATEMENTS)
INDIRECT = Grammar(
    _joined(LEAVES, indirect.LEAVES),
    _joined(EXPRESSIONS, indirect.EXPRESSIONS),
    STATEMENTS + _paragraphs(indirect.STATEMENTS) * 3,
)


@functools.cache
def _needs(template: str) -> frozenset[tuple[str, str]]:
    """The variables that must exist where a template is used."""
    holes = {(kind, mark) for kind, mark, _ in HOLE.findall(template)}
    return frozenset(holes & _NEEDS)


_NEEDS = {(kind, mark) for kind in [*VARIABLES, "fn"] for mark in "!:"}
_NEEDS.add(("helper", ""))


@attrs.define
class Scope:
    """What stands at one place of the program: its variables and allowed exits."""

    readable: dict[str, list[str]]
    assignable: set[str]
    loop: bool = False
    exits: bool = True
    depth: int = 0

    def inner(self) -> "Scope":
        """A copy for a nested block: what it binds is not sure to be bound after."""
        names = {kind: list(found) for kind, found in self.readable.items()}
        return attrs.evolve(self, readable=names, assignable=set(self.assignable))


@attrs.define
class Writer:
    """Draws one program."""

    number: Choose
    scope: Scope
    grammar: Grammar = DIRECT
    helpers: list[tuple[str, tuple[str, ...]]] = attrs.field(factory=list)
    returns: str = "any"
    statements: int = 16
    nesting: int = 0
    _fresh: int = 0

    def choose(self, options: Any) -> Any:
        """Draw one of several; the first is the simplest."""
        return options[self.number(len(options))]

    @contextmanager
    def within(self, scope: Scope) -> Iterator[None]:
        """Write in another scope for a while."""
        outer, self.scope = self.scope, scope
        try:
            yield
        finally:
            self.scope = outer

    # Expressions

    def expression(self, kind: str) -> str:
        """Draw an expression of a type."""
        leaf = self.nesting >= 2 or self.number(3) == 0
        table = self.grammar.leaves if leaf else self.grammar.expressions
        self.nesting += 1
        try:
            return self.fill(self.choose(self.usable(table[kind])), {}, [])
        finally:
            self.nesting -= 1

    def usable(self, templates: tuple[str, ...]) -> list[str]:
        """The templates whose variables exist here."""
        lacking = {need for need in _NEEDS if not self._exists(*need)}
        return [t for t in templates if lacking.isdisjoint(_needs(t))]

    def _exists(self, kind: str, mark: str) -> bool:
        if kind == "helper":
            return bool(self.helpers)
        names = self.scope.readable.get(kind, ())
        if mark == "!":
            return bool(names)
        return not self.scope.assignable.isdisjoint(names)

    def fill(self, text: str, memo: dict[str, str], bound: list[Any]) -> str:
        """Fill the holes of one line; new names go to `bound`."""

        def hole(match: "re.Match[str]") -> str:
            kind, mark, digit = match.groups()
            if digit and kind + digit in memo:
                return memo[kind + digit]
            filled = self._hole(kind, mark, bound)
            if digit:
                memo[kind + digit] = filled
            return filled

        return HOLE.sub(hole, text)

    def _hole(self, kind: str, mark: str, bound: list[Any]) -> str:
        if mark == "!":
            return str(self.choose(self.scope.readable[kind]))
        if mark in ("=", ":"):
            return self._target(kind, mark, bound)
        match kind:
            case "digit":
                return str(self.number(10))
            case "key":
                return repr(self.choose("abc0"))
            case "value":
                return self.expression(self.returns)
            case "helper":
                name, calls = self.choose(self.helpers)
                return str(name) + self.fill(self.choose(calls), {}, [])
            case "intv":
                return self._with_v()
            case _:
                return self.expression(kind)

    def _with_v(self) -> str:
        scope = self.scope.inner()
        scope.readable.setdefault("int", []).insert(0, "v")
        with self.within(scope):
            return self.expression("int")

    def _target(self, kind: str, mark: str, bound: list[Any]) -> str:
        names = self.scope.readable.get(kind, [])
        taken = [name for _, name in bound]
        known = [n for n in names if n in self.scope.assignable and n not in taken]
        if known and kind != "fn" and (mark == ":" or self.number(2)):
            return str(self.choose(known))
        self._fresh += 1
        name = f"{VARIABLES.get(kind, kind)}{self._fresh}"
        bound.append((kind, name))
        return name

    # Statements

    def block(self) -> list[str]:
        """Draw one to four statements."""
        lines = self.statement()
        for _ in range(3):
            if not self.number(3) or lines[-1].startswith(LEAVING):
                break
            lines += self.statement()
        return lines

    def statement(self) -> list[str]:
        """Draw a statement."""
        self.statements -= 1
        template = self.choose(self.usable(self._allowed()))
        functions: list[str] = []
        if not any(f"<{block}>" in template for block in BLOCKS):
            lines = self.lines(template, functions)
        else:
            with self.within(self.scope.inner()):
                lines = self.lines(template, functions)
        # Why: a function that could see its own name might never end.
        self.scope.readable.setdefault("fn", []).extend(functions)
        return lines

    def _allowed(self) -> tuple[str, ...]:
        scope = self.scope
        simple = scope.depth >= DEEPEST or self.statements <= 0
        return self.grammar.standing(simple, scope.loop, scope.exits, scope.depth == 0)

    def lines(self, template: str, functions: list[str]) -> list[str]:
        """Fill a whole statement."""
        memo: dict[str, str] = {}
        lines: list[str] = []
        for line in template.split("\n"):
            indent, content = line[: -len(line.lstrip()) or None], line.lstrip()
            if indent == line:
                indent = ""
            inner = content.strip("<>")
            if content == f"<{inner}>" and inner in BLOCKS:
                lines += [indent + nested for nested in self._nested(inner)]
                continue
            bound: list[Any] = []
            lines.append(indent + self.fill(content, memo, bound))
            functions += [name for kind, name in bound if kind == "fn"]
            self._bind([b for b in bound if b[0] != "fn"], memo)
        return lines

    def _bind(self, bound: list[Any], memo: dict[str, str]) -> None:
        for kind, name in bound:
            if kind == "counter":
                memo["counter1"] = name
                continue
            kind = "int" if kind == "param" else kind
            self.scope.readable.setdefault(kind, []).append(name)
            self.scope.assignable.add(name)

    def _nested(self, kind: str) -> list[str]:
        scope = self.scope.inner()
        scope.depth += 1
        if kind == "loop":
            scope.loop = scope.exits = True
        elif kind in ("quiet", "flat"):
            scope.loop = scope.exits = False
            scope.depth = DEEPEST if kind == "flat" else scope.depth
        elif kind in ("body", "inner"):
            return self._body(scope, returns=kind == "body")
        with self.within(scope):
            return self.block()

    def _body(self, scope: Scope, *, returns: bool) -> list[str]:
        """A nested function: outer variables can be read, not assigned."""
        scope.assignable = {n for n in scope.assignable if n.startswith("param")}
        scope.loop, scope.exits = False, returns
        outer, self.returns = self.returns, "int"
        with self.within(scope):
            lines = self.block()
            if returns:
                lines.append(f"return {self.expression('int')}")
        self.returns = outer
        return lines


def _exit_free(template: str) -> bool:
    return not re.search(r"\b(break|continue|return)\b", template)


def _may_stand(template: str, simple: bool, loop: bool, exits: bool, top: bool) -> bool:
    nested = any(f"<{block}>" in template for block in BLOCKS)
    if simple and nested:
        return False
    if template.startswith((*LEAVING, "assert")) and top:
        return False
    if "return <value>" in template and not exits:
        return False
    if nested or template.startswith("def "):
        return True
    if re.search(r"\b(break|continue)\b", template) and not loop:
        return False
    return exits or _exit_free(template)


def _indented(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)


def _helper(writer: Writer, number: int) -> str:
    head, calls, variables = writer.choose(HELPERS)
    name = f"h{number}"
    names = {name for found in variables.values() for name in found}
    recursive = writer.number(4) == 3 and head == "(n)"
    scope = Scope({k: list(v) for k, v in variables.items()}, names)
    if recursive:
        names.discard("n")  # Why: it counts down.
    with writer.within(scope):
        writer.returns, writer.statements = "int", 6
        start = ["if n <= 0:", f"    return {writer.expression('int')}"] * recursive
        lines = start + writer.block()
        last = f"{name}(min(n, 3) - 1) + " * recursive
        lines.append(f"return {last}{writer.expression('int')}")
    if recursive:
        calls = ("(<int> % 4)",)
    writer.helpers.append((name, calls))
    return f"def {name}{head}:\n{_indented(lines)}\n\n"


def write(number: Choose) -> str:
    """Write a program from choices: some helpers, and `script`."""
    names = [name for found in PARAMETERS.values() for name in found]
    readable = {kind: list(found) for kind, found in PARAMETERS.items()}
    grammar = (DIRECT, INDIRECT)[number(2)]
    writer = Writer(number, Scope(readable, set(names)), grammar)
    source = "".join(_helper(writer, n) for n in range(number(3)))
    writer.returns, writer.statements = "any", 16
    lines = writer.block() + writer.block()
    found = [n for names in writer.scope.readable.values() for n in names]
    results = [n for n in found if not n.startswith(NO_RESULTS)]
    lines.append(f"return {', '.join(results)}")
    return f"{source}def script({', '.join(names)}):\n{_indented(lines)}"


_NUMBERS = [st.integers(0, n) for n in range(len(INDIRECT.statements))]


@st.composite
def programs(draw: Callable[[st.SearchStrategy[int]], int]) -> str:
    """Draw the source of a program."""
    return write(lambda below: draw(_NUMBERS[below - 1]))
