"""Special methods that native code runs may ask; what runs in place is told that it cannot.

That leaves a state that can be told.
"""

import functools
import traceback
from collections.abc import Callable
from typing import Any

import pytest

import epic_actors as epic


@epic.unordered
async def ask(x: int) -> int:
    """Answer at once."""
    return x


class Key:
    """Its special methods ask."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __hash__(self) -> int:
        return hash(ask(self.value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and bool(ask(self.value) == other.value)

    def __lt__(self, other: "Key") -> bool:
        return bool(ask(self.value) < other.value)


def stored(log: list[Any]) -> Any:
    log.append(len({Key(1): 2}))


def looked_up(log: list[Any]) -> Any:
    none: dict[Any, int] = {}
    log.append(none.get(Key(1)))


def in_a_set(log: list[Any]) -> Any:
    log.append(len({Key(1), Key(2)}))


def found_by_index(log: list[Any]) -> Any:
    log.append([Key(2), Key(1)].index(Key(1)))


def in_order(log: list[Any]) -> Any:
    log.append([key.value for key in sorted([Key(2), Key(1)])])


def sorted_in_place(log: list[Any]) -> Any:
    log.append([Key(2), Key(1)].sort())


def compared_in_lists(log: list[Any]) -> Any:
    log.append([Key(1)] == [Key(1)])


class AskingError(Exception):
    """Its own `__init__` asks."""

    def __init__(self, value: int = 1) -> None:
        super().__init__(ask(value))


def raised_by_its_class_alone(_: list[Any]) -> Any:
    raise AskingError


ANSWERED: list[tuple[Callable[..., Any], Any]] = [
    *((stored, 1), (looked_up, None), (in_a_set, 2), (found_by_index, 1)),
    *((in_order, [1, 2]), (sorted_in_place, None), (compared_in_lists, True)),
]


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize(("script", "found"), ANSWERED)
def test_what_containers_ask_is_answered(
    script: Callable[..., Any], found: Any, fusion: bool
) -> None:
    """Native code goes aside if a special method inside it may ask."""
    log: list[Any] = []

    def whole() -> None:
        log.append(ask(1))
        script(log)
        log.append(ask(3))

    epic.run(whole, fusion=fusion)

    assert log == [1, found, 3]


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_what_runs_in_place_cannot_wait(fusion: bool) -> None:
    """The error says what to do, from which line; the state is that of this line."""
    log: list[Any] = []

    def whole() -> None:
        log.append(ask(1))
        raised_by_its_class_alone(log)
        log.append("never")

    with pytest.raises(epic.UsageError, match=r"ask\(\) is an external") as caught:
        epic.run(whole, fusion=fusion)

    frames = [frame.name for frame in traceback.extract_tb(caught.tb)]
    assert "or declare the caller external" in str(caught.value)
    assert frames[-2:] == ["raised_by_its_class_alone", "__init__"]
    assert log == [1]


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_an_exception_that_is_called_can_ask(fusion: bool) -> None:
    """Calling its class is a call like any other."""

    def script() -> None:
        raise AskingError(ask(3))

    with pytest.raises(AskingError) as caught:
        epic.run(script, fusion=fusion)

    assert caught.value.args == (3,)


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_a_script_can_go_on_after_it(fusion: bool) -> None:
    """It is an exception like any other, raised where the other one would be."""

    def script(xs: list[Any]) -> Any:
        try:
            xs.append(ask(1))
            raise AskingError
        except epic.UsageError:
            xs.append("told")
        xs.append(ask(2))
        return len(xs)

    xs: list[Any] = []

    assert epic.run(functools.partial(script, xs), fusion=fusion) == 3
    assert xs == [1, "told", 2]
