"""Functions of the term as values: with what they were made among.

Loops and joins are only ever applied.  What follows a `yield` is kept: anything with a
`lam`, whose first two parameters are whether an exception is thrown in and what is thrown
or sent, and `enter`, which gives the names of its body.
"""

from collections.abc import Iterable
from typing import Any

import attrs

from epic_actors.core.free import FreeNames
from epic_actors.core.knowledge import marks, remembered
from epic_actors.core.terms import Lam, Let, LetRec, Term


@remembered
def free_names(term: Term) -> dict[str, None]:
    """The free names of a term (the keys), in order of first use."""
    return FreeNames().of(term)


RESUMES = "resume."
"""Begins the names of resumptions, the only functions of a term that are passed on."""


@attrs.frozen(eq=False)
class Closure:
    """A function of the term with the names it was made among."""

    lam: Lam
    names: dict[str, Any]

    def enter(self, args: Iterable[Any]) -> dict[str, Any]:
        """The names of its body for these arguments."""
        return {**self.names, **dict(zip(self.lam.params, args, strict=True))}

    def __epic_sources__(self) -> list[Any]:
        return list(self.names.values())


@attrs.frozen(eq=False)
class Resumption:
    """What follows a `yield`, on one of the machines.

    Attributes:
        lam: Takes what is thrown or sent, and the values that it was made among.
        values: Those values.
        unit: The code that the fast machine has made of it.
    """

    lam: Lam
    values: tuple[Any, ...]
    unit: Any = None

    def enter(self, args: Iterable[Any]) -> dict[str, Any]:
        """The names of its body for these arguments."""
        return dict(zip(self.lam.params, (*args, *self.values), strict=True))

    def __epic_sources__(self) -> list[Any]:
        return list(self.values)


@attrs.frozen(eq=False)
class Beginning:
    """What the first step of a generator applies: its function, to its arguments."""

    lam: Lam
    values: tuple[Any, ...]

    def enter(self, args: Iterable[Any]) -> dict[str, Any]:
        """The names of the body; nothing can be sent into it yet."""
        return dict(zip(self.lam.params, self.values, strict=True))

    def __epic_sources__(self) -> list[Any]:
        return list(self.values)


def closed(term: Term, names: dict[str, Any]) -> Lam:
    """A function of the free variables of `term`, in which its loops and joins stand."""
    body, free = term, dict(free_names(term))
    for name in reversed(names):
        made = names[name]
        if name in free and type(made) is Closure:
            del free[name]
            free.update(free_names(made.lam))
            if name in free_names(made.lam):
                del free[name]
                body = LetRec(name, made.lam, body)
            else:
                body = Let((name,), made.lam, body)
    return Lam(tuple(free), body)


def resumption(lam: Lam, names: dict[str, Any], known: dict[int, Any]) -> Resumption:
    """What follows a `yield`, as a function of all that it needs."""
    if id(lam) not in known:
        made = closed(lam.body, names)
        given = tuple(name for name in made.params if name not in lam.params)
        whole = Lam((*lam.params, *given), made.body, name=lam.name, at=lam.at)
        known[id(lam)] = (lam, whole)
    whole = known[id(lam)][1]
    values = [names[name] for name in whole.params[len(lam.params) :]]
    return suspended(whole, tuple(values))


def suspended(lam: Lam, values: tuple[Any, ...], unit: Any = None) -> Resumption:
    """What follows a `yield`; the loops it is in may have to go back to an earlier item."""
    for value in values:
        if "__epic_sources__" in marks(type(value)) and hasattr(value, "kept"):
            value.kept = True
    return Resumption(lam, values, unit)
