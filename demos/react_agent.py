"""Agents that answer questions by calling tools, turn by turn (ReAct).

Run `python demos/react_agent.py`; with `--live` it asks a model of yours.
"""

import re
from typing import Any

import trio

import epic_actors as epic
from epic_actors.primitives.tools import ToolError, react
from epic_actors.testing import Says
from epic_actors.testing.demonstration import Demonstration


PEOPLE = {"Oslo": 709_000, "Bergen": 289_000, "Bodo": 53_000, "Molde": 32_000}


@epic.unordered
async def population(city: str) -> int:
    """Find out how many people live in a city of Norway."""
    await trio.sleep(0.2)
    if city not in PEOPLE:
        raise ToolError(f"{city} is not known")
    return PEOPLE[city]


@epic.unordered
async def difference(one: int, other: int) -> int:
    """Say by how much two numbers differ."""
    return abs(one - other)


@epic.script
def answer(questions: list[str]) -> list[str]:
    return [react(question, [population, difference]) for question in questions]


PAIRS = [("Oslo", "Bergen"), ("Bodo", "Molde"), ("Oslo", "Molde"), ("Bergen", "Bodo")]
QUESTIONS = [f"How many more people live in {a} than in {b}?" for a, b in PAIRS]


def play(messages: list[dict[str, Any]]) -> str | Says:
    """What the simulated model says: it looks up both cities, then compares."""
    cities = re.findall(r"in (\w+)", messages[0]["content"])
    told = [message["content"] for message in messages if message["role"] == "tool"]
    if not told:
        return Says(calls=tuple(("population", {"city": city}) for city in cities))
    if len(told) == len(cities):
        numbers = {"one": int(told[0]), "other": int(told[1])}
        return Says(calls=(("difference", numbers),))
    return f"{told[-1]} more live in {cities[0]} than in {cities[1]}."


demonstration = Demonstration(answer, (QUESTIONS,), play=play)

if __name__ == "__main__":
    demonstration.run_command()
