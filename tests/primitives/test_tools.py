"""Functions as tools: what a model is told, what it may do wrong, and the loop."""

import functools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Literal

import attrs
import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.errors import LimitError, OutsideError, UsageError
from epic_actors.primitives import tools
from epic_actors.primitives.completions import read_completion
from epic_actors.primitives.tools import ToolError, react, schema_of, tool, tool_of
from epic_actors.testing import Says, SimulatedModel, open_simulated_model_thread


@dataclass
class Place:
    city: str


@tool
@epic.unordered
async def weather(
    place: Place, unit: Literal["C", "F"] = "C", days: int | None = None
) -> str:
    """How warm it is.

    As the forecast says.

    Args:
        place: Where.
        unit: Celsius or
            Fahrenheit.
        days: How far ahead.

    Returns:
        Degrees.
    """
    await trio.sleep(1)
    return f"{place.city}: 20 {unit}"


named = functools.partial(tool, name="lookup", about="Look it up.")


@named
@epic.unordered
async def look_up(key: str) -> Any:
    await trio.sleep(1)
    if key == "none":
        raise ToolError("there is no such key")
    return {key: [1, 2.5, None]}


def test_a_tool_says_what_it_is() -> None:
    """Names, types, defaults and texts come from the function itself."""
    assert schema_of(weather)["function"] == {
        "name": "weather",
        "description": "How warm it is.\nAs the forecast says.",
        "parameters": {
            "type": "object",
            "properties": {
                "place": {
                    "type": "object",
                    "properties": {"city": {"type": "string"}},
                    "required": ["city"],
                    "additionalProperties": False,
                    "description": "Where.",
                },
                "unit": {
                    "enum": ["C", "F"],
                    "description": "Celsius or Fahrenheit.",
                    "default": "C",
                },
                "days": {
                    "anyOf": [{"type": "integer"}, {"type": "null"}],
                    "description": "How far ahead.",
                },
            },
            "required": ["place"],
            "additionalProperties": False,
        },
    }
    assert schema_of(look_up)["function"]["name"] == "lookup"


async def test_a_tool_is_the_function_that_it_was() -> None:
    """Declaring a tool changes nothing for those who call it."""

    def plain(x: int, y: int = 2) -> int:
        """Plain."""
        return x

    async def bare(x: int) -> int:
        return x

    assert tool(plain) is plain

    async def pieces(x: int) -> AsyncIterator[str]:
        yield str(x)

    assert repr(tool(bare)) == "<sequential external bare>"
    assert repr(tool(pieces)) == "<sequential external pieces>"
    assert await tool(bare)(3) == 3
    assert tool_of(plain).function is plain
    part = schema_of(functools.partial(plain, y=3))["function"]
    assert (part["name"], part["description"]) == ("plain", "Plain.")
    assert part["parameters"]["properties"]["y"]["default"] == 3


def test_arguments_are_checked() -> None:
    """What fits is typed, and for the rest the message says what does not."""
    described = tool_of(weather)
    assert described.read('{"place": {"city": "Rome"}}') == {"place": Place("Rome")}
    for arguments, fault in [
        ('{"place": {}}', "place.city: is missing"),
        ('{"place": {"city": "Rome"}, "unit": "K"}', "unit: expected one of 'C', 'F'"),
        ('{"place": ', r"weather\(\) takes a JSON object"),
        ("[]", "expected an object"),
        ("", "place: is missing"),
    ]:
        with pytest.raises(ToolError, match=fault):
            described.read(arguments)


