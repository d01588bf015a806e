"""The demo's search finds an answer, and its simulated model plays by the rules."""

import io
import re
from functools import partial

import pytest
from click.testing import CliRunner
from hypothesis import given, strategies as st
from rich.console import Console

from demos import tree_of_thoughts as demo
from epic_actors.testing import SimulatedModel, open_simulated_model_thread


@pytest.mark.slow
def test_both_runs_find_the_same_answer() -> None:
    """In order and in parallel the search finds one right answer by the same calls."""
    console = Console(file=io.StringIO(), width=80)
    script = partial(demo.solve, "4 9 10 13")
    in_order, parallel = demo.compare(script, SimulatedModel(demo.play), console)
    assert parallel.paths == in_order.paths
    assert parallel.calls == in_order.calls == 163
    assert demo.judge_answer(f"Numbers: 4 9 10 13\n{parallel.answer}") == "sure"


@pytest.mark.slow
def test_a_live_model_is_taken_from_the_environment() -> None:
    """With --live the search asks the model that the environment names."""
    options = ["--live", "--puzzle", "1 1 2 12", "--samples", "1", "--keep", "1"]
    with open_simulated_model_thread(SimulatedModel(demo.play)) as base_url:
        env = {"EPIC_LLM_BASE_URL": base_url, "EPIC_LLM_MODEL": "simulated"}
        result = CliRunner().invoke(demo.main, [*options, "--verbose"], env=env)
    assert result.exit_code == 0, result.output
    assert "step 4" in result.output
    assert re.search(r"epic-actors .* Answer: .* = 24", result.output)


def test_a_live_model_must_be_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With --live and no model set, one line names what to set."""
    monkeypatch.setattr("sys.argv", ["tree_of_thoughts.py", "--live"])
    for name in ("EPIC_LLM_BASE_URL", "EPIC_LLM_MODEL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit, match="EPIC_LLM_BASE_URL") as caught:
        demo.run_command()
    assert "\n" not in str(caught.value.code)


@given(st.lists(st.integers(1, 13), min_size=2, max_size=4))
def test_proposals_are_legal_steps(numbers: list[int]) -> None:
    """Every step that the model proposes joins two of the numbers rightly."""
    prompt = demo.PROPOSE.format(numbers=" ".join(map(str, numbers)))
    for line in demo.play([{"role": "user", "content": prompt}]).splitlines():
        step = re.fullmatch(r"(\d+ [-+*/] \d+) = (\d+) \(left: ([\d ]+)\)", line)
        assert step, line
        assert demo.compute(step[1]) == int(step[2])
        assert len(step[3].split()) == len(numbers) - 1


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [("4 6", "sure"), ("10 13 13", "likely"), ("1 1", "impossible"), ("24", "sure")],
)
def test_positions_are_judged(numbers: str, verdict: str) -> None:
    """The model says of numbers whether they can make 24."""
    prompt = demo.VALUE.format(numbers=numbers)
    said = demo.play([{"role": "user", "content": prompt}])
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
    prompt = demo.JUDGE.format(puzzle="4 9 10 13", answer=answer)
    assert demo.play([{"role": "user", "content": prompt}]) == verdict


def test_steps_become_an_expression() -> None:
    """The answer puts for each result what it was made of, also for equal numbers."""
    steps = "4 + 4 = 8 (left: 6 8 8)\n8 + 8 = 16 (left: 6 16)\n16 + 6 = 22 (left: 22)\n"
    prompt = demo.ANSWER.format(puzzle="4 4 6 8", steps=steps)
    said = demo.play([{"role": "user", "content": prompt}])
    assert said == "Answer: ((4 + 4) + 8) + 6 = 24"


@pytest.mark.parametrize("puzzle", ["", "1 2 3", "1 2 3 x", "0 1 2 3", "1 2 3 4 5"])
def test_a_wrong_puzzle_is_refused(puzzle: str) -> None:
    """Anything but four numbers is refused before a model is asked."""
    result = CliRunner().invoke(demo.main, ["--puzzle", puzzle])
    assert result.exit_code == 2
    assert "is not four numbers" in result.output


def test_a_mistake_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Used wrongly the command ends with one line that says what is wrong."""
    monkeypatch.setattr("sys.argv", ["tree_of_thoughts.py", "--nope"])
    with pytest.raises(SystemExit) as caught:
        demo.run_command()
    assert caught.value.code == "tree_of_thoughts: No such option '--nope'."
