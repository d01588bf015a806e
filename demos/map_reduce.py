"""Many documents summed up: each by itself, then summaries by twos, until one is left.

Run `python demos/map_reduce.py`; with `--live` it asks a model of yours.
"""

import re
from typing import Any

import epic_actors as epic
from epic_actors.primitives.llm import chat
from epic_actors.testing.demonstration import Demonstration


@epic.script
def sum_up(documents: list[str]) -> str:
    summaries: list[str] = [
        chat(f"Sum up in a sentence:\n{text}") for text in documents
    ]
    while len(summaries) > 1:
        merged = []
        for one, other in zip(summaries[::2], summaries[1::2], strict=False):
            merged.append(chat(f"Merge into one sentence:\n{one}\n{other}"))
        if len(summaries) % 2:
            merged.append(summaries[-1])
        summaries = merged
    return summaries[0]


DOCUMENTS = [
    f"Station {name} measured {level} cm. {'The gauge was read by hand. ' * 8}"
    for name, level in zip("ABCDEFGHIJKL", range(300, 540, 20), strict=True)
]


def play(messages: list[dict[str, Any]]) -> str:
    """What the simulated model says: the stations, from the lowest to the highest."""
    levels = sorted(map(int, re.findall(r"(\d+) cm", messages[-1]["content"])))
    return f"Between {levels[0]} cm and {levels[-1]} cm were measured."


demonstration = Demonstration(sum_up, (DOCUMENTS,), play=play)

if __name__ == "__main__":
    demonstration.run_command()
