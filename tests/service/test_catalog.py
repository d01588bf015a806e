"""What a server says of its scripts, and which arguments it takes for them."""

from typing import Any

import pytest

import epic_actors as epic
from epic_actors.errors import UsageError
from epic_actors.service.catalog import Offer, catalog, fits, parameter_docs
from epic_actors.service.protocol import Fault


@epic.script
def everything(  # type: ignore[no-untyped-def]  # noqa: ANN201, D417
    a: int,
    /,
    b: "str",
    c=None,  # noqa: ANN001
    *d: float,
    e: list[str],
    f: bool = True,
    **g: int,
):
    """All kinds of parameters.

    Args:
        a: The first.
        *d: More
            of them.
        e (list): Words.
        f: Yes: or no.

    Returns:
        nothing: At all.
    """


def test_parameters_are_described() -> None:
    """Their kinds, annotations, defaults and docs."""
    told = {p["name"]: p for p in Offer.of(everything).described()["parameters"]}

    assert [p["kind"] for p in told.values()] == [
        "positional_only",
        "positional_or_keyword",
        "positional_or_keyword",
        "var_positional",
        "keyword_only",
        "keyword_only",
        "var_keyword",
    ]
    assert [told[n]["annotation"] for n in "abcd"] == ["int", "str", None, "float"]
    assert [told[n]["required"] for n in "abcdefg"] == [True] * 2 + [False] * 2 + [
        True,
        False,
        False,
    ]
    assert told["f"]["default"] is True
    assert [told[n]["doc"] for n in "abdef"] == [
        "The first.",
        "",
        "More of them.",
        "Words.",
        "Yes: or no.",
    ]


@pytest.mark.parametrize(
    ("args", "kwargs", "wrong"),
    [
        ([1, "b"], {"e": []}, None),
        ([1, "b", {}, 1, 2.5], {"e": ["x"], "f": False, "more": 3}, None),
        ([], {"e": []}, "missing a required argument: 'a'"),
        (["1", "b"], {"e": []}, "a is to be int"),
        ([True, "b"], {"e": []}, "a is to be int"),
        ([1, "b", None, "x"], {"e": []}, "d is to be float"),
        ([1, "b"], {"e": [1]}, r"e is to be list\[str\]"),
        ([1, "b"], {"e": [], "f": 1}, "f is to be bool"),
        ([1, "b"], {"e": [], "z": "x"}, "g is to be int"),
    ],
)
def test_arguments_are_held_to_the_signature(
    args: list[Any], kwargs: dict[str, Any], wrong: str | None
) -> None:
    """Before a run is started, with the parameter's name."""
    offer = Offer.of(everything)
    if wrong is None:
        offer.check(args, kwargs)
    else:
        with pytest.raises(Fault, match=wrong):
            offer.check(args, kwargs)


@pytest.mark.parametrize(
    ("value", "hint", "fit"),
    [
        (None, None, True),
        (1, None, False),
        (1, float, True),
        (1.5, int, False),
        (None, int | None, True),
        ("x", int | None, False),
        ({"a": [1]}, dict[str, list[int]], True),
        ({"a": ["b"]}, dict[str, list[int]], False),
        ([1, "a"], list, True),
        ("a", list, False),
        ("a", bytes, True),
        (True, Any, True),
    ],
)
def test_values_fit_annotations_that_json_can_mean(
    value: Any, hint: Any, fit: bool
) -> None:
    """Others are left to the script."""
    assert fits(value, hint) is fit


def test_scripts_may_be_named_anew() -> None:
    """By a mapping; functions and methods are taken as well."""

    class Author:
        def write(self) -> str:
            return "x"

    offers = catalog({"a": everything, "b": Author().write, "c": print_nothing})

    assert [offer.described()["name"] for offer in offers.values()] == ["a", "b", "c"]
    assert offers["b"].described()["parameters"] == []
    assert "nodes" in offers["b"].drawing()


def print_nothing() -> None:
    """Do nothing."""


def test_what_is_no_script_is_refused() -> None:
    """Also two of a name, and none at all."""
    for wrong in ([print], [print_nothing, print_nothing], [], ["x"]):
        with pytest.raises(UsageError):
            catalog(wrong)


def test_docs_without_arguments_say_nothing_of_them() -> None:
    """And neither do broken ones."""
    assert parameter_docs("") == {}
    assert parameter_docs("X.\n\nArgs:\nnope") == {}
    assert parameter_docs("X.\n\nArgs:\n  just words\n") == {}
