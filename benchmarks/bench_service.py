"""Many runs over websockets in one process: exactness, throughput, memory, bad clients.

    python benchmarks/bench_service.py [--runs 1000] [--pieces 100] [--connections 100]

Server and clients share one event loop.  All runs are under way before the first piece is
given.  Each client checks that its pieces come in order, none lost and none twice.

The yardstick is an echo by bare trio-websocket, over as many connections: once with each
piece in a message of its own, and once with as many pieces in a message as the server
put there, since pieces that wait together travel together.

It exits with 1 if a piece is wrong or a figure misses what is asked of it (`Verdict`).
"""

import argparse
import gc
import math
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator
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


PIECE_CHARACTERS = 100  # about what a piece is in the protocol
LEAST_OF_ECHO = 0.5
LEAST_BESIDE_STALLED = 0.5
MOST_GROWTH_MB = 20
MOST_KILLED_S = 1
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
    messages: int
    abandoned: float


class PieceError(Exception):
    """A piece was lost, repeated or out of order."""


@attrs.frozen
class Counted:
    """A websocket that counts what it receives."""

    _socket: WebSocketConnection

    async def get_message(self) -> str | bytes:
        """Receive and count."""
        Round.messages += 1
        return await self._socket.get_message()

    async def send_message(self, message: str | bytes) -> None:
        """Send through."""
        await self._socket.send_message(message)


async def numbered(name: str, count: int) -> AsyncIterator[str]:
    await Round.gate.wait()
    for number in range(count):
        yield f"{name}:{number}"


numbers = epic.unordered(numbered, stream=list)


@epic.unordered
async def forever() -> None:
    try:
        await Round.gate.wait()
        await trio.sleep_forever()
    finally:
        Round.abandoned = time.perf_counter()


@epic.script
def wait() -> object:
    return forever()


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
            if piece != f"{name}:{expected}":
                raise PieceError(f"{piece} came where {name}:{expected} was to come")
            expected += 1
        if expected != pieces:
            raise PieceError(f"{name} gave {expected} pieces of {pieces}")
        run.heard = True


async def measure_runs(port: int, load: Load) -> float:
    """Seconds from when all runs are under way until all pieces have arrived."""
    Round.gate, connected = Gate(load.runs), Gate(load.connections)
    Round.messages = 0
    each, rest = divmod(load.runs, load.connections)

    async def client_of(number: int) -> None:
        async with connect_runs(f"ws://{HOST}:{port}") as client:
            client._socket = Counted(client._socket)  # type: ignore[assignment]
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


