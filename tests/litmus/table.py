"""The litmus table: what a row is, how it is checked, and the externals rows call.

A row is an ordinary function and the exact virtual seconds it must take, written above
it as `@takes(seconds)`.  Every external answers after a time that its arguments give.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from epic_actors.testing.agree import (
    differences,
    report,
    run_machine,
    run_plainly,
)
from epic_actors.testing.outside import Outside


S = TypeVar("S", bound=Callable[..., Any])

outside = Outside()


@attrs.frozen
class Row:
    """A script, the seconds it must take, and its arguments, made anew for each run."""

    script: Callable[..., Any]
    seconds: float
    make: Callable[[], tuple[Any, ...]]

    def __str__(self) -> str:
        return self.script.__name__


@attrs.define(eq=False)
class Table:
    """The rows of one module, in the order in which they stand there."""

    rows: list[Row] = attrs.field(factory=list)

    def takes(
        self, seconds: float, make: Callable[[], tuple[Any, ...]] = tuple
    ) -> Callable[[S], S]:
        """Add the script below to the table."""

        def add(script: S) -> S:
            self.rows.append(Row(script, seconds, make))
            return script

        return add


def check(row: Row, *, fusion: bool) -> None:
    """The row means what it means in CPython, and takes exactly its seconds."""
    plain = run_plainly(row.script, outside, row.make)
    outcome = run_machine(row.script, outside, row.make, fusion=fusion)
    found = list(differences(plain, outcome))
    if outcome.seconds != round(row.seconds, 6):
        found.append(f"takes {outcome.seconds} s instead of {row.seconds} s")
    assert not found, report(row.script, outcome.way, found)


class Bad(Exception):  # noqa: N818 - short, as in the scripts it stands in
    """What the failing externals raise."""


@outside.unordered(seconds=lambda d: d)
def f(d):
    """Take `d` seconds and return `d`."""
    return d


@outside.unordered(seconds=lambda x, d: d)
def g(x, d):
    """Take `d` seconds and return `x`."""
    return x


@outside.unordered(seconds=lambda x: 1)
def ok(x):
    """Say within a second whether `x` is positive."""
    return x > 0


@outside.unordered(seconds=lambda x: 1)
def better(x):
    """Take a second to raise `x` by one."""
    return x + 1


@outside.unordered(seconds=lambda prompt: 1)
def ask(prompt: str) -> str:
    """Take a second to answer in capitals."""
    return prompt.upper()


@outside.unordered(seconds=lambda d, text="": d)
def fail(d, text="bad"):
    """Fail after `d` seconds."""
    raise Bad(text)


@outside.unordered(seconds=lambda x: 1)
def check_positive(x):
    """Take a second; fail unless `x` is positive."""
    if x <= 0:
        raise Bad(x)
    return x


@outside.sequential(seconds=lambda x: 0.1)
def log(x):
    """Write to the world: a tenth of a second."""
    outside.state.setdefault("log", []).append(x)


@outside.readonly(seconds=lambda *xs: 1)
def r(*xs):
    """Read the world: a second."""
    return len(outside.state.get("log", ())), *xs


@outside.sequential(seconds=lambda *xs: 1)
def w(*xs):
    """Write to the world: a second."""
    outside.state.setdefault("log", []).append(xs)
    return len(outside.state["log"])


@outside.readonly(resource="db", seconds=lambda *xs: 1)
def read_db(*xs):
    """Read the database: a second."""
    return len(outside.state.get("db", ())), *xs


@outside.sequential(resource="db", seconds=lambda *xs: 1)
def write_db(*xs):
    """Write to the database: a second."""
    outside.state.setdefault("db", []).append(xs)
    return len(outside.state["db"])
