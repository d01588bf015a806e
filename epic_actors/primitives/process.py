"""Commands of this machine.

A command may do anything to the files, so `run` and its kin are sequential on the resource
of `files`.  A `http.get` behind them does not wait; for commands that change what a
server answers there is `epic.sequential(process.run, resource="http")`.
`run_unordered` is for commands that only compute or read.  As there is one resource, two
commands that change different things run one after the other; give those of one kind
an order of their own: `epic.sequential(process.run, resource="repository")`.  A command is a
list of words and no shell ever sees it; where one is wanted, ask for it:
`["sh", "-c", "ls | wc -l"]`.  Output is text in UTF-8.  A command whose call is
cancelled is killed, with all that it has started.
"""

import functools
import os
import shlex
import signal
import subprocess
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager, suppress
from tempfile import TemporaryFile
from typing import Any, TypedDict, Unpack

import attrs
import trio

import epic_actors as epic
from epic_actors.errors import OutsideError, UsageError
from epic_actors.primitives.files import RESOURCE
from epic_actors.primitives.options import check_options
from epic_actors.primitives.retries import deadline_after, next_before


_changes = functools.partial(epic.sequential, resource=RESOURCE)
_changes_and_streams = functools.partial(_changes, stream=list)


class Options(TypedDict, total=False):
    """What every command takes besides its words, as keywords.

    Attributes:
        input: What it reads; nothing if left out.
        cwd: The folder it works in; that of the program if left out.
        env: Variables to set in its environment, besides those of the program.
        timeout: Seconds after which it is killed; never if left out.
    """

    input: str | None
    cwd: str | os.PathLike[str] | None
    env: Mapping[str, str] | None
    timeout: float | None


class ProcessError(OutsideError):
    """A command cannot be started, failed, or took too long.

    Attributes:
        code: What it returned; negative for the signal that ended it; None if it was
            not started.
        out: What it wrote to its output.
        err: What it wrote to its error output.
    """

    def __init__(
        self, message: str, code: int | None = None, out: str = "", err: str = ""
    ) -> None:
        """Only the message has no default, so that the error can be pickled."""
        super().__init__(message)
        self.code = code
        self.out = out
        self.err = err


@attrs.frozen
class Finished:
    """A command that has ended.

    Attributes:
        code: What it returned; negative for the signal that ended it.
        out: What it wrote to its output.
        err: What it wrote to its error output.
    """

    code: int
    out: str
    err: str


@_changes
async def run(command: Sequence[str], **options: Unpack[Options]) -> str:
    r"""Run a command to its end; what it wrote to its output.

    Example:
        >>> epic.run(lambda: run(["sort"], input="b\na\n"))
        'a\nb\n'

    Args:
        command: The program and its arguments.
        options: See `Options`.

    Raises:
        ProcessError: It cannot be started, returns something else than 0, or is killed.
    """
    return _checked(command, await _run(command, options)).out


@epic.unordered
async def run_unordered(command: Sequence[str], **options: Unpack[Options]) -> str:
    """Run a command that only computes or reads; all else as for `run`."""
    return _checked(command, await _run(command, options)).out


@_changes
async def finish(command: Sequence[str], **options: Unpack[Options]) -> Finished:
    """Run a command to its end, whatever it returns; all else as for `run`.

    Example:
        >>> epic.run(lambda: finish(["false"]).code)
        1
    """
    return await _run(command, options)


@_changes_and_streams
async def run_lines(
    command: Sequence[str], **options: Unpack[Options]
) -> AsyncIterator[str]:
    """Run a command; the lines of its output, without their ends, while they come.

    A script sees a list, and can go on with the first while the command is running.

    Example:
        >>> @epic.script
        ... def shout(command):
        ...     return [line.upper() for line in run_lines(command)]
        >>> shout(["echo", "hello"])
        ['HELLO']

    Raises:
        ProcessError: As for `run`, behind the last line.
    """
    deadline, rest = deadline_after(options.get("timeout")), b""
    async with aclosing(_pieces(command, options)) as pieces:
        late = functools.partial(_late, command)
        while (data := await next_before(deadline, pieces, late)) is not None:
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                yield _text(line.removesuffix(b"\r"))
        if rest:
            yield _text(rest)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _words(command: Sequence[str]) -> list[str]:
    is_one = isinstance(command, Sequence) and not isinstance(command, str | bytes)
    words = [_word(word) for word in command] if is_one else []
    if not words or None in words:
        raise UsageError(
            f"a command is a list of words, not {command!r}; for a shell write "
            '["sh", "-c", ...]'
        )
    return [word for word in words if word is not None]


def _word(given: object) -> str | None:
    """A text or a path as a word; None if it cannot be one."""
    text = given if isinstance(given, str) else None
    if isinstance(given, os.PathLike):
        text = str(os.fspath(given))
    return None if text is None or "\0" in text else text


def _started(given: Options) -> dict[str, Any]:
    """How to start the process."""
    check_options("a command", Options, given)
    env = given.get("env")
    return {
        "cwd": given.get("cwd"),
        "env": None if env is None else {**os.environ, **env},
        # Why: a group of its own, so that what it starts can be killed along with it.
        "start_new_session": True,
    }


async def _run(command: Sequence[str], options: Options) -> Finished:
    words, started = _words(command), _started(options)
    with trio.CancelScope(deadline=deadline_after(options.get("timeout"))):
        with _starting(words):
            done = await trio.run_process(
                words,
                stdin=(options.get("input") or "").encode(),
                capture_stdout=True,
                capture_stderr=True,
                check=False,
                deliver_cancel=_kill,
                **started,
            )
        return Finished(done.returncode, _text(done.stdout), _text(done.stderr))
    raise _late(words)


async def _kill(process: trio.Process) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


async def _pieces(
    command: Sequence[str], options: Options
) -> AsyncGenerator[bytes, None]:
    """What the command writes to its output, as it comes."""
    words, started = _words(command), _started(options)
    # Why: files instead of pipes, which would need tasks beside this generator.
    with TemporaryFile() as given, TemporaryFile() as error:
        given.write((options.get("input") or "").encode())
        given.seek(0)
        with _starting(words):
            process = await trio.lowlevel.open_process(
                words, stdin=given, stdout=subprocess.PIPE, stderr=error, **started
            )
        try:
            assert process.stdout is not None
            while data := await process.stdout.receive_some():
                yield bytes(data)
            code = await process.wait()
        finally:
            await _end(process)
        error.seek(0)
        _checked(words, Finished(code, "", _text(error.read())))


async def _end(process: trio.Process) -> None:
    """Leave nothing behind, whether it has ended or not."""
    await _kill(process)
    with trio.CancelScope(shield=True):
        await process.wait()
        assert process.stdout is not None
        await process.stdout.aclose()


def _late(command: Sequence[str]) -> ProcessError:
    return ProcessError(f"{_shown(command)} was not done within its timeout=")


@contextmanager
def _starting(words: list[str]) -> Iterator[None]:
    """Say which command cannot be started."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise ProcessError(f"{_shown(words)} cannot be started: {error}") from error


def _checked(command: Sequence[str], done: Finished) -> Finished:
    if done.code == 0:
        return done
    lines = done.err.strip().splitlines()
    said = f": {lines[-1]}" if lines else ""
    raise ProcessError(
        f"{_shown(command)} returned {done.code}{said}", done.code, done.out, done.err
    )


def _shown(command: Sequence[str]) -> str:
    return shlex.join(map(str, command))
