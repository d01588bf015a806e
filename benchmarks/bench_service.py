"""Many runs over websockets in one process: exactness, throughput, memory, a stalled client.

    python benchmarks/bench_service.py [--runs 1000] [--pieces 100] [--connections 100]

Server and clients share one event loop.  All runs are under way before the first piece is
given.  Each client checks that its pieces come in order, none lost and none twice.  The
yardstick is a bare trio-websocket echo of as many messages of the same length over as many
connections.
"""

import argparse
import gc
import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path

import attrs
import trio
from trio_websocket import (
    ConnectionClosed,
    WebSocketConnection,
    WebSocketRequest,
    open_websocket,
    serve_websocket,
)

import epic_actors as epic
from epic_actors.service import Client, Limits, connect_runs, serve_runs


LIMITS = Limits(max_runs=100_000, max_runs_per_connection=100_000, keep_ended=0)
HOST = "127.0.0.1"


@attrs.define(eq=False)
class Gate:
    """Where so many tasks wait for each other."""

    expected: int
    opened: trio.Event = attrs.field(factory=trio.Event)
    waiting: int = 0

    async def wait(self) -> None:
        """Wait for all of them."""
        self.waiting += 1
        if self.waiting == self.expected:
            self.opened.set()
        await self.opened.wait()


class Round:
    """The round under way."""

    gate: Gate


async def numbered(name: str, count: int) -> AsyncIterator[str]:
    await Round.gate.wait()
    for number in range(count):
        yield f"{name}:{number}"


numbers = epic.unordered(numbered, stream=list)


@epic.script
def count(name: str, pieces: int) -> object:
    return numbers(name, pieces)


@epic.script
def long() -> list[str]:
    return ["x" * 1000] * 100_000


@attrs.frozen
class Load:
    """How much is done at once."""

    runs: int
    pieces: int
    connections: int

    @property
    def messages(self) -> int:
        """How many pieces or messages that is."""
        return self.runs * self.pieces


async def follow(client: Client, name: str, pieces: int) -> None:
    """Run one script and hold its pieces to what was given."""
    async with client.start("count", name, pieces) as run:
        expected = 0
        async for piece in run:
            assert piece == f"{name}:{expected}", (piece, expected)
            expected += 1
        assert expected == pieces, (expected, pieces)
        run.heard = True


async def measure_runs(port: int, load: Load) -> float:
    """Seconds from when all runs are under way until all pieces have arrived."""
    Round.gate, connected = Gate(load.runs), Gate(load.connections)
    each, rest = divmod(load.runs, load.connections)

    async def client_of(number: int) -> None:
        async with connect_runs(f"ws://{HOST}:{port}") as client:
            await connected.wait()
            async with trio.open_nursery() as nursery:
                for one in range(each + (number < rest)):
                    nursery.start_soon(follow, client, f"{number}.{one}", load.pieces)

    async with trio.open_nursery() as nursery:
        for number in range(load.connections):
            nursery.start_soon(client_of, number)
        await Round.gate.opened.wait()
        began = time.perf_counter()
    return time.perf_counter() - began


async def measure_echo(load: Load) -> float:
    """Seconds for as many messages to go through a bare websocket and back."""
    length = 100  # about what a piece is in the protocol
    each = load.messages // load.connections

    async def echo(request: WebSocketRequest) -> None:
        socket = await request.accept()
        try:
            while True:
                await socket.send_message(await socket.get_message())
        except ConnectionClosed:
            return

    async def send(socket: WebSocketConnection) -> None:
        for _ in range(each):
            await socket.send_message("x" * length)

    async def client(port: int) -> None:
        opened = open_websocket(HOST, port, "/", use_ssl=False)
        async with opened as socket, trio.open_nursery() as nursery:
            nursery.start_soon(send, socket)
            for _ in range(each):
                await socket.get_message()

    async with trio.open_nursery() as server:
        listening = await server.start(serve_websocket, echo, HOST, 0, None)
        began = time.perf_counter()
        async with trio.open_nursery() as nursery:
            for _ in range(load.connections):
                nursery.start_soon(client, listening.port)
        took = time.perf_counter() - began
        server.cancel_scope.cancel()
    return took


async def stall(
    port: int, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """Start a run with much to read, and read nothing of it."""
    async with open_websocket(HOST, port, "/runs", use_ssl=False) as socket:
        await socket.send_message(
            '{"jsonrpc":"2.0","id":1,"method":"start",'
            '"params":{"script":"long","outlive":0}}'
        )
        await socket.get_message()
        task_status.started()
        await trio.sleep_forever()


def resident() -> float:
    """The memory of this process, in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


@attrs.frozen
class Measured:
    """What came of it, in seconds and MB."""

    echo: float
    rounds: list[float]
    memory: list[float]
    stalled: float

    @property
    def ratio(self) -> float:
        """Pieces a second against echoed messages a second."""
        return self.echo / statistics.median(self.rounds)


async def measure(load: Load, rounds: int = 3) -> Measured:
    """Run the whole benchmark."""
    echo = await measure_echo(load)
    took, memory = [], []
    async with trio.open_nursery() as server:
        port = await server.start(_serve)
        for _ in range(rounds):
            took.append(await measure_runs(port, load))
            memory.append(resident())
        async with trio.open_nursery() as stalled:
            await stalled.start(stall, port)
            beside = await measure_runs(port, load)
            stalled.cancel_scope.cancel()
        server.cancel_scope.cancel()
    return Measured(echo, took, memory, beside)


async def _serve(*, task_status: trio.TaskStatus[int]) -> None:
    await serve_runs([count, long], limits=LIMITS, task_status=task_status)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--pieces", type=int, default=100)
    parser.add_argument("--connections", type=int, default=100)
    load = Load(**vars(parser.parse_args()))
    found = trio.run(measure, load)
    print(
        f"{load.runs} runs of {load.pieces} pieces over {load.connections} connections"
    )
    print(f"bare echo            {load.messages / found.echo:10,.0f} messages/s")
    for number, (took, memory) in enumerate(
        zip(found.rounds, found.memory, strict=True), 1
    ):
        rate = f"{load.messages / took:10,.0f} pieces/s"
        print(f"runs, round {number}        {rate}   {memory:6.1f} MB afterwards")
    print(f"beside a stalled one {load.messages / found.stalled:10,.0f} pieces/s")
    print(f"pieces against echo  {found.ratio:10.2f}")
    print("no piece lost, repeated or out of order")


if __name__ == "__main__":
    main()
