"""Run ordinary sequential Python scripts out of order.

The package is layered; each part knows only those before it:
    errors          every error, by whose fault it is
    core            the calculus and the two machines (the door for extenders)
    frontend        a Python function becomes a term
    declare, run    this door: declaring externals, running scripts
    primitives      externals to call: language models
    observe         looking at runs
    testing         a simulated model server; running one script every way
"""

from .core.network import Statistics
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
    "open_run",
    "pure",
    "readonly",
    "run",
    "run_sequentially",
    "script",
    "sequential",
    "unordered",
]
