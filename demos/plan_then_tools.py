"""A plan whose steps are carried out as they are written; bookings keep their order.

Run `python demos/plan_then_tools.py`; with `--live` it asks a model of yours.
"""

from typing import Any

import trio

import epic_actors as epic
from epic_actors.primitives.llm import chat, chat_stream
from epic_actors.testing.demonstration import Demonstration


@epic.unordered
async def weather(city: str) -> str:
    await trio.sleep(0.3)
    return f"{city}: {'rain' if len(city) % 2 else 'sun'}"


@epic.unordered
async def hotels(city: str) -> str:
    await trio.sleep(0.4)
    return f"{city}: {len(city)} hotels"


@epic.sequential
async def book(city: str) -> str:
    await trio.sleep(0.2)
    return f"{city}: booked"


@epic.script
def travel(wish: str) -> str:
    plan = chat_stream(f"Plan, one step a line, as in weather: Oslo\nWish: {wish}")
    tools = {"weather": weather, "hotels": hotels, "book": book}
    results = []
    for step in plan.splitlines():
        name, _, argument = step.partition(": ")
        results.append(tools[name](argument) if name in tools else f"cannot {step}")
    report: str = chat("Tell what was done:\n" + "\n".join(results))
    return report


def play(messages: list[dict[str, Any]]) -> str:
    """What the simulated model says."""
    prompt = messages[-1]["content"]
    if not prompt.startswith("Plan"):
        return "Done. " + "; ".join(prompt.split("\n")[1:]) + "."
    cities = prompt.split("through ")[1].split(" and ")
    steps = [f"{tool}: {city}" for city in cities for tool in ("weather", "hotels")]
    return "\n".join([*steps, f"book: {cities[-1]}"])


demonstration = Demonstration(
    travel, ("through Oslo and Bergen and Bodo and Molde",), play=play
)

if __name__ == "__main__":
    demonstration.run_command()
