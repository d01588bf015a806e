"""The demo's search finds an answer, and its simulated model plays by the rules."""

import io
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st
from rich.console import Console

from demos import game_of_24 as game
from demos.tree_of_thoughts import demonstration
from epic_actors.testing import Latency


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the demo prints, by a model that answers at once."""
    with io.StringIO() as out:
        monkeypatch.setattr(demonstration, "latency", Latency())
        monkeypatch.setattr(demonstration, "console", Console(file=out, width=80))
        yield out


@pytest.mark.slow
def test_both_runs_find_the_same_answer(printed: io.StringIO) -> None:
    """In order and in parallel the search finds one right answer by the same calls."""
    found = demonstration.compare()

    assert found.parallel.value == found.in_order.value
    assert found.parallel.calls == found.in_order.calls == 163
    asked = f"Numbers: 4 9 10 13\n{found.parallel.value}"
    assert game.judge_answer(asked) == "sure"
    assert printed.getvalue().count(f"  {found.parallel.value}") == 2


@given(st.lists(st.integers(1, 13), min_size=2, max_size=4))
def test_proposals_are_legal_steps(numbers: list[int]) -> None:
    """Every step that the model proposes joins two of the numbers rightly."""
    prompt = game.PROPOSE.format(numbers=" ".join(map(str, numbers)))
    for line in game.play([{"role": "user", "content": prompt}]).splitlines():
        step = re.fullmatch(r"(\d+ [-+*/] \d+) = (\d+) \(left: ([\d ]+)\)", line)
        assert step, line
        assert game.compute(step[1]) == int(step[2])
        assert len(step[3].split()) == len(numbers) - 1


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [("4 6", "sure"), ("10 13 13", "likely"), ("1 1", "impossible"), ("24", "sure")],
)
def test_positions_are_judged(numbers: str, verdict: str) -> None:
    """The model says of numbers whether they can make 24."""
    prompt = game.VALUE.format(numbers=numbers)
    said = game.play([{"role": "user", "content": prompt}])
    assert said.splitlines()[-1] == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("Answer: (13 - 9) * (10 - 4) = 24", "sure"),
        ("Answer: (13 - 9) * 6 = 24", "impossible"),
        ("Answer: 4 + 9 + 10 + 13 = 24", "impossible"),
    ],
)
def test_answers_are_judged(answer: str, verdict: str) -> None:
    """An answer is right if it uses each number once and makes 24."""
    prompt = game.JUDGE.format(puzzle="4 9 10 13", answer=answer)
    assert game.play([{"role": "user", "content": prompt}]) == verdict


def test_steps_become_an_expression() -> None:
    """The answer puts for each result what it was made of, also for equal numbers."""
    steps = "4 + 4 = 8 (left: 6 8 8)\n8 + 8 = 16 (left: 6 16)\n16 + 6 = 22 (left: 22)\n"
    prompt = game.ANSWER.format(puzzle="4 4 6 8", steps=steps)
    said = game.play([{"role": "user", "content": prompt}])
    assert said == "Answer: ((4 + 4) + 8) + 6 = 24"


@pytest.mark.parametrize("puzzle", ["", "1 2 3", "1 2 3 x", "0 1 2 3", "1 2 3 4 5"])
@pytest.mark.usefixtures("printed")
def test_a_wrong_puzzle_is_refused(
    puzzle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything but four numbers is refused before a model is asked, in one line."""
    monkeypatch.setattr("sys.argv", ["tree_of_thoughts.py", "--puzzle", puzzle])
    with pytest.raises(SystemExit) as caught:
        demonstration.run_command()

    said = f"demo: Invalid value: {puzzle!r} is not four numbers from 1 to 99"
    assert caught.value.code == said


@pytest.mark.slow
def test_parameters_are_options(
    printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the search is given on the command line is what it uses."""
    options = ["--puzzle", "1 1 2 12", "--samples", "1", "--keep", "1"]
    monkeypatch.setattr("sys.argv", ["tree_of_thoughts.py", *options])
    demonstration.run_command()

    assert "Answer: " in printed.getvalue()
    assert ", 163 requests" not in printed.getvalue()


def test_a_mistake_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Used wrongly the command ends with one line that says what is wrong."""
    monkeypatch.setattr("sys.argv", ["tree_of_thoughts.py", "--nope"])
    with pytest.raises(SystemExit) as caught:
        demonstration.run_command()

    assert caught.value.code == "demo: No such option '--nope'."
