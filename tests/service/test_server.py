"""Runs over real sockets: started, followed, cancelled, picked up again."""

import pytest
import trio

from epic_actors.service import (
    Limits,
    RemoteCancelled,
    RemoteError,
    RequestRefused,
    connect_runs,
)
from tests.service.scripts import STATE
from tests.service.serving import Served, asked, frame, served


async def wait_until_started() -> None:
    while STATE.started == STATE.stopped:  # noqa: ASYNC110
        await trio.sleep(0.005)


async def test_a_run_gives_what_the_script_gives() -> None:
    """The pieces of a list are its elements, and the result is the list."""
    async with served() as server, connect_runs(server.url) as client:
        async with client.start("greet", "you", times=3) as run:
            pieces = [piece async for piece in run]

            assert pieces == ["hello you"] * 3 == await run.result()


async def test_a_streamed_text_arrives_piece_by_piece() -> None:
    """Each chunk of the text is a piece, sent before the next one exists."""
    async with served() as server, connect_runs(server.url) as client:
        async with client.start("meet") as run:
            pieces = aiter(run)
            assert await anext(pieces) == "before "
            STATE.gate.set()
            assert await anext(pieces) == "after"
            assert await run.result() == "before after"


async def test_events_are_numbered_and_say_what_happened() -> None:
    """Calls begin and end, the pieces come in order, and the result is the last."""
    async with served() as server, connect_runs(server.url) as client:
        async with client.start("greet", "you") as run:
            events = []
            while (event := await run.next_event()) is not None:
                events.append(event)

    assert [event.number for event in events] == [1, 2, 3, 4]
    assert [event.kind for event in events] == ["call", "call", "piece", "complete"]
    assert [e.data["step"] for e in events[:2]] == ["started", "complete"]
    assert {e.data["name"] for e in events[:2]} == {"echo"}
    assert events[-1].data == {"result": ["hello you"]}


async def test_what_a_script_emits_arrives_in_its_order() -> None:
    """Each value as an event of its own, before the result."""
    async with served() as server, connect_runs(server.url) as client:
        async with client.start("announce", ["a", "b"]) as run:
            events = []
            while (event := await run.next_event()) is not None:
                events.append((event.kind, event.data))

    emitted = [data for kind, data in events if kind == "output"]
    assert emitted == ["hello a", "hello b"]
    assert events[-1] == ("complete", {"result": 2})


async def test_what_a_script_raises_arrives_by_name_and_message() -> None:
    """Neither a traceback nor a path of the server is told."""
    async with served() as server, connect_runs(server.url) as client:
        with pytest.raises(RemoteError) as caught:
            async with client.start("fail", "oh no"):
                pass

    assert (caught.value.type, caught.value.message) == ("ValueError", "oh no")
    assert "Traceback" not in str(caught.value)


async def test_a_script_that_exits_ends_only_its_run() -> None:
    """`SystemExit` is a failure of the run like any other."""
    async with served() as server, connect_runs(server.url) as client:
        with pytest.raises(RemoteError, match="SystemExit: 3"):
            async with client.start("leave"):
                pass
        assert await client.scripts()


async def test_values_beyond_json_are_told_by_their_type() -> None:
    """A dataclass is an object of its fields, a complex number its repr."""
    async with served() as server, connect_runs(server.url) as client:
        async with client.start("point") as run:
            assert await run.result() == {
                "$type": "Point",
                "x": 1,
                "y": {"$type": "complex", "repr": "1j"},
            }


async def test_cancelling_a_run_cancels_its_calls() -> None:
    """The call has ended when the client is told."""
    async with served() as server, connect_runs(server.url) as client:
        async with client.start("wait") as run:
            await wait_until_started()
            stopped = STATE.stopped
            await run.cancel()
            with pytest.raises(RemoteCancelled, match="a client asked for it"):
                await run.result()

            assert STATE.stopped == stopped + 1


async def test_an_error_in_the_clients_block_cancels_the_run() -> None:
    """Leaving by an exception gives the run up."""
    async with served() as server, connect_runs(server.url, outlive=None) as client:
        with pytest.raises(KeyError):
            async with client.start("wait"):
                raise KeyError
        await server.wait_until_idle(connections=2)


async def test_the_run_of_a_killed_client_ends() -> None:
    """Without `outlive` a run ends with the connection that watched it."""
    async with served() as server:
        async with server.raw(frame(asked("start", script="wait", outlive=0))):
            while (await server.health())["runs"] == 0:  # noqa: ASYNC110
                await trio.sleep(0.005)

        with trio.fail_after(5):
            await server.wait_until_idle()


