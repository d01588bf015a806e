"""What runs a script: the front end, the machine, and the network between them.

`run` imports this with the first run, so that a program that only declares externals and
scripts starts quickly.
"""

import inspect
from typing import TYPE_CHECKING, Any

import trio

from .core.functions import Function
from .core.machines.fast import FastMachine
from .core.machines.literal import LiteralMachine
from .core.network.calls import request
from .core.network.externals import aside
from .core.network.network import Network
from .core.network.traces import as_raised, without_lead
from .core.streams.outlet import Outlet, Pieces
from .errors import DeadlineExceeded, ScriptError
from .frontend import NotCompiled, let_go, translate
from .ownership import Ownership


if TYPE_CHECKING:
    from .run import Job, Options

FAST = FastMachine()


async def evaluated(network: Network, job: "Job", options: "Options") -> Any:
    """Run a script in its network, and return its value."""
    try:
        frame = frame_of(network, job)
        if options.deadline is None:
            return await network.run(frame)
        with trio.move_on_after(options.deadline) as scope:
            return await network.run(frame)
        assert scope.cancelled_caught
    finally:
        let_go()
    name = job.function.__qualname__
    raise DeadlineExceeded(f"{name}() was not done within {options.deadline} s")


def network_of(job: "Job", options: "Options") -> Network:
    """The network of one run."""
    machine = FAST if options.fusion else LiteralMachine()
    ownership = Ownership(job.function)
    return Network(
        ownership.translate,
        machine,
        runs_aside=ownership.runs_aside,
        take_along=ownership.take_along,
        leave_behind=ownership.leave_behind,
        listener=options.on_event,
    )


def frame_of(network: Network, job: "Job") -> Any:
    """The script as a frame that the network drives."""
    code = job.function.__code__
    if code.co_flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR):
        raise ScriptError(
            f"{job.function.__qualname__}() is a generator and has no value to run for; "
            "write a script that loops over it",
            filename=code.co_filename,
            line=code.co_firstlineno,
        )
    try:
        function: Function = translate(job.function)
    except NotCompiled:
        return _aside(network, job)
    values = function.parameters(job.function, job.args, job.kwargs)
    return network.machine.frame(network, function, values)


def _aside(network: Network, job: "Job") -> Any:
    """The frame of a script that only CPython can run: one call, in its turn."""
    yield from ()
    return request(network, aside(job.function), job.args, job.kwargs)


__all__ = [
    "Outlet",
    "Pieces",
    "as_raised",
    "evaluated",
    "network_of",
    "without_lead",
]
