"""Tree of Thoughts: search for a way to make 24 out of four numbers, with a model.

The search of Yao et al. (https://arxiv.org/abs/2305.10601), written as anybody would
write it: one thing after the other.  It is run twice, the first time by plain Python,
the second time by epic-actors, against a model simulated on this machine.

    python demos/tree_of_thoughts.py
    python demos/tree_of_thoughts.py --live     # a model of yours, see --help
"""

import ast
import operator
import random
import re
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain, combinations
from typing import Any

import attrs
import click
from rich.console import Console

import epic_actors as epic
from epic_actors.errors import EpicError
from epic_actors.observe.timeline import Timeline
from epic_actors.primitives.llm import chat
from epic_actors.testing import Latency, SimulatedModel, open_simulated_model_thread


# ---------------------------------------------------------------- what is asked

PROPOSE = """\
Game of 24. List possible next steps: take two of the numbers, join them with
+ - * or /, and say which numbers are left, as in 4 + 8 = 12 (left: 4 6 12)
Numbers: {numbers}
"""
VALUE = """\
Game of 24. Can these numbers still make 24?
End with one word on a line of its own: sure, likely or impossible.
Numbers: {numbers}
"""
ANSWER = """\
Game of 24. Write the steps as one expression, as in Answer: (4 + 8) * (6 - 4) = 24
Numbers: {puzzle}
Steps:
{steps}"""
JUDGE = """\
Game of 24. Does the answer use each number exactly once and make 24?
End with one word on a line of its own: sure or impossible.
Numbers: {puzzle}
{answer}
"""
WEIGHTS = {"impossible": 0.001, "likely": 1, "sure": 20}


class Game24:
    """The task: what to ask, and how to read what comes back."""

    steps = 4

    def __init__(self, puzzle: str) -> None:
        self.puzzle = puzzle
        self.value_cache: dict[str, float] = {}

    def propose_prompt(self, path: str) -> str:
        """Ask for next steps, or for the answer once 24 is made."""
        numbers = numbers_left(path) if path else self.puzzle
        if numbers == "24":
            return ANSWER.format(puzzle=self.puzzle, steps=path)
        return PROPOSE.format(numbers=numbers)

    def value_prompt(self, path: str) -> str:
        """Ask how good the last step of a path is."""
        last = path.strip().split("\n")[-1]
        if "left: " not in last:
            return JUDGE.format(puzzle=self.puzzle, answer=last)
        return VALUE.format(numbers=numbers_left(path))

    def read_values(self, path: str, replies: list[str]) -> float:
        """The weight of what was said of a path."""
        if len(path.strip().split("\n")) == 4 and "Answer" not in path:
            return 0
        verdicts = [reply.strip().split("\n")[-1] for reply in replies]
        return sum(weight * verdicts.count(word) for word, weight in WEIGHTS.items())


def numbers_left(path: str) -> str:
    return path.strip().split("\n")[-1].split("left: ")[-1].split(")")[0]


# ---------------------------------------------------------------- the search


def propose(task: Game24, model: Callable[[str], str], path: str) -> list[str]:
    reply = model(task.propose_prompt(path))
    return [path + line + "\n" for line in reply.splitlines() if " = " in line]


def evaluate(
    task: Game24, model: Callable[[str], str], path: str, samples: int
) -> float:
    prompt = task.value_prompt(path)
    if prompt in task.value_cache:
        return task.value_cache[prompt]
    replies = [model(prompt) for _ in range(samples)]
    value = task.read_values(path, replies)
    task.value_cache[prompt] = value
    return value


def evaluate_all(
    task: Game24, model: Callable[[str], str], paths: list[str], samples: int
) -> list[float]:
    values = []
    seen: dict[str, float] = {}
    for path in paths:
        if path in seen:  # a duplicate is worth nothing
            value = 0.0
        else:
            value = evaluate(task, model, path, samples)
            seen[path] = value
        values.append(value)
    return values


