"""What is read early is the beginning of what Python gives in the end.

Texts are drawn and cut into pieces at drawn places; each reading is fed piece by piece.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st

from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.operations import OPERATIONS
from epic_actors.core.streams.beginnings import PARTS, TEXT
from epic_actors.core.streams.early import EARLY
from epic_actors.core.streams.elements import ITEMS
from epic_actors.core.streams.stream import (
    ListStream,
    Stream,
    TextStream,
    Unreadable,
    Wait,
)
from epic_actors.core.streams.text import read_text


TEXTS = st.lists(st.text("ab, \r\n\t\x85", max_size=6), max_size=6)

Case = tuple[Any, tuple[Any, ...]]

#: An operation, and the arguments after the text.
TEXT_CASES: list[Case] = [
    (str.strip, ()),
    (str.strip, ("a ",)),
    (str.lstrip, ()),
    (str.rstrip, ()),
    (str.replace, ("a", "xyz")),
    (str.replace, ("aa", "b")),
    (str.replace, ("ab", "")),
    (str.upper, ()),
    (str.lower, ()),
    (str.swapcase, ()),
    (str.casefold, ()),
    (str.translate, ({97: "xy", 98: None},)),
    (str.removeprefix, ("ab",)),
    (str.removesuffix, ("ab",)),
    (str.removesuffix, ("",)),
    (OPERATIONS["getitem"], (slice(2, 7),)),
    (OPERATIONS["getitem"], (slice(None, 3),)),
    (OPERATIONS["getitem"], (slice(4, None),)),
    (OPERATIONS["getitem"], (slice(None, -2),)),
    (OPERATIONS["getitem"], (slice(2, -1),)),
]
#: A text that takes in another one.
FORMAT_CASES: list[Case] = [
    (OPERATIONS["mod"], ("a%%%s%5d", (7,))),
    (OPERATIONS["mod"], ("%s-%r.", ("q",))),
    (str.format, ("{{{0}}}{1!r:>4}", ("b",))),
    (str.format, ("{}{:s}", ("c",))),
]
ITEM_CASES: list[Case] = [
    (str.splitlines, ()),
    (str.splitlines, (True,)),
    (str.split, ()),
    (str.split, (",",)),
    (str.split, (", ",)),
    (str.rsplit, (",",)),
    (itertools.chain, ("ab", "c")),
    (itertools.islice, (4,)),
    (itertools.islice, (1, None, 2)),
    (itertools.pairwise, ()),
    (enumerate, ()),
    (enumerate, (3,)),
    (zip, ("abcdefg",)),
    (list, ()),
]
EARLY_CASES: list[Case] = [
    (str.startswith, ("a",)),
    (str.startswith, (("ab", "b, "),)),
    (str.partition, (",",)),
    (str.split, (",", 1)),
    (str.find, ("b",)),
    (OPERATIONS["eq"], ("ab",)),
    (OPERATIONS["ne"], ("",)),
    (OPERATIONS["truth"], ()),
    (OPERATIONS["not"], ()),
    (OPERATIONS["getitem"], (2,)),
    (OPERATIONS["getitem"], (slice(0, 3),)),
]


def arriving(kind: type[Stream], value_kind: type) -> tuple[Wire, Stream]:
    """A wire of which nothing has come yet, and its stream."""
    wire, stream = Wire(immutable=True, kind=value_kind), kind()
    wire.source = stream
    return wire, stream


def read(
    reading: Iterator[Any], wire: Wire, stream: Stream, pieces: list[Any]
) -> Iterator[Any]:
    """What is read while the pieces come, each after what was to be read before it."""
    left = iter(pieces)
    try:
        for step in reading:
            if step.__class__ is not Wait:
                yield step
            elif (piece := next(left, None)) is not None:
                stream.grow(piece)
            elif stream.ended:
                wire.set(stream.whole())
            else:
                stream.ended = True
    except Unreadable:
        return


@pytest.mark.parametrize("case", TEXT_CASES, ids=str)
@given(pieces=TEXTS)
def test_a_text_is_read_as_it_will_be(case: Case, pieces: list[str]) -> None:
    """The pieces of a result, put together, are the result."""
    function, further = case
    wire, stream = arriving(TextStream, str)
    found = "".join(read(TEXT[function](wire, *further), wire, stream, pieces))
    assert found == function("".join(pieces), *further)


@pytest.mark.parametrize("case", FORMAT_CASES, ids=str)
@given(pieces=TEXTS)
def test_a_text_taken_in_is_read_as_it_will_be(case: Case, pieces: list[str]) -> None:
    """What stands around it comes before and after it."""
    function, (template, others) = case
    wire, stream = arriving(TextStream, str)

    def arguments(text: Any) -> tuple[Any, ...]:
        given = (text, *others)
        return given if function is str.format else (given,)

    reading = TEXT[function](template, *arguments(wire))
    found = "".join(read(reading, wire, stream, pieces))
    assert found == function(template, *arguments("".join(pieces)))


def test_a_letter_that_looks_at_its_neighbours_is_waited_for() -> None:
    """What becomes of a sigma depends on whether the word goes on."""
    wire, stream = arriving(TextStream, str)
    pieces = ["AB ΟΔΟ", "Σ", "A"]
    early = "".join(read(TEXT[str.lower](wire), wire, stream, pieces))
    assert "".join(pieces).lower().startswith(early)
    assert early == "ab οδο"


@pytest.mark.parametrize("case", ITEM_CASES, ids=str)
@given(pieces=TEXTS)
def test_elements_are_read_as_they_will_be(case: Case, pieces: list[str]) -> None:
    """The elements of a result are those of the result."""
    function, further = case
    wire, stream = arriving(TextStream, str)
    found = list(read(ITEMS[function](wire, *further), wire, stream, pieces))
    assert found == list(function("".join(pieces), *further))


@pytest.mark.parametrize("case", EARLY_CASES, ids=str)
@given(pieces=TEXTS)
def test_an_early_answer_is_the_answer(case: Case, pieces: list[str]) -> None:
    """What is answered from the beginning of a text is right, if there is an answer."""
    function, further = case
    wire, stream = arriving(TextStream, str)
    question = EARLY[function](wire, *further)
    answers: list[Any] = []

    def asking() -> Iterator[Any]:
        answers.append((yield from question))

    list(read(asking(), wire, stream, pieces))
    text = "".join(pieces)
    if deref(wire).__class__ is Wire:
        wire.set(text)
    for answer in answers:
        found = (
            type(answer)(map(deref, answer))
            if further and isinstance(answer, tuple | list)
            else answer
        )
        assert found == function(text, *further)


@given(first=TEXTS, second=TEXTS)
def test_parts_are_read_one_after_the_other(
    first: list[str], second: list[str]
) -> None:
    """A text of two streams is read through, though the second comes first."""
    one, growing = arriving(TextStream, str)
    other, grown = arriving(TextStream, str)
    for piece in second:
        grown.grow(piece)
    grown.ended = True
    whole = Wire(immutable=True, kind=str)

    class Sum:
        def parts(self) -> Any:
            return PARTS[OPERATIONS["add"]](one, other)

    whole.source = Sum()  # type: ignore[assignment]
    other.set("".join(second))
    reading = read_text(whole)
    found = "".join(_until_end(reading, growing, first, one))
    assert found == "".join(first) + "".join(second)


def _until_end(
    reading: Iterator[Any], stream: Stream, pieces: list[str], wire: Wire
) -> Iterator[str]:
    left = iter(pieces)
    for step in reading:
        if step.__class__ is not Wait:
            yield step
        elif (piece := next(left, None)) is not None:
            stream.grow(piece)
        elif not stream.ended:
            stream.ended = True
            wire.set("".join(pieces))


def test_a_long_sum_is_read_without_recursion() -> None:
    """A text added to a hundred thousand times can be read early."""
    wire, stream = arriving(TextStream, str)
    stream.grow("x")

    class Sum:
        def __init__(self, left: Any) -> None:
            self.left = left

        def parts(self) -> Any:
            return [self.left, "y"]

    text: Any = wire
    for _ in range(100_000):
        longer = Wire(immutable=True, kind=str)
        longer.source = Sum(text)  # type: ignore[assignment]
        text = longer
    assert next(read_text(text)) == "x"


def test_a_stream_of_pieces_keeps_where_they_end() -> None:
    """The pieces of a text can be read as they were given."""
    stream = TextStream()
    pieces = [str(i) for i in range(2000)] + [""]
    for piece in pieces:
        stream.grow(piece)
    stream.ended = True
    assert list(stream.pieces()) == pieces
    assert stream.whole() == "".join(pieces)


def test_a_list_stream_gives_its_elements() -> None:
    """The elements are those that came, and the answer is a list of its own."""
    stream = ListStream()
    stream.grow([1])
    reading: Callable[[], Any] = stream.items().__next__
    assert reading() == [1]
    assert stream.whole() == [[1]]
    assert stream.whole() is not stream.elements
