"""Running scripts: from plain code, inside a trio program, step by step, or in order."""

import contextlib
import functools
import inspect
import types
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import attrs
import trio

from .core.network.door import beside, inside
from .core.network.externals import aside
from .core.network.shared import keep_shared
from .errors import UsageError


if TYPE_CHECKING:
    from .core.network.network import Listener, Network, Statistics
    from .core.streams.outlet import Outlet


def machinery() -> types.ModuleType:
    """What runs scripts, imported with the first run: it is most of the package."""
    from . import running  # noqa: PLC0415

    return running


class Script:
    """A function declared to be run out of order; calling it runs it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = self.__script__ = function
        functools.update_wrapper(self, function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the script (see `run`); inside a script, just a call of it."""
        if inside.door is not None:
            return self.function(*args, **kwargs)  # a part of what is run in order
        return run(functools.partial(self.function, **kwargs), *args)

    def __get__(self, obj: Any, owner: type | None = None) -> Any:
        """Be a method where a function would be one."""
        if obj is None:
            return self
        return Script(types.MethodType(self.function, obj))

    def __repr__(self) -> str:
        return f"<script {self.__name__}>"  # type: ignore[attr-defined]


def script(function: Any) -> Any:
    """Declare a function (or method) a script: calling it runs it out of order.

    Raises:
        UsageError: What is decorated is not a Python function.
    """
    inner: Any = function
    if isinstance(function, staticmethod | classmethod):
        inner = function.__func__
    if not isinstance(inner, types.FunctionType):
        raise UsageError(
            f"@script takes a Python function, not {function!r}; "
            "decorate the function itself"
        )
    if isinstance(function, classmethod):
        return classmethod(Script(inner))
    if isinstance(function, staticmethod):
        return staticmethod(Script(inner))
    return Script(function)


@attrs.frozen
class Options:
    """How to run a script.

    Attributes:
        fusion: Run on the fast machine; False for the literal one, a task per node.
        deadline: Seconds after which the run is given up.
        on_event: Called with the name and data of each step of an external call.
    """

    fusion: bool = True
    deadline: float | None = None
    on_event: "Listener | None" = None

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Options":
        """Check the options given at the door.

        Raises:
            UsageError: An option is not known or has a value it cannot have.
        """
        unknown = sorted(given.keys() - {a.name for a in attrs.fields(cls)})
        if unknown:
            raise UsageError(
                f"no option {unknown[0]!r}; there are fusion, deadline and on_event "
                "(the script's own keywords go in a functools.partial)"
            )
        options = cls(**given)
        if not isinstance(options.fusion, bool):
            raise UsageError(f"fusion is True or False, not {options.fusion!r}")
        seconds = options.deadline
        if seconds is not None and (
            isinstance(seconds, bool)
            or not isinstance(seconds, int | float)
            or not seconds >= 0
        ):
            raise UsageError(f"deadline is a number of seconds, not {seconds!r}")
        if options.on_event is not None and not callable(options.on_event):
            raise UsageError(f"on_event is a function, not {options.on_event!r}")
        return options


@attrs.frozen
class Job:
    """A script taken apart: the function to run and all of its arguments."""

    function: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @classmethod
    def of(cls, given: Any, args: tuple[Any, ...]) -> "Job":
        """Find the Python function in what was given.

        Raises:
            UsageError: There is none.
        """
        kwargs: dict[str, Any] = {}
        function = given
        while not isinstance(function, types.FunctionType):
            if isinstance(function, Script):
                function = function.function
            elif isinstance(function, functools.partial):
                args = (*function.args, *args)
                kwargs = {**function.keywords, **kwargs}
                function = function.func
            elif isinstance(function, types.MethodType):
                args = (function.__self__, *args)
                function = function.__func__
            else:
                raise UsageError(
                    f"a script is a Python function, and {given!r} is not; "
                    "wrap the call in a function of your own"
                )
        return cls(function, args, kwargs)


@attrs.frozen
class Event:
    """A step of an external call.

    Attributes:
        name: `call.run.started`, `streaming`, `complete`, `failed` or `cancelled`.
        data: The `call`'s number, the external's `name`, the `time` on trio's clock, the
            `error` if there is one.
    """

    name: str
    data: dict[str, Any]


