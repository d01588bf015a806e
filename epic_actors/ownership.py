"""Which Python functions are the script's own, and compiled along with it.

Own is what stands in the script's top-level package, and whatever is neither in the
standard library nor installed: a user's helpers need no decorator.  The rest of the
world's functions are called as they are.
"""

import copy
import dataclasses
import functools
import heapq
import inspect
import itertools
import sys
import sysconfig
import types
from pathlib import Path, PurePath
from typing import Any

from .core.functions import Function
from .core.iteration import consuming, grouping, iterating
from .core.language import matching, prelude, substitutes
from .core.language.lookup import script_of
from .frontend import known


_PATHS = sysconfig.get_paths()
INSTALLED = tuple(
    {_PATHS[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
)
FOR_PACKAGES = frozenset({"site-packages", "dist-packages"})
OURS = __name__.partition(".")[0]
OUR_SCRIPTS = frozenset(
    module.__name__
    for module in (prelude, matching, iterating, substitutes, consuming, grouping)
)
"""Modules of ours whose functions are run as scripts."""
LIBRARY_SCRIPTS = frozenset({"contextlib"})
"""Modules of the library whose code only passes on to what it is given."""
_ORDERS = ("lt", "le", "gt", "ge")
_PASSING = (
    (dataclasses, "replace"),
    (dataclasses, "_replace"),
    (copy, "replace"),
    (heapq, "merge"),
    # What `functools.total_ordering` fills in.
    *(
        (functools, f"_{op}_from_{root}")
        for op, root in itertools.permutations(_ORDERS, 2)
    ),
)
_METHODS: tuple[Any, ...] = (
    functools.singledispatchmethod.__get__,
    functools.partialmethod._make_unbound_method,  # type: ignore[attr-defined]
)
PASSING: frozenset[types.CodeType] = frozenset(
    getattr(module, name).__code__ for module, name in _PASSING if hasattr(module, name)
) | {
    inner
    for function in _METHODS
    for inner in function.__code__.co_consts
    if isinstance(inner, types.CodeType)
}
"""The code of functions that do so, in other modules; some are newer than others."""


@functools.lru_cache(4096)
def is_installed(filename: str) -> bool:
    """Whether a file belongs to the standard library or an installed package.

    Packages are installed in folders for them, be it another user's or environment's,
    or in any folder of the path in which an installer has recorded what it put there.
    """
    if filename.startswith((*INSTALLED, "<frozen")):
        return True
    path = PurePath(filename)
    if not FOR_PACKAGES.isdisjoint(path.parts):
        return True
    return any(
        path.relative_to(folder).parts[0] in recorded(str(folder))
        for folder in map(PurePath, sys.path)
        if folder in path.parents
    )


@functools.lru_cache(256)
def recorded(folder: str) -> frozenset[str]:
    """The files and packages in a folder that an installer has recorded there (PEP 376)."""
    return frozenset(
        line.lstrip('"').partition(",")[0].partition("/")[0]
        for record in Path(folder).glob("*.dist-info/RECORD")
        for line in record.read_text("utf-8", errors="replace").splitlines()
    )


class Ownership:
    """Decides for one run, by the function it starts from."""

    def __init__(self, entry: types.FunctionType) -> None:
        self.package = _package(entry)
        self.along: set[types.CodeType] = set()

    def translate(self, fn: types.FunctionType) -> Function | None:
        """The term of a function of the script's own, else None."""
        if fn.__code__ not in self.along and not self.owns(fn):
            return None
        return known(fn)

    def take_along(self, fn: types.FunctionType) -> Function | None:
        """The term of a library's function, run as the script's own from now on."""
        function = known(fn)
        if function is not None:
            self.along.add(fn.__code__)
        return function

    def leave_behind(self, fn: types.FunctionType) -> None:
        """Run a library's function natively again."""
        self.along.discard(fn.__code__)

    def runs_aside(self, fn: types.FunctionType) -> bool:
        """Whether a function is the script's own, but only CPython can run it.

        Calling a generator function runs none of its code, so that is not aside.
        """
        generator = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
        return not fn.__code__.co_flags & generator and self.owns(fn)

    def owns(self, fn: types.FunctionType) -> bool:
        """Whether a function belongs to the script."""
        package = _package(fn)
        if _is_script(fn):
            return True
        if package == OURS:
            return fn.__module__ in OUR_SCRIPTS
        if fn.__globals__.get("__name__") in LIBRARY_SCRIPTS or fn.__code__ in PASSING:
            return True
        if package == self.package and package is not None:
            return True
        filename = fn.__code__.co_filename
        if filename.startswith("<"):
            # Why: generated code belongs to the module for which it was generated.
            filename = fn.__globals__.get("__file__") or filename
        return not is_installed(filename)


def _package(fn: types.FunctionType) -> str | None:
    name = fn.__globals__.get("__name__")
    return name.partition(".")[0] if isinstance(name, str) else None


def _is_script(fn: types.FunctionType) -> bool:
    """Whether a function is, or stands in, one that its module declares a script."""
    outermost = fn.__globals__.get(fn.__qualname__.partition(".")[0])
    return script_of(outermost) is not None