async def test_a_run_outlives_its_client_if_asked_to() -> None:
    """Another client attaches to it and misses nothing."""
    async with served() as server:
        async with connect_runs(server.url, outlive=None) as client:
            async with client.start("meet") as run:
                name = run.id
                assert await anext(aiter(run)) == "before "
                await run.detach()
                run.heard = True
        async with connect_runs(server.url) as client:
            assert (await server.health())["runs"] == 1
            async with client.attach(name, after=run.last) as again:
                STATE.gate.set()
                assert [piece async for piece in again] == ["after"]
                assert await again.result() == "before after"


async def test_an_ended_run_can_be_attached_to() -> None:
    """Its events are kept for a time, and come from the number that was asked for."""
    async with served() as server, connect_runs(server.url) as client:
        async with client.start("greet", "you") as run:
            await run.result()
        async with client.attach(run.id, after=2) as again:
            assert [piece async for piece in again] == ["hello you"]
            assert again.last == 4
        async with client.attach(run.id, after=4) as over:
            assert over.last == 4


async def test_an_ended_run_is_forgotten() -> None:
    """After `keep_ended` seconds there is no such run any more."""
    limits = Limits(keep_ended=0)
    async with served(limits=limits) as server, connect_runs(server.url) as client:
        async with client.start("greet", "you") as run:
            await run.result()
        with pytest.raises(RequestRefused, match="no such run"):
            while True:
                async with client.attach(run.id):
                    pass


async def test_an_unattended_run_is_cancelled_after_its_time() -> None:
    """Whoever attaches in time keeps it; nobody else does."""
    async with served() as server, connect_runs(server.url, outlive=0.01) as client:
        async with client.start("wait") as run:
            await run.detach()
            while (await server.health())["runs"]:  # noqa: ASYNC110
                await trio.sleep(0.005)
            async with client.attach(run.id) as again:
                with pytest.raises(RemoteCancelled, match="nobody was attached"):
                    await again.result()
            run.heard = True


async def test_several_clients_follow_one_run() -> None:
    """Each of them gets every event, once and in order."""
    seen: list[list[str]] = []

    async def follow(server: Served, name: str) -> None:
        async with connect_runs(server.url) as client, client.attach(name) as run:
            seen.append([piece async for piece in run])

    async with served() as server, connect_runs(server.url) as client:
        async with client.start("greet", "all", times=50) as run:
            async with trio.open_nursery() as nursery:
                for _ in range(5):
                    nursery.start_soon(follow, server, run.id)

    assert seen == [["hello all"] * 50] * 5


async def test_requests_may_come_in_batches() -> None:
    """A batch is answered by a batch, without those that asked for no answer."""
    async with served() as server, server.peer() as peer:
        unanswered = {"jsonrpc": "2.0", "method": "scripts"}
        await peer.send([asked("scripts", "a"), unanswered, 1, asked("nope", "b")])
        answers = await peer.receive()

    assert [answer["id"] for answer in answers] == ["a", None, "b"]
    assert [a.get("error", {}).get("code") for a in answers] == [None, -32600, -32601]


async def test_stopping_the_server_says_so() -> None:
    """Clients are told that the server goes away, and runs are cancelled."""
    stopped = STATE.stopped
    async with served() as server, server.peer() as peer:
        await peer.ask("start", script="wait")
        await wait_until_started()
        server.scope.cancel()

        assert await peer.wait_closed() == 1001

    assert STATE.stopped == stopped + 1


async def test_a_server_tells_its_scripts() -> None:
    """Names, parameters with their kinds, annotations and defaults, and the docs."""
    async with served() as server, connect_runs(server.url) as client:
        [greet, *_] = await client.scripts()
        name, times = greet["parameters"]

    assert greet["name"] == "greet"
    assert greet["doc"].startswith("Greet somebody.")
    assert (name["annotation"], name["required"], name["doc"]) == ("str", True, "Whom.")
    assert (times["default"], times["required"]) == (1, False)
    assert times["doc"] == "How often; more than once is polite."


async def test_a_server_tells_a_scripts_term() -> None:
    """The text of the term, and its nodes with the edges between them."""
    async with served() as server, connect_runs(server.url) as client:
        term = await client.term("greet")

    assert term["text"].startswith("λ name times.")
    [call] = [node for node in term["nodes"] if node["kind"] == "external"]
    assert call["label"] == "echo(…)"
    assert any(edge[1] == call["id"] for edge in term["edges"])
