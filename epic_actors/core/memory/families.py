"""Which pending values surely have nothing to do with an object, or with each other.

Whether a pending value may be, or contain, some object is asked for every access that
meets its hold, and its origin may be a chain as long as the run.  Two facts answer most
of these questions at once:

    rootless    All that a value may share objects with is still pending itself, and so
                is all that will be stored in that; so no object that is there can be
                in it.
    family      Values that may share objects are of one family; those of different
                families do not, if they are rootless.

Both are found out when first asked for.  From then on a value knows its *dependents*:
those that may share objects with it, and the holds on them.  They are told when it is
rootless no more, which happens once; families only ever merge.  So an object that arrives
costs no more than those whom it concerns.
"""

import types
from collections.abc import Iterator
from typing import Any

from .reach import is_atom
from .wire import TURNED_OUT, Wire, deref


MOST_STORED = 256
"""With more values than these still to be stored in a pending one, anything may be."""


def surely_apart(wire: Wire, place: object) -> bool:
    """Whether a pending value surely neither is nor contains `place`."""
    if not is_rootless(wire):
        return False
    if not isinstance(place, Wire):
        return True
    return is_rootless(place) and family_of(wire) is not family_of(place)


def is_rootless(wire: Wire) -> bool:
    """Whether all that a value may share objects with is pending."""
    if wire.rooted is None:
        _look_for_roots(wire)
    return not wire.rooted


def depend(one: Any, wire: Wire) -> None:
    """Tell a value, or a hold, when a rootless value is so no more."""
    if wire.dependents is None:
        wire.dependents = [one]
    else:
        wire.dependents.append(one)


def store_in(wire: Wire, origin: tuple[Any, ...] | None) -> None:
    """Say that what shares objects with these values will be stored in a pending one."""
    values = None if origin is None else tuple(map(deref, origin))
    for value in values or ():
        if type(value) is Wire and not value.immutable:
            _unite(family_of(value), family_of(wire))
    wire.stored = _both(wire.stored, values)
    if wire.rooted is False and _has_root(wire, values):
        _root(wire)


def family_of(wire: Wire) -> Wire:
    """The wire that stands for the family of a pending value."""
    if wire.family is None:
        _join(wire)
    return _head(wire)


def _look_for_roots(wire: Wire) -> None:
    """Find out whether a value, and those it comes from, are rootless."""
    stack, found = [wire], []
    wire.rooted = False
    while stack:
        one = stack.pop()
        found.append(one)
        for value in map(deref, (*(one.origin or ()), *(one.stored or ()))):
            if type(value) is not Wire or value.immutable:
                continue
            if value.rooted is None:
                value.rooted = False
                stack.append(value)
    for one in found:
        known = one.origin is not None and one.stored is not None
        values = (*one.origin, *one.stored) if known else None  # type: ignore[misc]
        if not one.rooted and _has_root(one, values):
            _root(one)


def _has_root(wire: Wire, values: tuple[Any, ...] | None) -> bool:
    """Whether an object that is there is in one of these values, now or when told."""
    if values is None:
        return True
    for value in map(deref, values):
        if type(value) is not Wire:
            if _is_root(value):
                return True
        elif not value.immutable:
            if not is_rootless(value):
                return True
            if value is not wire:
                depend(wire, value)
    return False


def _is_root(value: Any) -> bool:
    # Why: behind a module there is a dictionary.
    return not is_atom(value) or isinstance(value, types.ModuleType)


def _root(wire: Wire) -> None:
    """A value, and all that may share objects with it, is rootless no more."""
    wire.rooted, stack = True, [wire]
    while stack:
        one = stack.pop()
        dependents, one.dependents = one.dependents, None
        for other in dependents or ():
            if not isinstance(other, Wire):
                other.memory.be_there(other)
            elif not other.rooted:
                other.rooted = True
                stack.append(other)


def _turned_out(wire: Wire, value: Any) -> None:
    """Take in that a pending value is an object, or another pending value."""
    if type(value) is not Wire:
        if _is_root(value):
            _root(wire)
        return
    value.stored = _both(value.stored, wire.stored)
    if wire.family is not None:
        _unite(_head(wire), family_of(value))
    if value.immutable or (wire.rooted is None and value.rooted is None):
        return
    if is_rootless(value):
        value.dependents = [*(value.dependents or ()), *(wire.dependents or ())]
        if value.stored is None or _has_root(value, wire.stored):
            _root(value)
    else:
        _root(wire)


TURNED_OUT.append(_turned_out)


def _join(wire: Wire) -> None:
    stack, found = [wire], []
    while stack:
        one = stack.pop()
        if one.family is None:
            one.family = one
            found.append(one)
            stack.extend(_origins(one))
    for one in found:
        for other in _origins(one):
            _unite(_head(one), _head(other))


def _head(wire: Wire) -> Wire:
    while (above := wire.family) is not wire:
        assert above is not None
        wire.family = above.family
        wire = above
    return wire


def _unite(one: Wire, other: Wire) -> None:
    if one is not other:
        one.family = other


def _both(
    one: tuple[Any, ...] | None, other: tuple[Any, ...] | None
) -> tuple[Any, ...] | None:
    if one is None or other is None:
        return None
    if not other:
        return one
    known = set(map(id, one))
    both = (*one, *[value for value in other if id(value) not in known])
    return both if len(both) <= MOST_STORED else None


def _origins(wire: Wire) -> Iterator[Wire]:
    for value in map(deref, wire.origin or ()):
        if type(value) is Wire and not value.immutable:
            yield value
