"""The short demos: the same value in order and out of order, early where they stream."""

import importlib
import io
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import trio
from click.testing import CliRunner
from rich.console import Console
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.observe.timeline import Timeline
from epic_actors.testing import (
    Latency,
    SimulatedModel,
    open_simulated_model_thread,
)
from epic_actors.testing.demonstration import Demonstration


NAMES = (
    *("debate", "map_reduce", "plan_then_tools"),
    *("react_agent", "streamed_report", "tree_of_thoughts"),
)
AT_MOST_LINES = 60


def demo(name: str) -> ModuleType:
    """A demo's module."""
    return importlib.import_module(f"demos.{name}")


@pytest.fixture(params=NAMES)
def demonstration(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Demonstration:
    """A demo whose model answers at once, and which prints into a string."""
    found: Demonstration = demo(request.param).demonstration
    monkeypatch.setattr(found, "latency", Latency())
    monkeypatch.setattr(found, "console", Console(file=io.StringIO(), width=80))
    return found


@pytest.mark.slow
def test_both_runs_give_the_same(demonstration: Demonstration) -> None:
    """In order and out of order a demo gives, and prints, one value by as many requests."""
    found = demonstration.compare()
    value = found.parallel.value
    text = value if isinstance(value, str) else "\n".join(map(str, value))

    assert value == found.in_order.value
    assert found.parallel.calls == found.in_order.calls > 0
    assert isinstance(demonstration.console.file, io.StringIO)
    assert text in demonstration.console.file.getvalue()


@pytest.mark.slow
def test_a_live_model_is_taken_from_the_environment(
    demonstration: Demonstration,
) -> None:
    """With --live a demo asks the model that the environment names."""
    model = SimulatedModel(demonstration.play)
    with open_simulated_model_thread(model) as base_url:
        env = {"EPIC_LLM_BASE_URL": base_url, "EPIC_LLM_MODEL": "simulated"}
        result = CliRunner().invoke(demonstration.command(), ["--live"], env=env)

    assert result.exit_code == 0, result.output
    assert model.statistics().answered > 0


def test_a_live_model_must_be_set(
    demonstration: Demonstration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --live and no model set, one line names what to set."""
    monkeypatch.setattr("sys.argv", ["demo", "--live"])
    for name in ("EPIC_LLM_BASE_URL", "EPIC_LLM_MODEL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit, match="EPIC_LLM_BASE_URL") as caught:
        demonstration.run_command()

    assert "\n" not in str(caught.value.code)


@pytest.mark.parametrize("name", [*NAMES, "fastapi_service"])
def test_demos_are_short(name: str) -> None:
    """A demo fits on a page."""
    file = demo(name).__file__
    assert file is not None

    assert len(Path(file).read_text("utf-8").splitlines()) <= AT_MOST_LINES


def test_a_report_begins_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first section is seen at least five times as early as by the run in order."""
    report = demo("streamed_report")
    monkeypatch.setattr(report, "chat_stream", in_virtual_time(report.demonstration))
    timeline = Timeline()
    first: list[float] = []
    sections: list[float] = []

    async def main() -> None:
        script, begun, told = report.demonstration.script, trio.current_time(), ""
        async with epic.open_run(script, "tides", on_event=timeline) as run:
            async for piece in run:
                first.append(trio.current_time())
                told += piece
                if "\n" in told.rstrip("\n"):  # behind the first heading
                    sections.append(first[-1] - begun)

    trio.run(main, clock=MockClock(autojump_threshold=0))

    spans = timeline.spans()
    in_order = sum(span.seconds for span in spans)
    assert in_order >= 5 * (first[0] - spans[0].start)
    assert in_order >= 5 * sections[0]
    assert first[-1] == max(span.finish for span in spans)


def in_virtual_time(demonstration: Demonstration) -> Any:
    """The simulated model without sockets, as an external that streams."""

    @epic.unordered
    async def chat_stream(prompt: str) -> AsyncIterator[str]:
        said = demonstration.play([{"role": "user", "content": prompt}])
        assert isinstance(said, str)
        words = said.split(" ")
        start = trio.current_time()
        arrivals = demonstration.latency.arrivals(prompt, len(words))
        for number, (word, seconds) in enumerate(zip(words, arrivals, strict=True)):
            await trio.sleep_until(start + seconds)
            yield word if number == 0 else f" {word}"

    return chat_stream
