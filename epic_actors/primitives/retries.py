"""Trying again: how often, after how long, and until when."""

import email.utils
import random
import time

import attrs
import trio

from epic_actors.errors import Transient, UsageError


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
        asked = getattr(error, "retry_after_s", None)
        if asked is not None:
            return float(asked)
        longest = min(FIRST_WAIT_S * 2 ** (self.tried - 1), LONGEST_WAIT_S)
        return longest * random.uniform(0.75, 1.0)  # noqa: S311 - no secret


def deadline_after(seconds: float | None) -> float:
    """The time on trio's clock in so many seconds; None is never.

    Raises:
        UsageError: It is not a number of seconds.
    """
    if seconds is None:
        return float("inf")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
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
