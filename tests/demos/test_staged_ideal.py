"""Tree of Thoughts runs in the staged ideal: each stage as long as its longest call.

The script is the demo's shape: a dict cache on an object, duplicates found in a local
dict, prints of intermediate results, and a `functools.partial` around the model call.
Each call takes its own time, drawn from its prompt; the time is virtual and exact.
"""

import random
from functools import partial
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.core.network import network


STEPS, KEEP = 4, 5


def seconds_of(prompt: str) -> float:
    """How long the model takes for a prompt."""
    return random.Random(prompt).randrange(100, 900) / 100


@epic.unordered
async def model(prompt: str, temperature: float = 1.0) -> str:
    await trio.sleep(seconds_of(prompt))
    draw = random.Random(prompt + "!")
    if prompt.startswith("propose"):
        return "\n".join(str(draw.randrange(30)) for _ in range(6))
    return f"thinking\n{draw.randrange(100)}"


class Task:
    """What to ask, and the values that are known."""

    def __init__(self) -> None:
        self.value_cache: dict[str, float] = {}

    def read_value(self, replies: list[str]) -> float:
        """The mean of the last lines."""
        return sum(int(r.strip().split("\n")[-1]) for r in replies) / len(replies)


def propose(ask: Any, path: str) -> list[str]:
    reply = ask("propose " + path)
    return [path + line + "," for line in reply.splitlines()]


def evaluate(task: Task, ask: Any, path: str) -> float:
    prompt = "value " + path
    if prompt in task.value_cache:
        return task.value_cache[prompt]
    value = task.read_value([ask(prompt)])
    task.value_cache[prompt] = value
    return value


def search(task: Task) -> list[str]:
    ask = partial(model, temperature=0.7)
    paths = [""]
    for step in range(STEPS):
        candidates = []
        for path in paths:
            candidates.extend(propose(ask, path))
        values: dict[str, float] = {}
        for path in candidates:
            if path in values:
                continue
            values[path] = evaluate(task, ask, path)
        paths = sorted(values, key=lambda path: values[path], reverse=True)[:KEEP]
        print("step", step, len(candidates), "candidates, kept", len(paths))
        for path in paths:
            print("  ", values[path], path)
    return paths


def staged_ideal() -> tuple[list[str], float]:
    """The same search by hand: its answer, and the sum of its longest calls."""
    task, seconds, paths = Task(), 0.0, [""]

    def answer(prompt: str) -> str:
        # The model's words, without its time.
        draw = random.Random(prompt + "!")
        if prompt.startswith("propose"):
            return "\n".join(str(draw.randrange(30)) for _ in range(6))
        return f"thinking\n{draw.randrange(100)}"

    for _ in range(STEPS):
        seconds += max(seconds_of("propose " + path) for path in paths)
        found = [p for path in paths for p in propose(answer, path)]
        values = {path: evaluate(task, answer, path) for path in dict.fromkeys(found)}
        seconds += max(seconds_of("value " + path) for path in values)
        paths = sorted(values, key=values.__getitem__, reverse=True)[:KEEP]
    return paths, seconds


@pytest.mark.parametrize("burst", [3, network.TURN_CALLS])
@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_tree_of_thoughts_takes_the_staged_ideal(
    fusion: bool,
    burst: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Per step: the longest proposal, then the longest evaluation; nothing more.

    However many calls begin before the event loop has its turn.
    """
    monkeypatch.setattr(network, "TURN_CALLS", burst)

    async def main() -> tuple[list[str], float]:
        begun = trio.current_time()
        paths = await epic.evaluate(search, Task(), fusion=fusion)
        return paths, trio.current_time() - begun

    paths, seconds = trio.run(main, clock=MockClock(autojump_threshold=0))
    expected, ideal = staged_ideal()

    assert expected == paths
    assert ideal == pytest.approx(seconds)
    assert capsys.readouterr().out.count("step") == STEPS
