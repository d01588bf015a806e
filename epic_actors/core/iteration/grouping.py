"""`itertools.groupby` as a script: each item is taken, and its key asked for, when wanted.

The groups share one source with the iterator over them: a group ends for good when the
next one is asked for.
"""

from collections.abc import Iterator
from typing import Any

import attrs

from epic_actors.core.language.prelude import step


def each(items: Any) -> Iterator[Any]:
    """The items, one after the other, where one can go on taking them."""
    yield from items


@attrs.define(eq=False)
class Groups:
    """How far `itertools.groupby` is.

    Attributes:
        items: Where the items come from.
        key: What they are told apart by.
        turn: The number of the present group, 0 between groups.
        item: The last item that was taken, and what it is told apart by; and
        given: whether it is given away already.
    """

    items: Any
    key: Any
    turn: int = 0
    item: Any = None
    found: Any = None
    given: bool = True


def groupby(iterable: Any, key: Any = None) -> Iterator[Any]:
    """`itertools.groupby`."""
    groups = Groups(each(iterable), key)
    target, number = None, 0
    while True:
        groups.turn = 0
        while groups.given or (number and is_same(target, groups.found)):
            if not take_one(groups):
                return
        target = groups.found
        number += 1
        groups.turn = number
        yield target, group(groups, number, target)


def group(groups: Groups, number: int, target: Any) -> Iterator[Any]:
    """The items of a group, until the next group is asked for."""
    while groups.turn == number:
        if groups.given and not take_one(groups):
            break
        if not is_same(target, groups.found):
            break
        groups.given = True
        yield groups.item


def take_one(groups: Groups) -> bool:
    """Take the next item; False if there is none."""
    more, item = step(groups.items, False, None)
    if more:
        found = item if groups.key is None else groups.key(item)
        groups.item, groups.found, groups.given = item, found, False
    return more


def is_same(one: Any, other: Any) -> bool:
    """Whether two keys are of one group."""
    return bool(one is other or one == other)
