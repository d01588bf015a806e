"""What runs in place and asks for a call is told so, and leaves a state that can be told."""

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
    log.append({Key(1): 2})


def looked_up(log: list[Any]) -> Any:
    none: dict[Any, int] = {}
    log.append(none.get(Key(1)))


def in_a_set(log: list[Any]) -> Any:
    log.append({Key(1), Key(2)})


def found_by_index(log: list[Any]) -> Any:
    log.append([Key(2), Key(1)].index(Key(1)))


def in_order(log: list[Any]) -> Any:
    log.append(sorted([Key(2), Key(1)]))


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


SCRIPTS = [
    *(stored, looked_up, in_a_set, found_by_index, in_order),
    *(sorted_in_place, compared_in_lists, raised_by_its_class_alone),
]


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_what_runs_in_place_cannot_wait(
    script: Callable[..., Any], fusion: bool
) -> None:
    """The error says what to do, from which line; the state is that of this line."""
    log: list[Any] = []

    def whole() -> None:
        log.append(ask(1))
        script(log)
        log.append("never")

    with pytest.raises(epic.UsageError, match=r"ask\(\) is an external") as caught:
        epic.run(whole, fusion=fusion)

    frames = [frame.name for frame in traceback.extract_tb(caught.tb)]
    assert "or declare the caller external" in str(caught.value)
    assert frames[-2] == script.__name__
    assert frames[-1] in ("__hash__", "__eq__", "__lt__", "__init__")
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
    """It is an exception like any other, raised where the container stands."""

    def script(xs: list[Any]) -> Any:
        try:
            xs.append(ask(1))
            xs.append({Key(1): 2})
        except epic.UsageError:
            xs.append("told")
        xs.append(ask(2))
        return len(xs)

    xs: list[Any] = []

    assert epic.run(functools.partial(script, xs), fusion=fusion) == 3
    assert xs == [1, "told", 2]
