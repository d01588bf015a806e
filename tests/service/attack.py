"""Many hostile clients, drawn by seed, on a server that honest ones use meanwhile.

    python -m tests.service.attack --seconds 120 --seed 1

Every hostile client connects, does something from `MOVES`, and leaves in some way.  What
must hold: each honest client gets what it asked for; the server logs no error of its own;
and when all have left no task, run, connection, or file descriptor of theirs is.
"""

import argparse
import contextlib
import gc
import json
import logging
import random
import struct
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import attrs
import trio

from epic_actors.service import Limits, connect_runs
from epic_actors.service.connection import Connection
from epic_actors.service.runs import HostedRun
from tests.service.serving import HANDSHAKE, Served, asked, served


LIMITS = Limits(
    max_connections=200,
    max_runs=300,
    max_message=20_000,
    max_history=100_000,
    handshake_timeout=0.5,
    send_timeout=3,
    ping_interval=0.5,
    pong_timeout=3,
    idle_timeout=3,
    default_outlive=0,
    max_outlive=0.5,
    keep_ended=0.2,
)
GONE = (trio.BrokenResourceError, trio.ClosedResourceError, OSError)
HONEST = 4
HOSTILE = 24
ODD: list[Any] = [
    *(None, True, -1, 0, 10**30, 10**400, 1.5, 1e308, -0.0),
    *(
        "",
        "x" * 300,
        "\ud800",
        "\x00",
        "greet",
        "wait",
        "../../etc/passwd",
        "__class__",
    ),
    *([], [[]], {}, {"$type": "x"}, {"": None}, [1, "a", None]),
]
NAMES = ["scripts", "term", "start", "attach", "detach", "cancel", "emit", "__init__"]
PARAMS = ["script", "args", "kwargs", "outlive", "run", "after", "more"]
SCRIPTS = ["greet", "wait", "fail", "point", "leave", "count", "meet", "announce"]


def websocket_frame(
    data: bytes, opcode: int = 1, *, final: bool = True, mask: bool = True, rsv: int = 0
) -> bytes:
    """A frame as it should be, or as it should not."""
    head = bytes([final << 7 | rsv << 4 | opcode])
    bit = mask << 7
    if len(data) < 126:
        head += bytes([bit | len(data)])
    elif len(data) < 1 << 16:
        head += struct.pack("!BH", bit | 126, len(data))
    else:
        head += struct.pack("!BQ", bit | 127, len(data))
    return head + (bytes(4) if mask else b"") + data


@attrs.define(eq=False)
class Hostile:
    """One hostile client: a socket, and a source of ideas."""

    stream: trio.SocketStream
    draw: random.Random

    async def send(self, data: bytes) -> None:
        """Send in pieces of any size."""
        while data:
            cut = self.draw.choice([1, 7, 100, 10_000, len(data)])
            await self.stream.send_all(data[:cut])
            data = data[cut:]

    async def upgrade(self, behind: bytes = b"") -> None:
        await self.send(HANDSHAKE.encode() + b"\r\n" + behind)

    async def say(self, message: Any) -> None:
        await self.send(websocket_frame(json.dumps(message).encode()))

    async def read(self, most: int = 1 << 20) -> None:
        """Read for a while."""
        with trio.move_on_after(self.draw.uniform(0, 0.3)):
            while most > 0 and (data := await self.stream.receive_some(4096)):
                most -= len(data)

    async def leave(self) -> None:
        """End the connection in one of the ways there are."""
        way = self.draw.randrange(4)
        if way == 0:  # by a reset
            linger = struct.pack("ii", 1, 0)
            option = trio.socket.SOL_SOCKET, trio.socket.SO_LINGER
            self.stream.setsockopt(*option, linger)
        elif way == 1:
            await self.stream.send_eof()
            await self.read()
        elif way == 2:  # half open: it says nothing more and reads nothing
            await trio.sleep(self.draw.uniform(0, 1.5))

    def request(self) -> dict[str, Any]:
        """A request of which some parts are right."""
        draw = self.draw
        names = draw.sample(PARAMS, draw.randrange(4))
        params: dict[str, Any] = {name: draw.choice(ODD) for name in names}
        if draw.random() < 0.6:
            params["script"] = draw.choice(SCRIPTS)
        if draw.random() < 0.3:
            params["args"] = [draw.choice(ODD) for _ in range(draw.randrange(3))]
        made = asked(draw.choice(NAMES), draw.choice([1, "a", *ODD]), **params)
        for key in draw.sample(list(made), draw.randrange(2)):
            made[key] = draw.choice(ODD)
        return made


