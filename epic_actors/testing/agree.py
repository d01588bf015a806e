"""Run one script every way, and compare what each way did.

The ways are plain CPython, with plain functions in place of the externals, and the two
machines, fused and literal, in virtual time, on drawn schedules.  They agree when value
or exception, external calls, order of sequential calls, final state and printed text are
the same.  None of this uses the machine to judge the machine.

After an exception one thing is allowed: unordered calls that stand behind it may have
been begun as well.
"""

import contextlib
import copy
import dis
import functools
import inspect
import io
import itertools
import sys
import traceback
import types
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, TypeAlias

import attrs
import trio

import epic_actors as epic
from epic_actors.core.network.traces import as_raised
from epic_actors.testing.outside import Asked, Endless, Outside, Record
from epic_actors.testing.shape import failure, shape
from epic_actors.testing.virtual import run_in_virtual_time


Script: TypeAlias = Callable[..., Any]
Arguments: TypeAlias = Callable[[], tuple[Any, ...]]

#: After so much virtual time a run that has not ended never will.
STUCK_AFTER_S = 1e9
PLAIN = "plain CPython"


class Disagreement(AssertionError):  # noqa: N818 - reads as what it is
    """A way of running a script differs from plain CPython; the text says where."""


@attrs.frozen
class Outcome:
    """What one way of running a script did.

    Attributes:
        way: Which way it was.
        ending: The shape of the value, or of the exception.
        state: The shape of value, arguments and globals together, with aliasing.
        printed: The text on standard output.
        begun: The calls begun, as a multiset.
        ended: The calls that came to an end.
        ordered: The sequential calls in order.
        seconds: How long it took, in virtual time; for plain CPython the sum of calls.
        faults: What must never happen: calls left running, arguments torn, no end.
        shadowed: Whether the script raised anywhere on its way, caught or not.
        lines: Where the exception passed through the script's own file.
        answer: The value itself.
    """

    way: str
    ending: str
    state: str
    printed: str
    begun: Counter[Asked]
    ended: Counter[Asked]
    ordered: tuple[Asked, ...]
    seconds: float
    faults: tuple[str, ...] = ()
    shadowed: bool = False
    lines: tuple[str, ...] = ()
    answer: Any = None


def agree(
    script: Script,
    outside: Outside,
    make: Arguments = tuple,
    *,
    seeds: Iterable[object] = (0,),
    fusions: Iterable[bool] = (True, False),
    tracebacks: bool = False,
) -> Outcome:
    """Run `script(*make())` every way and return what plain CPython did.

    Args:
        script: A function with source; its externals are those of `outside`, found as
            globals of its module.
        outside: The world it calls.
        make: Makes fresh arguments for each run.
        seeds: One run per machine for each; durations are drawn from it.
        fusions: The machines: fused (True), literal (False).
        tracebacks: Whether the lines of an exception's traceback must agree too.

    Raises:
        Disagreement: Naming the way that differs, how, and the script's source.
    """
    plain = run_plainly(script, outside, make)
    for seed, fusion in itertools.product(seeds, fusions):
        plain = run_plainly(script, outside, make, seed=seed)
        other = run_machine(script, outside, make, fusion=fusion, seed=seed)
        found = list(differences(plain, other, tracebacks=tracebacks))
        if found:
            raise Disagreement(report(script, other.way, found))
    return plain


def run_plainly(
    script: Script, outside: Outside, make: Arguments = tuple, *, seed: object = 0
) -> Outcome:
    """Run the script natively, with plain functions in place of the externals."""

    def natively(arguments: tuple[Any, ...]) -> _Ran:
        with _exceptions_seen() as seen:
            ending = _caught(lambda: script(*arguments))
        return _Ran(ending, outside.record.seconds, shadowed=bool(seen))

    with outside.plain(script.__globals__):
        return _observe(PLAIN, script, outside, make, seed, natively)


def run_machine(
    script: Script,
    outside: Outside,
    make: Arguments = tuple,
    *,
    fusion: bool = True,
    seed: object = 0,
) -> Outcome:
    """Run the script on one of the machines, in virtual time."""

    def virtually(arguments: tuple[Any, ...]) -> _Ran:
        evaluate = functools.partial(epic.evaluate, script, *arguments, fusion=fusion)
        timed = functools.partial(_timed, evaluate)
        ran = _caught(lambda: run_in_virtual_time(timed))
        return ran if isinstance(ran, _Ran) else _Ran(ran)

    way = f"{'fused' if fusion else 'literal'}, seed {seed}"
    return _observe(way, script, outside, make, seed, virtually)


@attrs.frozen
class _Failed:
    """What stands in the place of a value when there is none."""

    error: BaseException


@attrs.frozen
class _Ran:
    ending: Any
    seconds: float = 0.0
    faults: tuple[str, ...] = ()
    shadowed: bool = False


