"""Motions debated by agents who hear each other's last round, and judged by a jury.

Run `python demos/debate.py`; with `--live` it asks a model of yours.
"""

import random
from typing import Any

import epic_actors as epic
from epic_actors.primitives.llm import chat
from epic_actors.testing.demonstration import Demonstration


AGENTS = ("Ada", "Bo", "Cy")
JURY = ("a farmer", "a judge", "a student")


def debate(motion: str, rounds: int = 2) -> str:
    record = f"Motion: {motion}\n"
    for number in range(1, rounds + 1):
        said = []
        for agent in AGENTS:
            turn = chat(f"You are {agent}. Argue in a sentence.\n{record}")
            said.append(f"{agent}, round {number}: {turn}")
        record = record + "\n".join(said) + "\n"
    votes = [chat(f"You are {one} on a jury. Who won? {record}") for one in JURY]
    return max(AGENTS, key=lambda agent: sum(agent in vote for vote in votes))


@epic.script
def hold(motions: list[str]) -> list[str]:
    return [f"{motion}: {debate(motion)} wins" for motion in motions]


MOTIONS = ["Rivers should have rights", "Clocks should not change", "Cities need bees"]


def play(messages: list[dict[str, Any]]) -> str:
    """What the simulated model says."""
    prompt = messages[-1]["content"]
    draw = random.Random(prompt)
    if "jury" in prompt:
        return f"{draw.choice(AGENTS)} did."
    return f"Since {draw.choice(['law', 'sleep', 'food'])} matters, I am for it."


demonstration = Demonstration(hold, (MOTIONS,), play=play)

if __name__ == "__main__":
    demonstration.run_command()
