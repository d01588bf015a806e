"""Commands: what they say, how they fail, and that none is left behind."""

import os
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
import trio

import epic_actors as epic
from epic_actors.errors import UsageError
from epic_actors.primitives import files, process
from epic_actors.primitives.process import Finished, ProcessError


pytestmark = pytest.mark.skipif(os.name != "posix", reason="commands of POSIX systems")


def python(code: str) -> list[str]:
    """A command that runs some Python."""
    return [sys.executable, "-c", code]


async def test_a_command_gives_its_output() -> None:
    """It gets its input, folder and variables."""
    assert await process.run(["cat"], input="näive") == "näive"
    assert await process.run(["pwd"], cwd="/") == "/\n"
    said = await process.run(["sh", "-c", "echo $A $HOME"], env={"A": "b"})
    assert said.split() == ["b", os.environ["HOME"]]


async def test_no_shell_sees_a_command() -> None:
    """Words are words; a string is no command."""
    assert await process.run(["echo", "a; b", "$HOME", "*"]) == "a; b $HOME *\n"
    wrong: Any
    for wrong in ("echo a", []):
        with pytest.raises(UsageError, match="a command is a list of words"):
            await process.run(wrong)
    with pytest.raises(UsageError, match="no option 'shell' of a command"):
        await process.run(["echo"], shell=True)


async def test_a_command_that_fails_is_an_error() -> None:
    """It knows the code and all that was said; `finish` leaves that to the script."""
    failing = ["sh", "-c", "echo out; echo bad luck >&2; exit 3"]
    with pytest.raises(ProcessError, match="returned 3: bad luck") as caught:
        await process.run_unordered(failing)
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.code, error.out, error.err) == (3, "out\n", "bad luck\n")
    assert await process.finish(failing) == Finished(3, "out\n", "bad luck\n")


async def test_a_command_that_is_not_there_is_an_error() -> None:
    """The message names it."""
    with pytest.raises(ProcessError, match="no-such-command a cannot be started"):
        await process.run(["no-such-command", "a"])
    with pytest.raises(ProcessError, match="cannot be started"):
        [_ async for _ in process.run_lines(["no-such-command"])]


async def test_lines_come_while_the_command_runs() -> None:
    """The command waits until its first line has been read."""
    code = "print('one\\r', flush=True); print(input(), end='')"
    lines = [line async for line in process.run_lines(python(code), input="two\n")]
    assert lines == ["one", "two"]


async def test_lines_end_with_the_error() -> None:
    """What was said is kept, then comes what went wrong."""
    seen = []
    with pytest.raises(ProcessError, match="returned 2: bad") as caught:
        async for line in process.run_lines(
            ["sh", "-c", "echo a; echo bad >&2; exit 2"]
        ):
            seen.append(line)
    assert (seen, caught.value.code) == (["a"], 2)


def sleeper(folder: Path) -> list[str]:
    """A command whose child writes down its number and sleeps."""
    return ["sh", "-c", f"sleep 1000 & echo $! > {folder}/pid; echo begun; wait"]


def text_of(path: Path) -> str:
    """What a file says by now."""
    return path.read_text() if path.exists() else ""


async def wait_pid(folder: Path) -> int:
    """The number of the child, once it has begun."""
    with trio.fail_after(60):
        while not text_of(folder / "pid"):  # noqa: ASYNC110 - another process writes it
            await trio.sleep(0.01)
    return int(text_of(folder / "pid"))


async def wait_gone(pid: int) -> None:
    """Wait until there is no such process; a zombie is none."""
    state = Path(f"/proc/{pid}/stat")
    with trio.fail_after(60):
        while ") Z " not in (text_of(state) or ") Z "):  # noqa: ASYNC110 - as above
            await trio.sleep(0.01)


@pytest.mark.parametrize("name", ["run", "run_lines"])
async def test_a_cancelled_command_is_killed(tmp_path: Path, name: str) -> None:
    """Together with what it has started."""
    call = getattr(process, name)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(epic.evaluate, lambda: call(sleeper(tmp_path)))
        pid = await wait_pid(tmp_path)
        nursery.cancel_scope.cancel()
    await wait_gone(pid)


@pytest.mark.parametrize("name", ["run", "run_lines"])
async def test_a_late_command_is_killed(tmp_path: Path, name: str) -> None:
    """Its time is up, which is an error."""
    call = getattr(process, name)
    with pytest.raises(ProcessError, match="timeout="):
        await epic.evaluate(lambda: call(sleeper(tmp_path), timeout=0.3))
    if pid := text_of(tmp_path / "pid"):
        await wait_gone(int(pid))


def test_commands_and_files_are_in_order(tmp_path: Path) -> None:
    """A command sees what was written before it, a read sees what the command did."""
    source, copy = tmp_path / "a", tmp_path / "b"

    def script() -> Any:
        seen = []
        for text in ("one", "two"):
            files.write_text(source, text)
            process.run(["cp", str(source), str(copy)])
            seen.append(files.read_text(copy))
        return seen

    assert epic.run(script) == epic.run_sequentially(script) == ["one", "two"]


def test_unordered_commands_overlap(tmp_path: Path) -> None:
    """Two commands that wait for each other come to an end."""
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    meet = "touch $0; while ! [ -e $1 ]; do sleep 0.01; done; echo met"

    def script() -> Any:
        return [process.run_unordered(["sh", "-c", meet, *x]) for x in [(a, b), (b, a)]]

    assert epic.run(script, deadline=60) == ["met\n", "met\n"]
