"""What runs cost an asyncio program: trio in a thread of its own, or as a guest of the loop.

    python benchmarks/bench_embedding.py [--rounds 15] [--pieces 5000]

Three ways, in turn in each round of one process: the host's thread, which is what
`epic_actors.service.asyncio` uses; the same runs on trio's guest mode in asyncio's own thread;
and, as the yardstick, plain `trio.run`.  The table gives medians, and medians of the
ratios to plain trio of the same round.
"""

import argparse
import asyncio
import statistics
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, Self, TypeAlias

import attrs
import trio

import epic_actors as epic
from epic_actors.service.asyncio import AsyncioRun, run, stream
from epic_actors.service.host import Host, HostedRun


PAUSE_S = 0.001
COMPUTING_S = 0.1
Figures: TypeAlias = dict[str, float]


class GuestHost(Host):
    """A host whose trio loop is a guest of the asyncio loop that is running."""

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._over = loop.create_future()
        self._thread = threading.current_thread()
        trio.lowlevel.start_guest_run(
            self._live,
            run_sync_soon_threadsafe=loop.call_soon_threadsafe,
            done_callback=self._over.set_result,
            host_uses_signal_set_wakeup_fd=True,
        )
        while not self._ready.is_set():  # noqa: ASYNC110 - it is set in this thread
            await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.soon(self._nursery.cancel_scope.cancel)
        await self._over

    def begin(
        self, deliver: Callable[[Any], Any], *args: Any, **options: Any
    ) -> HostedRun:
        """Start a run whose messages are put straight into the reader's queue."""
        # Why: in one thread messages need not go through the loop's own wake-up.
        taker = getattr(deliver, "__self__", None)
        assert isinstance(taker, AsyncioRun)
        return super().begin(taker._messages.put_nowait, *args, **options)


class ThreadHost(Host):
    """The host of `epic_actors.service.asyncio`, opened like the guest."""

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)


@epic.unordered
async def answer() -> int:
    await trio.lowlevel.checkpoint()
    return 42


async def stamped(count: int, pause: float) -> AsyncIterator[float]:
    for _ in range(count):
        await trio.sleep(pause)
        yield time.perf_counter()


stamps = epic.unordered(stamped, stream=list)


def ask() -> Any:
    return answer()


def give(count: int, pause: float) -> Any:
    return stamps(count, pause)


def compute() -> int:
    end, rounds = time.perf_counter() + COMPUTING_S, 0
    while time.perf_counter() < end:
        rounds += 1
    return rounds


@attrs.frozen
class Way:
    """One way to run scripts: how to open it, to get a value, and to get pieces."""

    open: Callable[[Callable[..., Awaitable[Any]]], Any]
    value: Callable[..., Awaitable[Any]]
    pieces: Callable[..., AsyncIterator[Any]]


def in_asyncio(host: Callable[[], Any]) -> Way:
    """A way over a host, seen from asyncio."""
    opened: list[Any] = []

    def begin(work: Callable[..., Awaitable[Any]]) -> Any:
        async def main() -> Any:
            async with host() as made:
                opened[:] = [made]
                return await work()

        return asyncio.run(main())

    async def pieces(script: Any, *args: Any) -> AsyncIterator[Any]:
        async with stream(script, *args, host=opened[0]) as found:
            async for piece in found:
                yield piece

    return Way(begin, lambda script: run(script, host=opened[0]), pieces)


async def _trio_pieces(script: Any, *args: Any) -> AsyncIterator[Any]:
    async with epic.open_run(script, *args) as found:
        async for piece in found:
            yield piece


WAYS = {
    "thread": in_asyncio(ThreadHost),
    "guest": in_asyncio(GuestHost),
    "trio": Way(trio.run, epic.evaluate, _trio_pieces),
}


async def measure_inside(way: Way, pieces: int) -> Figures:
    """What is measured while the way is open."""
    await way.value(ask)
    begun = time.perf_counter()
    for _ in range(100):
        await way.value(ask)
    each = (time.perf_counter() - begun) / 100
    waits = [time.perf_counter() - at async for at in way.pieces(give, 100, PAUSE_S)]
    begun = time.perf_counter()
    count = [1 async for _ in way.pieces(give, pieces, 0)]
    took = time.perf_counter() - begun
    assert len(count) == pieces
    return {
        "one run": each * 1e6,
        "a piece, from its yield": statistics.median(waits) * 1e6,
        "a piece of many": took / pieces * 1e6,
    }


def measure(way: Way, pieces: int) -> Figures:
    """All figures of a way, in microseconds."""
    begun = time.perf_counter()
    way.open(partial(way.value, ask))
    start = (time.perf_counter() - begun) * 1e6
    return {
        "start, one run, end": start,
        **way.open(partial(measure_inside, way, pieces)),
    }


async def measure_hold_up(host: Callable[[], Any]) -> float:
    """The longest that a tick of asyncio is late while a script computes, in ms."""
    latest = 0.0
    async with host() as made:
        task = asyncio.create_task(run(compute, host=made))
        while not task.done():
            begun = time.perf_counter()
            await asyncio.sleep(PAUSE_S)
            latest = max(latest, time.perf_counter() - begun - PAUSE_S)
        await task
    return latest * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--pieces", type=int, default=5000)
    options = parser.parse_args()
    rounds = [
        {name: measure(way, options.pieces) for name, way in WAYS.items()}
        for _ in range(options.rounds)
    ]
    print(f"{'microseconds':26}" + "".join(f"{name:>10}" for name in WAYS), end="")
    print(f"{'thread/trio':>14}{'guest/trio':>12}{'thread/guest':>14}")
    for figure in rounds[0]["trio"]:
        found = {name: [one[name][figure] for one in rounds] for name in WAYS}
        medians = "".join(f"{statistics.median(found[name]):10.0f}" for name in WAYS)
        print(f"{figure:26}{medians}", end="")
        for one, other, width in [
            ("thread", "trio", 14),
            ("guest", "trio", 12),
            ("thread", "guest", 14),
        ]:
            pairs = zip(found[one], found[other], strict=True)
            print(f"{statistics.median(a / b for a, b in pairs):{width}.2f}", end="")
        print()
    for name, host in (("thread", ThreadHost), ("guest", GuestHost)):
        late = [asyncio.run(measure_hold_up(host)) for _ in range(5)]
        print(
            f"asyncio held up while a script computes {COMPUTING_S * 1e3:.0f} ms, "
            f"{name}: {statistics.median(late):.1f} ms"
        )


if __name__ == "__main__":
    main()
