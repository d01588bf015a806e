"""What a native function is given: where its arguments go, and which of them it calls."""

import collections
import json
import operator
import types
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from epic_actors.core.language.callbacks import CALLING
from epic_actors.core.tables.effects import Effect
from epic_actors.core.tables.protocols import DIRECT

from .tags import Tags, Uncallable, Value, merged


Shape = tuple[str | None, ...]
CALLS: dict[Any, tuple[int, str]] = {
    **{function: (position, name) for function, (_, position, name) in CALLING.items()},
    collections.defaultdict: (0, "default_factory"),
}
"""Which argument a function calls, by position and by name."""
METHOD_CALLS = {"sort": (-1, "key"), "sub": (0, "repl"), "subn": (0, "repl")}
"""The same for methods, whatever they are of."""
FORMATS = frozenset({"format", "format_map"})
"""Methods that fill in a text, which may ask for attributes."""
NAMED = (-1, "key default object_hook object_pairs_hook parse_float parse_int")
"""What functions of the library call that stand in no table."""
_STARS = ("*", "**", "?")


METHODS_CALLED: dict[Any, tuple[str, ...]] = {
    print: ("write", "flush"),
    json.load: ("read",),
    json.dump: ("write",),
}
"""Which methods functions call of what they are given, whatever that is."""
CALL: Any = operator.call


def methods_called(function: Any, shape: Shape) -> tuple[str, ...]:
    """Those that a function calls, given arguments of that shape."""
    if not isinstance(function, Hashable) or (function is print and not any(shape)):
        return ()
    return METHODS_CALLED.get(function, ())


def makes_functions(code: types.CodeType) -> bool:
    """Whether what a function gives may be a function that it has made."""
    inner = [one for one in code.co_consts if isinstance(one, types.CodeType)]
    made = any(not one.co_name.endswith(("comp>", "genexpr>")) for one in inner)
    return made or not _MAKERS.isdisjoint(code.co_names)


_MAKERS = frozenset({"partial", "partialmethod", "MethodType", "methodcaller"})


def spread(args: list[Value], shape: Shape) -> list[Value]:
    """The arguments that stand behind a star, whose items are taken."""
    if not any(shape):
        return []
    marked = zip(args, shape, strict=False)
    return [arg for arg, mark in marked if mark in ("*", "**")]


def in_places(
    effect: Effect, args: list[Value], shape: Shape, load: Callable[[Tags], Tags]
) -> list[Value]:
    """The arguments by position, each with all that may stand there.

    What is behind a star may stand anywhere.  So may what has a name; that matters only
    where arguments are told apart by what is stored in them.
    """
    starred = any(mark in _STARS for mark in shape)
    if not starred and not (any(shape) and (effect.writes or effect.alters)):
        return args
    together = merged(args)
    return [Value(together.tags | load(together.tags))] * (len(args) + 1)


def called(
    function: Any, args: list[Value], shape: Shape, load: Callable[[Tags], Tags]
) -> Iterator[Value]:
    """The arguments that a builtin, or a function whose term is not known, may call."""
    if function is iter and len(args) == 1:
        return
    if isinstance(function, Hashable) and function not in DIRECT:
        yield from called_by(CALLS.get(function, NAMED), args, shape, load)


def called_by(
    which: tuple[int, str],
    args: list[Value],
    shape: Shape,
    load: Callable[[Tags], Tags],
) -> Iterator[Value]:
    """The arguments that can be called, and those that stand where something is called."""
    position, names = which
    starred = False
    for index, arg in enumerate(args):
        mark = shape[index] if index < len(shape) else None
        starred |= mark in _STARS
        here = mark is None and (index == position or (starred and position >= 0))
        callee = None if isinstance(arg.callee, Uncallable) else arg.callee
        if callee is not None or here or mark in names.split():
            yield arg
        elif mark == "**" or (mark in _STARS and index <= position):
            yield Value(load(arg.tags))
