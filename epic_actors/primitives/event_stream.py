"""Server-sent events from bytes, no I/O.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

import re

import attrs


MAX_EVENT_BYTES = 16 * 1024 * 1024
_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")


@attrs.define(eq=False)
class EventReader:
    r"""Reads the data of events out of the bytes of a stream.

    Names, numbers and comments of events are passed over.  An event that the stream does
    not finish is none.

    Example:
        >>> reader = EventReader()
        >>> reader.feed(b"data: one\n\nda")
        ['one']
        >>> reader.feed(b"ta: two\ndata: lines\n\n")
        ['two\nlines']
    """

    _rest: bytearray = attrs.field(factory=bytearray, init=False)
    _data: list[bytes] = attrs.field(factory=list, init=False)
    _size: int = attrs.field(default=0, init=False)

    def feed(self, data: bytes) -> list[str]:
        """The data of the events that end in these bytes.

        Raises:
            ValueError: An event is larger than `MAX_EVENT_BYTES` or not UTF-8.
        """
        self._rest += data
        self._size += len(data)
        events: list[str] = []
        if b"\n" in data or b"\r" in self._rest[-len(data) - 1 :]:
            *lines, self._rest = map(bytearray, _LINE_END.split(self._rest))
            for line in lines:
                self._take(bytes(line), events)
        if self._size > MAX_EVENT_BYTES:
            raise ValueError(f"an event is larger than {MAX_EVENT_BYTES} bytes")
        return events

    def _take(self, line: bytes, events: list[str]) -> None:
        if line:
            name, _, value = line.partition(b":")
            if name == b"data":
                self._data.append(value.removeprefix(b" "))
            return
        if self._data:
            events.append(b"\n".join(self._data).decode("utf-8"))
        self._data.clear()
        self._size = len(self._rest)
