"""Tree of Thoughts: search for a way to make 24 out of four numbers, with a model.

The search of Yao et al. (https://arxiv.org/abs/2305.10601), one thing after the other.
Run `python demos/tree_of_thoughts.py`; with `--live` it asks a model of yours.
"""

from functools import partial
from itertools import chain
from typing import Any

import epic_actors as epic
from demos.game_of_24 import Game24, play
from epic_actors.primitives.llm import chat
from epic_actors.testing import Latency
from epic_actors.testing.demonstration import Demonstration


def propose(task: Game24, model: Any, path: str) -> list[str]:
    reply = model(task.propose_prompt(path))
    return [path + line + "\n" for line in reply.splitlines() if " = " in line]


def evaluate(task: Game24, model: Any, path: str, samples: int) -> float:
    prompt = task.value_prompt(path)
    if prompt in task.value_cache:
        return task.value_cache[prompt]
    replies = [model(prompt) for _ in range(samples)]
    task.value_cache[prompt] = task.read_values(path, replies)
    return task.value_cache[prompt]


def evaluate_all(task: Game24, model: Any, paths: list[str], n: int) -> list[float]:
    values, seen = [], set()
    for path in paths:
        values.append(0.0 if path in seen else evaluate(task, model, path, n))
        seen.add(path)  # a duplicate is worth nothing
    return values


@epic.script
def solve(puzzle: str = "4 9 10 13", samples: int = 3, keep: int = 5) -> str:
    task = Game24(puzzle)
    model = partial(chat, temperature=0.7)
    paths = [""]
    for _ in range(task.steps):
        proposals = [propose(task, model, path) for path in paths]
        candidates = list(chain(*proposals))
        values = evaluate_all(task, model, candidates, samples)
        ids = list(range(len(candidates)))
        best = sorted(ids, key=lambda i: values[i], reverse=True)[:keep]
        paths = [candidates[i] for i in best]
    return paths[0].strip().split("\n")[-1] if paths else "none found"


LATENCY = Latency(first_token_s=0.08, per_token_s=0.002, jitter=0.4, seed=24)
demonstration = Demonstration(solve, (), play=play, latency=LATENCY)

if __name__ == "__main__":
    demonstration.run_command()
