"""The output of a run, piece by piece: order, failure, and slow readers."""

import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest
import trio

import epic_actors as epic
from epic_actors.core.streams.outlet import PIECES_AHEAD


given: list[int] = []


@epic.unordered
async def count(n: int, pause: float = 1) -> AsyncIterator[str]:
    """Stream the numbers below `n`, with a pause before each."""
    for i in range(n):
        if pause:
            await trio.sleep(pause)
        given.append(i)
        yield f"{i} "


@epic.unordered
async def after(seconds: float, text: str) -> str:
    """Answer after so many seconds."""
    await trio.sleep(seconds)
    return text


@epic.unordered
async def fail(seconds: float) -> str:
    """Fail after so many seconds."""
    await trio.sleep(seconds)
    raise ValueError("failed")


async def read(script: Any, *args: Any, fusion: bool = True) -> list[tuple[float, Any]]:
    """The pieces of a run, each with the second in which it came."""
    start, found = trio.current_time(), []
    async with epic.open_run(script, *args, fusion=fusion) as run:
        async for piece in run:
            found.append((round(trio.current_time() - start, 3), piece))
    return found


both = pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])


@both
async def test_a_text_comes_as_it_arrives(autojump_clock: Any, fusion: bool) -> None:
    """Each piece of a stream is handed out in the second in which it came."""

    def script() -> Any:
        return "n: " + count(3)

    found = await read(script, fusion=fusion)
    assert found == [(0, "n: "), (1, "0 "), (2, "1 "), (3, "2 ")]


@both
async def test_texts_are_joined_in_order(autojump_clock: Any, fusion: bool) -> None:
    """What is there early waits for what stands before it."""

    def script() -> Any:
        return "|".join([after(3, "a"), after(1, "b"), count(4)])

    found = await read(script, fusion=fusion)
    assert found == [(3, "a"), (3, "|"), (3, "b"), (3, "|"), (3, "0 1 2 "), (4, "3 ")]


@both
async def test_a_list_comes_element_by_element(
    autojump_clock: Any, fusion: bool
) -> None:
    """An element comes when it is whole, not when all are."""

    def script() -> list[Any]:
        return [after(2, "a"), [after(1, "b"), after(3, "c")], None, after(4, "d")]

    found = await read(script, fusion=fusion)
    assert found == [(2, "a"), (3, ["b", "c"]), (3, None), (4, "d")]


@both
async def test_a_text_comes_while_what_it_is_made_of_grows(
    autojump_clock: Any, fusion: bool
) -> None:
    """The first section is read before the outline has ended."""

    def script() -> Any:
        return "".join([after(1, line) for line in count(3).split()])

    found = await read(script, fusion=fusion)
    assert found == [(2, "0"), (3, "1"), (4, "2")]


@both
@pytest.mark.parametrize("value", [7, ("a", "b"), {"a": 1}, "", [], None], ids=repr)
async def test_other_values_are_one_piece(
    autojump_clock: Any, fusion: bool, value: Any
) -> None:
    """Anything but texts and lists comes whole; what is empty does not come."""

    def script(value: Any) -> Any:
        after(1, "")
        return value

    pieces = [piece for _, piece in await read(script, value, fusion=fusion)]
    assert pieces == ([value] if value else [])


async def test_a_failure_follows_the_pieces_before_it(autojump_clock: Any) -> None:
    """Iterating raises what the script raises, after what came before."""

    def script() -> Any:
        return count(3) + fail(10)

    found = []
    with pytest.raises(ValueError, match="failed"):
        async with epic.open_run(script) as run:
            async for piece in run:
                found.append(piece)
    assert found == ["0 ", "1 ", "2 "]


async def test_a_slow_reader_slows_the_stream(autojump_clock: Any) -> None:
    """A call is never more than `PIECES_AHEAD` pieces ahead of the reader."""
    given.clear()
    read = 0
    async with epic.open_run(lambda: count(1000, 0)) as run:
        async for piece in run:
            read += piece.count(" ")
            assert len(given) <= read + PIECES_AHEAD
            await trio.sleep(1)
    assert read == 1000


async def test_a_slow_reader_does_not_stop_other_readers(autojump_clock: Any) -> None:
    """What the script itself needs of a stream comes at full speed."""
    seen = []

    @epic.unordered
    async def note(length: int) -> None:
        seen.append(trio.current_time())

    def script() -> Any:
        text = count(1000, 0.001)
        note(len(text))
        return text

    start = trio.current_time()
    async with epic.open_run(script) as run:
        async for _piece in run:
            await trio.sleep(100)
    assert seen[0] - start < 2


