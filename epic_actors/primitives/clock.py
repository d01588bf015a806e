"""The time, and waiting: ordered on the resource "clock", as are Python's own clocks.

The clock is read, and a wait begins, when everything older is done.  Calls that stand behind
it may have begun by then, so what is measured is the time that the run takes, not the
time that it would take in order.
"""

import functools
import time

import trio

import epic_actors as epic


RESOURCE = "clock"
_in_order = functools.partial(epic.sequential, resource=RESOURCE)


@_in_order
async def now() -> float:
    """Seconds of trio's clock, for measuring how long things take.

    Example:
        >>> @epic.script
        ... def timed(question):
        ...     start = now()
        ...     answer = chat(question)
        ...     return answer, now() - start
    """
    return trio.current_time()


@_in_order
async def unix_time() -> float:
    """Seconds since 1970, in UTC."""
    return time.time()


@_in_order
async def sleep(seconds: float) -> None:
    """Wait so many seconds of trio's clock, once everything older is done.

    Example:
        >>> @epic.script
        ... def poll(job):
        ...     while not is_done(job):
        ...         sleep(1)

    Raises:
        ValueError: There are less than none.
    """
    await trio.sleep(seconds)
