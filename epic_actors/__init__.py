"""Run ordinary sequential Python scripts out of order.

The package is layered; each part knows only those before it:
    errors          every error, by whose fault it is
    core            the calculus and the two machines (the door for extenders)
    frontend        a Python function becomes a term
    declare, run    this door: declaring externals, running scripts
    running         what `run` imports when something is to be run
    primitives      externals to call: language models
    observe         looking at runs
    testing         a simulated model server; running one script every way
"""

from typing import TYPE_CHECKING, Any

from .declare import pure, readonly, sequential, unordered
from .errors import (
    DeadlineExceeded,
    EpicError,
    InternalError,
    LimitError,
    OutsideError,
    ScriptError,
    Transient,
    UsageError,
)
from .run import Event, Run, evaluate, open_run, run, run_sequentially, script


if TYPE_CHECKING:
    from .core.network.network import Statistics
    from .observe.explain import explain


__all__ = [
    "DeadlineExceeded",
    "EpicError",
    "Event",
    "InternalError",
    "LimitError",
    "OutsideError",
    "Run",
    "ScriptError",
    "Statistics",
    "Transient",
    "UsageError",
    "evaluate",
    "explain",
    "open_run",
    "pure",
    "readonly",
    "run",
    "run_sequentially",
    "script",
    "sequential",
    "unordered",
]


def __getattr__(name: str) -> Any:
    """What few programs need is imported when it is asked for."""
    if name == "explain":
        from .observe.explain import explain  # noqa: PLC0415

        return explain
    if name == "Statistics":
        from .core.network.network import Statistics  # noqa: PLC0415

        return Statistics
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
