"""Single steps of iterators, where they stand in the script: `yield from`, `next`, `send`."""

import functools
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.footprints.touched import EVERYTHING
from epic_actors.core.iteration import iterating
from epic_actors.core.language.dispatch import apply
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.perform import operate
from epic_actors.core.network.regions import Frame, enter
from epic_actors.core.operations import OPERATIONS, Cursor
from epic_actors.core.tables.effects import opaque

from .pulls import PAUSE, Pulls, pull
from .stepping import Steps


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network


def delegate(network: "Network", cursor: Any, thrown: bool, sent: Any) -> Any:
    """A step of `yield from`, which closes the inner iterator with the outer one."""
    if not thrown or not isinstance(deref(sent), GeneratorExit):
        return step(network, cursor, thrown, sent)
    frame = _close(network, cursor, sent)
    return enter(network, frame, 2, lambda: EVERYTHING)


def _close(network: "Network", cursor: Any, sent: Any) -> Frame:
    """Close the inner iterator, and go on raising."""
    cursor = yield from _arrived(cursor)
    if type(cursor) is Steps:
        yield from _arrived(apply(network, iterating.closed, (cursor.source,), {}))
        raise deref(sent)
    inner: Any = cursor.shell if type(cursor) is Pulls else cursor.iterator
    if hasattr(inner, "close"):
        yield from _arrived(apply(network, inner.close, (), {}))
    raise deref(sent)


def step(network: "Network", cursor: Any, thrown: bool, sent: Any) -> Any:
    """A step of an iterator: whether there is an item, and it or the end's value."""
    cursor = deref(cursor)
    if type(cursor) is Pulls:
        return pull(network, cursor.generated, thrown, sent)
    frame = _step_later(network, cursor, thrown, sent)
    return enter(network, frame, 2, lambda: EVERYTHING)


def _step_later(network: "Network", cursor: Any, thrown: bool, sent: Any) -> Frame:
    cursor = yield from _arrived(cursor)
    if type(cursor) is Pulls:
        return pull(network, cursor.generated, thrown, sent)
    sent = yield from _arrived(sent)
    if (thrown or sent is not None) and type(cursor) is Steps:
        given = (cursor.source, thrown, sent)
        return (yield from _arrived(apply(network, iterating.delegated, given, {})))
    if thrown or sent is not None:
        native = functools.partial(OPERATIONS["step"], Cursor(cursor.iterator))
        effect = attrs.evolve(opaque(native), count=2)
        return operate(network, effect, thrown, sent)
    for item in cursor:
        if item is not PAUSE:
            return True, item
        yield network.waits_for
    return False, getattr(cursor, "value", None)


def _arrived(value: Any) -> Frame:
    """A value, once it is there."""
    while type(value := deref(value)) is Wire:
        value = yield value
    return value