@epic.script
def solve(
    puzzle: str,
    settings: Mapping[str, Any],
    samples: int = 3,
    keep: int = 5,
    verbose: bool = False,
) -> list[str]:
    task = Game24(puzzle)
    model = partial(chat, temperature=0.7, **settings)
    paths = [""]
    for step in range(task.steps):
        proposals = [propose(task, model, path) for path in paths]
        candidates = list(chain(*proposals))
        values = evaluate_all(task, model, candidates, samples)
        ids = list(range(len(candidates)))
        best = sorted(ids, key=lambda i: values[i], reverse=True)[:keep]
        paths = [candidates[i] for i in best]
        if verbose:
            print(f"step {step + 1}: {len(candidates)} candidates, kept:")
            for i in best:
                print(f"  {values[i]:8.3f}  {' | '.join(candidates[i].splitlines())}")
    return paths


# ---------------------------------------------------------------- a model that plays

SIGNS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul}
PROPOSALS = 8
LATENCY = Latency(first_token_s=0.08, per_token_s=0.002, jitter=0.4, seed=24)


def play(messages: list[dict[str, Any]]) -> str:
    """What the simulated model says: it knows the game."""
    prompt = messages[-1]["content"]
    numbers = [int(n) for n in re.findall(r"\d+", prompt.split("Numbers: ")[1])]
    if prompt.startswith(PROPOSE[:30]):
        return propose_steps(numbers)
    if prompt.startswith(VALUE[:30]):
        return judge_numbers(numbers)
    if prompt.startswith(ANSWER[:30]):
        return write_answer(prompt)
    return judge_answer(prompt)


def next_steps(numbers: list[int]) -> dict[str, list[int]]:
    """Each legal step, and the numbers it leaves."""
    steps = {}
    for i, j in combinations(range(len(numbers)), 2):
        low, high = sorted([numbers[i], numbers[j]])
        rest = [n for k, n in enumerate(numbers) if k not in {i, j}]
        results = {sign: apply(high, low) for sign, apply in OPERATORS.items()}
        if low and high % low == 0:
            results["/"] = high // low
        for sign, result in results.items():
            left = sorted([*rest, result])
            shown = " ".join(map(str, left))
            steps[f"{high} {sign} {low} = {result} (left: {shown})"] = left
    return steps


def reaches_24(numbers: list[int]) -> bool:
    if len(numbers) == 1:
        return numbers == [24]
    return any(map(reaches_24, next_steps(numbers).values()))


def propose_steps(numbers: list[int]) -> str:
    """Some steps, the promising ones mostly among them, in no particular order."""
    draw = random.Random(str(numbers))
    steps = next_steps(numbers)
    shuffled = draw.sample(list(steps), len(steps))
    chosen = sorted(shuffled, key=lambda step: not reaches_24(steps[step]))[:PROPOSALS]
    return "\n".join(draw.sample(chosen, len(chosen)))


def judge_numbers(numbers: list[int]) -> str:
    tried = list(next_steps(numbers))[:3]
    if reaches_24(numbers):
        verdict = "sure"
    elif len(numbers) > 2 and sum(numbers) >= 12:
        verdict = "likely"
    else:
        verdict = "impossible"
    return "\n".join([*tried, verdict])


def write_answer(prompt: str) -> str:
    """Put the steps together: each result is replaced by what it was made of."""
    made: dict[str, list[str]] = {}
    expression = ""
    for a, sign, b, result in re.findall(r"(\d+) (.) (\d+) = (\d+) \(left", prompt):
        left, right = (made[n].pop() if made.get(n) else n for n in (a, b))
        expression = f"({left} {sign} {right})"
        made.setdefault(result, []).append(expression)
    return f"Answer: {expression[1:-1]} = 24"


def judge_answer(prompt: str) -> str:
    puzzle, answer = prompt.split("Numbers: ")[1].strip().split("\n")[:2]
    expression = answer.removeprefix("Answer: ").split(" = ")[0]
    used = sorted(re.findall(r"\d+", expression))
    right = used == sorted(puzzle.split()) and compute(expression) == 24
    return "sure" if right else "impossible"


def compute(expression: str | ast.expr) -> float:
    """The value of an expression of whole numbers and + - * /."""
    match expression:
        case str():
            return compute(ast.parse(expression, mode="eval").body)
        case ast.Constant(value=int(number)):
            return number
        case ast.BinOp(left=left, op=sign, right=right):
            value: float = SIGNS[type(sign)](compute(left), compute(right))
            return value
        case _:
            raise ValueError(f"Not arithmetic: {ast.unparse(expression)}")


