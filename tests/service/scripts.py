"""Small scripts with simulated externals, as the tests of the service run them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import trio

import epic_actors as epic
from epic_actors.primitives import output


@epic.unordered
async def echo(text: str, seconds: float = 0.0) -> str:
    await trio.sleep(seconds)
    return text


@epic.unordered
async def forever() -> str:
    STATE.started += 1
    try:
        await trio.sleep_forever()
    finally:
        STATE.stopped += 1
    raise AssertionError("sleeping forever ended")


@epic.unordered
async def numbers(count: int) -> AsyncIterator[str]:
    for number in range(count):
        await trio.lowlevel.checkpoint()
        yield f"{number} "


@epic.unordered
async def halves() -> AsyncIterator[str]:
    STATE.gate = trio.Event()
    yield "before "
    await STATE.gate.wait()
    yield "after"


async def texts(count: int, size: int) -> AsyncIterator[str]:
    STATE.gate = trio.Event()
    yield "first"
    await STATE.gate.wait()
    for _ in range(count):
        yield "x" * size


stream_of_texts = epic.unordered(texts, stream=list)


class State:
    started = 0
    stopped = 0
    gate: trio.Event


STATE = State()


@epic.script
def greet(name: str, times: int = 1) -> list[str]:
    """Greet somebody.

    Args:
        name: Whom.
        times: How often; more
            than once is polite.
    """
    return [echo(f"hello {name}") for _ in range(times)]


@epic.script
def wait() -> object:
    """Never end."""
    return forever()


@epic.script
def fail(message: str) -> None:
    """Raise what is asked for."""
    raise ValueError(echo(message))


@dataclass
class Point:
    x: int
    y: complex


@epic.script
def point() -> object:
    return Point(1, complex(0, 1))


@epic.script
def leave() -> None:
    raise SystemExit(3)


@epic.script
def count(to: int) -> object:
    """Count, as a stream."""
    return numbers(to)


@epic.script
def meet() -> object:
    """Stream one half, and the other when told to."""
    return halves()


@epic.script
def items(count: int, size: int = 1) -> list[str]:
    """A list of texts."""
    return ["x" * size for _ in range(count)]


@epic.script
def gated(count: int, size: int) -> object:
    """Stream a list of texts: one, and the others when told to."""
    return stream_of_texts(count, size)


@epic.script
def announce(names: list[str]) -> int:
    """Emit a greeting for each name."""
    for name in names:
        output.emit(echo(f"hello {name}"))
    return len(names)


SCRIPTS = [greet, wait, fail, point, leave, count, meet, items, gated, announce]
