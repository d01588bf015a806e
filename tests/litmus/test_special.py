"""Special methods that call externals, in exact virtual seconds."""

# mypy: ignore-errors
# ruff: noqa: RUF005

import pytest

from epic_actors.testing.agree import agree
from tests.litmus.table import Bad, Row, Table, check, f, fail, g, ok, outside


table = Table()
takes = table.takes
AGREEING = []


def agrees(script):
    """Enter a script whose time is not what it is about."""
    AGREEING.append(script)
    return script


class Vector:
    def __init__(self, *parts):
        self.parts = list(parts)

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(*[g(a + b, 1) for a, b in zip(self.parts, other.parts)])

    def __radd__(self, other):
        return Vector(*[g(other + a, 1) for a in self.parts])

    def __iadd__(self, other):
        if other == 0:
            return NotImplemented
        self.parts.append(g(other, 1))
        return self

    def __mul__(self, by):
        return Vector(*[g(a * by, 1) for a in self.parts])

    def __neg__(self):
        return g(-1, 1)

    def __abs__(self):
        return sum(g(abs(a), 1) for a in self.parts)

    def __eq__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return g(self.parts == other.parts, 1)

    def __lt__(self, other):
        return g(len(self.parts), 1) < len(other.parts)

    def __getitem__(self, key):
        return g(self.parts[key], 1)

    def __setitem__(self, key, value):
        self.parts[key] = g(value, 1)

    def __delitem__(self, key):
        del self.parts[g(key, 1)]

    def __len__(self):
        return g(len(self.parts), 1)

    def __contains__(self, part):
        return g(part, 1) in self.parts

    def __iter__(self):
        return iter([g(part, 1) for part in self.parts])

    def __str__(self):
        return f"<{g(len(self.parts), 1)}>"

    def __format__(self, spec):
        return f"{g(spec, 1)}{len(self.parts)}"

    def __call__(self, *args, **named):
        return g((args, named), 1)

    def __int__(self):
        return g(7, 1)

    def __round__(self, digits=None):
        return g(digits, 1)


def parts(vector):
    return vector.parts


@takes(1)
def sums_of_own_objects_overlap():
    one, two = Vector(1), Vector(2)
    return [parts(x) for x in (one + two, two + one, 5 + one, two * 3)]


@takes(2)
def a_chain_of_operators_waits_for_each_link():
    return parts(Vector(1, 2) + Vector(3, 4) + Vector(5, 6))


@takes(1)
def reflected_operators_are_asked_when_the_first_declines():
    try:
        return Vector(1) + "a"
    except TypeError as error:
        return str(error), parts(2 + Vector(1))


@takes(0)
def an_operator_that_nobody_knows():
    found = []
    for operate in (
        lambda: Vector(1) + 1,
        lambda: [1] + Vector(1),
        lambda: Vector(1) - 1,
    ):
        try:
            found.append(parts(operate()))
        except TypeError as error:
            found.append(str(error))
    return found


@takes(1)
def augmented_assignment_changes_in_place():
    vector = kept = Vector(1)
    vector += 2
    vector += 3
    return vector is kept, vector.parts


@takes(0)
def augmented_assignment_falls_back():
    vector = Vector(1)
    try:
        vector += 0
    except TypeError as error:
        return str(error)
    return None


@takes(1)
def unary_operators():
    vector = Vector(-1, 2)
    return -vector, abs(vector), round(vector), round(vector, 2), int(vector)


@takes(1)
def comparisons():
    one, two = Vector(1), Vector(1, 2)
    return one == Vector(1), one != two, one < two, two > one, one == 1, one != 1


@takes(2)
def a_chained_comparison_goes_on_only_if_it_holds():
    one, two, three = Vector(1), Vector(1, 2), Vector(1, 2, 3)
    return one < two < three, two < one < three


@takes(1)
def subscripts():
    vector = Vector(1, 2, 3)
    return vector[0], vector[1:], vector[-1]


@takes(1)
def stores_to_subscripts():
    vector = Vector(1, 2, 3)
    vector[0] = 5
    vector[1] = 6
    del vector[2]
    return vector.parts


