"""Which script runs in the place of a native function that calls back.

Native code cannot wait.  So if a function of the library is given code of the script, or
something that is still pending, what it does is run as a script instead.
"""

import functools
import heapq
import itertools
import re
import sys
import threading
import time
import types
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import trio

from epic_actors.core.iteration import consuming, grouping, iterating, taking
from epic_actors.core.memory.places import resource
from epic_actors.core.memory.reach import MOVERS, has_wire, owner_of
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.externals import External, Order
from epic_actors.core.terms import App, Const, Prim, Term, steps

from . import prelude, substitutes
from .lookup import attribute, fits, script_of


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network

CALLING: dict[Any, tuple[Callable[..., Any], int, str]] = {
    map: (consuming.map_, 0, ""),
    filter: (consuming.filter_, 0, ""),
    sorted: (prelude.sorted_, -1, "key"),
    max: (prelude.max_, -1, "key"),
    min: (prelude.min_, -1, "key"),
    list.sort: (prelude.sort, -1, "key"),
    iter: (substitutes.iter_, 0, ""),
    functools.reduce: (substitutes.reduce, 0, ""),
    functools.cmp_to_key: (substitutes.cmp_to_key, 0, "mycmp"),
    itertools.filterfalse: (consuming.filterfalse, 0, ""),
    itertools.starmap: (consuming.starmap, 0, ""),
    itertools.takewhile: (consuming.takewhile, 0, ""),
    itertools.dropwhile: (consuming.dropwhile, 0, ""),
    itertools.accumulate: (substitutes.accumulate, 1, "func"),
    itertools.groupby: (grouping.groupby, 1, "key"),
    heapq.nlargest: (substitutes.nlargest, 2, "key"),
    heapq.nsmallest: (substitutes.nsmallest, 2, "key"),
    re.sub: (substitutes.sub, 1, "repl"),
    re.subn: (substitutes.subn, 1, "repl"),
}
"""What runs in the place of a function, and where that is given code of the script."""

LAZY: dict[Any, Callable[..., Any]] = {
    map: consuming.map_,
    filter: consuming.filter_,
    itertools.accumulate: substitutes.accumulate,
    itertools.starmap: consuming.starmap,
    itertools.takewhile: consuming.takewhile,
    itertools.dropwhile: consuming.dropwhile,
    itertools.filterfalse: consuming.filterfalse,
}
"""What runs in its place while anything is pending: these call when they are iterated."""

UNTIL: dict[Any, Callable[..., Any]] = {
    consuming.map_: consuming.map_until,
    consuming.starmap: consuming.starmap_until,
}
"""What runs in their place if the function may say that there is no more.

Why: each call is a `try` then, so whether there is an item is as pending as the item.
"""

KIND_OF: dict[Any, type] = {
    script: kind
    for table in (LAZY, taking.LAZY)
    for kind, script in table.items()
    if isinstance(kind, type)
}
KIND_OF[consuming.chain_all] = itertools.chain
KIND_OF |= {until: KIND_OF[script] for script, until in UNTIL.items()}
"""The iterator that a generator function of ours stands for."""

MOVING: dict[Any, Callable[..., Any]] = {
    any: iterating.any_,
    all: iterating.all_,
    dict: substitutes.dict_,
    functools.reduce: substitutes.reduce,
    itertools.chain.from_iterable: consuming.chain_all,
}
"""What runs in its place if it is given something with pending elements."""

_SLEEP: Any = time.sleep


async def sleep(seconds: Any) -> None:
    """Sleep as `time.sleep` does, but let the calls that are under way go on."""
    if type(seconds) in (int, float) and 0 <= seconds <= threading.TIMEOUT_MAX:
        await trio.sleep(seconds)
    else:
        _SLEEP(seconds)


SLEEP = External(sleep, Order.SEQUENTIAL, resource("clock"))
"""What runs in the place of `time.sleep`, in its turn."""

SEQUENCES = frozenset({list, tuple, deque, type({}.items()), type({}.values())})
"""Where elements stand that may be pending."""

CACHED: Any = functools._lru_cache_wrapper


