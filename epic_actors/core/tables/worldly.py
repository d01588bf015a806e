"""Native code that touches the outside world and nothing of the script's: files.

Opening, reading and writing a file goes in order with all else that changes the world,
but no list or dictionary of the script's is in danger meanwhile.  This is so for files of
the operating system; a stream of somebody else's may run any code, and is opaque.
"""

import builtins
import io
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import attrs

from epic_actors.core.memory.places import WORLD
from epic_actors.core.memory.reach import PLAIN
from epic_actors.core.memory.wire import Wire

from .effect import ALL, Effect, opaque


RAW: frozenset[type] = frozenset({io.FileIO})
LAYERS: frozenset[type] = frozenset(
    {io.TextIOWrapper, io.BufferedReader, io.BufferedWriter, io.BufferedRandom}
)
DATA: frozenset[type] = frozenset({list, tuple, dict})


def is_file(value: Any) -> bool:
    """Whether it is, or will be, a file of the operating system."""
    if type(value) is Wire:
        return value.kind in LAYERS
    inner: Any = value
    while (kind := type(inner)) in LAYERS:
        try:
            inner = inner.buffer if kind is io.TextIOWrapper else inner.raw
        except ValueError:
            return False
    return kind in RAW


def is_data(value: Any) -> bool:
    """Whether nothing in it is code, as far as it is there."""
    stack, seen = [value], set()
    while stack:
        one = stack.pop()
        kind = type(one)
        if kind in DATA and id(one) not in seen:
            seen.add(id(one))
            stack += [*one, *one.values()] if kind is dict else one
        elif not (kind in PLAIN or kind is Wire or kind in DATA):
            return isinstance(one, PurePath) and not stack
    return True


def in_world(
    function: Callable[..., Any], fits: Callable[..., bool], **changes: Any
) -> Effect:
    """Changes the world and its arguments' files, if the arguments fit."""
    made = Effect(
        function, whole=ALL, places=(WORLD,), ordered=True, fresh=True, **changes
    )
    other = opaque(function)
    return attrs.evolve(made, variant=lambda *args: None if fits(*args) else other)


def _opens(*args: Any) -> bool:
    # Why: an opener is code that may do anything; given by name, it comes last.
    return all(is_data(value) for value in args)


def _open() -> Effect:
    """`open`: what kind of file it gives is known by the mode."""
    binary = in_world(open, _opens)
    text = attrs.evolve(binary, kind=io.TextIOWrapper)

    def choose(path: Any, mode: Any = "r", *rest: Any) -> Effect | None:
        if not _opens(path, mode, *rest):
            return opaque(open)
        known = type(mode) is str and "b" not in mode
        return attrs.evolve(text if known else binary, variant=None)

    return attrs.evolve(binary, variant=choose)


OPEN = {builtins.open: _open()}


def _writes(file: Any, *args: Any) -> bool:
    return is_file(file) and all(map(is_data, args))


def _dumps(value: Any, file: Any = None, *options: Any) -> bool:
    return is_file(file) and is_data(value) and all(map(is_data, options))


def dumping(function: Any) -> Effect:
    """`json.dump`."""
    return in_world(function, _dumps, writes=(1,))


def loading(function: Any) -> Effect:
    """`json.load`."""
    return in_world(function, _writes, writes=(0,))


def handling_paths(function: Any) -> Effect:
    """Functions of paths that look at, or change, the file system."""
    return in_world(function, _opens)


_NAMES = """
    write writelines read readline readlines close flush seek tell truncate
    __exit__
"""


def _methods(kind: Any) -> dict[str, Effect]:
    found = {
        name: in_world(
            getattr(kind, name), _leaves if name == "__exit__" else _writes, writes=(0,)
        )
        for name in _NAMES.split()
    }
    enter = Effect(kind.__enter__, reads=(0,), kind=kind)
    other = opaque(kind.__enter__)
    found["__enter__"] = attrs.evolve(
        enter, variant=lambda file: None if is_file(file) else other
    )
    return found


def _leaves(file: Any, *raised: Any) -> bool:
    return is_file(file)


FILES: dict[type | None, dict[str, Effect]] = {
    io.TextIOWrapper: _methods(io.TextIOWrapper),
}
"""Methods of files, as functions of their object first."""
