"""Streams: what a streaming call has given so far, while its answer is on its way.

Rules
    1. The answer of a streaming call is a wire like any other: it is set, once, to the
       whole text or list when the call has ended.  Its `source` is a stream, in which
       what has come so far can be read before.
    2. A stream only grows.  Every reader sees all of it from the start.
    3. A reader that has read everything subscribes, and is woken once: when more has
       come, or at the end.
    4. What is read early counts for nothing if the call fails: whoever has read it is
       younger than the call and is flushed with it.
    5. A call waits before it gives more while the run's output is read slowly and nobody
       else wants what it gives (see `outlet`).

Text is kept as few long strings, with the ends of the pieces in an array, so a stream of a
million short pieces costs little more than its text.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, Protocol

import attrs


PIECES_JOINED = 512
"""So many pieces are kept before they are joined to one string."""


class Reader(Protocol):
    """Who can be woken: an actor, or the reader of a run's output."""

    def wake(self) -> None:
        """Look again."""


class Subscribable(Protocol):
    """What can be waited for: a wire, a hold, a stream that grows."""

    def subscribe(self, actor: Any) -> None:
        """Wake `actor` once."""


@attrs.frozen(eq=False)
class Wait:
    """Stands among what is read early: there is no more before this has happened."""

    on: Subscribable

    def subscribe(self, actor: Any) -> None:
        """Wake `actor` once, when it may have."""
        self.on.subscribe(actor)


class Unreadable(Exception):  # noqa: N818 - a way out, not a failure
    """There is nothing to be read early; wait for the whole."""


class Stream:
    """What a streaming call has given so far."""

    __slots__ = ("count", "ended", "readers")

    def __init__(self) -> None:
        self.readers: list[Reader] = []
        self.ended = False
        self.count = 0

    def subscribe(self, actor: Reader) -> None:
        """Wake `actor` once, when more has come or it has ended."""
        self.readers.append(actor)

    def grow(self, piece: Any) -> None:
        """Take one more piece."""
        raise NotImplementedError

    @property
    def loose(self) -> tuple[Any, ...]:
        """What can be reached before the answer is there."""
        return ()

    def whole(self) -> Any:
        """The call's answer, when it has ended."""
        raise NotImplementedError

    def parts(self) -> None:
        """It is not made of other values."""

    def text(self) -> Iterator[Any]:
        """The text so far and further, and `Wait`s."""
        raise Unreadable

    def items(self) -> Iterator[Any]:
        """The elements so far and further, and `Wait`s."""
        raise Unreadable

    def wake(self) -> bool:
        """Wake the readers; whether there were any."""
        readers, self.readers = self.readers, []
        for reader in readers:
            reader.wake()
        return bool(readers)

    def end(self) -> None:
        """No more will come."""
        self.ended = True
        self.wake()


class TextStream(Stream):
    """A text that grows."""

    __slots__ = ("_ends", "_fresh", "_length", "_long", "_starts")

    def __init__(self) -> None:
        super().__init__()
        self._long: list[str] = []
        self._starts: list[int] = []
        self._fresh: list[str] = []
        self._ends = array("Q")
        self._length = 0

    def grow(self, piece: str) -> None:
        """Take one more piece of text."""
        self.count += 1
        self._fresh.append(piece)
        self._length += len(piece)
        self._ends.append(self._length)
        if len(self._fresh) >= PIECES_JOINED:
            self._join()

    def _join(self) -> None:
        joined = "".join(self._fresh)
        if joined:
            self._starts.append(self._length - len(joined))
            self._long.append(joined)
        self._fresh.clear()

    def since(self, start: int) -> str:
        """The text from a position on."""
        if start >= self._length:
            return ""
        old = self.count - len(self._fresh)
        known = self._ends[old - 1] if old else 0
        if start >= known:
            index = bisect_right(self._ends, start, old)
            begins = self._ends[index - 1] if index else 0
            return "".join(self._fresh[index - old :])[start - begins :]
        first = bisect_right(self._starts, start) - 1
        head = self._long[first][start - self._starts[first] :]
        return "".join([head, *self._long[first + 1 :], *self._fresh])

    def whole(self) -> str:
        """All of it."""
        return self.since(0)

    def text(self) -> Iterator[Any]:
        """The text so far and further, in pieces as large as there are."""
        read = position = 0
        more = Wait(self)
        while True:
            fresh = self.count - read
            if fresh == 0:
                if self.ended:
                    return
                yield more
                continue
            if fresh <= len(self._fresh):
                piece = "".join(self._fresh[-fresh:])
            else:
                piece = self.since(position)
            read, position = self.count, self._length
            if piece:
                yield piece

    def items(self) -> Iterator[Any]:
        """Its characters."""
        for piece in self.text():
            if type(piece) is Wait:
                yield piece
            else:
                yield from piece

    def pieces(self) -> Iterator[Any]:
        """The pieces as the call gave them."""
        index = start = 0
        while True:
            if index < len(self._ends):
                end = self._ends[index]
                yield self.since(start)[: end - start]
                index, start = index + 1, end
            elif self.ended:
                return
            else:
                yield Wait(self)


class ListStream(Stream):
    """A list that grows."""

    __slots__ = ("elements",)

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Any] = []

    def grow(self, piece: Any) -> None:
        """Take one more element."""
        self.count += 1
        self.elements.append(piece)

    @property
    def loose(self) -> tuple[Any, ...]:
        """Its elements."""
        return (self.elements,)

    def whole(self) -> list[Any]:
        """All of it, as a list of its own."""
        return list(self.elements)

    def items(self) -> Iterator[Any]:
        """The elements so far and further."""
        index = 0
        while True:
            if index < len(self.elements):
                yield self.elements[index]
                index += 1
            elif self.ended:
                return
            else:
                yield Wait(self)

    pieces = items


STREAMS: dict[type, type[Stream]] = {str: TextStream, list: ListStream}
