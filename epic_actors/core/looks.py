"""Lazy iterators of the library whose work is a script, but which look as CPython's do.

`map(ask, xs)` is a generator of the script's.  What the script holds is a real `map`
over that generator, which hands on its items; our own steps look through it.
`enumerate`, `pairwise` and `groupby` know by themselves how far they are, so nothing can
stand behind a native one: these are generators.
"""

import gc
import itertools
from collections.abc import Callable, Iterator
from typing import Any


class Feed:
    """What a native iterator goes over in the place of its own arguments."""

    __slots__ = ("shell",)

    def __init__(self, shell: Iterator[Any]) -> None:
        self.shell = shell

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self.shell)


class Rows(Feed):
    """Each item in a tuple of its own."""

    __slots__ = ()

    def __next__(self) -> Any:
        return (next(self.shell),)


class Column(Feed):
    """One place of items that are tuples; the first column takes the next tuple."""

    __slots__ = ("index", "row")

    def __init__(self, shell: Iterator[Any], row: list[Any], index: int) -> None:
        super().__init__(shell)
        self.row, self.index = row, index

    def __next__(self) -> Any:
        if self.index == 0:
            self.row[:] = next(self.shell)
        return self.row[self.index]


def _same(item: Any) -> Any:
    return item


def _second(_before: Any, item: Any) -> Any:
    return item


def _always(_item: Any) -> bool:
    return True


def _never(_item: Any) -> bool:
    return False


def _zip(shell: Iterator[Any], columns: tuple[Any, ...]) -> Any:
    row: list[Any] = []
    return zip(*(Column(shell, row, index) for index in range(len(columns))))  # noqa: B905


LOOKS: dict[type, Callable[[Iterator[Any]], Any]] = {
    map: lambda shell: map(_same, Feed(shell)),
    filter: lambda shell: filter(_always, Feed(shell)),
    itertools.chain: lambda shell: itertools.chain(Feed(shell)),
    itertools.islice: lambda shell: itertools.islice(Feed(shell), None),
    itertools.takewhile: lambda shell: itertools.takewhile(_always, Feed(shell)),
    itertools.dropwhile: lambda shell: itertools.dropwhile(_never, Feed(shell)),
    itertools.filterfalse: lambda shell: itertools.filterfalse(_never, Feed(shell)),
    itertools.starmap: lambda shell: itertools.starmap(_same, Rows(shell)),
    itertools.accumulate: lambda shell: itertools.accumulate(Feed(shell), _second),
    itertools.compress: lambda shell: itertools.compress(
        Feed(shell), itertools.repeat(True)
    ),
}
"""A native iterator of each kind that hands on the items of a generator."""
KINDS: frozenset[type] = frozenset({*LOOKS, zip})
_TUPLES = (tuple, type(iter(())))


def dressed(shell: Iterator[Any], kind: type | None, values: tuple[Any, ...]) -> Any:
    """The object that stands for a generator: of a kind of the library's, or itself.

    Args:
        shell: The generator.
        kind: What the library has in the place of the generator's function.
        values: What the function was given.
    """
    if kind is zip:
        return _zip(shell, values[0]) if values[0] else shell
    look = LOOKS.get(kind) if kind is not None else None
    return shell if look is None else look(shell)


def shell_of(value: Any) -> Any:
    """The generator behind a native iterator that only looks like one; else None."""
    if type(value) not in KINDS:
        return None
    stack = gc.get_referents(value)
    while stack:
        inner = stack.pop()
        if issubclass(type(inner), Feed):
            return inner.shell
        if type(inner) in _TUPLES:
            stack += gc.get_referents(inner)
    return None


def bare(value: Any) -> Any:
    """The generator itself, without its looks."""
    return shell_of(value) or value
