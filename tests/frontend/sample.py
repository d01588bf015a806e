"""A table of small functions, each with the arguments that it is called with."""

import copy
import types
from collections.abc import Callable
from typing import Any

import attrs

from epic_actors.core.interpret import Interpreter
from epic_actors.frontend import known, translate


@attrs.frozen
class Sample:
    """A function and one list of arguments for it."""

    fn: Any
    args: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.fn.__name__}{self.args!r}"[:60]


@attrs.frozen
class Outcome:
    """What a run can be seen to have done."""

    kind: type
    value: Any
    args: Any
    context: tuple[str, ...] = ()


def samples_of(table: list[Sample]) -> Callable[..., Callable[[Any], Any]]:
    """A decorator that enters a function into a table, once per argument list."""

    def sample(*calls: tuple[Any, ...]) -> Callable[[Any], Any]:
        def enter(fn: Any) -> Any:
            table.extend(Sample(fn, args) for args in calls or ((),))
            return fn

        return enter

    return sample


def natively(sample: Sample) -> Outcome:
    """The outcome by CPython."""
    return outcome(sample.fn, sample.args)


def by_term(sample: Sample) -> Outcome:
    """The outcome by the reference interpreter, which must have a term for it."""
    translate(sample.fn)
    interpreter = Interpreter(translate=known)
    return outcome(lambda *args: interpreter.apply(sample.fn, *args), sample.args)


def outcome(fn: Callable[..., Any], given: tuple[Any, ...]) -> Outcome:
    args = copy.deepcopy(given)
    try:
        value = fn(*args)
    except BaseException as error:
        return Outcome(type(error), _plain(error.args), _plain(args), _chain(error))
    return Outcome(type(value), _plain(value), _plain(args))


def _plain(value: Any) -> str:
    """A text that tells values apart, objects by their contents."""
    if isinstance(value, dict):
        return (
            "{" + ",".join(f"{_plain(k)}:{_plain(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({','.join(map(_plain, value))})"
    if isinstance(value, types.FunctionType):
        return f"function {value.__qualname__} {value.__doc__} {value.__annotations__}"
    if hasattr(value, "__dict__") and not isinstance(value, type):
        return f"{type(value).__name__}{_plain(vars(value))}"
    return f"{type(value).__name__} {value!r}"


def _chain(error: BaseException) -> tuple[str, ...]:
    """The kinds of the exceptions that led to one."""
    chain: list[str] = []
    link: BaseException | None = error
    while link is not None and len(chain) < 10:
        cause = link.__cause__
        chain.append(f"{type(link).__name__} {cause!r} {link.__suppress_context__}")
        link = link.__context__
    return tuple(chain)
