"""What a script emits is handed on in its order, as soon as everything older is done."""

from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.primitives import output
from epic_actors.primitives.output import emit


@epic.unordered
async def ask(seconds: float) -> float:
    await trio.sleep(seconds)
    return seconds


def report(seconds: Any) -> Any:
    """Emit each answer."""
    for each in seconds:
        emit(ask(each))
    return "done"


@pytest.mark.parametrize("fusion", [True, False])
def test_results_are_emitted_in_order_and_early(fusion: bool) -> None:
    """Each waits for those before it, and for nothing else; the calls overlap."""
    seen: list[tuple[float, float]] = []

    async def main() -> None:
        with output.to(lambda value: seen.append((value, trio.current_time()))):
            assert await epic.evaluate(report, [2, 1, 3], fusion=fusion) == "done"

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert seen == [(2, 2), (1, 2), (3, 3)]


def test_without_a_sink_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """In order with what the script prints itself."""

    def script() -> Any:
        for i in range(3):
            emit(ask(0))
            print("print", i)

    epic.run(script)
    printed = capsys.readouterr().out
    epic.run_sequentially(script)
    assert printed == capsys.readouterr().out == "0\nprint 0\n0\nprint 1\n0\nprint 2\n"


def test_a_sink_may_be_async() -> None:
    """The script's next output waits for it: a slow reader holds back the writer."""
    send, receive = trio.open_memory_channel[Any](0)

    async def main() -> list[Any]:
        seen = []
        async with trio.open_nursery() as nursery, receive:
            with output.to(send.send):
                nursery.start_soon(epic.evaluate, report, [1, 1, 1])
            for _ in range(3):
                await trio.sleep(5)
                seen.append((await receive.receive(), trio.current_time()))
        return seen

    found = trio.run(main, clock=MockClock(autojump_threshold=0))
    assert found == [(1, 5), (1, 10), (1, 15)]


def test_a_failure_ends_the_output() -> None:
    """What the sequential run would have emitted has been, and nothing else."""
    seen: list[Any] = []

    def script() -> Any:
        emit(ask(2))
        emit(1 / (ask(1) - 1))
        emit("never")

    async def main() -> None:
        with output.to(seen.append), pytest.raises(ZeroDivisionError):
            await epic.evaluate(script)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert seen == [2]


def test_what_a_sink_raises_the_script_gets() -> None:
    """It can handle it, too."""

    def broken(value: Any) -> None:
        raise OSError(value)

    def script() -> Any:
        try:
            emit("x")
        except OSError as error:
            return str(error)

    with output.to(broken):
        assert epic.run(script) == "x"


def test_sinks_are_nested() -> None:
    """The innermost block gets it, and afterwards the outer one again."""
    outer: list[Any] = []
    inner: list[Any] = []
    with output.to(outer.append):
        with output.to(inner.append):
            epic.run(lambda: emit(1))
        epic.run(lambda: emit(2))
    assert (outer, inner) == ([2], [1])