class Run:
    """A run under way; made by `open_run`."""

    def __init__(self, network: "Network", outlet: "Outlet") -> None:
        self._network = network
        self._outlet = outlet
        self._scope = trio.CancelScope()
        self._done = trio.Event()
        self._value: Any = None
        self._error: Exception | None = None
        self._heard = False
        self._listeners: list[trio.MemorySendChannel[Event]] = []

    async def result(self) -> Any:
        """Wait for the script's value.

        Raises:
            Exception: Whatever the script raised.
            DeadlineExceeded: The run was not done in time.
            UsageError: The run was cancelled by `cancel`.
        """
        self._outlet.stop_reading()
        await self._done.wait()
        self._heard = True
        if self._error is not None:
            raise self._error
        return self._value

    def __aiter__(self) -> AsyncIterator[Any]:
        """The value piece by piece, as soon as each piece is settled.

        A text comes in pieces that make it up, a list element by element, any other
        value but None as a whole.  While the reader is busy, calls that stream only
        what it is to read wait for it.

        Raises:
            Exception: Whatever the script raised; pieces may have come before.
        """
        pieces: AsyncIterator[Any] = machinery().Pieces(
            self._outlet, self._done, self.result
        )
        return pieces

    def events(self) -> trio.MemoryReceiveChannel[Event]:
        """The steps of external calls from now on, to be iterated over."""
        send, receive = trio.open_memory_channel[Event](float("inf"))
        self._listeners.append(send)
        if self._done.is_set():
            send.close()
        return receive

    def listen(self, also: "Listener | None") -> "Listener":
        """Tell those who iterate over `events`, and another listener."""

        def tell(name: str, data: dict[str, Any]) -> None:
            if also is not None:
                also(name, data)
            for send in self._listeners:
                with contextlib.suppress(trio.BrokenResourceError):
                    send.send_nowait(Event(name, data))

        return tell

    def end(self) -> None:
        """Hear that the run is over."""
        self._done.set()
        self._outlet.wake()
        for send in self._listeners:
            send.close()

    def cancel(self) -> None:
        """Give the run up: cancel its calls and take back what was not final."""
        self._scope.cancel()

    def statistics(self) -> "Statistics":
        """What the run has done so far."""
        return self._network.statistics()

    def __repr__(self) -> str:
        return f"<Run {self._network!r}>"


def run(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Run a script out of order, from plain code, and return its value.

    Args:
        function: A script or any Python function.
        args: Its positional arguments; keyword ones go in a `functools.partial`.
        options: See `Options`.

    Raises:
        Exception: Whatever the script raises, as if run in order.
        UsageError: Called inside a trio program: use `await evaluate(...)` there.
    """
    if _inside_trio():
        raise UsageError(
            "run() starts an event loop and this code is already inside one; "
            "write `await epic_actors.evaluate(script, ...)`"
        )
    try:
        return trio.run(functools.partial(evaluate, function, *args, **options))
    except BaseException as error:
        running = machinery()
        raised = running.as_raised(error)
    # Why: raised outside `except`, or another error would get a false context.
    raise raised.with_traceback(running.without_lead(raised.__traceback__))


def _inside_trio() -> bool:
    try:
        trio.lowlevel.current_trio_token()
    except RuntimeError:
        return False
    return True


async def evaluate(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Run a script out of order, inside a trio program, and return its value.

    Cancelling it cancels every call in flight; stores that sequential Python would not
    have reached are taken back.  Arguments and errors as for `run`.
    """
    chosen, job = Options.of(options), Job.of(function, args)
    running = machinery()
    network = running.network_of(job, chosen)
    return await running.evaluated(network, job, chosen)


@asynccontextmanager
async def open_run(
    function: Callable[..., Any], *args: Any, **options: Any
) -> AsyncIterator[Run]:
    """Start a run and go on beside it.

    Leaving the block waits for the run, and raises what the script raised if nobody has
    asked for its result; leaving it by an exception cancels the run.
    Arguments as for `evaluate`.
    """
    chosen, job = Options.of(options), Job.of(function, args)
    running = machinery()
    network = running.network_of(job, chosen)
    network.outlet = outlet = running.Outlet(network)
    left_by: Exception | None = None
    async with trio.open_nursery() as nursery:
        started = Run(network, outlet)
        network.listener = started.listen(chosen.on_event)

        async def work() -> None:
            with started._scope:
                try:
                    started._value = await running.evaluated(network, job, chosen)
                except Exception as error:
                    started._error = error
            if started._scope.cancelled_caught:
                started._error = UsageError("the run was cancelled")
                started._heard = True
            started.end()

        nursery.start_soon(work)
        try:
            yield started
        except Exception as error:
            # Why: raised outside the nursery, it arrives as it is, not in a group.
            left_by = error
            nursery.cancel_scope.cancel()
        outlet.stop_reading()
    if left_by is not None:
        raise left_by
    if started._error is not None and not started._heard:
        raise started._error


def run_sequentially(function: Callable[..., Any], *args: Any) -> Any:
    """Run a script in order: plain Python, one external call after another.

    The reference for everything else here.  The script runs in a thread of its own while
    the calls run on trio.

    Raises:
        Exception: Whatever the script raises.
    """
    job = Job.of(function, args)
    value, stop = trio.run(_run_in_order, job)
    if stop is not None:
        raise stop
    return value


async def _run_in_order(job: Job) -> tuple[Any, StopIteration | None]:
    """The script's value, or the exception that no coroutine can raise."""
    async with keep_shared():
        if inspect.iscoroutinefunction(job.function):
            return await aside(job.function).execute(job.args, job.kwargs), None

        def work() -> tuple[Any, StopIteration | None]:
            try:
                return job.function(*job.args, **job.kwargs), None
            except StopIteration as stop:
                return None, stop

        ended: tuple[Any, StopIteration | None] = await beside(work)
        return ended


__all__ = [
    "Event",
    "Run",
    "evaluate",
    "open_run",
    "run",
    "run_sequentially",
    "script",
]
