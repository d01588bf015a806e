"""A report whose sections are begun while its outline is still being written.

Run `python demos/streamed_report.py`; with `--live` it asks a model of yours.
"""

import random
from typing import Any

import epic_actors as epic
from epic_actors.primitives.llm import chat_stream
from epic_actors.testing.demonstration import Demonstration


@epic.script
def report(topic: str) -> str:
    outline = chat_stream(f"Outline a report on {topic}, one heading a line.")
    sections = []
    for heading in outline.splitlines():
        body = chat_stream(f"Write the section {heading} of a report on {topic}.")
        sections.append(f"{heading}\n{body}\n")
    return "\n".join(sections)


WORDS = ("the", "water", "rises", "falls", "twice", "moon", "sun", "pulls", "seas")
OUTLINE = """\
Why there are tides
Spring tides and neap tides
Tides in bays and rivers
Power from the tides
Life between the tides
Tables and forecasts"""


def play(messages: list[dict[str, Any]]) -> str:
    """What the simulated model says."""
    prompt = messages[-1]["content"]
    if prompt.startswith("Outline"):
        return OUTLINE
    return " ".join(random.Random(prompt).choices(WORDS, k=40)).capitalize() + "."


demonstration = Demonstration(report, ("tides",), play=play)

if __name__ == "__main__":
    demonstration.run_command()
