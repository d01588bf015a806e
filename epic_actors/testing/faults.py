"""What goes wrong at a simulated model, and when."""

import collections
import itertools
from collections.abc import Iterable

import attrs


@attrs.frozen
class Fault:
    """One request's misfortune.

    Attributes:
        status: The HTTP status it is answered with, or None for a dropped connection.
        retry_after_s: Seconds for the `Retry-After` header, or None for no such header.
        pieces: Of a dropped connection: how many pieces of a stream still get through.
    """

    status: int | None = None
    retry_after_s: float | None = None
    pieces: int = 0


def _tuple(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(faults)


@attrs.define(eq=False)
class Faults:
    """Chooses which requests fail.

    Example:
        >>> faults = Faults([Fault(status=429, retry_after_s=1)], every=3)
        >>> [faults.draw("any request") is not None for _ in range(6)]
        [False, False, True, False, False, True]

    Attributes:
        faults: The faults, dealt out in turn.
        every: Each so-manieth request fails, counted as they arrive; 0 for none.
        first_attempts: So many first attempts at each distinct request fail.  Unlike
            `every` this does not depend on the order of arrival.
    """

    faults: tuple[Fault, ...] = attrs.field(default=(), converter=_tuple)
    every: int = attrs.field(default=0, kw_only=True)
    first_attempts: int = attrs.field(default=0, kw_only=True)
    _attempts: collections.Counter[str] = attrs.field(
        init=False, factory=collections.Counter
    )
    _arrived: int = attrs.field(init=False, default=0)
    _turn: "itertools.cycle[Fault]" = attrs.field(init=False)

    @_turn.default
    def _start_turn(self) -> "itertools.cycle[Fault]":
        return itertools.cycle(self.faults)

    def draw(self, content: str) -> Fault | None:
        """The fault of the request that has just arrived, or None if all goes well."""
        self._arrived += 1
        self._attempts[content] += 1
        early = self._attempts[content] <= self.first_attempts
        due = self.every > 0 and self._arrived % self.every == 0
        return next(self._turn, None) if early or due else None
