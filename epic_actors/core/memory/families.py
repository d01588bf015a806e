"""Which pending values surely have nothing to do with an object, or with each other.

Whether a pending value may be, or contain, some object is asked for every access that
meets its hold, and its origin may be a chain as long as the run.  Two facts answer most
of these questions at once:

    rootless    All that a value may share objects with is still pending itself, and so
                is all that will be stored in that; so no object that is there can be
                in it.
    family      Values that may share objects are of one family; those of different
                families do not, if they are rootless.

Being rootless is remembered until an object arrives anywhere; families only ever merge.
"""

from .reach import is_atom
from .wire import OBJECTS_ARRIVED, Wire, deref, family_of


def surely_apart(wire: Wire, place: object) -> bool:
    """Whether a pending value surely neither is nor contains `place`."""
    if not is_rootless(wire):
        return False
    if not isinstance(place, Wire):
        return True
    return is_rootless(place) and family_of(wire) is not family_of(place)


def is_rootless(wire: Wire) -> bool:
    """Whether all that a value may share objects with is pending."""
    now = OBJECTS_ARRIVED[0]
    stack, found = [wire], {id(wire): wire}
    while stack:
        one = stack.pop()
        if one.rootless == now:
            continue
        if one.rootless == -now or one.origin is None or one.stored is None:
            wire.rootless = -now
            return False
        for value in map(deref, (*one.origin, *one.stored)):
            if value.__class__ is Wire:
                if id(value) not in found and not value.immutable:
                    found[id(value)] = value
                    stack.append(value)
            elif not is_atom(value):
                wire.rootless = -now
                return False
    for one in found.values():
        one.rootless = now
    return True
