"""The client: where it connects to, what it refuses, what it leaves behind."""

from functools import partial

import pytest
import trio

from epic_actors.errors import EpicError, Transient, UsageError
from epic_actors.service import (
    AccessRefused,
    Client,
    ConnectionLost,
    RemoteCancelled,
    RemoteError,
    RequestRefused,
    connect_runs,
)
from epic_actors.service.dial import Address
from tests.service.scripts import STATE
from tests.service.serving import served


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("ws://host:1", Address("host", 1, "/runs", secure=False)),
        ("http://host/", Address("host", 80, "/runs", secure=False)),
        ("wss://host/inner/runs", Address("host", 443, "/inner/runs", secure=True)),
        ("https://[::1]:8", Address("::1", 8, "/runs", secure=True)),
    ],
)
def test_a_url_says_where_the_server_is(url: str, address: Address) -> None:
    """The path is the protocol's unless another is given."""
    assert Address.of(url) == address


async def test_what_is_no_url_is_refused() -> None:
    """Before anything is connected."""
    for wrong in ("host:1", "ftp://host", "ws://", ""):
        with pytest.raises(UsageError, match="a server is at ws"):
            async with connect_runs(wrong):
                pass


async def test_where_no_server_is_nobody_answers() -> None:
    """The error says where it was looked for."""
    with pytest.raises(AccessRefused, match=r"cannot connect to 127.0.0.1:1"):
        async with connect_runs("ws://127.0.0.1:1"):
            pass


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"hello\r\n\r\n"])
async def test_a_server_of_something_else_is_told_apart(said: bytes) -> None:
    """Whatever it says, and if it says nothing."""

    async def answer(stream: trio.SocketStream) -> None:
        async with stream:
            await stream.receive_some()
            await stream.send_all(said)

    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            serve = partial(trio.serve_tcp, answer, 0, host="127.0.0.1")
            [listener] = await nursery.start(serve)
            port = listener.socket.getsockname()[1]
            with pytest.raises(AccessRefused):
                async with connect_runs(f"ws://127.0.0.1:{port}"):
                    pass
            nursery.cancel_scope.cancel()


def test_errors_are_sorted_by_whose_fault_it_is() -> None:
    """Only a lost connection may be worth another try."""
    errors: list[type[Exception]] = [
        AccessRefused,
        ConnectionLost,
        RemoteCancelled,
        RemoteError,
        RequestRefused,
    ]
    assert all(issubclass(error, EpicError) for error in errors)
    assert [e for e in errors if issubclass(e, Transient)] == [ConnectionLost]


async def test_an_argument_that_json_cannot_say_is_refused() -> None:
    """Here, not by the server."""
    async with served() as server, connect_runs(server.url) as client:
        for wrong in (object(), float("nan"), {1, 2}):
            with pytest.raises(UsageError, match="cannot be said in JSON"):
                async with client.start("greet", wrong):
                    pass
        assert await client.scripts()


@pytest.mark.parametrize("steps", [0, 1, 2, 4, 8, 16])
async def test_a_client_that_is_cancelled_while_it_starts_a_run_cancels_it(
    steps: int,
) -> None:
    """A run that nobody has taken hold of does not go on."""
    async with served() as server, connect_runs(server.url, outlive=None) as client:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(start, client)
            for _ in range(steps):
                await trio.lowlevel.checkpoint()
            nursery.cancel_scope.cancel()
        await server.wait_until_idle(connections=2)


async def start(client: Client) -> None:
    async with client.start("wait"):
        await trio.sleep_forever()


async def test_leaving_an_attached_run_leaves_it_running() -> None:
    """Only who started a run ends it."""
    async with served() as server, connect_runs(server.url, outlive=None) as client:
        async with client.start("meet") as run:
            async with client.attach(run.id):
                pass
            async with client.attach(run.id) as again:
                STATE.gate.set()
                assert await again.result() == "before after"
            run.heard = True


@pytest.mark.slow
async def test_an_unread_run_keeps_no_other_waiting() -> None:
    """Each run has its own events."""
    async with served() as server, connect_runs(server.url) as client:
        async with client.start("items", 5000), client.start("greet", "you") as run:
            assert await run.result() == ["hello you"]
            assert "running" in repr(run) or "complete" in repr(run)
