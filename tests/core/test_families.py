"""Which pending values surely have nothing to do with each other, or with an object."""

from epic_actors.core.memory.families import is_rootless, surely_apart
from epic_actors.core.memory.wire import Wire


def test_what_comes_from_nothing_is_not_what_is_there() -> None:
    """A new answer on its way is no object that the script has."""
    assert surely_apart(Wire(origin=()), [])
    assert surely_apart(Wire(origin=("text", 3)), [])


def test_what_may_come_from_an_object_may_be_it() -> None:
    """Directly, through another pending value, or if nothing is known."""
    here: list[int] = []
    near = Wire(origin=(here,))
    assert not surely_apart(near, here)
    assert not surely_apart(Wire(origin=(near,)), here)
    assert not surely_apart(Wire(origin=None), here)


def test_pending_values_of_one_origin_are_not_apart() -> None:
    """They may share objects when they have come; others may not."""
    answer, other = Wire(origin=()), Wire(origin=())
    first, second = Wire(origin=(answer,)), Wire(origin=(answer,))
    assert not surely_apart(first, second)
    assert not surely_apart(first, answer)
    assert surely_apart(first, other)


def test_an_answer_that_has_come_is_looked_at_again() -> None:
    """Being rootless ends when an object arrives; a number changes nothing."""
    number, answer = Wire(origin=()), Wire(origin=())
    pair = Wire(origin=(number, answer))
    assert is_rootless(pair)
    number.set(3)
    assert is_rootless(pair)
    answer.set([])
    assert not is_rootless(pair)


def test_a_wire_that_becomes_another_joins_its_family() -> None:
    """What may be the one may now be the other."""
    one, other = Wire(origin=()), Wire(origin=())
    derived = Wire(origin=(one,))
    assert surely_apart(derived, other)
    one.set(other)
    assert not surely_apart(derived, other)


def test_long_chains_are_asked_without_recursion() -> None:
    """A hundred thousand values, each from the one before."""
    last = first = Wire(origin=())
    for _ in range(100_000):
        last = Wire(origin=(last,))
    assert not surely_apart(last, first)
    assert surely_apart(last, Wire(origin=()))
