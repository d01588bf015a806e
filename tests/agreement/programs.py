"""From the text of a program to a script that can be run every way."""

import itertools
import linecache
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from epic_actors.testing.outside import Endless
from tests.agreement.world import NAMES, Box


_numbers = itertools.count()


def load(source: str) -> Callable[..., Any]:
    """Execute a program as a module of its own; its source can be inspected."""
    filename = f"<program {next(_numbers)}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    namespace = dict(NAMES, __name__="program", count=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        code = compile(source, filename, "exec")
    exec(code, namespace)
    script: Callable[..., Any] = namespace["script"]
    return script


def arguments() -> tuple[Any, ...]:
    """Fresh arguments for a script; two of them share a list."""
    shared = [4, 5]
    return 3, [1, 2, 3], shared, {"a": 1, "b": 2}, "ab c", Box(2, shared)


@contextmanager
def giving_up() -> Iterator[None]:
    """Raise `Endless` in what runs longer than any sound program does.

    Drawn programs may append to the list that they loop over.  Nothing is said of a
    program that is given up, so no result hangs on the clock.
    """

    def give_up(*_: object) -> None:
        raise Endless("the program does not end by itself")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


PATIENCE_S = 1.0
