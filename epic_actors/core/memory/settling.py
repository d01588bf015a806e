"""Values in the places of wires that have been set, wherever those stand.

Tuples may be passed around with wires in them; a settled one is built anew, once.
"""

import functools
import operator
import types
from collections import deque
from typing import Any

from epic_actors.core.language.lookup import native_base

from .reach import (
    BOUND_TYPES,
    attribute_dict,
    cell_value,
    filled_slots,
    has_wire,
    holds_wire,
    own_dict,
    walk,
)
from .wire import deref


class Settler:
    """Replaces set wires by their values, in place; tuples are built anew, once each."""

    def __init__(self) -> None:
        self._tuples: dict[int, tuple[Any, Any]] = {}

    def forget(self) -> None:
        """Forget the tuples: no wire is left anywhere."""
        self._tuples.clear()

    def settled(self, value: Any) -> Any:
        """What should stand for `value` itself."""
        value = deref(value)
        bound = type(value) in BOUND_TYPES
        if not (bound or issubclass(type(value), tuple)) or not has_wire(value):
            return value
        last = value
        # Why: it is one and the same, however often some of its parts have arrived.
        while (known := self._tuples.get(id(last))) is not None:
            last = known[1]
        found = last
        if has_wire(last):
            found = self._bound(last) if bound else self._tuple(last)
        for before in (value, last):
            if before is not found:
                self._tuples[id(before)] = (before, found)
        return found

    def _tuple(self, value: Any) -> Any:
        parts = [self.settled(part) for part in value]
        if all(map(operator.is_, parts, value)):
            return value
        made: Any = tuple.__new__(type(value), parts)
        if (own := own_dict(value)) is not None:
            # Why: both stand for the same object, so attributes of one are the other's.
            object.__setattr__(made, "__dict__", own)
        return made

    def _bound(self, method: Any) -> Any:
        """A method of a tuple: of the settled one."""
        owner = self.settled(method.__self__)
        if type(method) is types.MethodType:
            return types.MethodType(method.__func__, owner)
        name = method.__name__
        return vars(native_base(type(owner), name))[name].__get__(owner)

    def settle(self, value: Any, *, compared: bool = False) -> Any:
        """Settle `value` and everything reachable from it."""
        value = self.settled(value)
        for found in walk(value, compared=compared):
            self.settle_slots(found)
        return value

    def settle_slots(self, holder: Any) -> None:
        """Settle what stands directly in `holder`."""
        # Why: through the builtin class, since a subclass may have methods of its own.
        if issubclass(type(holder), list | deque):
            kind: Any = list if isinstance(holder, list) else deque
            for index, item in enumerate(kind.__iter__(holder)):
                if has_wire(item):
                    kind.__setitem__(holder, index, self.settled(item))
        elif issubclass(type(holder), dict):
            for key, item in list(dict.items(holder)):
                if has_wire(item):
                    dict.__setitem__(holder, key, self.settled(item))
        elif type(holder) is types.CellType:
            for item in cell_value(holder):
                if has_wire(item):
                    holder.cell_contents = self.settled(item)
        if type(holder) is functools.partial and holds_wire(holder):
            args = tuple(map(self.settled, holder.args))
            named = {name: self.settled(v) for name, v in holder.keywords.items()}
            refill: Any = holder.__setstate__  # type: ignore[attr-defined]
            refill((holder.func, args, named, own_dict(holder)))
        own = attribute_dict(holder) or {}
        for name, item in list(own.items()):
            if has_wire(item):
                own[name] = self.settled(item)
        for slot, item in filled_slots(holder):
            if has_wire(item):
                slot.__set__(holder, self.settled(item))
