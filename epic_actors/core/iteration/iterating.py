"""Protocols of Python that run special methods in a loop of their own, as scripts.

What CPython does for objects whose special methods are native, these do for objects of
the script's classes, so that the methods are part of the script.
"""

# ruff: noqa: SIM105, SIM110 - the loops are what these are for

from collections.abc import Iterator
from typing import Any


MISSING: Any = object()
"""Stands for an attribute or a default that is not there."""


class Items:
    """What `iter` gives for an object that has only `__getitem__`."""

    def __init__(self, items: Any) -> None:
        self.items = items
        self.index = 0

    def __iter__(self) -> "Items":
        """It is an iterator already."""
        return self

    def __next__(self) -> Any:
        """The next item, until there is none."""
        if self.items is None:
            raise StopIteration
        try:
            item = self.items[self.index]
        except (IndexError, StopIteration):
            self.items = None
            raise StopIteration from None
        self.index += 1
        return item


def backwards(items: Any) -> Iterator[Any]:
    """What `reversed` gives for an object that has a length and `__getitem__`."""
    return downwards(items, len(items))


def downwards(items: Any, index: int) -> Iterator[Any]:
    """The items before an index, the last first, until there is none."""
    while index > 0:
        index -= 1
        try:
            item = items[index]
        except (IndexError, StopIteration):
            return
        yield item


def through(items: Any) -> Iterator[Any]:
    """Item after item."""
    for item in items:  # noqa: UP028 - the loop is what this is for
        yield item


def opened(items: Any) -> Iterator[Any]:
    """A generator of items, whose iterator is there."""
    return through(iter(items))


def collected(items: Any) -> list[Any]:
    """All items."""
    return [item for item in items]  # noqa: C416 - the loop is what this is for


def filled(items: Any, key: Any) -> Any:
    """An item of a dictionary that makes what it lacks."""
    if key not in items:
        made = items.default_factory()
        items[key] = made
        return made
    return items.get(key)


def measured(items: Any) -> list[Any]:
    """All items of what says how many it has, which CPython asks for first."""
    found = iter(items)
    try:
        len(items)
    except TypeError:
        pass
    return [item for item in found]  # noqa: C416


def estimated(items: Any) -> list[Any]:
    """All items of what only says about how many there will be."""
    found = iter(items)
    try:
        type(items).__length_hint__(items)
    except TypeError:
        pass
    return [item for item in found]  # noqa: C416


def first_items(items: Any, count: int) -> list[Any]:
    """So many items, and one more if there is one."""
    found = []
    for item in items:
        found.append(item)
        if len(found) > count:
            break
    return found


def contains(items: Any, wanted: Any) -> bool:
    """`wanted in items`."""
    for item in items:
        if item is wanted or item == wanted:
            return True
    return False


def made(cls: Any, /, *args: Any, **named: Any) -> Any:
    """A call of a class with code of the script's for it: `type.__call__`."""
    obj = cls.__new__(cls, *args, **named)
    # Why: `isinstance` may ask the class itself.
    if any(base is cls for base in type(obj).__mro__):
        given = type(obj).__init__(obj, *args, **named)
        if given is not None:
            kind = type(given).__name__
            raise TypeError(f"__init__() should return None, not '{kind}'")
    return obj


def falling_back(step: Any, hook: Any, obj: Any, name: str) -> Any:
    """An attribute, or what `__getattr__` gives if there is none."""
    try:
        return step()
    except AttributeError:
        pass
    return hook(obj, name)


def kept(function: Any, obj: Any, name: str) -> Any:
    """A `functools.cached_property` that is asked for the first time."""
    value = function(obj)
    vars(obj)[name] = value
    return value


def attribute_or(obj: Any, name: str, default: Any) -> Any:
    """`getattr` with a default."""
    try:
        return getattr(obj, name)
    except AttributeError:
        return default


def has_attribute(obj: Any, name: str) -> bool:
    """`hasattr`."""
    try:
        getattr(obj, name)
    except AttributeError:
        return False
    return True


def delegated(inner: Any, thrown: bool, sent: Any) -> tuple[bool, Any]:
    """A step of `yield from` that sends or throws something into an iterator."""
    try:
        if not thrown:
            return True, inner.send(sent)
        take = getattr(inner, "throw", MISSING)
        if take is MISSING:
            raise sent
        return True, take(sent)
    except StopIteration as end:
        return False, end.value


def closed(inner: Any) -> None:
    """Close an iterator with the generator that goes over it, if it can be closed."""
    try:
        close = inner.close
    except Exception:
        # Why: CPython takes no error of this lookup for one of the program.
        return
    close()


def next_(items: Any, default: Any) -> Any:
    """`next` with a default."""
    try:
        return next(items)
    except StopIteration:
        return default


def any_(items: Any) -> bool:
    """`any`."""
    for item in items:
        if item:
            return True
    return False


def all_(items: Any) -> bool:
    """`all`."""
    for item in items:
        if not item:
            return False
    return True


def sum_(items: Any, start: Any = 0) -> Any:
    """`sum`."""
    total = start
    for item in items:
        total = total + item
    return total


def least(items: Any, key: Any = None, default: Any = MISSING) -> Any:
    """`min` of one argument."""
    found = iter(items)
    best = next(found, MISSING)
    if best is MISSING:
        return min(()) if default is MISSING else default
    rank = best if key is None else key(best)
    for item in found:
        other = item if key is None else key(item)
        if other < rank:
            best, rank = item, other
    return best


def greatest(items: Any, key: Any = None, default: Any = MISSING) -> Any:
    """`max` of one argument."""
    found = iter(items)
    best = next(found, MISSING)
    if best is MISSING:
        return max(()) if default is MISSING else default
    rank = best if key is None else key(best)
    for item in found:
        other = item if key is None else key(item)
        if other > rank:
            best, rank = item, other
    return best


def extend(items: Any, more: Any) -> Any:
    """`items += more` for a list or deque."""
    for item in more:
        items.append(item)
    return items


def extend_list(items: list[Any], more: Any) -> list[Any]:
    """`items += more` for a list, of what says how many it has."""
    found = iter(more)
    try:
        len(more)
    except TypeError:
        pass
    for item in found:
        list.append(items, item)
    return items


def print_to(
    file: Any, values: Any, *, sep: Any = None, end: Any = None, flush: Any = False
) -> None:
    """`print` to an object with a method of the script's."""
    for name, value in (("sep", sep), ("end", end)):
        if value is not None and not isinstance(value, str):
            kind = type(value).__name__
            raise TypeError(f"{name} must be None or a string, not {kind}")
    first = True
    for value in values:
        if not first:
            file.write(" " if sep is None else sep)
        first = False
        file.write(str(value))
    file.write("\n" if end is None else end)
    if flush:
        file.flush()


def print_(
    *values: Any, sep: Any = None, end: Any = None, file: Any = None, flush: Any = False
) -> None:
    """`print`, a piece at a time."""
    between = " " if sep is None else sep
    first = True
    for value in values:
        if not first:
            print(end=between, file=file)
        first = False
        print(str(value), end="", file=file)
    print(end=end, file=file, flush=flush)