@pytest.mark.parametrize(("used", "pause"), [(True, 0), (False, 0), (False, 5)])
async def test_only_what_is_read_waits_for_the_reader(
    autojump_clock: Any, used: bool, pause: float
) -> None:
    """A stream that the run's value is not known to be made of comes at full speed."""
    given.clear()

    def script(used: bool) -> Any:
        text = count(1000, 0.01)
        return text if after(3, "yes") == "yes" and used else "none"

    start = trio.current_time()
    async with epic.open_run(script, used) as run:
        async for _piece in run:
            break
        await trio.sleep(pause)
        async for _piece in run:
            pass
    assert trio.current_time() - start == pytest.approx(10)


@pytest.mark.slow
def test_a_long_stream_takes_little_more_memory_than_its_text() -> None:
    """Pieces that are read one by one are not kept one by one."""

    @epic.unordered
    async def steady(n: int) -> AsyncIterator[str]:
        for i in range(n):
            await trio.lowlevel.checkpoint()
            yield f"{i:06} "

    async def main(n: int) -> None:
        async with epic.open_run(lambda: "n: " + steady(n)) as run:
            async for _piece in run:
                pass

    trio.run(main, 100)
    tracemalloc.start()
    trio.run(main, 8_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 75 * 8_000


async def test_who_stops_reading_lets_the_run_end(autojump_clock: Any) -> None:
    """Leaving the loop lets all streams run; the value is whole."""
    async with epic.open_run(lambda: count(1000, 0)) as run:
        async for _piece in run:
            break
        assert len((await run.result()).split()) == 1000


async def test_events_are_those_of_the_calls(autojump_clock: Any) -> None:
    """Started, streaming, complete: each with the call's number and name."""
    async with epic.open_run(lambda: count(2)) as run:
        names = [event.name async for event in run.events()]
    assert names == ["call.run.started", "call.run.streaming", "call.run.complete"]


async def test_cancelling_ends_the_iteration(autojump_clock: Any) -> None:
    """A reader of a cancelled run hears of it."""
    with pytest.raises(epic.UsageError, match="cancelled"):
        async with epic.open_run(lambda: count(1000)) as run:
            async for _piece in run:
                run.cancel()


async def test_a_paused_stream_is_closed_with_its_run(autojump_clock: Any) -> None:
    """Cancelled while it waits for its reader, the generator is over when the run is."""
    closed = []

    @epic.unordered
    async def endless() -> AsyncIterator[str]:
        try:
            while True:
                await trio.lowlevel.checkpoint()
                yield "piece"
        finally:
            closed.append(True)

    async with epic.open_run(lambda: endless()) as run:
        async for _piece in run:
            await trio.sleep(1)
            run.cancel()
            break
    assert closed


async def test_loops_do_not_run_far_ahead_of_their_turn(autojump_clock: Any) -> None:
    """A loop of sequential calls asks for no more than the window allows."""

    @epic.sequential
    async def write(x: int) -> None:
        await trio.sleep(1)
        if x == 50:
            raise ValueError(x)

    def script() -> None:
        i = 0
        while True:
            write(i)
            i += 1

    with pytest.raises(ValueError, match="50"):
        async with epic.open_run(script) as run:
            await run.result()
    assert run.statistics().nodes < 10_100


async def test_outside_a_run_a_stream_is_what_it_was() -> None:
    """The external is still the generator that it wraps."""
    assert [piece async for piece in count(2, 0)] == ["0 ", "1 "]


def test_in_order_a_stream_is_its_text() -> None:
    """Run sequentially, the call waits for all of it."""
    assert epic.run_sequentially(lambda: count(3, 0).strip()) == "0 1 2"


def test_a_piece_of_another_type_is_refused() -> None:
    """A stream of text that gives something else says so."""

    @epic.unordered
    async def wrong() -> AsyncIterator:  # type: ignore[type-arg]
        yield 1

    with pytest.raises(epic.UsageError, match=r"wrong\(\) streams text and gave 1"):
        epic.run(lambda: wrong() + "")


def test_only_generators_stream() -> None:
    """`stream=` on a plain external is refused."""
    with pytest.raises(epic.UsageError, match="stream= is for asynchronous generators"):
        epic.unordered(after.function, stream=str)
    with pytest.raises(epic.UsageError, match="stream is str or list"):
        epic.unordered(after.function, stream=int)
