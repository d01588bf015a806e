"""The time, and waiting: ordered on the resource "clock", as are Python's own clocks.

A script that times itself sees what it would have seen in order: the clock is read when
everything older is done.
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
