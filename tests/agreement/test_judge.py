"""The judge: it accepts what agrees, and names what differs."""

from collections import Counter

import attrs
import pytest

from epic_actors.testing.agree import (
    Disagreement,
    Outcome,
    agree,
    differences,
    run_plainly,
)
from epic_actors.testing.outside import Asked, Endless, Outside
from epic_actors.testing.shape import shape


outside = Outside()


@outside.unordered(seconds=lambda x: 2)
def ask(x):
    return x


@outside.sequential(seconds=lambda x: 1)
def tell(x):
    outside.state[x] = True


def sound(xs):
    xs.append(ask(1))
    tell(2)
    return xs


def failing(xs):
    ask(1)
    return 1 // 0


def endless(xs):
    try:
        raise ExceptionGroup("", [ValueError()])
    except* ValueError:
        while True:
            ask(1)


def outcome(script=sound) -> Outcome:
    return run_plainly(script, outside, lambda: ([],))


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_a_machine_agrees_on_a_sound_script(fusion: bool) -> None:
    """Nothing is reported, and the sequential time is the sum of the calls."""
    assert agree(sound, outside, lambda: ([],), fusions=[fusion]).seconds == 3


def test_what_never_ends_is_given_up() -> None:
    """Also in a clause of `except*`, which makes a group of everything."""
    with pytest.raises(Endless):
        outcome(endless)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"ending": "None"}, "ending"),
        ({"state": "#0[]"}, "state"),
        ({"printed": "x"}, "printed"),
        ({"ordered": ()}, "ordered"),
        ({"ended": Counter()}, "not made"),
        (
            {"begun": Counter([Asked("ask", "1"), Asked("ask", "2")])},
            "must not be made",
        ),
        ({"faults": ("1 tasks were left running",)}, "left running"),
        ({"seconds": 99.0}, "slower"),
    ],
)
def test_each_difference_is_named(change, named) -> None:
    """A run that differs in one fact is told apart by that fact."""
    plain = outcome()
    assert named in "\n".join(differences(plain, attrs.evolve(plain, **change)))


def test_calls_in_the_shadow_of_a_failure_are_allowed() -> None:
    """Unordered calls may be begun behind a failure; sequential ones may not."""
    plain = outcome(failing)
    assert plain.shadowed
    more = plain.begun + Counter([Asked("ask", "2")])
    assert not list(differences(plain, attrs.evolve(plain, begun=more)))
    more = plain.begun + Counter([Asked("tell", "2", unordered=False)])
    assert list(differences(plain, attrs.evolve(plain, begun=more)))


def test_the_end_of_an_iterator_is_a_failure_only_where_it_is_raised() -> None:
    """A loop's end casts no shadow; a `next` behind the end does."""

    def looping():
        return [ask(x) for x in iter([1, 2])]

    def behind_the_end():
        return next(iter([]))

    assert not outcome(looping).shadowed
    assert run_plainly(behind_the_end, outside).shadowed


def test_a_report_shows_the_script() -> None:
    """A disagreement names the way and quotes the source."""

    class Other:
        runs = 0

    def unsteady():
        Other.runs += 1
        return Other.runs

    with pytest.raises(Disagreement, match=r"(?s)unsteady.*fused.*Other\.runs \+= 1"):
        agree(unsteady, outside)


def test_shapes_tell_types_and_sharing_apart() -> None:
    """Equal values of other types, or shared otherwise, have other shapes."""
    one = [1]
    assert len({shape(1), shape(1.0), shape(True), shape("1")}) == 4
    assert shape([one, one]) != shape([[1], [1]])
    assert shape({1: one}, one) == "#0{1: #1[1]}, #1"
    assert shape({"b", "a"}) == "#0set('a', 'b')"


def test_a_shape_of_itself_ends() -> None:
    """A list that contains itself has a shape."""
    loop: list[object] = []
    loop.append(loop)
    assert shape(loop) == "#0[#0]"


def test_the_shape_of_an_exception_shows_its_cause() -> None:
    """Type, arguments and cause are part of the shape."""
    error = ValueError(1)
    error.__cause__ = KeyError("k")
    assert shape(error) == "#0ValueError(1) from #1KeyError('k')"