def instead_of(
    network: "Network", function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """The script to run instead of a native function, if there is one for this case."""
    if function is _SLEEP:
        return SLEEP
    script = _stands_for(network, function, args, kwargs)
    return script if script is None or fits(script, args, kwargs) else None


def _stands_for(
    network: "Network", function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    try:
        known = CALLING.get(function)
        moving = MOVING.get(function)
    except TypeError:
        return None
    if function is iter and len(args) != 2:
        return None
    if known is not None:
        script, position, name = known
        given = kwargs.get(name)
        if 0 <= position < len(args):
            given = args[position]
        if is_script_code(network, given):
            if function is functools.cmp_to_key:
                network.summaries.meet_class(substitutes.Ranked, made=True)
            return script
    if network.calm:
        return None
    if moving is not None and any(map(is_arriving, args)):
        return moving
    return LAZY.get(function)


def is_arriving(items: Any) -> bool:
    """Whether elements of an argument may be pending."""
    items = deref(items)
    kind = type(items)
    if kind in SEQUENCES:
        return any(map(has_wire, items))
    return kind is Wire or kind in MOVERS


def is_script_code(network: "Network", given: Any) -> bool:
    """Whether calling `given` may run code of the script."""
    given = deref(given)
    if type(given) is Wire:
        return True
    if issubclass(type(given), functools.partial):
        steps = any(map(consuming.is_generated, given.args))
        return steps or is_script_code(network, given.func)
    if consuming.is_generated(owner_of(given)):
        return True
    if type(given) is types.MethodType:
        given = given.__func__
    if type(given) is types.FunctionType:
        if network.translate(given) is not None or network.runs_aside(given):
            return True
        # Why: a wrapper of the library's has what it wraps, and maybe more, behind it.
        wrapped = getattr(given, "__wrapped__", None)
        return wrapped is not None and is_script_code(network, wrapped)
    if issubclass(type(given), External) or script_of(given) is not None:
        return True
    if type(given) is CACHED:
        return is_cached_script(network, given)
    if type(given) in substitutes.GETTERS:
        return bool(network.summaries.classes)
    if issubclass(type(given), type):
        return isinstance(given.__init__, types.FunctionType)
    method = attribute(type(given), "__call__")
    return isinstance(method, types.FunctionType | staticmethod | classmethod)


def may_stop(network: "Network", function: Any) -> bool:
    """Whether a function may say by a `StopIteration` of its own that there is no more."""
    function = deref(function)
    if issubclass(type(function), functools.partial):
        return may_stop(network, function.func)
    if type(function) is types.MethodType:
        function = function.__func__
    if type(function) is types.FunctionType:
        own = network.translate(function)
        return own is not None and any(map(_stops, steps(own.lam.body)))
    is_step = type(function) is types.MethodWrapperType
    return function is next or (is_step and function.__name__ == "__next__")


def _stops(term: Term) -> bool:
    """Whether a step asks for a next item that may not be there, or says so itself."""
    match term:
        case App(function=Const(value=called)):
            asks = called is next and len(term.arguments) == 1
            return asks or called is StopIteration
        case Prim(op="raise", arguments=(Const(value=error), *_)):
            return error is StopIteration
        case Prim(op="getattr"):
            return bool(term.static == "__next__")
        case _:
            return False


def is_cached_script(network: "Network", wrapper: Any) -> bool:
    """Whether what is behind a cache is more than a value made of plain arguments."""
    fn = wrapper.__wrapped__
    if not isinstance(fn, types.FunctionType):
        return is_script_code(network, fn)
    function = network.translate(fn)
    if function is None:
        # Why: it may be a decorator's wrapper, with code of the script's behind it.
        package = str(fn.__module__).partition(".")[0]
        return package not in sys.stdlib_module_names
    return network.closed.of(fn, function) < 2


def instead_of_method(
    network: "Network", owner: Any, name: str, args: Any, kwargs: dict[str, Any]
) -> tuple[Any, Any] | None:
    """The script to run instead of a builtin method, and what stands for its object."""
    kind = type(owner)
    if kind is CACHED and name in substitutes.CACHE_METHODS:
        if is_cached_script(network, owner):
            return substitutes.CACHE_METHODS[name], substitutes.cache_of(owner)
        return None
    function = own = None
    if kind is list and name == "sort":
        function = list.sort
    elif kind is re.Pattern and name in substitutes.PATTERN_METHODS:
        function, own = getattr(re, name), substitutes.PATTERN_METHODS[name]
    script = instead_of(network, function, (owner, *args), kwargs)
    return None if script is None else (own or script, owner)
