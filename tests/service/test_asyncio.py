"""Runs from asyncio programs and plain threads, on a trio loop of their own."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx2
import pytest
import trio
import trio.lowlevel

import epic_actors as epic
from demos.fastapi_service import app
from epic_actors.service.asyncio import run, stream
from epic_actors.service.host import Host


begun: list[int] = []
ended: list[int] = []
given: list[int] = []
release = threading.Event()


@epic.unordered
async def double(x: int) -> int:
    """Answer at once."""
    await trio.lowlevel.checkpoint()
    return 2 * x


@epic.unordered
async def forever(x: int) -> int:
    """Never answer."""
    begun.append(x)
    try:
        await trio.sleep(3600)
    finally:
        ended.append(x)
    return x


@epic.unordered
async def count(n: int) -> AsyncIterator[str]:
    """Stream the numbers below `n`."""
    for i in range(n):
        await trio.lowlevel.checkpoint()
        given.append(i)
        yield f"{i} "


def doubled(n: int) -> list[int]:
    """Double the numbers below `n`."""
    return [double(i) for i in range(n)]


def stuck() -> list[int]:
    """Two calls that never answer."""
    return [forever(1), forever(2)]


def numbers(n: int) -> Any:
    """The numbers as a text."""
    return count(n)


def broken() -> None:
    """Raise."""
    raise KeyError(double(1))


@pytest.fixture
def host() -> Iterator[Host]:
    """A host of the test's own."""
    for seen in (begun, ended, given):
        seen.clear()
    with Host() as made:
        yield made


async def until(fact: Callable[[], Any]) -> None:
    """Wait for something that other threads do."""
    while not fact():  # noqa: ASYNC110 - it happens in another thread
        await asyncio.sleep(0.001)


def in_asyncio(main: Callable[[], Awaitable[Any]]) -> Any:
    """Run a coroutine function of asyncio's."""
    return asyncio.run(main())  # type: ignore[arg-type]


def test_a_run_gives_its_value() -> None:
    """Without a host of one's own there is one for the process."""
    assert in_asyncio(lambda: run(doubled, 3)) == [0, 2, 4]


def test_runs_go_on_side_by_side(host: Host) -> None:
    """Many runs share a host."""

    async def main() -> list[Any]:
        return await asyncio.gather(*(run(doubled, n, host=host) for n in range(50)))

    assert in_asyncio(main) == [[2 * i for i in range(n)] for n in range(50)]


def test_the_error_of_the_script_is_raised(host: Host) -> None:
    """It is the script's own, with its arguments."""
    with pytest.raises(KeyError) as caught:
        in_asyncio(lambda: run(broken, host=host))
    assert caught.value.args == (2,)


def test_cancelling_cancels_the_calls(host: Host) -> None:
    """All calls are over when the cancelled task is."""

    async def main() -> None:
        task = asyncio.create_task(run(stuck, host=host))
        await until(lambda: len(begun) == 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert sorted(ended) == [1, 2]

    in_asyncio(main)


def test_options_reach_the_run(host: Host) -> None:
    """A deadline is one; what is none is refused."""
    with pytest.raises(epic.DeadlineExceeded):
        in_asyncio(lambda: run(stuck, host=host, deadline=0.01))
    with pytest.raises(epic.UsageError, match="no option 'speed'"):
        in_asyncio(lambda: run(stuck, host=host, speed=2))


def test_pieces_come_as_they_arrive(host: Host) -> None:
    """Put together they are the value."""

    async def main() -> tuple[str, Any]:
        async with stream(numbers, 500, host=host) as pieces:
            text = "".join([piece async for piece in pieces])
            return text, await pieces.result()

    text, value = in_asyncio(main)
    assert text == value == "".join(f"{i} " for i in range(500))


def test_a_slow_reader_slows_the_stream(host: Host) -> None:
    """The call does not run far ahead of who reads it, and goes on when it is read."""

    async def main() -> int:
        async with stream(numbers, 5000, host=host) as pieces:
            await anext(pieces)
            for _ in range(50):
                await asyncio.sleep(0.001)
            ahead = len(given)
            await pieces.result()
            return ahead

    assert in_asyncio(main) < 1000
    assert len(given) == 5000


def test_leaving_a_stream_ends_the_run(host: Host) -> None:
    """Its calls are over when the block is."""

    async def main() -> None:
        async with stream(stuck, host=host):
            await until(lambda: len(begun) == 2)
        assert sorted(ended) == [1, 2]

    in_asyncio(main)


def test_a_closed_host_says_so() -> None:
    """Runs of a host that is closed end; new ones are refused."""
    begun.clear()
    host = Host().start()

    async def main() -> None:
        task = asyncio.create_task(run(stuck, host=host))
        await until(lambda: len(begun) == 2)
        await asyncio.to_thread(host.close)
        with pytest.raises(epic.UsageError, match="cancelled"):
            await task
        with pytest.raises(epic.UsageError, match="the host is closed"):
            await run(stuck, host=host)

    in_asyncio(main)


def test_plain_threads_run_scripts(host: Host) -> None:
    """A value, an error, and pieces, without any event loop."""
    assert host.run(doubled, 3) == [0, 2, 4]
    with pytest.raises(KeyError):
        host.run(broken)
    assert "".join(host.stream(numbers, 5)) == "0 1 2 3 4 "


def test_threads_share_a_host(host: Host) -> None:
    """Each thread gets the value of its own run."""
    values: dict[int, Any] = {}

    def work(n: int) -> None:
        values[n] = host.run(doubled, n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values == {n: [2 * i for i in range(n)] for n in range(8)}


def test_a_fastapi_service_runs_scripts(host: Host) -> None:
    """The example of the documentation, asked in process."""

    async def main() -> tuple[Any, str]:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://t"
        ) as client:
            whole = await client.get("/report", params={"topics": ["tea", "rain"]})
            text = await client.get("/story", params={"topic": "tea"})
            return whole.json(), text.text

    whole, text = in_asyncio(main)
    assert whole == {"tea": "all about tea", "rain": "all about rain"}
    assert text == "a story about tea"
