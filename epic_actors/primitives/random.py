"""Random draws that depend on nothing but a seed and the name of the draw.

A generator of random numbers hands them out in the order of asking, and a script run
out of order would have to wait before each draw until it is its turn.  These draws have
names instead: `uniform("jitter", i, seed=7)` is the same number in every run, on every
schedule, whatever else is drawn.  They are pure, so they hold nothing up.  Different
names give independent draws; the same name gives the same draw.
"""

import functools
import secrets
from collections.abc import Sequence
from random import Random
from typing import TypeVar

import epic_actors as epic


T = TypeVar("T")
_in_order = functools.partial(epic.sequential, resource="random")


def _draws(kind: str, key: tuple[object, ...], seed: int) -> Random:
    return Random(repr((kind, seed, key)))  # noqa: S311 - no secret


@epic.pure
def uniform(*key: object, seed: int = 0) -> float:
    """A number from 0 to 1.

    Example:
        >>> uniform("step", 3, seed=7) == uniform("step", 3, seed=7)
        True

    Args:
        key: The name of the draw: texts, numbers, tuples of them.
        seed: Chooses all draws.
    """
    return _draws("uniform", key, seed).random()


@epic.pure
def integer(low: int, high: int, *key: object, seed: int = 0) -> int:
    """A whole number from `low` to `high`, both included.

    Raises:
        ValueError: There is none.
    """
    return _draws("integer", key, seed).randint(low, high)


@epic.pure
def choice(options: Sequence[T], *key: object, seed: int = 0) -> T:
    """One of some values.

    Example:
        >>> picked = [choice("abc", "letter", i) for i in range(9)]
        >>> picked == [choice("abc", "letter", i) for i in range(9)]
        True

    Raises:
        IndexError: There are none.
    """
    return _draws("choice", key, seed).choice(options)


@epic.pure
def shuffled(values: Sequence[T], *key: object, seed: int = 0) -> list[T]:
    """The values in any order, as a new list.

    Example:
        >>> sorted(shuffled([3, 1, 2], "deck"))
        [1, 2, 3]
    """
    return _draws("shuffled", key, seed).sample(values, len(values))


@epic.pure
def sample(values: Sequence[T], count: int, *key: object, seed: int = 0) -> list[T]:
    """Some of the values, none twice, as a new list.

    Raises:
        ValueError: There are not so many.
    """
    return _draws("sample", key, seed).sample(values, count)


@_in_order
async def new_seed() -> int:
    """A seed that nobody can foresee, for a run that is not to repeat another one."""
    return secrets.randbits(63)
