"""Externals: what a declared function is, says of itself, and does outside a run."""

import functools
from collections.abc import Awaitable
from typing import Any

import pytest
import trio

from epic_actors.core.memory.places import WORLD
from epic_actors.core.network.door import beside, inside
from epic_actors.core.network.externals import External, Order, returned_type
from epic_actors.errors import UsageError


def external(function: Any, order: Order = Order.UNORDERED) -> External:
    """Declare a function."""
    return External(function, order, WORLD)


async def slow(x: int) -> str:
    """Answer with a text."""
    await trio.lowlevel.checkpoint()
    return str(x)


def quick(x: int) -> "int":
    """Answer with a number."""
    return x + 1


def to_slow(x: int) -> Awaitable[str]:
    """Hand on what somebody else will answer."""
    return slow(x)


class Callable:
    """An object that is called, asynchronously."""

    async def __call__(self, x: int) -> int:
        await trio.lowlevel.checkpoint()
        return x


ASYNC: list[tuple[Any, bool]] = [(slow, True), (quick, False), (to_slow, False)]
ASYNC += [(Callable(), True), (functools.partial(slow, 1), True), (len, False)]


@pytest.mark.parametrize(("function", "expected"), ASYNC)
def test_an_external_knows_how_it_is_run(function: Any, expected: bool) -> None:
    """On the event loop, or in a thread."""
    assert external(function).is_async is expected


def test_an_external_looks_like_its_function() -> None:
    """Its name, its text, and what it is declared to be."""
    made = external(slow)
    assert (made.name, made.__doc__) == ("slow", "Answer with a text.")
    assert repr(made) == "<unordered external slow>"
    assert external(Callable()).name == "Callable"


@pytest.mark.parametrize("function", [slow, quick, to_slow, Callable()])
async def test_executing_waits_for_the_answer(function: Any) -> None:
    """Whatever kind of function it is; an awaitable answer is awaited."""
    answer = await external(function).execute((1,), {})
    assert answer in ("1", 2, 1)
    assert await external(quick).execute((), {"x": 1}) == 2


def test_outside_a_run_it_is_the_function() -> None:
    """Called plainly."""
    assert external(quick)(1) == 2
    assert trio.run(external(slow), 1) == "1"


def test_a_step_of_a_run_cannot_wait_for_it() -> None:
    """Only pure ones may be called by native code."""
    inside.step = object()
    try:
        with pytest.raises(UsageError, match=r"quick\(\) is an external"):
            external(quick)(1)
        assert external(quick, Order.PURE)(1) == 2
    finally:
        inside.step = None


def test_where_calls_can_block_they_do() -> None:
    """In the reference run, asynchronous ones are awaited on the way."""

    def work() -> None:
        assert external(slow)(1) == "1"
        assert external(quick)(1) == 2

    trio.run(beside, work)


def bound() -> tuple[Any, Any]:
    """An external found on a class and on its object."""
    cls: Any = type("Client", (), {"get": external(lambda self, x: (self, x))})
    return cls, cls()


def test_it_is_a_method_where_a_function_would_be() -> None:
    """Bound to the object it was found on."""
    cls, obj = bound()
    assert obj.get(1) == (obj, 1)
    assert cls.get is vars(cls)["get"]


NOTES: list[Any] = [
    (str, str),
    ("str", str),
    ("None", type(None)),
    (None, type(None)),
    ("Unknown", None),
    (list[int], None),
    (list, list),
]


@pytest.mark.parametrize(("note", "expected"), NOTES)
def test_plain_return_types_are_read(note: Any, expected: Any) -> None:
    """As types or as text; whatever else is written there says nothing."""

    def function() -> Any:
        pass

    function.__annotations__["return"] = note
    assert returned_type(function) is expected


def test_without_an_annotation_nothing_is_known() -> None:
    """Of builtins neither."""
    assert returned_type(len) in (None, Any)
    assert returned_type(lambda: 1) in (None, Any)


def test_a_declared_type_is_checked() -> None:
    """A number where a text was promised is the caller's mistake."""
    assert external(slow).mismatch("text") is None
    assert external(len).mismatch(object()) is None
    found = external(slow).mismatch(3)
    assert "declared to return str and returned 3" in str(found)


class Text(str):  # noqa: SLOT000 - as users write them
    """A text that can change: it may have attributes."""


def test_a_subclass_of_a_plain_type_is_not_plain() -> None:
    """What is believed to be immutable has to be."""
    assert isinstance(external(slow).mismatch(Text("x")), UsageError)
