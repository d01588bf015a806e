"""The time, and waiting: ordered on the resource "clock", as are Python's own clocks.

The clock is read, and a wait begins, when everything older is done.  Calls that stand behind
it may have begun by then, so what is measured is the time that the run takes, not the
time that it would take in order.
"""

import functools
import time

import trio

import epic_actors as epic
from epic_actors.primitives.retries import deadline_after


RESOURCE = "clock"
_in_order = functools.partial(epic.sequential, resource=RESOURCE)


@_in_order
async def now() -> float:
    """Seconds of trio's clock, for measuring how long things take.

    Example:
        >>> @epic.script
        ... def timed():
        ...     start = now()
        ...     sleep(0.01)
        ...     return now() - start
        >>> 0.01 <= timed() < 1
        True
    """
    return trio.current_time()


@_in_order
async def unix_time() -> float:
    """Seconds since 1970, in UTC."""
    return time.time()


@_in_order
async def sleep(seconds: float) -> None:
    """Wait so many seconds of trio's clock, once everything older is done.

    Raises:
        UsageError: It is no number, or less than none.
    """
    await trio.sleep_until(deadline_after(seconds))