async def garbage(one: Hostile) -> None:
    await one.send(one.draw.randbytes(one.draw.randrange(1, 3000)))


async def half_a_head(one: Hostile) -> None:
    text = HANDSHAKE.encode() + b"\r\n"
    await one.send(text[: one.draw.randrange(len(text))])


async def odd_http(one: Hostile) -> None:
    draw = one.draw
    method = draw.choice(["GET", "POST", "HEAD", "PRI", "OPTIONS", "CONNECT", "G\x00T"])
    path = draw.choice(["/", "/runs", "/healthz", "*", "//", "/%00", "/" + "x" * 9000])
    lines = [f"{method} {path} HTTP/{draw.choice(['1.1', '1.0', '2.0', '9'])}"]
    fields = [
        "Host: x",
        "Content-Length: 5",
        "Content-Length: -5",
        "Transfer-Encoding: chunked",
        "Expect: 100-continue",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "X: " + "y" * 20_000,
        "A: \x80\xff",
        " folded",
        "Origin: null",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99",
    ]
    lines += draw.sample(fields, draw.randrange(6))
    await one.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n0\r\n\r\n" * 3)


async def bytes_behind(one: Hostile) -> None:
    await one.upgrade(one.draw.randbytes(one.draw.choice([1, 2, 50, 5000])))


async def odd_frames(one: Hostile) -> None:
    draw = one.draw
    await one.upgrade()
    for _ in range(draw.randrange(1, 6)):
        data = draw.choice([b"", b"\xff\xfe", b"\x03\xe7", b"{}", b"x" * 200])
        await one.send(
            websocket_frame(
                data,
                draw.randrange(16),
                final=draw.random() < 0.6,
                mask=draw.random() < 0.8,
                rsv=draw.choice([0, 0, 0, 4, 7]),
            )
        )


async def a_huge_frame(one: Hostile) -> None:
    await one.upgrade()
    size = one.draw.choice([1 << 16, 1 << 40, (1 << 63) - 1, 1 << 63])
    await one.send(struct.pack("!BBQ", 0x81, 0xFF, size) + bytes(4))
    await one.send(b"x" * 100_000)


async def endless_fragments(one: Hostile) -> None:
    await one.upgrade()
    await one.send(websocket_frame(b"[", final=False))
    for _ in range(3000):
        await one.send(websocket_frame(b"[", 0, final=False))


async def pings(one: Hostile) -> None:
    await one.upgrade()
    await one.stream.send_all(websocket_frame(b"x" * 125, 9) * 2000)


async def odd_requests(one: Hostile) -> None:
    await one.upgrade()
    for _ in range(one.draw.randrange(1, 20)):
        made: Any = one.request()
        if one.draw.random() < 0.2:
            made = [one.request() for _ in range(one.draw.randrange(120))]
        await one.say(made)
        if one.draw.random() < 0.5:
            await one.read(2000)


async def odd_json(one: Hostile) -> None:
    await one.upgrade()
    texts = [
        "[" * 9000,
        "{" * 9000,
        '{"a":' * 4000,
        "1" * 9000,
        "1e999",
        "\x00",
        '"\\u',
    ]
    texts += ["[" * 900 + "]" * 900, '{"jsonrpc":"2.0","id":1e999,"method":"scripts"}']
    await one.send(websocket_frame(one.draw.choice(texts).encode()))


