"""Whether native code may call back into the script and ask: a look at what it can reach.

Code that runs in place cannot wait for an external call.  So before native code of which
nothing is known begins, what it is given is looked through: for functions of the script's,
bound methods, partials, and objects whose classes have methods of the script's, whose code
names an external, or calls what does.  Whoever is given one goes aside (see `dispatch`).

Two kinds of looking
    deep      for code that may do anything: all that is reachable, as far as `MOST` objects
    shallow   for functions of a table, which do nothing but their task: what they are
              given itself, and the special methods of what stands in it

What a call gives is data: a value that is pending calls nothing.
"""

import contextvars
import functools
import gc
import itertools
import sys
import types
from collections import deque
from collections.abc import Iterable, Iterator
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from typing import TYPE_CHECKING, Any

from epic_actors.core.functions import Function
from epic_actors.core.knowledge import Known
from epic_actors.core.memory.reach import (
    PLAIN,
    attributes,
    cell_value,
    own_dict,
    owner_of,
)
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.externals import External, Order
from epic_actors.core.network.loops import names_of
from epic_actors.core.tables.effects import Effect

from .lookup import script_of


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


MOST, MOST_SHALLOW = 1_000, 200
"""So many objects are looked at."""
MOST_SILENT = 256
_CONTAINERS = (list, tuple, set, frozenset, deque)
_SILENT = frozenset(
    {Wire, types.ModuleType, types.CodeType, types.FrameType, types.TracebackType}
    | {types.BuiltinFunctionType, property, types.GetSetDescriptorType}
    # Why: a context holds what this run is in as well, and calls nothing of it.
    | {contextvars.ContextVar, contextvars.Context, contextvars.Token}
)
_QUIET = PLAIN | _SILENT
_CACHED: Any = functools._lru_cache_wrapper


class Asking:
    """What one run knows of who may ask."""

    def __init__(self, network: "Network") -> None:
        self.network = network
        self.silent: dict[tuple[int, bool], tuple[Any, list[int]]] = {}
        self.foreign = Known(self.is_foreign)

    def given(self, values: Iterable[Any], *, deep: bool) -> bool:
        """Whether native code that is given these values may call back and ask."""
        roots = [
            value
            for value in map(deref, values)
            if type(value) not in _QUIET and not self.is_silent(value, deep)
        ]
        if not roots:
            return False
        if Search(self, deep=deep).reaches(roots):
            # Why: whoever is given it may be told by an object that it is in now.
            self.silent.clear()
            return True
        if len(self.silent) > MOST_SILENT:
            self.silent.clear()
        for value in roots:
            function = type(value) is types.FunctionType
            if not self.is_own(value) if function else self.foreign[type(value)]:
                self.silent[id(value), deep] = value, outline(value)
        return False

    def is_silent(self, value: Any, deep: bool) -> bool:
        """Whether nothing was found behind a value, which looks as it did then."""
        known = self.silent.get((id(value), deep))
        return known is not None and known[1] == outline(value)

    def is_foreign(self, cls: type) -> bool:
        """Whether a class is a library's; what a script fills is looked through anew."""
        plain = cls.__module__ in ("builtins", "collections")
        return not plain and not self.network.summaries.is_own(cls)

    def is_own(self, method: Any) -> bool:
        """Whether something is code of the script's."""
        if type(method) in (types.FunctionType, External):
            return self.network.specials.is_script(method)
        return False


