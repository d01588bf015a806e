"""Native code that wants to know something of elements and keys, which ask for it."""

# mypy: ignore-errors

import csv
import functools
import heapq
import operator
import pickle

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()


@outside.unordered(seconds=lambda x: 1)
def later(x):
    """Take a second and return `x`."""
    return x


class Asked:
    """Has items that come later."""

    def __init__(self, *items):
        self.items = items

    def __iter__(self):
        for item in self.items:
            yield later(item)


def pairs_up_to(number):
    """Fails behind the second."""
    yield "a", later(1)
    yield [later("b"), 2]
    if number:
        raise ValueError(number)


def filled_as_far_as_it_goes(number):
    """A dictionary keeps what came before the pair that was wrong."""
    found = []
    for more in (pairs_up_to(number), Asked(("x", 1), "yz", "?"), Asked(Asked(1, 2))):
        held = {"a": 0}
        try:
            held.update(more, k=later(number))
        except (TypeError, ValueError) as error:
            held["error"] = str(error)
        found.append(list(held.items()))
    return found


class Weighed:
    """Asks whenever a container wants to know something of it."""

    def __init__(self, weight):
        self.weight = weight

    def __lt__(self, other):
        return later(self.weight) < other.weight

    def __eq__(self, other):
        return later(self.weight) == other.weight

    def __hash__(self):
        return later(1)

    def __index__(self):
        return later(0)

    def __repr__(self):
        return f"<{later(self.weight)}>"


def against(one, other):
    """The larger first."""
    return later(other - one)


def asked_inside(weight):
    """Elements and keys may ask, whatever native code wants them to."""
    one, other = Weighed(weight), Weighed(weight - 1)
    pile, heap = [one, other], []
    pile.sort()
    for each in pile:
        heapq.heappush(heap, each)
    held = {one: 1, Weighed(weight): 2}
    held[other] = 3
    weights = [[each.weight for each in row] for row in (pile, heap, held)]
    ranks = sorted([3, 1, 2], key=lambda n: Weighed(n))
    turned = sorted([3, 1, 2], key=functools.cmp_to_key(against))
    return (
        (weights, ranks, turned, max([3, 1], key=functools.cmp_to_key(operator.sub))),
        (pile.index(one), one in held, pile == [other, one], {one} | {other}),
        ([1, 2].pop(one), "abc"[one:2], repr([one]), f"{(one, other)}", hash((one, 1))),
    )


class Written:
    """A file, or a table of characters, that asks."""

    def __init__(self):
        self.parts = []

    def write(self, part):
        self.parts.append(later(len(part)) > 0)
        return len(part)

    def __getitem__(self, number):
        return later(number + 1)


def compared(one, other):
    """The difference, which comes later."""
    return later(one - other)


def called_back_in_calm(number):
    """Methods of a library's objects, though nothing is pending when they are called."""
    file = Written()
    pickle.dump([number], file)
    rows = csv.writer(file)
    rows.writerow([number, "a"])
    by = functools.cmp_to_key(compared)
    return file.parts, "abc".translate(file), by(number) < by(2)


PROGRAMS = [
    (called_back_in_calm, 1),
    (filled_as_far_as_it_goes, 0),
    (filled_as_far_as_it_goes, 2),
    (asked_inside, 3),
]


@pytest.mark.parametrize(("script", "number"), PROGRAMS)
def test_programs_agree(script, number):
    """They do what CPython does."""
    agree(script, outside, lambda: (number,), seeds=range(3))
