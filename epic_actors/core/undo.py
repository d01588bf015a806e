"""How a store is taken back: each function looks before the store and returns the way back.

Stores are undone youngest first, so each finds its object as it left it.
"""

import types
from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias


Undo: TypeAlias = Callable[[], Any]
MISSING: Any = object()


def snapshot(holder: Any, *_: Any) -> Undo | None:
    """The way back to all of what `holder` holds; None if there is no telling."""
    if isinstance(holder, list | bytearray):
        before = holder[:]
        return lambda: holder.__setitem__(slice(None), before)
    if isinstance(holder, dict):
        pairs = list(dict.items(holder))
        return lambda: _refill(holder, pairs)
    if isinstance(holder, set):
        members = set(holder)
        return lambda: _refill(holder, members)
    if isinstance(holder, deque):
        items = list(holder)
        return lambda: _refill_deque(holder, items)
    return None


def _refill(holder: Any, before: Any) -> None:
    holder.clear()
    holder.update(before)


def _refill_deque(holder: Any, before: Any) -> None:
    holder.clear()
    holder.extend(before)


def append(items: list[Any], *_: Any) -> Undo:
    """The way back from one append."""
    return items.pop


def list_item(items: list[Any], key: Any, *_: Any) -> Undo | None:
    """The way back from a store to one index; any other key restores the whole list."""
    if key.__class__ is int and -len(items) <= key < len(items):
        before = items[key]
        return lambda: items.__setitem__(key, before)
    return snapshot(items)


def dict_item(items: dict[Any, Any], key: Any, *_: Any) -> Undo:
    """The way back from a store under one key; the order of keys comes back too."""
    before = dict.get(items, key, MISSING)
    if before is MISSING:
        return lambda: dict.pop(items, key, None)
    return lambda: dict.__setitem__(items, key, before)


def set_member(items: set[Any], member: Any) -> Undo:
    """The way back from adding one member."""
    return (lambda: None) if member in items else (lambda: items.discard(member))


def attribute(name: str) -> Callable[..., Undo | None]:
    """The way back from a store or delete of the attribute `name`."""

    def look(holder: Any, *_: Any) -> Undo | None:
        own = getattr(holder, "__dict__", None)
        slot = hasattr(getattr(type(holder), name, None), "__set__")
        if isinstance(own, dict) and not slot:
            if name in own:
                return snapshot_attributes(own)
            return lambda: own.pop(name, None)
        before = getattr(holder, name, MISSING)
        if before is MISSING:
            return lambda: delattr(holder, name)
        return lambda: object.__setattr__(holder, name, before)

    return look


def snapshot_attributes(own: dict[str, Any]) -> Undo:
    """The way back to the attributes as they are, in their order."""
    before = dict(own)
    return lambda: _refill(own, before)


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
