"""The calls of a run as bars over time, for a terminal.

Theory of operation
    A `Timeline` collects call events; `render` draws what it has so far.  Each row is
    one call, or, when there are more calls than rows, as many neighbours of one name
    as it takes.  A cell is as dark as the part of its row's calls in flight there.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text


ROWS = 24
_LABEL_WIDTH = 24
_ROUNDING = 1e-9
_SHADES = " ░▒▓█"
_ASCII_SHADES = " .:+#"
_ENDINGS = {
    "call.run.complete": "complete",
    "call.run.failed": "failed",
    "call.run.cancelled": "cancelled",
}
_STYLES = {"failed": "red", "cancelled": "yellow", "running": "cyan"}


@attrs.frozen
class Span:
    """One call: its external's name, when it ran, and how it ended.

    Attributes:
        name: The external's name.
        start: When it began, in seconds of the run's clock.
        finish: When it ended, or the latest known time while it runs.
        ending: `running`, `complete`, `failed` or `cancelled`.
    """

    name: str
    start: float
    finish: float
    ending: str = "running"

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.finish - self.start


Row: TypeAlias = Sequence[Span]


@attrs.define(eq=False)
class Timeline:
    """Collects a run's call events and draws them.

    Example:
        >>> timeline = Timeline()
        >>> epic.run(report, topics, on_event=timeline)
        >>> rich.print(timeline)

    It is a rich renderable as wide as the console; `render` draws it at any width.
    """

    _spans: dict[int, Span] = attrs.field(factory=dict, init=False)
    _latest: float = attrs.field(default=-math.inf, init=False)

    def __call__(self, name: str, data: Mapping[str, Any]) -> None:
        """Take note of an event; events that are not about calls are passed over.

        Args:
            name: The event, such as `call.run.started`.
            data: `call`, `name` and `time` of the event.
        """
        if name == "call.run.started":
            time = self._latest = data["time"]
            self._spans[data["call"]] = Span(data["name"], time, time)
        elif name in _ENDINGS and data["call"] in self._spans:
            time = self._latest = data["time"]
            begun = self._spans[data["call"]]
            ended = attrs.evolve(begun, finish=time, ending=_ENDINGS[name])
            self._spans[data["call"]] = ended

    def spans(self) -> list[Span]:
        """The calls so far, by when they began."""
        spans = [self._until_now(span) for span in self._spans.values()]
        return sorted(spans, key=lambda span: span.start)

    def summary(self) -> str:
        """One line: how many calls, how long, how much at once, what went wrong."""
        spans = self.spans()
        if not spans:
            return "no calls"
        took, busy = self._latest - spans[0].start, sum(span.seconds for span in spans)
        speedup = f" ({busy / took:.1f}x)" if took > 0 else ""
        endings = Counter(span.ending for span in spans)
        bad = [f", {endings[e]} {e}" for e in _STYLES if endings[e]]
        return (
            f"{_count(len(spans))} in {took:.2f} s, {busy:.2f} s one by one{speedup}, "
            f"at most {peak(spans)} at once" + "".join(bad)
        )

    def render(
        self, width: int = 80, *, rows: int = ROWS, ascii_only: bool = False
    ) -> Text:
        """The drawing: a row per call or group of calls, a time axis, the summary.

        Args:
            width: Columns it may take.
            rows: The most rows it may take; beyond that, calls share rows.
            ascii_only: Draw with plain characters, for terminals without blocks.
        """
        spans = self.spans()
        if not spans:
            return Text(self.summary())
        groups = group(spans, rows)
        labels = [_label(calls) for calls in groups]
        margin = min(max(map(len, labels)) + 1, _LABEL_WIDTH, max(width // 3, 1))
        scale = _Scale(spans[0].start, self._latest, max(width - margin, 1))
        shades = _ASCII_SHADES if ascii_only else _SHADES
        lines = [
            Text(label[: margin - 1].ljust(margin)).append(scale.bar(calls, shades))
            for label, calls in zip(labels, groups, strict=True)
        ]
        axis = Text(" " * margin + scale.axis(), style="dim")
        return Text("\n").join([*lines, axis, Text(self.summary())])

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        yield self.render(options.max_width, ascii_only=options.ascii_only)

    def _until_now(self, span: Span) -> Span:
        if span.ending != "running":
            return span
        return attrs.evolve(span, finish=self._latest)


def peak(spans: Iterable[Span]) -> int:
    """The most calls that were in flight at one time."""
    edges = [(span.start, 1) for span in spans] + [(s.finish, -1) for s in spans]
    return max(itertools.accumulate(change for _, change in sorted(edges)), default=0)


def group(spans: Sequence[Span], rows: int) -> list[Row]:
    """Neighbours put together, by name where the rows allow it, to fill so many rows.

    Args:
        spans: Calls, by when they began.
        rows: How many groups there may be, from 1.
    """
    by_name: dict[str, list[Span]] = {}
    for span in spans:
        by_name.setdefault(span.name, []).append(span)
    if len(by_name) > rows:
        return _cut([spans], math.ceil(len(spans) / rows))
    size = math.ceil(len(spans) / rows)
    while sum(math.ceil(len(calls) / size) for calls in by_name.values()) > rows:
        size += 1
    return sorted(_cut(by_name.values(), size), key=lambda calls: calls[0].start)


def _cut(parts: Iterable[Sequence[Span]], size: int) -> list[Row]:
    return [
        part[first : first + size]
        for part in parts
        for first in range(0, len(part), size)
    ]


def _label(calls: Row) -> str:
    names = {span.name for span in calls}
    name = names.pop() if len(names) == 1 else "calls"
    return name if len(calls) == 1 else f"{name} x{len(calls)}"


def _count(calls: int) -> str:
    return f"{calls} call" if calls == 1 else f"{calls} calls"


@attrs.frozen
class _Scale:
    start: float
    finish: float
    columns: int

    def bar(self, calls: Row, shades: str) -> Text:
        covered: dict[int, float] = {}
        for span in calls:
            for column, part in self._cover(span):
                covered[column] = covered.get(column, 0.0) + part / len(calls)
        cells = [" "] * self.columns
        for column, part in covered.items():
            # A call too short to fill anything is still shown.
            level = math.ceil(part * (len(shades) - 1) - _ROUNDING)
            cells[column] = shades[min(max(level, 1), len(shades) - 1)]
        endings = {span.ending for span in calls}
        style = next((_STYLES[name] for name in _STYLES if name in endings), "green")
        return Text("".join(cells), style=style)

    def axis(self) -> str:
        end = f"{self.finish - self.start:.2f} s"
        return "0 s".ljust(max(self.columns - len(end), 4)) + end

    def _cover(self, span: Span) -> Iterator[tuple[int, float]]:
        """The columns that a call touches, each with the part of it that it fills."""
        first, last = self._place(span.start), self._place(span.finish)
        for column in range(int(first), min(math.ceil(last), self.columns)):
            yield column, min(last, column + 1) - max(first, column)
        if first == last:
            yield min(int(first), self.columns - 1), 0.0

    def _place(self, time: float) -> float:
        whole = self.finish - self.start
        return (time - self.start) / whole * self.columns if whole else 0.0
