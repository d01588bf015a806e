"""What a branch may touch by way of native code, while nobody knows whether it runs."""

# Scripts under test are written as users write them.
# mypy: ignore-errors

import bisect
import functools
import heapq
import itertools
import re
from collections import defaultdict

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()
SCRIPTS = []
LOG = []


@outside.unordered
def later(x):
    """Give the argument, later."""
    return x


def agrees(script):
    """Add the script below."""
    SCRIPTS.append(script)
    return script


def note(*_):
    """Leave a trace of having been called."""
    LOG.append(1)
    return 1


class Noting:
    """Leaves such a trace as well."""

    def __init__(self):
        self.log = LOG

    def __call__(self, *_):
        self.log.append(1)
        return 1


def spread(function, *args, **named):
    """A call that hands everything on."""
    if later(True):
        return function(*args, **named)


def traces(function, *args, **named):
    """How often something is called in an undecided branch."""
    LOG.clear()
    if later(True):
        function(*args, **named)
    return len(LOG)


@agrees
def stores_behind_a_star():
    heap = [1, 2]
    spread(heapq.heappop, later(heap))
    return len(heap)


@agrees
def stores_by_name():
    rows, others = [1, 4], [1, 4]
    spread(bisect.insort, x=3, a=rows)
    bisect.insort(x=3, a=later(others))
    return len(rows), len(others)


@agrees
def stores_by_name_taken_back():
    rows = [1, 4]
    try:
        later([1])[later(3)]
        bisect.insort(x=3, a=rows)
    except IndexError:
        return len(rows)


@agrees
def a_key_given_by_somebody():
    keys = [note]
    rows = [2, 1]
    return (
        traces(lambda: rows.sort(key=note)),
        traces(lambda: rows.sort(key=keys[0])),
        traces(lambda: list.sort(rows, key=keys[0])),
        traces(lambda: sorted(rows, key=keys[0])),
        traces(lambda: max(rows, key=keys[0])),
        traces(lambda: heapq.nlargest(1, rows, keys[0])),
        traces(lambda: sorted(rows, **{"key": keys[0]})),
        traces(lambda: functools.partial(sorted, key=keys[0])(rows)),
    )


@agrees
def a_key_by_name():
    return traces(sorted, [2, 1], key=note)


@agrees
def a_key_in_a_partial():
    return traces(functools.partial(sorted, key=note), [2, 1])


@agrees
def a_key_that_is_an_object():
    key = Noting()
    return traces(lambda: sorted([2, 1], key=key)), traces(
        lambda: sorted([2, 1], key=Noting())
    )


@agrees
def functions_given_by_somebody():
    given = [note]
    return (
        traces(lambda: functools.reduce(given[0], [1, 2])),
        traces(lambda: list(itertools.starmap(given[0], [(1, 2)]))),
        traces(lambda: list(itertools.groupby([1, 2], given[0]))),
    )


@agrees
def a_comparison_given_by_somebody():
    given = [note]
    return traces(lambda: sorted([1, 2], key=functools.cmp_to_key(given[0])))


@agrees
def a_function_called_up_to_its_last_value():
    rows = [3, 2, 1]
    LOG.clear()
    if later(True):
        LOG.append(0)
    taken = [later(row) for row in iter(rows.pop, 3)]
    notes = iter(note, 5)
    if later(True):
        next(notes)
    next(notes)
    return taken, LOG[:]


def keep(row, *_):
    """Store in what is given."""
    row.append(1)


class Keeper:
    """Stores in what it is given."""

    def __init__(self, row):
        row.append(2)

    def keep(self, row):
        row.append(3)


@agrees
def what_stands_in_a_display_behind_a_star():
    row, heap = [0], [4]
    if later(True):
        keep(*[row])
        keep(**{"row": row})
        Keeper(*[row]).keep(*(row,))
        heapq.heappop(*(heap,))
        list.append(*[heap, 5])
    return len(row), len(heap)


def first(first=None, second=None):
    """Give them back."""
    return first, second


@agrees
def what_is_behind_a_star_is_gone_over():
    named, found = {"first": 1}, None
    if later(True):
        found = first(**named)
    named["second"] = 2
    return found


@agrees
def what_stands_in_a_display_is_read():
    row, text, same = [1], "", None
    others = [row]
    if later(True):
        later([row])
        later({"row": others[0]})
        text = str([row])
        same = [row] == [[1]]
    row.append(2)
    return text, same


@agrees
def what_was_stored_in_something_new_is_read():
    row, text = [1], ""
    if later(True):
        rows = []
        rows.append(row)
        later(rows)
        text = f"{rows * 2}"
    row.append(2)
    return text


def word(_):
    """A trace, as text."""
    LOG.append(1)
    return "b"


@agrees
def replacements_given_by_somebody():
    given = [word]
    return (
        traces(lambda: re.sub("a", given[0], "aa")),
        traces(lambda: re.compile("a").sub(word, "aa")),
        traces(lambda: re.compile("a").subn(given[0], "aa")),
    )


@agrees
def defaults_by_name():
    rows = []

    def keep(row, *, where=rows):
        where.append(row)

    if later(True):
        keep(1)
    return len(rows)


@agrees
def defaults_of_a_lambda():
    rows = []
    if later(True):
        (lambda row, where=rows: where.append(row))(1)
    return len(rows)


@agrees
def a_default_is_stored():
    found = defaultdict(list)
    if later(True):
        found[3]
    return len(found)


@agrees
def a_default_is_stored_in_what_is_pending():
    found = defaultdict(int)
    later(found)[3]
    return len(found)


@agrees
def a_default_is_stored_inside():
    found = defaultdict(list)
    tables = {"found": found}

    def look(n):
        if n < 4:
            if later(n) % 2:
                tables["found"][n]
            look(n + 1)

    look(0)
    return len(found)


@agrees
def a_default_is_stored_in_a_try():
    found = defaultdict(list)
    for n in range(3):
        try:
            found[later(n)][later(0)]
        except IndexError:
            pass
    return sorted(found)


@pytest.mark.parametrize("script", SCRIPTS)
def test_agrees(script):
    """What follows an undecided branch sees what it has done."""
    agree(script, outside, seeds=range(2))
