"""Annotations become JSON schemas, and JSON becomes the values that they promise."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import attrs
import pytest
from hypothesis import given, strategies as st

from epic_actors.errors import UsageError
from epic_actors.primitives.schema import is_closed, shape_of, strict
from epic_actors.primitives.shapes import MismatchError


class Color(enum.IntEnum):
    RED = 1
    BLUE = 2


@dataclass
class Item:
    """Something for sale.

    It may be sold out.

    Attributes:
        name: What it is called.
    """

    name: str
    price: Annotated[float, "In euros."] = 0.5
    tags: list[str] = field(default_factory=list)


@attrs.frozen
class Box:
    _items: tuple[Item, ...] = attrs.field(validator=attrs.validators.min_len(1))
    color: Color = Color.RED


SAMPLES = [
    (str, "a", "a"),
    (int, 3.0, 3),
    (float, 3, 3.0),
    (bool, True, True),
    (None, None, None),
    (Any, {"x": [1]}, {"x": [1]}),
    (int | None, None, None),
    (int | str, "3", "3"),
    (Literal["a", 1], 1, 1),
    (Color, 2, Color.BLUE),
    (list, [1, "a"], [1, "a"]),
    (Sequence[int], [1], [1]),
    (tuple[int, ...], [1, 2], (1, 2)),
    (tuple[int, str], [1, "a"], (1, "a")),
    (set[int], [1, 1], {1}),
    (frozenset[int], [1], frozenset({1})),
    (dict[str, int], {"a": 1}, {"a": 1}),
    (Mapping[str, list[int]], {"a": [1]}, {"a": [1]}),
    (Item, {"name": "x"}, Item("x")),
    (Box, {"items": [{"name": "x"}], "color": 2}, Box((Item("x"),), Color.BLUE)),
]


@pytest.mark.parametrize(("kind", "json", "value"), SAMPLES)
def test_json_becomes_the_value(kind: Any, json: Any, value: Any) -> None:
    """Each type is read as itself, deep inside, too."""
    read = shape_of(kind).read(json)
    assert (read, type(read)) == (value, type(value))
    assert shape_of(dict[str, list[kind]]).read({"x": [json]}) == {"x": [value]}


WRONG = [
    (int, True, "the value: expected a whole number, got True"),
    (int, 1.5, "the value: expected a whole number, got 1.5"),
    (bool, 1, "the value: expected true or false, got 1"),
    (str, None, "the value: expected a string, got None"),
    (int | None, "x", "the value: expected a whole number or null, got 'x'"),
    (Literal["a", "b"], "c", "the value: expected one of 'a', 'b', got 'c'"),
    (list[int], [1, "x"], "[1]: expected a whole number, got 'x'"),
    (tuple[int, int], [1], "the value: expected a list of 2, got [1]"),
    (dict[str, int], {"a": "x"}, "a: expected a whole number, got 'x'"),
    (Item | None, {"name": 1}, "name: expected a string, got 1"),
    (Item, {}, "name: is missing"),
    (
        Item,
        {"name": "x", "cost": 1},
        "cost: no such field; there are name, price, tags",
    ),
    (list[Item], [{"name": "x", "tags": [1]}], "[0].tags[0]: expected a string, got 1"),
    (str, 10**200, f"the value: expected a string, got {'1' + '0' * 79}…"),
]


@pytest.mark.parametrize(("kind", "json", "message"), WRONG)
def test_what_does_not_fit_is_named(kind: Any, json: Any, message: str) -> None:
    """The message says where, what is expected there, and what there is."""
    with pytest.raises(MismatchError) as caught:
        shape_of(kind).read(json)
    assert str(caught.value) == message


def test_a_class_may_refuse_its_fields() -> None:
    """What a validator says is part of the message."""
    with pytest.raises(MismatchError, match=r"^the value: .*items"):
        shape_of(Box).read({"items": []})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.slow
@given(st.sampled_from([kind for kind, _, _ in SAMPLES]), JSON)
def test_any_json_is_read_or_refused(kind: Any, json: Any) -> None:
    """Whatever a model says, there is a value or a `MismatchError`."""
    try:
        shape_of(kind).read(json)
    except MismatchError as error:
        assert str(error)


def test_a_schema_tells_what_is_known() -> None:
    """Types, defaults, what is required, and what docstrings and annotations say."""
    assert shape_of(Item).schema == {
        "description": "Something for sale.\nIt may be sold out.",
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "What it is called."},
            "price": {"type": "number", "description": "In euros.", "default": 0.5},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["name"],
        "additionalProperties": False,
    }
    assert shape_of(int | None).schema == {
        "anyOf": [{"type": "integer"}, {"type": "null"}]
    }


def test_a_strict_schema_requires_everything() -> None:
    """Every field of every record, without defaults."""
    schema = strict(shape_of(list[Item]).schema)["items"]
    assert schema["required"] == ["name", "price", "tags"]
    assert "default" not in schema["properties"]["price"]


@pytest.mark.parametrize(
    ("kind", "closed"),
    [(Item, True), (list[Item | None], True), (dict[str, int], False), (Any, False)],
)
def test_open_schemas_are_told_apart(kind: Any, closed: bool) -> None:
    """What may have any field, or be anything, is not strict."""
    assert is_closed(shape_of(kind).schema) == closed


@dataclass
class Tree:
    leaves: list["Tree"]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (bytes, "bytes has no JSON schema; there are str, int"),
        (dict[int, int], r"dict\[int, int\] has no JSON schema"),
        (Tree, "Tree holds itself"),
    ],
)
def test_what_json_cannot_hold_is_found_early(kind: Any, message: str) -> None:
    """The error names the type and what there is instead."""
    with pytest.raises(UsageError, match=message):
        shape_of(kind)


def test_annotations_are_looked_up() -> None:
    """A name that is nowhere is told so."""

    @dataclass
    class Broken:
        x: "Nowhere"  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(UsageError, match="'Nowhere' is not defined"):
        shape_of(Broken)