class Search:
    """One look through what may be reached."""

    def __init__(self, asking: Asking, *, deep: bool) -> None:
        self.asking = asking
        self.deep = deep
        self.seen: dict[int, Any] = {}
        self.stack: deque[Any] = deque()

    def reaches(self, values: Iterable[Any]) -> bool:
        """Whether anything that asks is reached from these."""
        self.stack.extend(values)
        for _ in range(MOST if self.deep else MOST_SHALLOW):
            if not self.stack:
                break
            value = deref(self.stack.popleft())
            kind = type(value)
            # Why: of ours is what we have made of the script's code.
            if kind in _QUIET or kind is Function or id(value) in self.seen:
                continue
            if kind is External and (value.order is not Order.PURE or value.is_async):
                return True
            self.seen[id(value)] = value
            self.look(value, kind)
        return False

    def look(self, value: Any, kind: type) -> None:
        """Put on the stack what a value may call."""
        if kind is types.FunctionType:
            self.function(value)
        elif kind is types.MethodType:
            self.stack += (value.__func__, value.__self__)
        elif kind is functools.partial:
            self.stack += (value.func, *value.args, *value.keywords.values())
        elif kind is _CACHED:
            self.stack.append(value.__wrapped__)
        elif issubclass(type(value), type):
            self.stack += self.methods(value)
        elif kind in _CONTAINERS:
            self.stack += _loud(value)
        elif kind is dict:
            self.stack += _loud(value.values())
        else:
            self.instance(value, kind)

    def function(self, fn: types.FunctionType) -> None:
        """A function: what its code names, if it is the script's, and what it holds."""
        self.stack += held_by(fn)
        if not self.asking.is_own(fn):
            return
        names, summaries = names_of(fn.__code__), self.asking.network.summaries
        for name in names:
            value = fn.__globals__.get(name, sys.modules.get(name))
            if isinstance(value, types.ModuleType):
                own = vars(value)
                self.stack += (
                    own[attribute] for attribute in names if attribute in own
                )
            else:
                self.stack += (value, *summaries.special_methods(name))

    def instance(self, value: Any, kind: type) -> None:
        """An object: its class, and what it holds."""
        script = script_of(value)
        if script is not None:
            self.stack.append(script)
        self.stack += self.methods(kind)
        if self.deep:
            self.stack += attributes(value)
            self.stack += gc.get_referents(value)

    def methods(self, cls: type) -> Iterator[Any]:
        """The methods of a class that are code of the script's, and may be called back.

        A library calls all methods of classes that derive from its own.
        """
        bases = [base for base in cls.__mro__ if base.__module__ != "builtins"]
        every = self.deep or not all(map(self.asking.network.summaries.is_own, bases))
        for base in bases:
            for name, found in vars(base).items():
                if every or (name.startswith("__") and name.endswith("__")):
                    method = getattr(found, "fget", found)
                    method = getattr(method, "__func__", method)
                    if self.asking.is_own(method):
                        yield method


KEEPING = frozenset(
    ["functools", "types", "typing", "abc", "inspect", "weakref", "atexit"]
) | {"signal", "sqlite3"}
"""Modules whose functions only keep the functions they are given.

The last two also belong to the thread in which they are called.
"""
_AFTER_ALL = "singledispatchmethod.__get__.<locals>._method"


def keeps(function: Any) -> bool:
    """Whether a call of a function only keeps what it is given."""
    if function is types.FunctionType:
        return True
    owner = getattr(function, "__self__", None)
    module = getattr(function, "__module__", None) or type(owner).__module__
    return module in KEEPING and getattr(function, "__qualname__", "") != _AFTER_ALL


def may_call_back(
    network: "Network", effect: Effect, function: Any, args: Any, kwargs: Any
) -> bool:
    """Whether a native operation may call code of the script's that asks.

    While threads of the script's are alive, it may wait for one that asks.
    """
    given = (function, owner_of(function), *args, *kwargs.values())
    waits = network.pool.threads > 0 and effect.ordered
    if not waits and not network.asking.given(given, deep=effect.ordered):
        return False
    return calls_inside(function)


def calls_inside(function: Any) -> bool:
    """Whether a function runs code when it is called, and does not only keep it."""
    return callable(function) and not (runs_later(function) or keeps(function))


def yields_asking(
    network: "Network", fn: types.FunctionType, args: Any, kwargs: dict[str, Any]
) -> bool:
    """Whether a library's generator may call back: it cannot go aside as a whole."""
    if not fn.__code__.co_flags & CO_GENERATOR:
        return False
    return network.asking.given((fn, *args, *kwargs.values()), deep=True)


def runs_later(function: Any) -> bool:
    """Whether a call of a function runs none of its code yet."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    later = CO_GENERATOR | CO_ASYNC_GENERATOR | CO_COROUTINE
    return isinstance(code, types.CodeType) and bool(code.co_flags & later)


def _loud(items: Iterable[Any]) -> list[Any]:
    """The first items, without those behind which there is nothing."""
    first = map(deref, itertools.islice(items, MOST))
    return [v for v in first if type(v) not in _QUIET]


def outline(value: Any) -> list[int]:
    """The identities of what a library's object, or a function, holds itself."""
    if type(value) is types.FunctionType:
        return list(map(id, held_by(value)))
    return list(map(id, (own_dict(value) or {}).values()))


def held_by(fn: types.FunctionType) -> Iterator[Any]:
    """What a function holds that is no global: what it was made around, its defaults."""
    for cell in fn.__closure__ or ():
        yield from cell_value(cell)
    yield from fn.__defaults__ or ()
    yield from (fn.__kwdefaults__ or {}).values()
    yield from vars(fn).values()
