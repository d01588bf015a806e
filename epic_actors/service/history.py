"""The numbered events of one run, as many as fit; shared by all who read them.

Rules
    1. Events are numbered from 1 without gaps.  `first` to `last` are still there.
    2. An event is written as text once, however many readers there are.
    3. When the texts are larger than `limit` the oldest go, but never the newest.
"""

import attrs

from . import protocol


@attrs.define(eq=False)
class History:
    """The events of a run.

    Attributes:
        run: The run's name, which each event carries.
        limit: How many characters of events are kept.
        first: The number of the oldest event that is still there.
        last: The number of the newest event, 0 before there is one.
        written: How many characters were ever written.
    """

    run: str
    limit: int
    first: int = attrs.field(default=1, init=False)
    last: int = attrs.field(default=0, init=False)
    written: int = attrs.field(default=0, init=False)
    _size: int = attrs.field(default=0, init=False)
    _texts: dict[int, str] = attrs.field(factory=dict, init=False)

    def append(self, kind: str, data: str) -> None:
        """Write the next event; its data is JSON already."""
        self.last += 1
        text = protocol.event(kind, self.run, self.last, data)
        self._texts[self.last] = text
        self._size += len(text)
        self.written += len(text)
        while self._size > self.limit and self.first < self.last:
            self._size -= len(self._texts.pop(self.first))
            self.first += 1

    def after(self, number: int, room: int) -> list[str]:
        """The events that follow a number, as many as fill `room`, at least one.

        Raises:
            KeyError: They are gone.
        """
        found: list[str] = []
        while number < self.last and room > 0:
            number += 1
            text = self._texts[number]
            found.append(text)
            room -= len(text)
        return found
