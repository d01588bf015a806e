"""A simulated model on a free port of this machine, inside trio or beside plain code."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TypeAlias

import trio

from epic_actors.testing.simulated_model import SimulatedModel


_Ready: TypeAlias = "Future[tuple[str, Callable[[], None]]]"


@asynccontextmanager
async def open_simulated_model(
    model: SimulatedModel | None = None,
) -> AsyncIterator[str]:
    """Serve a model on a free loopback port for as long as the block runs.

    Example:
        >>> async def main():
        ...     async with open_simulated_model() as base_url:
        ...         ...  # POST {base_url}/chat/completions

    Args:
        model: The model; one that says seeded words at once if left out.

    Yields:
        The base URL of its API, such as `http://127.0.0.1:43210/v1`.
    """
    serve = partial(
        trio.serve_tcp, (model or SimulatedModel()).serve, 0, host="127.0.0.1"
    )
    failure: Exception | None = None
    async with trio.open_nursery() as nursery:
        listeners: list[trio.SocketListener] = await nursery.start(serve)
        try:
            yield f"http://127.0.0.1:{listeners[0].socket.getsockname()[1]}/v1"
        except Exception as error:
            # Why: leaving through the nursery would wrap the block's own exception.
            failure = error
        nursery.cancel_scope.cancel()
    if failure is not None:
        raise failure


@contextmanager
def open_simulated_model_thread(model: SimulatedModel | None = None) -> Iterator[str]:
    """Serve a model from a thread of its own, beside plain code.

    The thread has ended when the block is left.

    Args:
        model: The model; one that says seeded words at once if left out.

    Yields:
        The base URL of its API.
    """
    ready: _Ready = Future()
    thread = threading.Thread(target=_serve_thread, args=(model, ready))
    thread.start()
    try:
        base_url, stop = ready.result()
        try:
            yield base_url
        finally:
            stop()
    finally:
        thread.join()


def _serve_thread(model: SimulatedModel | None, ready: _Ready) -> None:
    try:
        trio.run(_serve_until_stopped, model, ready)
    except BaseException as error:
        if ready.done():
            raise
        ready.set_exception(error)


async def _serve_until_stopped(model: SimulatedModel | None, ready: _Ready) -> None:
    stopped, token = trio.Event(), trio.lowlevel.current_trio_token()
    async with open_simulated_model(model) as base_url:
        ready.set_result((base_url, partial(token.run_sync_soon, stopped.set)))
        await stopped.wait()