# ---------------------------------------------------------------- the comparison


@attrs.frozen
class Outcome:
    """What a run found, how long it took, and how many calls it made."""

    paths: list[str]
    seconds: float
    calls: int

    @property
    def answer(self) -> str:
        """The last line of the best path."""
        return self.paths[0].strip().split("\n")[-1] if self.paths else "none found"

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s  {self.calls:4} calls  {self.answer}"


def compare(
    script: Callable[..., list[str]], model: SimulatedModel, console: Console
) -> tuple[Outcome, Outcome]:
    """Run the search in order and in parallel, against one simulated model."""
    timeline = Timeline()

    def timed(run: Callable[..., list[str]], **options: Any) -> Outcome:
        before, begun = model.statistics().requests, time.perf_counter()
        paths = run(partial(script, settings=settings), **options)
        seconds = time.perf_counter() - begun
        return Outcome(paths, seconds, model.statistics().requests - before)

    with open_simulated_model_thread(model) as base_url:
        settings = {"base_url": base_url, "model": "simulated"}
        in_order = timed(epic.run_sequentially)
        console.print(f"plain Python  {in_order}", highlight=False)
        parallel = timed(epic.run, on_event=timeline)
        console.print(f"epic-actors   {parallel}\n", highlight=False)
    assert parallel.paths == in_order.paths
    assert parallel.calls == in_order.calls
    console.print(timeline)
    faster = in_order.seconds / parallel.seconds
    console.print(f"\nThe same answer, the same calls, {faster:.1f} times as fast.")
    return in_order, parallel


def search_live(script: Callable[..., list[str]], console: Console) -> Outcome:
    """Run the search in parallel against the model that the environment names."""
    timeline, begun = Timeline(), time.perf_counter()
    paths = epic.run(partial(script, settings={}), on_event=timeline)
    outcome = Outcome(paths, time.perf_counter() - begun, len(timeline.spans()))
    console.print(f"epic-actors   {outcome}\n", highlight=False)
    console.print(timeline)
    return outcome


def check_puzzle(context: click.Context, option: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"\s*[1-9]\d?(\s+[1-9]\d?){3}\s*", value):
        raise click.BadParameter(f"{value!r} is not four numbers from 1 to 99")
    return " ".join(value.split())


@click.command()
@click.option(
    "--puzzle",
    default="4 9 10 13",
    show_default=True,
    callback=check_puzzle,
    help="Four numbers to make 24 of.",
)
@click.option(
    "--samples",
    default=3,
    show_default=True,
    type=click.IntRange(1, 20),
    help="How often each position is judged.",
)
@click.option(
    "--keep",
    default=5,
    show_default=True,
    type=click.IntRange(1, 20),
    help="How many positions go on to the next step.",
)
@click.option("--verbose", is_flag=True, help="Show what each step found.")
@click.option(
    "--live",
    is_flag=True,
    help="Ask a real model, with epic-actors only: the one named by "
    "EPIC_LLM_BASE_URL, EPIC_LLM_MODEL and OPENAI_API_KEY.",
)
def main(puzzle: str, samples: int, keep: int, verbose: bool, live: bool) -> None:
    """Solve the game of 24 by Tree of Thoughts, in order and in parallel."""
    script = partial(solve, puzzle, samples=samples, keep=keep, verbose=verbose)
    console = Console()
    console.print(f"Make 24 of {puzzle}.\n", highlight=False)
    if live:
        search_live(script, console)
    else:
        compare(script, SimulatedModel(play, latency=LATENCY), console)


def run_command() -> None:
    """Run `main`; what is wrong is said in one line."""
    try:
        main(standalone_mode=False)
    except click.ClickException as error:
        sys.exit(f"tree_of_thoughts: {error.format_message()}")
    except EpicError as error:
        sys.exit(f"tree_of_thoughts: {error}")
    except click.Abort:
        sys.exit("tree_of_thoughts: stopped")


if __name__ == "__main__":
    run_command()
