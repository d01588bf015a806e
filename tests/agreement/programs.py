"""From the text of a program to a script that can be run every way."""

import itertools
import linecache
import random
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from epic_actors.testing.outside import Asked, Endless
from tests.agreement import deeds
from tests.agreement.world import NAMES, Bad, Box, Lost, outside


_numbers = itertools.count()


BEHIND = """

def behind(*args):
    return script(*args)
"""


def load(source: str, schedule: object = 0) -> Callable[..., Any]:
    """Execute a program as a module of its own; its source can be inspected.

    For every other schedule its script is behind another one: what a run begins with is
    emitted in another way than what it calls.
    """
    is_behind = (len(source) + hash(schedule)) % 2 == 1
    if is_behind:
        source += BEHIND
    filename = f"<program {next(_numbers)}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    namespace = dict(NAMES, **deeds.DEEDS, __name__="program", count=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        code = compile(source, filename, "exec")
    exec(code, namespace)
    script: Callable[..., Any] = namespace["behind" if is_behind else "script"]
    return script


def arguments() -> tuple[Any, ...]:
    """Fresh arguments for a script; two of them share a list."""
    deeds.begin()
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


@contextmanager
def misfortune(seed: object, rate: float) -> Iterator[None]:
    """Let calls fail, before or after they have had their effect.

    Which ones fail is drawn from what is asked and from nothing else.
    """

    def fortune(asked: Asked, answer: Callable[[], Any]) -> Any:
        drawn = random.Random(f"{seed} {asked}")
        if drawn.random() >= rate:
            return answer()
        if drawn.random() < LATE:
            answer()
        raise drawn.choice([Bad, Bad, Lost, KeyError])(asked.name)

    outside.fortune, before = fortune, outside.fortune
    try:
        yield
    finally:
        outside.fortune = before


LATE = 0.5
"""So many of the calls that fail have had their effect by then."""
