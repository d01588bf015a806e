"""Peers that keep no rules: each is told off or cut off, and nobody else notices.

In every test a well-behaved client does its work on the same server afterwards, and
`served` checks that no task, run or connection is left.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import trio
from trio_websocket import ConnectionClosed

from epic_actors.service import Limits, connect_runs
from epic_actors.service.protocol import Code
from tests.service.serving import HANDSHAKE, Served, asked, frame, served


SMALL = Limits(
    max_message=2000,
    requests_per_second=10_000,
    request_burst=50,
    send_timeout=0.1,
    max_runs=3,
    max_runs_per_connection=2,
    max_connections=5,
)


@asynccontextmanager
async def attacked(limits: Limits = SMALL) -> AsyncIterator[Served]:
    """A server that has to be as good as new when the block has been left."""
    async with served(limits=limits) as server:
        yield server
        await server.wait_until_idle()
        async with connect_runs(server.url) as client:
            async with client.start("greet", "you") as run:
                assert await run.result() == ["hello you"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", Code.PARSE),
        ("", Code.PARSE),
        ('{"jsonrpc": "2.0", "method": "scripts", "id": NaN}', Code.PARSE),
        ("1" * 1999, Code.REQUEST),
        ('{"jsonrpc":"2.0","id":1,"method":"x","params":' + "9" * 1900, Code.PARSE),
        ("[" * 2000, Code.PARSE),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), Code.PARSE),
        ("1", Code.REQUEST),
        ("null", Code.REQUEST),
        ("[]", Code.REQUEST),
        (json.dumps([1] * 101), Code.REQUEST),
        ({"jsonrpc": "1.0", "id": 1, "method": "scripts"}, Code.REQUEST),
        ({"jsonrpc": "2.0", "id": 1, "method": 5}, Code.REQUEST),
        ({"jsonrpc": "2.0", "id": {}, "method": "scripts"}, Code.REQUEST),
        ({"jsonrpc": "2.0", "id": 1, "method": "scripts", "params": [1]}, Code.PARAMS),
        (asked("__init__"), Code.METHOD),
        (asked("scripts", more=1), Code.PARAMS),
        (asked("start"), Code.PARAMS),
        (asked("start", script=["greet"]), Code.PARAMS),
        (asked("start", script="os.system"), Code.NO_SCRIPT),
        (asked("start", script="greet"), Code.PARAMS),
        (asked("start", script="greet", args=[5]), Code.PARAMS),
        (asked("start", script="greet", args={"name": "x"}), Code.PARAMS),
        (asked("start", script="greet", args=["x", True]), Code.PARAMS),
        (asked("start", script="greet", kwargs={"name": "x", "y": 1}), Code.PARAMS),
        (asked("start", script="wait", outlive=-1), Code.PARAMS),
        (asked("start", script="wait", outlive="long"), Code.PARAMS),
        (asked("attach", run="guess"), Code.NO_RUN),
        (asked("attach", run=7), Code.PARAMS),
        (asked("cancel", run="guess"), Code.NO_RUN),
        (asked("detach", run="guess"), Code.NO_RUN),
        (asked("term", script="nope"), Code.NO_SCRIPT),
    ],
)
async def test_a_wrong_message_is_answered_by_an_error(message: Any, code: int) -> None:
    """The error says which kind it is, and the connection goes on."""
    async with attacked() as server, server.peer() as peer:
        await peer.send(message)
        answer = await peer.receive()

        assert answer["error"]["code"] == code
        assert answer["error"]["message"]
        assert "/" not in answer["error"]["message"]
        assert await peer.ask("scripts")


async def test_a_number_beyond_all_floats_is_a_number() -> None:
    """JSON has such integers; as a time it is without end."""
    async with attacked() as server, server.peer() as peer:
        name = (await peer.ask("start", script="wait", outlive=10**400))["run"]
        assert (await peer.ask("attach", run=name, after=10**400))["code"] == (
            Code.EVENTS_GONE
        )
        await peer.ask("cancel", run=name)


async def test_too_long_a_message_closes_the_connection() -> None:
    """It is refused while it arrives, not after it has been stored."""
    async with attacked() as server, server.peer() as peer:
        with suppress(ConnectionClosed):  # already, while this is being sent
            await peer.send("x" * 1_000_000)

        assert await peer.wait_closed() == 1009


async def test_binary_messages_close_the_connection() -> None:
    """The protocol is text."""
    async with attacked() as server, server.peer() as peer:
        await peer.send(b"\x00")

        assert await peer.wait_closed() == 1003


@pytest.mark.parametrize("extra", [b"\x00", b"\x81", b"\xff" * 100, b"GET / HTTP/1.1"])
async def test_bytes_behind_the_upgrade_end_one_connection_at_most(
    extra: bytes,
) -> None:
    """What is no websocket frame is cut off, whenever it comes."""
    async with attacked() as server:
        async with server.raw(extra) as stream:
            with trio.move_on_after(0.05):
                await drained(stream)
        async with server.raw() as stream:
            await stream.send_all(extra)


async def test_a_frame_right_behind_the_upgrade_is_taken() -> None:
    """A client need not wait for the upgrade to be accepted."""
    async with attacked() as server:
        async with server.raw(frame(asked("scripts"))) as stream:
            assert b"Greet somebody" in await stream.receive_some(10_000)


async def test_a_client_that_vanishes_is_noticed() -> None:
    """A reset in the middle of a frame ends the connection and its runs."""
    async with attacked() as server:
        for cut in (1, 5, 40):
            async with server.raw(frame(asked("start", script="wait", outlive=0))) as s:
                await s.receive_some(1)
                await s.send_all(frame(asked("scripts"))[:cut])


@pytest.mark.slow
async def test_a_half_open_client_is_noticed() -> None:
    """One that says nothing more, not even a pong, is cut off and its run ends."""
    limits = Limits(ping_interval=0.01, pong_timeout=0.05)
    async with attacked(limits) as server:
        async with server.raw(
            frame(asked("start", script="wait", outlive=0))
        ) as stream:
            assert (4002).to_bytes(2, "big") in await drained(stream)


async def test_a_client_that_has_sent_its_eof_is_let_go() -> None:
    """A half-closed socket counts as a client that has left."""
    async with attacked() as server, server.raw() as stream:
        await stream.send_eof()
        await drained(stream)


async def test_a_client_that_never_finishes_its_request_is_cut_off() -> None:
    """Heads are to be sent within the handshake's time."""
    async with attacked(Limits(handshake_timeout=0.05)) as server:
        for start in ("", "GET /runs HT", HANDSHAKE):
            assert await server.ask(start) == ("", "")