@takes(1)
def length_truth_and_membership():
    vector = Vector(1)
    return len(vector), bool(vector), not vector, 1 in vector, 2 not in vector


@takes(3)
def a_branch_on_the_truth_of_an_own_object():
    if Vector():
        return f(3)
    while Vector(1):
        return f(1)


@takes(1)
def iteration():
    vector = Vector(1, 2)
    a, b = vector
    first, *rest = vector
    return (
        [x for x in vector],
        list(vector),
        (a, b),
        (first, rest),
        [*vector, 0],
        sum(vector),
    )


@takes(2)
def spreading_in_calls():
    return max(*Vector(1, 2)), Vector(3)(*Vector(4), **{"x": 1})


@takes(1)
def texts():
    vector = Vector(1, 2)
    return str(vector), f"{vector}", f"{vector:x}", f"{vector!s}", format(vector, "y")


@agrees
def own_objects_are_printed():
    print("a", Vector(1), sep="-", end="!")
    print(Vector(1))


@takes(2)
def an_operand_that_is_pending():
    vector = g(Vector(1), 1)
    return (vector + vector).parts


@takes(4)
def special_methods_hold_only_what_they_touch():
    one, two = Vector(1), Vector(2)
    if f(1):
        one += 1
    if f(1):
        two += 1
    return g(one[1] + two[1], 1)


class Bag:
    def __init__(self, *items):
        self.items = items

    def __getitem__(self, index):
        return g(self.items[index], 1)


@takes(2)
def the_old_way_to_iterate():
    bag = Bag(1, 2)
    return [x for x in bag]


@takes(1)
def membership_by_items():
    return 1 in Bag(1, 2)


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return g(self.n, 1)


@takes(3)
def an_own_iterator():
    return [x for x in Countdown(3)]


@takes(1)
def next_of_an_own_iterator():
    count = Countdown(2)
    return next(count), next(count), next(count, "end")


class Undecided(Countdown):
    def __next__(self):
        if ok(self.n):
            self.n -= 1
            return self.n
        raise StopIteration


@takes(3)
def an_own_iterator_whose_end_is_pending():
    return [x for x in Undecided(2)]


class Switch:
    def __init__(self, on):
        self.on = on

    def __bool__(self):
        return g(self.on, 1)


@agrees
def truth_decides_and_and_or():
    return (
        (Switch(False) or 1),
        (Switch(True) and 2),
        (3 if Switch(True) else 4),
        any([Switch(False)]),
    )


@takes(1)
def a_truth_that_is_none():
    try:
        return bool(Switch(1))
    except TypeError as error:
        return str(error)


class Room:
    def __init__(self, out):
        self.out = out

    def __enter__(self):
        self.out.append(f(1))
        return self

    def __exit__(self, kind, error, trace):
        self.out.append(f(1))
        return kind is Bad


@takes(3)
def contexts():
    out = []
    with Room(out) as room, Room(out):
        room.out.append(5)
        fail(1)
    return out


class Row3:
    """Items by index, backwards too."""

    def __init__(self, out):
        self.out = out

    def __len__(self):
        return 3

    def __getitem__(self, index):
        self.out.append(index)
        return g(index, 1)


class Turned(Row3):
    def __reversed__(self):
        self.out.append("turned")
        return iter([f(1)])


@agrees
def items_by_index_backwards():
    out = []
    row, turned = Row3(out), Turned(out)
    if ok(1):
        out.append(list(reversed(turned)))
    for item in reversed(row):
        out.append(-item)
        if item == 1:
            break
    if ok(2):
        out.append(sum(reversed(row)))
    return list(out), len(out)


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("row", table.rows, ids=str)
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """Each script means what it means in CPython, in exactly its seconds."""
    check(row, fusion=fusion)


@pytest.mark.parametrize("script", AGREEING, ids=lambda script: script.__name__)
def test_agrees(script) -> None:
    """Each script means what it means in CPython."""
    agree(script, outside)