async def runs_left_behind(one: Hostile) -> None:
    await one.upgrade()
    for number in range(one.draw.randrange(1, 30)):
        outlive = one.draw.choice([0, 0.1, None])
        await one.say(asked("start", number, script="wait", outlive=outlive))


async def much_to_read(one: Hostile) -> None:
    await one.upgrade()
    for number in range(one.draw.randrange(1, 4)):
        await one.say(asked("start", number, script="count", args=[20_000]))


async def a_flood(one: Hostile) -> None:
    await one.upgrade()
    await one.stream.send_all(
        websocket_frame(json.dumps(asked("scripts")).encode()) * 3000
    )


MOVES: list[Callable[[Hostile], Awaitable[None]]] = [
    garbage,
    half_a_head,
    odd_http,
    bytes_behind,
    odd_frames,
    a_huge_frame,
    endless_fragments,
    pings,
    odd_requests,
    odd_requests,
    odd_json,
    runs_left_behind,
    much_to_read,
    a_flood,
]


@attrs.define(eq=False)
class Attack:
    """An attack under way, and what came of it."""

    server: Served
    draw: random.Random
    moves: Counter[str] = attrs.field(factory=Counter)
    served: int = 0
    slowest_s: float = 0.0

    async def hostile(self, seed: int) -> None:
        """Hostile clients, one after the other, until cancelled."""
        draw = random.Random(seed)
        while True:
            move = draw.choice(MOVES)
            self.moves[move.__name__] += 1
            with contextlib.suppress(*GONE):
                async with await trio.open_tcp_stream(
                    "127.0.0.1", self.server.port
                ) as stream:
                    one = Hostile(stream, draw)
                    with trio.move_on_after(3):
                        await move(one)
                        await one.read()
                        await one.leave()

    async def honest(self) -> None:
        """Honest clients, one after the other: each gets what it asked for."""
        while True:
            began = time.perf_counter()
            async with connect_runs(self.server.url) as client:
                async with client.start("greet", "you", times=3) as run:
                    assert await run.result() == ["hello you"] * 3
                async with client.start("count", 50) as run:
                    told = "".join([piece async for piece in run])
                    assert told == "".join(f"{n} " for n in range(50))
            self.served += 1
            self.slowest_s = max(self.slowest_s, time.perf_counter() - began)

    async def go_on(self, seconds: float) -> None:
        """Let everybody at the server for so long, and until honest ones were served."""
        async with trio.open_nursery() as nursery:
            for _ in range(HONEST):
                nursery.start_soon(self.honest)
            for _ in range(HOSTILE):
                nursery.start_soon(self.hostile, self.draw.getrandbits(32))
            await trio.sleep(seconds)
            while self.served < HONEST:  # noqa: ASYNC110 - over the network
                await trio.sleep(0.05)
            nursery.cancel_scope.cancel()


class Complaints(logging.Handler):
    """What the server says went wrong in itself."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(logging.Formatter().format(record))


def count_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def attacked(seed: int, seconds: float) -> Attack:
    """Attack a server, and see that nothing is left of it.

    Raises:
        AssertionError: Something is, or the server complained.
    """
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    descriptors = count_descriptors()
    try:
        async with served(limits=LIMITS, seconds=seconds + 60) as server:
            attack = Attack(server, random.Random(seed))
            await attack.go_on(seconds)
            await server.wait_until_idle()
            await trio.sleep(2 * LIMITS.keep_ended)
    finally:
        logging.getLogger().removeHandler(complaints)
    assert not complaints.said, "\n\n".join(sorted(set(complaints.said))[:5])
    assert count_descriptors() <= descriptors
    gc.collect()
    left = [o for o in gc.get_objects() if isinstance(o, Connection | HostedRun)]
    assert left == []
    return attack


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    attack = trio.run(attacked, options.seed, options.seconds)
    for name, times in sorted(attack.moves.items()):
        print(f"{name:18} {times:6}")
    print(f"{attack.served} honest clients, the slowest took {attack.slowest_s:.2f} s")


if __name__ == "__main__":
    main()
