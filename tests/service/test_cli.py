"""The command `epic-actors serve`."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
import trio
from click.testing import CliRunner

from epic_actors.service import connect_runs
from epic_actors.service.cli import find, main


ROOT = Path(__file__).parents[2]
SCRIPT = """
import epic_actors as epic
from tests.service.scripts import greet

@epic.script
def double(x: int) -> int:
    return 2 * x

text = "no script"
"""


@pytest.mark.slow
async def test_the_command_serves_until_it_is_stopped(tmp_path: Path) -> None:
    """It says where, takes the token from the environment, and ends by SIGTERM."""
    (tmp_path / "mine.py").write_text(SCRIPT)
    command = [
        sys.executable,
        "-m",
        "epic_actors.service.cli",
        "serve",
        "mine",
        "--port=0",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "EPIC_ACTORS_TOKEN": "sesame"}
    with trio.fail_after(60):
        process = await trio.lowlevel.open_process(
            command, stdout=subprocess.PIPE, env=environment, cwd=tmp_path
        )
        try:
            assert process.stdout is not None
            said = b""
            while b"\n" not in said:
                said += await process.stdout.receive_some()
            found = re.fullmatch(r"serving at (http://127.0.0.1:\d+)/\n", said.decode())
            assert found
            async with connect_runs(found[1], token="sesame") as client:
                assert [one["name"] for one in await client.scripts()] == ["double"]
                async with client.start("double", 21) as run:
                    assert await run.result() == 42
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
        finally:
            process.kill()
            await process.wait()
            await process.aclose() if hasattr(process, "aclose") else None


def test_scripts_are_found_by_module_and_name() -> None:
    """A module alone stands for the scripts that are defined in it."""
    [greet] = find("tests.service.scripts:greet")
    every = find("tests.service.scripts")

    assert greet in every
    assert len(every) > 5
    for wrong, said in [
        ("nowhere.at.all", "cannot import"),
        ("json:nope", "has no nope"),
    ]:
        with pytest.raises(click.ClickException, match=said):
            find(wrong)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["json:dumps", "--host=0.0.0.0"], "takes a token"),
        (["json"], "there is no script to serve"),
        (["json:decoder"], "a script is a Python function"),
        (["json:dumps", "--token="], "visible ASCII"),
        (["json:dumps", "--max-runs=many"], "not a valid integer"),
        (["json:dumps", "--max-runs=0"], "max_runs= of Limits is at least 1, not 0"),
        (
            ["json:dumps", "--idle-timeout=nan"],
            "idle_timeout= of Limits is to be float",
        ),
        (["json:dumps", "--port=70000"], "a port is from 0 to 65535, not 70000"),
        (["json:dumps", "--origin=garbage"], "an origin is as https://host:port"),
        (["json:dumps", f"--key={__file__}"], "--key takes the --certificate"),
        (["json:dumps", f"--certificate={__file__}"], "no certificate in PEM"),
        (["json:dumps", "--host=192.0.2.1", "--token=a"], "cannot listen on 192.0.2.1"),
        ([":dumps"], "is to be module or module:script"),
        (["./json.py"], "is to be module or module:script"),
    ],
)
def test_mistakes_are_said_without_a_traceback(arguments: list[str], said: str) -> None:
    """With what to do instead."""
    found = CliRunner().invoke(main, ["serve", *arguments])

    assert found.exit_code != 0
    assert said in found.output
    assert "Traceback" not in found.output


def test_a_module_that_cannot_be_imported_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with it."""
    (tmp_path / "half_written.py").write_text("def f(:")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    found = CliRunner().invoke(main, ["serve", "half_written"])

    assert found.exit_code == 1
    assert "cannot import half_written: SyntaxError" in found.output
