"""Clients that do not keep up, on a server with little room."""

import pytest
import trio

from epic_actors.errors import UsageError
from epic_actors.service import (
    ConnectionLost,
    Limits,
    RemoteError,
    RequestRefused,
    connect_runs,
)
from epic_actors.service.protocol import Code
from tests.service.scripts import STATE
from tests.service.serving import Served, asked, frame, served


TIGHT = Limits(max_history=20_000, send_timeout=60)
BIG = {"script": "items", "kwargs": {"count": 1000, "size": 10_000}}


@pytest.mark.slow
async def test_a_client_that_reads_nothing_slows_only_its_own_run() -> None:
    """Its run waits with its pieces; another client's run is done meanwhile."""
    async with served(limits=TIGHT) as server:
        async with server.raw(frame(asked("start", **BIG, outlive=0))):
            async with connect_runs(server.url) as client:
                async with client.start("items", 1000, size=100) as run:
                    assert len([piece async for piece in run]) == 1000
            assert (await server.health())["runs"] == 1


@pytest.mark.slow
async def test_a_client_that_goes_on_reading_misses_nothing() -> None:
    """Having waited for it, the run goes on where it was."""
    async with served(limits=TIGHT) as server, server.peer() as peer:
        await peer.send(asked("start", **BIG))
        numbers: list[int] = []
        while not numbers or numbers[-1] < 1001:
            found = await peer.receive()
            for one in found if isinstance(found, list) else [found]:
                if "method" in one:
                    numbers.append(one["params"]["event"])

    assert numbers == list(range(1, 1002))


@pytest.mark.slow
async def test_a_client_that_is_behind_the_others_is_closed() -> None:
    """The fastest reader goes on; who has missed events is told so by the code."""
    async with served(limits=TIGHT) as server, connect_runs(server.url) as client:
        async with client.start("gated", 2000, size=5000) as run:
            async with server.peer() as slow:
                slow.narrow()
                await slow.ask("attach", run=run.id)
                assert await anext(aiter(run)) == "first"
                STATE.gate.set()
                assert len([piece async for piece in run]) == 2000
                assert await slow.wait_closed() == 4008


@pytest.mark.slow
async def test_a_client_that_takes_no_message_for_too_long_is_closed() -> None:
    """Its run ends, or goes on, as it was started."""
    limits = Limits(max_history=20_000, send_timeout=0.05)
    async with served(limits=limits) as server:
        async with server.raw(frame(asked("start", **BIG, outlive=0))):
            await server.wait_until_idle()


async def test_events_that_are_gone_are_said_to_be_gone() -> None:
    """The refusal tells which are still there."""
    async with served(limits=TIGHT) as server, connect_runs(server.url) as client:
        async with client.start("items", 100, size=1000) as run:
            assert len(await run.result()) == 100
        with pytest.raises(RequestRefused) as caught:
            async with client.attach(run.id, after=0):
                pass
        assert caught.value.code == Code.EVENTS_GONE
        there = caught.value.data
        async with client.attach(run.id, after=there["first"] - 1) as again:
            missed = there["first"] - 1
            assert len([piece async for piece in again]) == 100 - missed
            with pytest.raises(UsageError, match="attached to in the middle"):
                await again.result()


async def test_a_value_too_large_to_keep_is_an_error_of_the_run() -> None:
    """It says which limit to raise."""
    async with served(limits=TIGHT) as server, connect_runs(server.url) as client:
        with pytest.raises(RemoteError, match="max_history is 20000"):
            async with client.start("items", 1, size=30_000):
                pass


async def test_an_idle_connection_is_closed() -> None:
    """One with a run is not idle."""
    limits = Limits(ping_interval=0.01, idle_timeout=0.05)
    async with served(limits=limits) as server:
        async with server.peer() as idle, server.peer() as busy:
            name = (await busy.ask("start", script="wait", outlive=0))["run"]
            assert await idle.wait_closed() == 4001
            await busy.ask("cancel", run=name)
            assert await busy.wait_closed() == 4001


@pytest.mark.slow
async def test_a_connection_whose_long_run_just_ended_is_not_idle() -> None:
    """It has been told something, and may answer."""
    limits = Limits(ping_interval=0.01, idle_timeout=1)
    async with served(limits=limits) as server, connect_runs(server.url) as client:
        async with client.start("meet") as run:
            assert await anext(aiter(run)) == "before "
            await trio.sleep(1.1)
            STATE.gate.set()
            assert await run.result() == "before after"
        await trio.sleep(0.1)
        assert await client.scripts()


async def test_a_lost_connection_is_said_to_be_lost() -> None:
    """Requests and runs that wait are told, with the code."""

    async def lose(server: Served) -> None:
        async with connect_runs(server.url) as client, client.start("wait") as run:
            server.scope.cancel()
            with pytest.raises(ConnectionLost) as caught:
                await run.result()
            assert caught.value.code == 1001
            with pytest.raises(ConnectionLost):
                await anext(aiter(run))
            with pytest.raises(ConnectionLost):
                await client.scripts()
            run.heard = True

    async with served() as server:
        await lose(server)
