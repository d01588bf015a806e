"""Results on the way: what a script emits is handed on in its order, as soon as possible.

Who runs the script decides where that goes:

    with output.to(values.append):
        epic.run(report, topics)

The sink is a context variable, so it holds for all runs begun in the block.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

import epic_actors as epic
from epic_actors.errors import UsageError


RESOURCE = "output"
_in_order = functools.partial(epic.sequential, resource=RESOURCE)
Sink: TypeAlias = Callable[[Any], Any]
"""Takes what is emitted; may be `async def`."""

sink: ContextVar[Sink] = ContextVar("epic_actors_output", default=print)


@_in_order
async def emit(value: Any) -> None:
    """Hand a value to whoever runs the script, once everything older has succeeded.

    What has been emitted would have been emitted by the sequential run, too, whatever
    happens afterwards.

    Example:
        >>> @epic.script
        ... def shout(words):
        ...     for word in words:
        ...         emit(word.upper())
        >>> shout(["sea", "storm"])
        SEA
        STORM

    Raises:
        Exception: Whatever the sink raises.
    """
    handed = sink.get()(value)
    if inspect.isawaitable(handed):
        await handed


@contextmanager
def to(target: Sink) -> Iterator[None]:
    """Have what is emitted in this block, and in runs begun in it, given to a sink.

    Example:
        >>> emitted = []
        >>> with to(emitted.append):
        ...     epic.run(lambda: emit(1))
        >>> emitted
        [1]
    """
    if not callable(target):
        raise UsageError(f"a sink is a function of one value, not {target!r}")
    token = sink.set(target)
    try:
        yield
    finally:
        sink.reset(token)
