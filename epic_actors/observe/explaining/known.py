"""What is known of a value of a script without running it.

A value may be *pending*: it, or something it is computed from, is the answer of a call.
`needs` says so in the words of the script.  Objects are followed to where they come from,
with what the script puts into them; nothing here is ever forgotten, so reading a script
again and again comes to an end.
"""

import types
import typing
from collections.abc import Iterable
from typing import Any

import attrs

from epic_actors.core.functions import Template
from epic_actors.core.network.externals import External


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


FUNCTIONS = (External, Template, types.FunctionType)
UNKNOWN: Any = _Unknown()
"""The value of what is only known in a run."""
ITEMS = "[]"
"""The slot of everything that an object holds under a key or in a row."""


@attrs.define(eq=False)
class Thing:
    """An object that the script can reach.

    Attributes:
        is_callers: The script did not make it.
        slots: What was put into it, by attribute.
    """

    is_callers: bool = False
    slots: dict[str, "Known"] = attrs.field(factory=dict)

    def put(self, slot: str, value: "Known") -> None:
        """Put something into it."""
        self.slots[slot] = merged(self.slots.get(slot), value)


@attrs.frozen
class Known:
    """What is known of a value.

    Attributes:
        needs: What has to be there before it is; nothing if it is there at once.
        things: The objects that it may be.
        kind: Its type, where that is known.
        value: The object itself, where that is known.
        is_arriving: It comes piece by piece, and its beginning can be read.
        method: The object and the name, if it is `object.name`.
        role: What it is to a loop or `try`, if it stands in no line of the script.
        name: What the function that has it calls it.
        bound: What a partial object adds to its calls, with the marks of their shape.
        choices: What it may be, where it is one of several functions.
    """

    needs: frozenset[str] = frozenset()
    things: frozenset[Thing] = frozenset()
    kind: type | None = None
    value: Any = attrs.field(default=UNKNOWN, eq=id)
    is_arriving: bool = False
    method: "tuple[Known, str] | None" = None
    role: str = ""
    name: str = ""
    bound: "tuple[tuple[str | None, Known], ...]" = ()
    choices: "tuple[Known, ...]" = ()

    def called(self, name: str) -> "Known":
        """The same as a variable of the script."""
        needs = frozenset({f"`{name}`"}) if self.needs else self.needs
        return attrs.evolve(self, needs=needs, name=name)

    def load(self, slot: str) -> "Known":
        """What is in one of its slots."""
        found = [t.slots[slot] for t in self.things if slot in t.slots]
        loaded = either(found)
        return attrs.evolve(loaded, needs=loaded.needs | self.needs)

    def whole(self) -> frozenset[str]:
        """What has to be there before everything in it is."""
        direct = [value.needs for t in self.things for value in t.slots.values()]
        deep = [value.needs for value in _inside(self.things)]
        if self.needs or not any(deep):
            return self.needs
        if self.name:
            return frozenset({f"all of `{self.name}`"})
        return frozenset().union(*(direct if any(direct) else deep))


NOTHING = Known()


def constant(value: Any) -> Known:
    """What is known of an object that is there before the run."""
    return Known(kind=type(value), value=value)


def _inside(things: Iterable[Thing]) -> list[Known]:
    """All values that can be reached from some objects."""
    seen, rest, found = set[int](), list(things), list[Known]()
    while rest:
        thing = rest.pop()
        if id(thing) not in seen:
            seen.add(id(thing))
            found += thing.slots.values()
            rest += [t for value in thing.slots.values() for t in value.things]
    return found


def merged(one: Known | None, other: Known) -> Known:
    """What is known of a value that may be either."""
    if one is None or one == other:
        return other
    same = one.value is other.value
    return Known(
        needs=one.needs | other.needs,
        things=one.things | other.things,
        kind=_kind(one.kind, other.kind),
        value=one.value if same else UNKNOWN,
        is_arriving=one.is_arriving and other.is_arriving,
        method=one.method or other.method,
        role=one.role if one.role == other.role else "",
        name=one.name if one.name == other.name else "",
        bound=one.bound if one.bound == other.bound else (),
        choices=() if same and one.value is not UNKNOWN else _choices(one, other),
    )


def _choices(*values: Known) -> tuple[Known, ...]:
    """The functions that a value is one of; none if it may be something else."""
    found: dict[int, Known] = {}
    for value in values:
        if not value.choices and not isinstance(value.value, FUNCTIONS):
            return ()
        found |= {id(one.value): one for one in value.choices or (value,)}
    return tuple(found.values())


def _kind(one: type | None, other: type | None) -> type | None:
    """The type of both; what may also be None is taken for what else it is."""
    if one is other or other is type(None):
        return one
    return other if one is type(None) else None


def plain_type(noted: Any) -> type | None:
    """The type that an annotation names; None if it says nothing."""
    named = typing.get_origin(noted) or noted
    return named if isinstance(named, type) and named is not typing.Any else None


def either(values: Iterable[Known | None]) -> Known:
    """What is known of a value that may be any of these."""
    found: Known | None = None
    for value in values:
        if value is not None:
            found = merged(found, value)
    return NOTHING if found is None else found
