"""What `explain` says of scripts, word for word, and that runs agree with it.

`explanations.txt` holds the scripts, with what is said of each below it.
"""

# mypy: disable-error-code="untyped-decorator"

import contextlib
import datetime as dt
import functools
import importlib
import itertools
import linecache
import os
import random
import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.errors import UsageError
from tests.litmus.table import Row, outside


FILE = Path(__file__).with_name("explanations.txt")
CASE = re.compile(r"^== ([^\n]*)\n(.*?)^--\n(.*?)(?=^== |\Z)", re.MULTILINE | re.DOTALL)
CASES = {name: (text, said) for name, text, said in CASE.findall(FILE.read_text())}
NUMBERS = itertools.count()


@epic.unordered
async def ask(text: object) -> str:
    await trio.sleep(1)
    return str(text)


@epic.unordered
async def lend(thing: object) -> object:
    await trio.sleep(1)
    return thing


@epic.unordered
async def write(topic: str) -> AsyncIterator[str]:
    for line in (topic, "two", "three"):
        await trio.sleep(1)
        yield line + "\n"


@epic.readonly(resource="db")
async def find(key: object) -> list[Any]:
    await trio.sleep(1)
    return [key]


@epic.sequential(resource="db")
async def save(row: object) -> None:
    await trio.sleep(1)


GIVEN = {e.name: e for e in (ask, lend, write, find, save)}
GIVEN |= {"os": os, "random": random, "time": time}
GIVEN |= {"datetime": dt.datetime, "functools": functools}


def script_of(text: str) -> Any:
    """The function `script` of a text, as if it stood in a file."""
    filename = f"<script {next(NUMBERS)}>"
    linecache.cache[filename] = (
        len(text),
        None,
        text.splitlines(keepends=True),
        filename,
    )
    names: dict[str, Any] = {"__name__": "scene", **GIVEN}
    exec(compile(text, filename, "exec"), names)
    return names["script"]


def begun(script: Any, *args: Any) -> list[tuple[str, float]]:
    """The calls of a run in the order in which they began, and when."""
    started: list[tuple[str, float]] = []

    async def main() -> None:
        start = trio.current_time()

        def hear(name: str, data: dict[str, Any]) -> None:
            if name == "call.run.started":
                started.append((data["name"], round(data["time"] - start, 6)))

        with contextlib.suppress(Exception):
            await epic.evaluate(script, *args, on_event=hear)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    return started


@pytest.mark.parametrize("name", CASES)
def test_each_line_is_explained(name: str) -> None:
    """A script's explanation is what stands below it, word for word."""
    text, said = CASES[name]

    assert str(epic.explain(script_of(text))) + "\n" == said.rstrip("\n") + "\n"


#: For some cases the arguments of a run, and when its calls begin.
AGREES: dict[str, tuple[tuple[Any, ...], list[tuple[str, float]]]] = {
    "calls that wait for nothing, or for others": (
        (["one", "two"],),
        [("ask", 0), ("ask", 0), ("ask", 1)],
    ),
    "the three orders": (
        ("one",),
        [("ask", 0), ("find", 1), ("save", 2), ("find", 3)],
    ),
    "native code of which nothing is known": (
        (["one"],),
        [("ask", 0), ("ask", 0), ("ask", 1), ("lend", 1)],
    ),
    "natives with an order of their own": (
        (),
        [("ask", 0), ("ask", 0), ("lend", 1)],
    ),
    "a branch": (([],), [("ask", 0), ("ask", 0), ("ask", 1), ("lend", 1)]),
    "a branch that runs native code": ((), [("ask", 0), ("ask", 0), ("lend", 1)]),
    "continue": (
        (["one", "two"],),
        [("ask", 0), ("ask", 0), ("ask", 1), ("ask", 1)],
    ),
    "break": ((["one", "two"],), [("ask", 0), ("ask", 0), ("ask", 1)]),
    "return": (
        (["one", "two"],),
        [("ask", 0), ("ask", 1), ("lend", 2), ("ask", 3)],
    ),
    "while": (("good",), [("ask", 0), ("lend", 0)]),
    "a loop over a list that is pending": ((), [("find", 0), ("ask", 1)]),
    "a text that streams": (
        ("one",),
        [("ask", 1), ("ask", 2), ("ask", 3), ("write", 0)],
    ),
    "stores": (([], {}), [("ask", 0), ("ask", 0), ("lend", 0), ("lend", 1)]),
    "try": (([],), [("ask", 0), ("lend", 0), ("lend", 1)]),
    "an argument that is changed behind the call": (
        (),
        [("lend", 0), ("lend", 1)],
    ),
    "helpers and methods": (("one",), [("ask", 0), ("ask", 0), ("ask", 1)]),
    "functions that are given functions": (
        (["one"],),
        [("ask", 0), ("lend", 0), ("lend", 1)],
    ),
}


@pytest.mark.parametrize("name", AGREES)
def test_runs_agree(name: str) -> None:
    """Calls begin when the explanation says: at once, or when what they wait for is there."""
    args, times = AGREES[name]

    assert sorted(begun(script_of(CASES[name][0]), *args)) == sorted(times)


TABLES = ("control", "design", "failures", "functions", "memory", "order", "values")


def rows() -> Iterator[Row]:
    """The rows of some litmus tables."""
    for name in TABLES:
        yield from importlib.import_module(f"tests.litmus.test_{name}").table.rows


@pytest.mark.slow
def test_what_is_to_start_at_once_does() -> None:
    """Where no call is said to wait, all calls begin with the run."""
    for row in rows():
        reasons = list(epic.explain(row.script))
        calls = [reason for reason in reasons if reason.kind == "call"]
        sure = not {"native", "aside", "unknown"} & {r.kind for r in reasons}
        if sure and all("starts at once" in call.text for call in calls):
            outside.begin()
            started = begun(row.script, *row.make())
            assert {seconds for _, seconds in started} <= {0}, row


def test_declaring_frees_a_native_call() -> None:
    """What an explanation says to declare makes calls overlap."""
    natively = script_of(
        "def script():\n    ask('one')\n    return lend([os.getcwd()])\n"
    )
    [reason] = [r for r in epic.explain(natively) if r.declare]
    text = f"{reason.declare}\n\ndef script():\n    ask('one')\n    return lend([getcwd()])\n"
    GIVEN["epic"] = epic

    declared = script_of(text)

    assert reason.declare == "getcwd = epic.unordered(os.getcwd)"
    assert dict(begun(natively)) == {"ask": 0, "lend": 1}
    assert {("ask", 0), ("getcwd", 0)} <= set(begun(declared))
    assert not [r for r in epic.explain(declared) if r.declare]


def test_reasons_are_data() -> None:
    """An explanation gives its reasons with function, line and kind."""
    text, _ = CASES["break"]
    reasons = list(epic.explain(script_of(text)))

    assert [(r.function, r.line, r.kind) for r in reasons] == [
        ("script", 3, "call"),
        ("script", 3, "decision"),
        ("script", 5, "call"),
    ]


def test_arguments_tell_more() -> None:
    """Given its arguments, what was unknown in a script is known."""
    script = script_of("def script(judge):\n    return judge('one')\n")

    assert [r.kind for r in epic.explain(script)] == ["unknown"]
    assert [r.kind for r in epic.explain(script, ask)] == ["call"]


def test_only_functions_are_explained() -> None:
    """What is no function is refused as by `run`."""
    with pytest.raises(UsageError, match="42"):
        epic.explain(42)  # type: ignore[arg-type]
