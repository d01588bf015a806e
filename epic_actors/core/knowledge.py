"""What has been found out about the user's classes and code, kept no longer than they live.

A service makes classes and functions as it goes.  So what we find out about them is kept
in one of two ways:

    `Known`       in the run that asked: for whatever may change between two runs, or
                  refers to what it is about
    `remembered`  as long as the object lives: for what never changes and refers to
                  nothing but itself
"""

import functools
import weakref
from collections.abc import Callable
from typing import Any, TypeVar


Object = TypeVar("Object")
Finding = TypeVar("Finding")
CORE = __name__.rpartition(".")[0]
"""The package whose modules are ours, and none of a script."""


class Known(dict[Object, Finding]):
    """Answers to one question about objects, each found when first asked for."""

    def __init__(self, find: Callable[[Object], Finding]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, about: Object) -> Finding:
        found = self[about] = self._find(about)
        return found


def remembered(find: Callable[[Object], Finding]) -> Callable[[Object], Finding]:
    """A function of one object that is computed once for each, and keeps none alive.

    Objects are told apart by identity: equal code may stand in different places, and the
    class of a class may have a `__hash__` of its own.
    """
    known: dict[int, Any] = {}
    watches: dict[int, weakref.ref[Object]] = {}

    def forget(key: int, _watch: object) -> None:
        del known[key], watches[key]

    def find_first(about: Object) -> Finding:
        key = id(about)
        known[key] = find(about)
        watches[key] = weakref.ref(about, functools.partial(forget, key))
        found: Finding = known[key]
        return found

    @functools.wraps(find)
    def of(about: Object) -> Finding:
        found = known.get(id(about), known)
        return found if found is not known else find_first(about)

    return of


@remembered
def marks(kind: type) -> frozenset[str]:
    """What a class says of itself to us.

    Why: asked of the dictionaries, since a class of the script's may have a class with a
    `__getattr__`.
    """
    line = getattr(kind, "__mro__", ())
    return frozenset(name for base in line for name in _MARKS & vars(base).keys())


_MARKS = frozenset({"__epic_atom__", "__epic_sources__"})
