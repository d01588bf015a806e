"""`yield from`: steps of another iterator, where they stand in the script."""

import functools
from typing import TYPE_CHECKING, Any

from .dispatch import apply
from .effects import opaque
from .operations import OPERATIONS, Cursor
from .perform import operate
from .prelude import close
from .pulls import PAUSE, Pulls, pull
from .regions import Frame, enter
from .tags import EVERYTHING
from .wire import Wire, deref


if TYPE_CHECKING:
    from .network import Network


def delegate(network: "Network", cursor: Any, thrown: bool, sent: Any) -> Any:
    """A step of `yield from`: whether there is an item, and it or the end's value."""
    cursor = deref(cursor)
    if cursor.__class__ is Pulls:
        return _delegated(network, cursor, thrown, sent)
    frame = _delegate_later(network, cursor, thrown, sent)
    return enter(network, frame, 2, lambda: EVERYTHING)


def _delegated(network: "Network", pulls: Pulls, thrown: bool, sent: Any) -> Any:
    if not thrown or not isinstance(sent, GeneratorExit):
        return pull(network, pulls.generated, thrown, sent)
    frame = _close(network, pulls, sent)
    return enter(network, frame, 2, lambda: EVERYTHING)


def _close(network: "Network", pulls: Pulls, sent: BaseException) -> Frame:
    """Close the inner generator, and go on raising."""
    found = apply(network, close, (pulls.shell,), {})
    while found.__class__ is Wire:
        found = yield found
    raise sent


def _delegate_later(network: "Network", cursor: Any, thrown: bool, sent: Any) -> Frame:
    while (cursor := deref(cursor)).__class__ is Wire:
        yield cursor
    if cursor.__class__ is Pulls:
        return _delegated(network, cursor, thrown, sent)
    while (sent := deref(sent)).__class__ is Wire:
        yield sent
    if thrown or sent is not None:
        operation = opaque(functools.partial(OPERATIONS["delegate"], Cursor(cursor.iterator)))
        return operate(network, operation, thrown, sent)
    for item in cursor:
        if item is not PAUSE:
            return True, item
        yield network.waits_for
    return False, cursor.value
