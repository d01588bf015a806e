"""Async generators of the script's own.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
import trio
import trio.testing

import epic_actors as epic


@epic.unordered
async def ask(x: Any) -> Any:
    """Give it back, later."""
    await trio.sleep(1)
    return x


async def items(log, n):
    try:
        for i in range(n):
            yield await ask(i)
    finally:
        log.append("closed")


async def gone_over():
    log = []
    out = [await ask("before")]
    async for x in items(log, 3):
        out.append(x)
    return out, list(log)


async def closed_by_hand():
    log = []
    made = items(log, 3)
    first = await made.__anext__()
    second = await anext(made)
    await made.aclose()
    return first, second, list(log)


async def closed_by_a_context():
    log = []
    async with aclosing(items(log, 3)) as made:
        async for x in made:
            break
    return x, list(log)


async def as_contexts():
    log = []

    @asynccontextmanager
    async def session(name):
        try:
            yield await ask(name)
        except KeyError:
            log.append("handled")
        finally:
            log.append(await ask(name))

    async with session("a") as a, session("b"):
        raise KeyError(a)
    return log  # type: ignore[unreachable]


async def in_comprehensions():
    log = []
    return [x async for x in items(log, 3)], {x async for x in items(log, 3)}, log


async def sent_to():
    async def echo():
        got = yield await ask(1)
        while got is not None:
            got = yield await ask(got)

    made = echo()
    out = [await made.asend(None), await made.asend(5)]
    try:
        await made.asend(None)
    except StopAsyncIteration:
        out.append("end")
    return out


SCRIPTS = [
    gone_over,
    closed_by_hand,
    closed_by_a_context,
    as_contexts,
    in_comprehensions,
    sent_to,
]


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_mean_what_cpython_says(
    script: Any, fusion: bool, autojump_clock: trio.testing.MockClock
) -> None:
    """Their code runs in its turn, and what it changes is seen behind it."""

    async def both() -> tuple[Any, Any]:
        return await script(), await epic.evaluate(script, fusion=fusion)

    plain, run = trio.run(both, clock=autojump_clock)
    assert run == plain
