"""Trying again: how often, after how long, and until when."""

import email.utils
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

import attrs
import trio

from epic_actors.errors import Transient, UsageError


T = TypeVar("T")

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 8.0
LONGEST_RETRY_AFTER_S = 60.0


@attrs.define(eq=False)
class Patience:
    """How often one call may still be tried.

    Waits double from try to try, with jitter, unless the error says how long to wait
    (`retry_after_s`); one that asks for more than a minute is not waited for.

    Attributes:
        retry: The most times to try again.
        deadline: When the whole call must be done, on trio's clock.
    """

    retry: int = attrs.field()
    deadline: float = float("inf")
    tried: int = attrs.field(default=0, init=False)

    @retry.validator
    def _check(self, _: object, retry: object) -> None:
        if isinstance(retry, bool) or not isinstance(retry, int) or retry < 0:
            raise UsageError(f"retry is how often to try again, from 0, not {retry!r}")

    async def wait(self, error: Transient) -> None:
        """Wait until it makes sense to try again.

        Raises:
            Transient: The error itself, if it makes no sense.
        """
        self.tried += 1
        wait_s = self._wait_s(error)
        late = trio.current_time() + wait_s >= self.deadline
        if self.tried > self.retry or wait_s > LONGEST_RETRY_AFTER_S or late:
            if self.tried > 1:
                error.add_note(f"It was tried {self.tried} times.")
            raise error
        await trio.sleep(wait_s)

    def _wait_s(self, error: Transient) -> float:
        asked: float | None = getattr(error, "retry_after_s", None)
        if asked is not None:
            return asked
        doubled: float = FIRST_WAIT_S * 2 ** (self.tried - 1)
        jitter = random.uniform(0.75, 1.0)  # noqa: S311 - no secret
        return min(doubled, LONGEST_WAIT_S) * jitter


async def tried(
    attempt: Callable[[], Awaitable[T]],
    patience: Patience,
    late: Callable[[], Exception],
    first_timeout: float | None = None,
) -> T:
    """What an attempt gives, tried again as long as there is patience.

    Args:
        attempt: Tries once; a `Transient` error is worth another try.
        patience: How often to try, and until when.
        late: Makes the error of a try that takes too long.
        first_timeout: Seconds that one try may take.
    """
    while True:
        limit = min(patience.deadline, deadline_after(first_timeout))
        try:
            with trio.CancelScope(deadline=limit):
                return await attempt()
            raise late()
        except Transient as error:
            failure = error
        await patience.wait(failure)


async def streamed(
    attempt: Callable[[], AsyncGenerator[T, None]],
    patience: Patience,
    late: Callable[[], Exception],
    first_timeout: float | None = None,
) -> AsyncGenerator[T, None]:
    """The pieces that an attempt gives, tried again as long as none has come.

    Arguments as for `tried`; `first_timeout` is for the first piece of each try.
    """
    while True:
        limit, given = min(patience.deadline, deadline_after(first_timeout)), False
        try:
            async with aclosing(attempt()) as pieces:
                while (piece := await next_before(limit, pieces, late)) is not None:
                    limit, given = patience.deadline, True
                    yield piece
        except Transient as error:
            if given:
                raise
            failure = error
        else:
            return
        await patience.wait(failure)


async def next_before(
    deadline: float, pieces: AsyncIterator[T], late: Callable[[], Exception]
) -> T | None:
    """The next piece, or None at the end; the error that `late` makes if it is late."""
    # Why: a cancel scope must not be open while an asynchronous generator yields.
    with trio.CancelScope(deadline=deadline):
        return await anext(pieces, None)
    raise late()


def deadline_after(seconds: float | None) -> float:
    """The time on trio's clock in so many seconds; None is never.

    Raises:
        UsageError: It is not a number of seconds.
    """
    if seconds is None:
        return float("inf")
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not (is_number and seconds >= 0):
        raise UsageError(f"a timeout is a number of seconds, not {seconds!r}")
    return trio.current_time() + seconds


def read_retry_after(value: str | None) -> float | None:
    """Seconds from a `Retry-After` header: a number of them, or a date (RFC 9110)."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        date = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, date.timestamp() - time.time())
