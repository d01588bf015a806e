"""Functions that start threads or an event loop of their own, by what their code names.

Such a function is not taken apart: its threads and tasks meet in ways that only CPython
knows.  It goes aside as it stands, and its calls overlap as it says itself.
"""

import sys
import types
from collections.abc import Iterator
from typing import Any

from epic_actors.core.knowledge import remembered
from epic_actors.core.memory.reach import cell_value


THREADS = frozenset(
    {
        ("threading", "Thread"),
        ("threading", "Timer"),
        ("concurrent.futures.thread", "ThreadPoolExecutor"),
        ("multiprocessing.pool", "ThreadPool"),
    }
)
RUNNERS = frozenset(
    {("trio", "run"), ("anyio", "run"), ("anyio._core._eventloop", "run")}
)
_ASKING_ONLY = frozenset({"asyncio.coroutines", "asyncio.exceptions"})
THREADING, LOOP = "starts threads", "has an event loop of its own"


def starts(fn: types.FunctionType) -> str | None:
    """What a function starts that runs beside it, if anything."""
    for value in _named(fn):
        if isinstance(value, types.ModuleType):
            continue
        about = value
        if not isinstance(value, type | types.FunctionType):
            about = type(value)
        module = getattr(about, "__module__", None) or ""
        known = module, getattr(about, "__name__", "")
        if known in THREADS:
            return THREADING
        loop = module.partition(".")[0] == "asyncio" and module not in _ASKING_ONLY
        if loop or known in RUNNERS:
            return LOOP
    return None


def has_loop(function: Any) -> bool:
    """Whether an asynchronous function belongs to asyncio."""
    return isinstance(function, types.FunctionType) and starts(function) == LOOP


def _named(fn: types.FunctionType) -> Iterator[Any]:
    """The values of what code names: globals, free variables, attributes of modules."""
    names, around = names_of(fn.__code__), fn.__globals__
    for cell in fn.__closure__ or ():
        yield from cell_value(cell)
    for name in names:
        value = around.get(name, sys.modules.get(name))
        yield value
        if isinstance(value, types.ModuleType):
            own = vars(value)
            yield from (own[attribute] for attribute in names if attribute in own)


@remembered
def names_of(code: types.CodeType) -> frozenset[str]:
    """The names of globals and attributes in code, and in the code within it."""
    inner = [names_of(c) for c in code.co_consts if isinstance(c, types.CodeType)]
    return frozenset(code.co_names).union(*inner)
