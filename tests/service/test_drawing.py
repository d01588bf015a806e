"""The picture of a term: every edge joins two nodes, every call is there."""

from collections.abc import Callable
from typing import Any

import pytest

import epic_actors as epic
from epic_actors.frontend import translate
from epic_actors.service.drawing import MAX_NODES, drawn
from tests.service import scripts


@epic.unordered
async def ask(text: str) -> str:
    return text


def straight(a: str) -> object:
    b = ask(a)
    return ask(b)


def branching(a: str) -> str:
    try:
        if ask(a):
            return "yes"
        for letter in a:
            if ask(letter):
                break
    except ValueError as error:
        return str(error)
    return (lambda x: x + a)("no")


def looping(a: int) -> int:
    while a < 10:
        a += 1
    return a


def edges_of(picture: dict[str, Any]) -> set[tuple[str, str]]:
    labels = [node["label"] for node in picture["nodes"]]
    return {(labels[a], labels[b]) for a, b in picture["edges"]}


def test_a_chain_of_calls_is_a_chain_of_nodes() -> None:
    """The parameter feeds the first call, and that one the second."""
    picture = drawn(translate(straight))  # type: ignore[arg-type]

    calls = [node for node in picture["nodes"] if node["kind"] == "external"]
    assert [call["external"] for call in calls] == ["ask", "ask"]
    assert ("a", "ask(…)") in edges_of(picture)
    assert [calls[0]["id"], calls[1]["id"]] in [list(e) for e in picture["edges"]]
    assert calls[0]["line"] is not None


@pytest.mark.parametrize(
    "function",
    [straight, branching, looping, *(s.function for s in scripts.SCRIPTS)],
    ids=lambda function: str(function.__name__),
)
def test_every_edge_joins_two_nodes(function: Callable[..., Any]) -> None:
    """Whatever stands in the script."""
    picture = drawn(translate(function))  # type: ignore[arg-type]

    numbers = {node["id"] for node in picture["nodes"]}
    assert all(a in numbers and b in numbers for a, b in picture["edges"])
    assert numbers == set(range(len(numbers)))
    assert picture["whole"]
    assert picture["text"].startswith("λ")


def test_a_large_script_is_drawn_in_part() -> None:
    """The picture says so."""
    import linecache

    lines = ["def long(x):", *["    x = len(x)"] * MAX_NODES, "    return x"]
    text = "\n".join(lines) + "\n"
    linecache.cache["<long>"] = (len(text), None, text.splitlines(True), "<long>")
    space: dict[str, Any] = {}
    exec(compile(text, "<long>", "exec"), space)
    picture = drawn(translate(space["long"]))

    assert len(picture["nodes"]) <= MAX_NODES
    assert not picture["whole"]
