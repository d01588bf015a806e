"""A timeline draws what the call events say."""

import io
from typing import Any

import pytest
from hypothesis import given, strategies as st
from rich.console import Console

from epic_actors.observe.timeline import Span, Timeline, group, peak


Call = tuple[str, float, float, str]


def collect(*calls: Call) -> Timeline:
    """The timeline of calls, each a name, a start, a finish and an ending."""
    events: list[tuple[float, int, str, dict[str, Any]]] = []
    for number, (name, start, finish, ending) in enumerate(calls):
        data = {"call": number, "name": name}
        events.append((start, 0, "call.run.started", {**data, "time": start}))
        ended = {**data, "time": finish, "error": ValueError("no")}
        events.append((finish, 1, f"call.run.{ending}", ended))
    timeline = Timeline()
    for _, _, name, data in sorted(events, key=lambda event: event[:2]):
        timeline(name, data)
    return timeline


def test_bars_stand_where_the_calls_were() -> None:
    """Each call has a bar from its start to its finish."""
    timeline = collect(("a", 5, 7, "complete"), ("bb", 6, 9, "complete"))
    assert timeline.render(11).plain.split("\n") == [
        "a  ████    ",
        "bb   ██████",
        "   0 s 4.00 s",
        "2 calls in 4.00 s, 5.00 s one by one (1.2x), at most 2 at once",
    ]


def test_many_calls_share_rows() -> None:
    """More calls than rows are drawn in groups, as dark as calls are in flight."""
    timeline = collect(*[("f", n, n + 1, "complete") for n in range(8)])
    assert timeline.render(21, rows=2, ascii_only=True).plain.split("\n")[:2] == [
        "f x4 ........        ",
        "f x4         ........",
    ]


def test_a_call_too_short_to_see_is_seen() -> None:
    """An instant call has a mark of its own."""
    timeline = collect(("f", 0, 0, "complete"), ("g", 0, 10, "complete"))
    assert timeline.render(12).plain.startswith("f ░")


def test_a_single_instant_is_drawn() -> None:
    """A run that took no time at all is no division by zero."""
    assert "1 call in 0.00 s" in collect(("f", 1, 1, "complete")).render(20).plain


def test_nothing_is_said_of_no_calls() -> None:
    """Without calls there is nothing to draw."""
    timeline = Timeline()
    timeline("run.started", {"time": 0.0})
    assert timeline.render().plain == "no calls"


def test_what_went_wrong_is_counted() -> None:
    """The summary counts calls that failed, were cancelled, or still run."""
    timeline = collect(("f", 0, 1, "failed"), ("f", 0, 2, "cancelled"))
    timeline("call.run.started", {"call": 9, "name": "f", "time": 1.0})
    assert timeline.summary().endswith("1 failed, 1 cancelled, 1 running")


def test_the_end_of_an_unknown_call_is_passed_over() -> None:
    """A collector that was attached late says nothing of calls begun before."""
    timeline = Timeline()
    timeline("call.run.complete", {"call": 1, "name": "f", "time": 1.0})
    assert timeline.spans() == []


def test_a_console_gives_its_width() -> None:
    """Printed by rich, a timeline is as wide as the console."""
    console = Console(width=30, file=io.StringIO())
    with console.capture() as drawn:
        console.print(collect(("f", 0, 1, "complete")))
    assert drawn.get().startswith("f ████████████████████████████\n")


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 100])
@given(names=st.lists(st.sampled_from("abcde"), min_size=1, max_size=60))
def test_groups_keep_every_call_within_the_rows(rows: int, names: list[str]) -> None:
    """Grouping loses no call, uses no row too many, and cuts names apart if it can."""
    spans = [Span(name, time, time + 1) for time, name in enumerate(names)]
    groups = group(spans, rows)
    starts = sorted(span.start for calls in groups for span in calls)
    assert starts == list(range(len(names)))
    assert len(groups) <= rows
    if len(set(names)) <= rows:
        assert all(len({span.name for span in calls}) == 1 for calls in groups)


def test_the_peak_counts_a_handover_once() -> None:
    """A call that starts when another ends is not beside it."""
    assert peak([Span("f", 0, 1), Span("f", 1, 2), Span("f", 1.5, 3)]) == 2