def _caught(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except Exception as error:
        return _Failed(error)
    except BaseExceptionGroup as group:
        # Why: `except*` makes a group of what its clauses raise.
        if group.subgroup(Endless) is not None:
            raise Endless("in a clause of `except*`") from group
        raise


async def _timed(evaluate: Callable[[], Awaitable[Any]]) -> _Ran:
    tasks = trio.lowlevel.current_statistics().tasks_living
    start = trio.current_time()
    ending: Any = None
    faults = []
    with trio.move_on_after(STUCK_AFTER_S) as scope:
        try:
            ending = await evaluate()
        except Exception as error:
            # Why: `run` gives a StopIteration as it is; a coroutine cannot raise it.
            ending = _Failed(as_raised(error))
    if scope.cancelled_caught:
        faults.append("never ended: everything waits for something else")
    left = trio.lowlevel.current_statistics().tasks_living - tasks
    if left:
        faults.append(f"{left} tasks were left running")
    return _Ran(ending, round(trio.current_time() - start, 6), tuple(faults))


def _observe(
    way: str,
    script: Script,
    outside: Outside,
    make: Arguments,
    seed: object,
    run: Callable[[tuple[Any, ...]], _Ran],
) -> Outcome:
    outside.begin(seed)
    arguments = make()
    spaces = [script.__globals__, *outside.namespaces]
    before = copy.deepcopy([_data(space) for space in spaces])
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        ran = run(arguments)
    record = outside.record
    failed = isinstance(ran.ending, _Failed)
    answer = None if failed else ran.ending
    state = shape(answer, arguments, *map(_data, spaces))
    for space, data in zip(spaces, before, strict=True):
        _restore(space, data)
    return Outcome(
        way=way,
        ending=_raised(ran.ending.error) if failed else shape(answer),
        state=state,
        printed=printed.getvalue(),
        begun=+record.begun,
        ended=+record.ended,
        ordered=tuple(record.ordered),
        seconds=ran.seconds,
        faults=(*ran.faults, *_faults(record)),
        shadowed=ran.shadowed,
        lines=_own_lines(ran.ending.error, script) if failed else (),
        answer=answer,
    )


def _raised(error: BaseException) -> str:
    return f"raises {failure(error)}"


def _faults(record: Record) -> Iterator[str]:
    if record.running:
        yield f"{record.running} calls were left running"
    for asked in record.torn:
        yield f"arguments changed during the call {asked}"


def _data(namespace: dict[str, Any]) -> dict[str, Any]:
    """The globals that are data: plain, lower-case and not imported."""
    return {
        name: value
        for name, value in namespace.items()
        if name.islower()
        and not name.startswith("__")
        and isinstance(value, int | str | list | dict | set | tuple | type(None))
    }


def _restore(namespace: dict[str, Any], before: dict[str, Any]) -> None:
    for name in _data(namespace).keys() - before.keys():
        del namespace[name]
    namespace.update(before)


def differences(
    plain: Outcome, other: Outcome, *, tracebacks: bool = False
) -> Iterator[str]:
    """Say in one line each how `other` differs from `plain`."""
    yield from other.faults
    facts = ["ending", "state", "printed", "ordered"]
    for fact in facts + ["lines"] * tracebacks:
        expected, got = getattr(plain, fact), getattr(other, fact)
        if expected != got:
            yield f"{fact}: expected {_listed(expected)}\n{' ' * len(fact)}  but got {_listed(got)}"
    yield from _calls(plain, other)
    if not plain.shadowed and other.seconds > plain.seconds + 1e-6:
        yield f"slower than one by one: {other.seconds} s, not {plain.seconds} s"


def _calls(plain: Outcome, other: Outcome) -> Iterator[str]:
    if missing := plain.ended - other.ended:
        yield f"calls not made, or not to their end: {_listed(missing.elements())}"
    extra = other.begun - plain.begun
    if plain.shadowed:
        extra -= Counter({asked: n for asked, n in extra.items() if asked.unordered})
    if extra:
        yield f"calls that must not be made: {_listed(extra.elements())}"


def _listed(fact: Any) -> str:
    return fact if isinstance(fact, str) else "; ".join(map(str, fact)) or "nothing"


def report(script: Script, way: str, found: Iterable[str]) -> str:
    """The text of a disagreement."""
    lines = [f"{script.__name__} disagrees with {PLAIN} ({way}):"]
    lines += [f"  {difference}" for difference in found]
    with contextlib.suppress(OSError, TypeError):
        lines += ["", inspect.getsource(script).rstrip()]
    return "\n".join(lines)


def _own_lines(error: BaseException, script: Script) -> tuple[str, ...]:
    """The traceback inside the script's file; a comprehension is no step of its own."""
    own = script.__code__.co_filename
    frames = traceback.extract_tb(error.__traceback__)
    return tuple(
        f"{frame.name}:{frame.lineno}"
        for frame in frames
        if frame.filename == own
        and not frame.name.startswith(
            ("<listcomp", "<setcomp", "<dictcomp", "<genexpr")
        )
    )


def _is_error(kind: type[BaseException], frame: types.FrameType) -> bool:
    """Whether it is one, and not how a loop learns that there is no more."""
    if not issubclass(kind, StopIteration | StopAsyncIteration | GeneratorExit):
        return True
    return dis.opname[frame.f_code.co_code[frame.f_lasti]] in _CALLS


_CALLS = {"CALL", "CALL_KW", "CALL_FUNCTION_EX"}


@contextlib.contextmanager
def _exceptions_seen() -> Iterator[list[type[BaseException]]]:
    """Collect the types of all exceptions raised within, caught or not."""
    seen: list[type[BaseException]] = []

    def trace(frame: types.FrameType, event: str, arg: Any) -> Any:
        if frame.f_globals.get("__package__") == __package__:
            return None  # Why: what the judge raises and catches is its own.
        if event == "exception" and _is_error(arg[0], frame):
            seen.append(arg[0])
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        yield seen
    finally:
        sys.settrace(previous)