async def measure_echo(load: Load, together: int = 1) -> float:
    """Seconds for as many pieces, so many in a message, to go there and back bare."""
    each = max(1, load.messages // load.connections // together)
    text = "x" * (PIECE_CHARACTERS * together)

    async def echo(request: WebSocketRequest) -> None:
        socket = await request.accept()
        try:
            while True:
                await socket.send_message(await socket.get_message())
        except ConnectionClosed:
            return

    async def send(socket: WebSocketConnection) -> None:
        for _ in range(each):
            await socket.send_message(text)

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
    return took * load.messages / (each * together * load.connections)


async def measure_killed(port: int) -> float:
    """Seconds from when a client's connection breaks until its run is over."""
    Round.gate, Round.abandoned = Gate(1), 0
    # Why: nobody reads here, and a client whose queue is full does not see the break.
    socket = open_websocket(HOST, port, "/runs", use_ssl=False, message_queue_size=8)
    async with socket as opened:
        await opened.send_message(
            '{"jsonrpc":"2.0","id":1,"method":"start",'
            '"params":{"script":"wait","outlive":0}}'
        )
        await Round.gate.opened.wait()
        began = time.perf_counter()
        await trio.aclose_forcefully(opened._stream)
        while not Round.abandoned:  # noqa: ASYNC110 - over the network
            await trio.sleep(0.001)
    return Round.abandoned - began


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
    """What came of it, in seconds and MB.

    Attributes:
        echo: Bare, each piece in a message of its own.
        together: How many pieces the server put into a message.
        echo_together: Bare, with as many in a message.
    """

    echo: float
    together: int
    echo_together: float
    rounds: list[float]
    memory: list[float]
    stalled: float
    killed: float

    @property
    def seconds(self) -> float:
        """Of a round."""
        return statistics.median(self.rounds)

    def timed(self) -> Iterator[tuple[float, float]]:
        """Each round's seconds, and the memory after it."""
        return zip(self.rounds, self.memory, strict=True)

    def verdicts(self) -> list["Verdict"]:
        """What is asked, and whether it holds."""
        of_echo, beside = self.echo / self.seconds, self.seconds / self.stalled
        growth = self.memory[-1] - self.memory[0]
        batched = self.echo_together / self.seconds
        return [
            Verdict("pieces a second, of echoed pieces", of_echo, least=LEAST_OF_ECHO),
            Verdict(f"the same, {self.together} in a message", batched),
            Verdict("beside a stalled client", beside, least=LEAST_BESIDE_STALLED),
            Verdict("MB more after the last round", growth, most=MOST_GROWTH_MB),
            Verdict("seconds a killed client's run", self.killed, most=MOST_KILLED_S),
        ]


@attrs.frozen
class Verdict:
    """A figure, and what it may be; without bounds it cannot miss."""

    name: str
    figure: float
    least: float = -math.inf
    most: float = math.inf

    @property
    def holds(self) -> bool:
        """Whether it is within."""
        return self.least <= self.figure <= self.most

    def __str__(self) -> str:
        asked = f"at least {self.least:g}" if self.least > -math.inf else ""
        asked += f"at most {self.most:g}" if self.most < math.inf else ""
        said = "" if not asked else ("ok" if self.holds else "MISS")
        return f"{self.name:<38}{self.figure:8.2f}  {asked:<14}{said}".rstrip()


async def measure(load: Load, rounds: int = 3) -> Measured:
    """Run the whole benchmark.

    Raises:
        PieceError: A piece was lost, repeated or out of order.
    """
    took, memory = [], []
    async with trio.open_nursery() as server:
        port = await server.start(_serve)
        for _ in range(rounds):
            took.append(await measure_runs(port, load))
            memory.append(resident())
        together = max(1, load.messages // Round.messages)
        async with trio.open_nursery() as stalled:
            await stalled.start(stall, port)
            beside = await measure_runs(port, load)
            stalled.cancel_scope.cancel()
        killed = await measure_killed(port)
        server.cancel_scope.cancel()
    echo, batched = await measure_echo(load), await measure_echo(load, together)
    return Measured(echo, together, batched, took, memory, beside, killed)


async def _serve(*, task_status: trio.TaskStatus[int]) -> None:
    await serve_runs([count, long, wait], limits=LIMITS, task_status=task_status)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--pieces", type=int, default=100)
    parser.add_argument("--connections", type=int, default=100)
    load = Load(**vars(parser.parse_args()))
    print(
        f"{load.runs} runs of {load.pieces} pieces over {load.connections} connections"
    )
    try:
        found = trio.run(measure, load)
    except* PieceError as errors:
        sys.exit(f"MISS: {errors.exceptions[0]}")
    for name, seconds in [
        ("bare echo", found.echo),
        (f"bare echo, {found.together} pieces a message", found.echo_together),
        *((f"runs, {mb:.0f} MB afterwards", s) for s, mb in found.timed()),
        ("runs beside a stalled client", found.stalled),
    ]:
        print(f"{name:<38}{load.messages / seconds:8,.0f} pieces/s")
    print("no piece lost, repeated or out of order")
    for verdict in found.verdicts():
        print(verdict)
    sys.exit(not all(verdict.holds for verdict in found.verdicts()))


if __name__ == "__main__":
    main()