async def test_a_flood_of_requests_is_refused_and_then_cut_off() -> None:
    """First each request beyond the rate is refused, then the connection."""
    limits = Limits(requests_per_second=0.001, request_burst=5)
    async with served(limits=limits) as server:
        async with server.peer() as peer:
            codes = [(await peer.ask("nope"))["code"] for _ in range(6)]
            assert codes == [Code.METHOD] * 5 + [Code.TOO_MANY_REQUESTS]
            await peer.send([asked("nope")] * 10)
            assert await peer.wait_closed() == 1008
        async with server.peer() as peer:
            assert await peer.ask("scripts")


@pytest.mark.slow
async def test_a_flood_that_reads_nothing_is_cut_off() -> None:
    """Requests are not read while their answers are not."""
    limits = Limits(requests_per_second=1e9, request_burst=10**9, send_timeout=0.1)
    async with attacked(limits) as server, server.raw() as stream:
        requests = frame([asked("scripts", "x" * 40)]) * 100
        with pytest.raises(trio.BrokenResourceError):
            while True:
                await stream.send_all(requests)


async def test_a_flood_of_pings_delays_nobody() -> None:
    """Others are served while pings are being answered."""
    async with attacked() as server, server.raw() as stream:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(drained, stream)
            nursery.start_soon(stream.send_all, b"\x89\x80\x00\x00\x00\x00" * 5000)
            async with connect_runs(server.url) as client:
                for _ in range(5):
                    assert await client.scripts()
            nursery.cancel_scope.cancel()


async def test_too_many_runs_are_refused() -> None:
    """A connection has its limit, and so has the server."""
    async with attacked() as server:
        async with server.peer() as one, server.peer() as other:
            answers = [await one.ask("start", script="wait", outlive=0) for _ in "abc"]
            assert "a connection has at most 2 runs" in answers[2]["message"]
            answers = [await other.ask("start", script="wait", outlive=0) for _ in "ab"]
            assert "the server runs at most 3 at once" in answers[1]["message"]


async def test_starting_and_detaching_gets_around_no_limit() -> None:
    """Runs that a connection has started count as long as they run."""
    async with attacked() as server, server.peer() as peer:
        names = []
        for _ in range(2):
            names.append((await peer.ask("start", script="wait"))["run"])
            await peer.ask("detach", run=names[-1])
        refused = await peer.ask("start", script="greet", args=["x"])
        assert refused["code"] == Code.TOO_MANY_RUNS
        for name in names:
            await peer.ask("cancel", run=name)
        await server.wait_until_idle(connections=2)
        assert "run" in await peer.ask("start", script="greet", args=["x"])


async def test_too_many_connections_are_turned_away() -> None:
    """Connections count from the first byte on."""
    async with attacked() as server:
        async with server.peer(), server.peer(), server.peer(), server.peer():
            async with server.peer() as last:
                head, _ = await server.get("/healthz")
                assert head.startswith("HTTP/1.1 503 ")
                assert await last.ask("scripts")


async def drained(stream: trio.SocketStream) -> bytes:
    """All that the server still sends."""
    found = b""
    try:
        while data := await stream.receive_some(10_000):
            found += data
    except trio.BrokenResourceError:
        pass
    return found
