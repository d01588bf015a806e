"""Any value has a JSON text, and the text says what it was."""

import dataclasses
import json
import math
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

from epic_actors.service.values import MAX_DEPTH, MAX_REPR, encode


@dataclasses.dataclass
class Place:
    x: int
    y: Any = None


@attrs.define
class Box:
    inside: Any


class Silent:
    def __repr__(self) -> str:
        raise RuntimeError


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=20,
)


@pytest.mark.slow
@given(JSON)
def test_json_values_are_themselves(value: Any) -> None:
    """What JSON can say is said as it is."""
    assert json.loads(encode(value)) == value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ((1, 2), [1, 2]),
        ({1: "a"}, {"$type": "dict", "items": [[1, "a"]]}),
        ({"$type": 1}, {"$type": "dict", "items": [["$type", 1]]}),
        ({3}, {"$type": "set", "items": [3]}),
        (
            Place(1, Box(None)),
            {"$type": "Place", "x": 1, "y": {"$type": "Box", "inside": None}},
        ),
        (math.inf, {"$type": "float", "repr": "inf"}),
        (b"ab", {"$type": "bytes", "repr": "b'ab'"}),
        (object(), {"$type": "object", "repr": "<object object>"}),
        (Silent(), {"$type": "Silent", "repr": "<no repr>"}),
        (True, True),
        ("\ud800", "\ud800"),
    ],
)
def test_other_values_are_told_by_their_type(value: Any, said: Any) -> None:
    """Containers by what is in them, records by their fields, the rest by its repr."""
    assert json.loads(encode(value)) == said


def test_values_of_any_depth_and_size_have_a_text() -> None:
    """Cycles and deep nests end in a repr, long reprs and integers are cut."""
    cycle: list[Any] = []
    cycle.append(cycle)
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]

    assert encode(cycle).count("[") <= MAX_DEPTH + 10
    assert len(encode(deep)) < MAX_REPR + 1000
    assert json.loads(encode(1 << 100_000))["$type"] == "int"
    assert len(encode(complex)) < 100


def test_fields_that_are_missing_are_left_out() -> None:
    """A record need not be whole."""
    place = Place(1)
    del place.y
    del place.x

    assert json.loads(encode(place)) == {"$type": "Place", "y": None}
