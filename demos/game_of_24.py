"""The game of 24, make 24 of four numbers: what to ask a model, and one that plays it.

The task is that of Yao et al. (https://arxiv.org/abs/2305.10601).
"""

import ast
import operator
import random
import re
from itertools import combinations
from typing import Any

import click


# What is asked

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
        if not re.fullmatch(r"\s*[1-9]\d?(\s+[1-9]\d?){3}\s*", puzzle):
            raise click.BadParameter(f"{puzzle!r} is not four numbers from 1 to 99")
        self.puzzle = " ".join(puzzle.split())
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


# A model that plays

SIGNS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul}
PROPOSALS = 8


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
