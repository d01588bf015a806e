"""How a store is taken back: each function looks before the store and returns the way back.

Stores are undone youngest first, so each finds its object as it left it.
"""

import contextlib
import functools
import types
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, TypeAlias

from epic_actors.core.language import lookup

from .reach import own_dict


Undo: TypeAlias = Callable[[], Any]
MISSING: Any = object()


def snapshot(holder: Any, *_: Any) -> Undo | None:
    """The way back to all of what `holder` holds; None if there is no telling."""
    # Why: through the builtin class, since a subclass may have methods of its own.
    if isinstance(holder, list):
        elements = list.copy(holder)
        return lambda: list.__setitem__(holder, slice(None), elements)
    if isinstance(holder, bytearray):
        octets = holder[:]
        return lambda: bytearray.__setitem__(holder, slice(None), octets)
    kind: Any
    for kind, copied in _REFILLED.items():
        if isinstance(holder, kind):
            before = copied(holder)
            return lambda: _refill(kind, holder, before)
    return None


def _refill(kind: Any, holder: Any, before: Any) -> None:
    kind.clear(holder)
    (kind.extend if kind is deque else kind.update)(holder, before)


_REFILLED: dict[type, Callable[[Any], Any]] = {
    OrderedDict: lambda holder: list(OrderedDict.items(holder)),
    dict: lambda holder: list(dict.items(holder)),
    set: set.copy,
    deque: lambda holder: list(deque.__iter__(holder)),
}


def append(items: list[Any], *_: Any) -> Undo:
    """The way back from one append."""
    return functools.partial(list.pop, items)


def popped(items: list[Any], key: Any = -1, *_: Any) -> Undo | None:
    """The way back from taking out one element."""
    length = list.__len__(items)
    if type(key) is not int or not -length <= key < length:
        return snapshot(items)
    index, value = key % length, list.__getitem__(items, key)
    return lambda: list.insert(items, index, value)


def deque_append(items: deque[Any], *_: Any) -> Undo | None:
    """The way back from one append; a full deque loses an element by it."""
    return (
        functools.partial(deque.pop, items) if items.maxlen is None else snapshot(items)
    )


def deque_appendleft(items: deque[Any], *_: Any) -> Undo | None:
    """The way back from one append on the left."""
    if items.maxlen is not None:
        return snapshot(items)
    return functools.partial(deque.popleft, items)


def deque_pop(items: deque[Any], *_: Any) -> Undo | None:
    """The way back from taking the last element."""
    last = deque.__len__(items) - 1
    if last < 0:
        return None
    return functools.partial(deque.append, items, deque.__getitem__(items, last))


def deque_popleft(items: deque[Any], *_: Any) -> Undo | None:
    """The way back from taking the first element."""
    if not deque.__len__(items):
        return None
    return functools.partial(deque.appendleft, items, deque.__getitem__(items, 0))


def list_item(items: list[Any], key: Any, *_: Any) -> Undo | None:
    """The way back from a store to one index; any other key restores the whole list."""
    length = list.__len__(items)
    if type(key) is int and -length <= key < length:
        before = list.__getitem__(items, key)
        return lambda: list.__setitem__(items, key, before)
    return snapshot(items)


def dict_item(items: dict[Any, Any], key: Any, *_: Any) -> Undo:
    """The way back from a store under one key; the order of keys comes back too."""
    kind: Any = OrderedDict if isinstance(items, OrderedDict) else dict
    before = kind.get(items, key, MISSING)
    if before is MISSING:
        return lambda: kind.pop(items, key, None)
    return lambda: kind.__setitem__(items, key, before)


def set_member(items: set[Any], member: Any) -> Undo:
    """The way back from adding one member."""
    if set.__contains__(items, member):
        return lambda: None
    return lambda: set.discard(items, member)


def attribute(name: str) -> Callable[..., Undo | None]:
    """The way back from a store or delete of the attribute `name`."""

    def look(holder: Any, *_: Any) -> Undo | None:
        if type(holder) is super:
            # Why: it takes no attributes, and says so.
            return None
        own = own_dict(holder)
        slot = hasattr(type(lookup.attribute(type(holder), name)), "__set__")
        if own is not None and not slot:
            if name in own:
                return snapshot_attributes(own)
            return lambda: own.pop(name, None)
        try:
            before = _native(holder, "__getattribute__")(holder, name)
        except AttributeError:
            return lambda: _without(holder, name)
        return lambda: _native(holder, "__setattr__")(holder, name, before)

    return look


def _without(holder: Any, name: str) -> None:
    # Why: the store itself may have failed.
    with contextlib.suppress(AttributeError):
        _native(holder, "__delattr__")(holder, name)


def _native(holder: Any, name: str) -> Any:
    """The nearest method of that name that is no Python code: some types have theirs."""
    found = [vars(cls).get(name) for cls in type(holder).__mro__]
    return next(one for one in found if isinstance(one, types.WrapperDescriptorType))


def snapshot_attributes(own: dict[str, Any]) -> Undo:
    """The way back to the attributes as they are, in their order."""
    before = dict(own)
    return lambda: _refill(dict, own, before)


def function(holder: Any, *_: Any) -> Undo | None:
    """The way back to all attributes of a function."""
    if type(holder) is not types.FunctionType:
        return None
    own = snapshot_attributes(vars(holder))
    said = [attribute(name)(holder) for name in functools.WRAPPER_ASSIGNMENTS]
    return lambda: (own(), [undo() for undo in said if undo is not None])


def cell(holder: types.CellType, *_: Any) -> Undo:
    """The way back from a store to a captured variable."""
    try:
        before = holder.cell_contents
    except ValueError:
        return lambda: holder.__delattr__("cell_contents")
    return lambda: setattr(holder, "cell_contents", before)


def namespace_item(name: str, values: dict[str, Any]) -> Callable[..., Undo]:
    """The way back from a store to a global."""
    return lambda *_: dict_item(values, name)