def no_annotation(x) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Its parameter says nothing."""


def starred(*xs: int) -> None:
    """Its arguments have no names."""


@pytest.mark.parametrize("function", [no_annotation, starred, 3])
def test_what_cannot_be_a_tool_is_told(function: Any) -> None:
    """Every parameter needs a name and an annotation."""
    with pytest.raises(UsageError):
        tool(function)


# The loop


@attrs.define(eq=False)
class FakeModel:
    """Says one thing after another, a second each; keeps what it was asked."""

    says: list[Says]
    asked: list[list[dict[str, Any]]] = attrs.field(factory=list)

    async def complete(self, messages: Any, **settings: Any) -> Any:
        await trio.sleep(1)
        self.asked.append(messages)
        turn = sum(message["role"] == "assistant" for message in messages)
        says = self.says[min(turn, len(self.says) - 1)]
        message: dict[str, Any] = {"role": "assistant", "content": says.text}
        calls = [
            {"id": f"c{n}", "function": {"name": name, "arguments": json.dumps(given)}}
            for n, (name, given) in enumerate(says.calls)
        ]
        return read_completion(
            {"choices": [{"message": {**message, "tool_calls": calls}}]}
        )

    @property
    def told(self) -> list[str]:
        """What it was told last by tools."""
        return [m["content"] for m in self.asked[-1] if m["role"] == "tool"]


Play = Callable[..., FakeModel]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """Puts a fake model in the place of the real one."""

    def set_up(*says: Says) -> FakeModel:
        model = FakeModel(list(says))
        monkeypatch.setattr(tools, "complete", epic.unordered(model.complete))
        return model

    return set_up


def run(script: Any, *args: Any, **options: Any) -> tuple[Any, float]:
    """The value of a script, and how long it took in virtual time."""

    async def main() -> tuple[Any, float]:
        value = await epic.evaluate(script, *args, **options)
        return value, trio.current_time()

    return trio.run(main, clock=MockClock(autojump_threshold=0))


ROME, OSLO = ({"place": {"city": city}} for city in ("Rome", "Oslo"))
ASKS = Says(calls=(("weather", ROME), ("weather", OSLO), ("lookup", {"key": "a"})))


@pytest.mark.parametrize("fusion", [True, False])
def test_tools_of_one_turn_overlap(play: Play, fusion: bool) -> None:
    """A turn of three calls takes as long as one of them."""
    model = play(ASKS, Says("Warm."))
    script = functools.partial(react, tools=[weather, look_up], system="Be brief.")
    assert run(lambda: script("How warm?"), fusion=fusion) == ("Warm.", 3)
    assert model.told == ["Rome: 20 C", "Oslo: 20 C", '{"a": [1, 2.5, null]}']
    assert [m["role"] for m in model.asked[0]] == ["system", "user"]
    assert [m.get("tool_call_id") for m in model.asked[1][-3:]] == ["c0", "c1", "c2"]


def test_loops_side_by_side_overlap(play: Play) -> None:
    """A loop that waits for its model holds back no other one."""
    play(ASKS, Says("Warm."))

    def script(questions: Any) -> Any:
        return [react(question, [weather, look_up]) for question in questions]

    assert run(script, ["a", "b", "c"]) == (["Warm."] * 3, 3)


def test_a_model_is_told_what_it_did_wrong(play: Play) -> None:
    """Wrong arguments, unknown tools and errors of tools are results like others."""
    model = play(
        Says(calls=(("weather", {}), ("wether", ROME), ("lookup", {"key": "none"}))),
        Says("Sorry."),
    )
    assert run(lambda: react("?", [weather, look_up]))[0] == "Sorry."
    assert model.told == [
        "Error: weather() was called wrongly: place: is missing",
        "Error: there is no tool 'wether'; there are: weather, lookup",
        "Error: there is no such key",
    ]


@tool
@epic.unordered
async def break_down(why: str) -> str:
    """Fail."""
    raise ValueError(why)


def test_other_errors_are_raised(play: Play) -> None:
    """A fault that no model should see ends the loop, unless it is asked for."""
    model = play(Says(calls=(("break_down", {"why": "bug"}),)), Says("I see."))
    with pytest.raises(ValueError, match="bug"):
        run(lambda: react("?", [break_down]))
    told = (ValueError, OutsideError)
    assert run(lambda: react("?", [break_down], told=told))[0] == "I see."
    assert model.told == ["Error: bug"]


NOTES: list[str] = []


@epic.sequential
async def note(text: str) -> None:
    """Write it down."""
    await trio.sleep(1)
    NOTES.append(text)


def twice(text: str) -> str:
    """Not external itself, but calls one that is."""
    note(text)
    note(text)
    return text * 2


@epic.script
def long_note(text: str) -> int:
    """A script of its own."""
    note(text + "!")
    return len(text)


def test_tools_keep_their_order(play: Play) -> None:
    """Sequential tools run one by one, functions and scripts of one's own in turn."""
    NOTES.clear()
    names = ("note", "twice", "long_note")
    model = play(Says(calls=tuple((n, {"text": n}) for n in names)), Says("Done."))
    assert run(lambda: react("?", [note, twice, long_note]))[0] == "Done."
    assert NOTES == ["note", "twice", "twice", "long_note!"]
    assert model.told == ["null", "twicetwice", "9"]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("text", "text"),
        ([1, "ü"], '[1, "ü"]'),
        (Place("Rome"), '{"city": "Rome"}'),
        (attrs.make_class("Point", ["x"])(3), '{"x": 3}'),
        (1j, "1j"),
    ],
)
def test_results_are_told_as_json(play: Play, result: Any, said: str) -> None:
    """Text as it is, records by their fields, and the rest as Python shows it."""

    @tool
    @epic.unordered
    async def fetch() -> Any:
        """Fetch it."""
        return result

    model = play(Says(calls=(("fetch", {}),)), Says("Done."))
    run(lambda: react("?", [fetch]))
    assert model.told == [said]


def test_a_loop_has_an_end(play: Play) -> None:
    """A model that never stops calling is given up."""
    model = play(Says(calls=(("lookup", {"key": "a"}),)))
    with pytest.raises(LimitError, match="after 3 turns"):
        run(lambda: react("?", [look_up], turns=3))
    assert len(model.asked) == 3


def test_two_tools_need_two_names() -> None:
    """Which one would be meant?"""
    with pytest.raises(UsageError, match="two tools have one name: lookup, lookup"):
        run(lambda: react("?", [look_up, look_up]))


def test_the_loop_means_what_it_says_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of order, in order and by plain call it gives the same, over real HTTP."""

    def reply(messages: list[dict[str, Any]]) -> Any:
        said = [m["content"] for m in messages if m["role"] == "tool"]
        return ", ".join(said) or Says(calls=(("add", {"a": 1, "b": 2}), ("add", {})))

    @epic.unordered
    async def add(a: int, b: int) -> int:
        """Add."""
        return a + b

    with open_simulated_model_thread(SimulatedModel(reply)) as url:
        monkeypatch.setenv("EPIC_LLM_BASE_URL", url)
        monkeypatch.setenv("EPIC_LLM_MODEL", "simulated")
        script = functools.partial(react, "1 + 2?", [add])
        found = {epic.run(script), epic.run_sequentially(script), script()}
    assert found == {"3, Error: add() was called wrongly: a: is missing"}
