"""What is stored through a pending name of a class, seen by who lists what the class has."""

# mypy: ignore-errors

import functools
import typing

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()


@outside.unordered(seconds=lambda x: 1)
def later(x):
    """Take a second and return `x`."""
    return x


def listed(look):
    """Store by way of a pending name, then look by way of a known one."""

    class Own:
        pass

    pending = later(Own)
    pending.stored_by_another_name = 1
    return look(Own)


@pytest.mark.parametrize(
    "look",
    [
        lambda cls: "stored_by_another_name" in cls.__dict__,
        lambda cls: vars(cls).get("stored_by_another_name"),
        lambda cls: "stored_by_another_name" in dir(cls),
        lambda cls: [n for n in vars(cls) if not n.startswith("_")],
        lambda cls: "stored_by_another_name" in vars(later(cls)),
    ],
)
def test_classes(look):
    """Their dictionaries are read through all names."""
    agree(lambda: listed(look), outside)


def made_here():
    """Types that are made in a script are of its module."""
    made = typing.TypeVar("T"), typing.ParamSpec("P"), typing.NewType("N", later(int))
    return [one.__module__ for one in made], made[2](later(3))


def reduced(items):
    """The error of what cannot be gone over."""
    try:
        return functools.reduce(max, items)
    except TypeError as error:
        return str(error)


@pytest.mark.parametrize(
    "script",
    [made_here, lambda: reduced(later(5)), lambda: reduced(5), lambda: reduced([])],
)
def test_words_of_the_library(script):
    """They are CPython's."""
    agree(script, outside)
