"""What every public function of the primitives says to arguments that cannot be meant."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import epic_actors as epic
from epic_actors.errors import UsageError
from epic_actors.primitives import clock, files, http, llm, output, process, tools


NOBODY = "http://127.0.0.1:1"
MODEL: dict[str, Any] = {"base_url": f"{NOBODY}/v1", "model": "m", "retry": 0}
odd: Any = 5
nan = float("nan")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: http.get(odd), "the URL of a request is to be str, not 5"),
        (lambda: http.get("ftp://x"), "no http or https URL"),
        (lambda: http.get(NOBODY, timeout=nan), "timeout= of a request is to be float"),
        (lambda: http.get(NOBODY, headers=odd), "headers= of a request is to be Mapp"),
        (lambda: http.get(NOBODY, headers={"a": odd}), "Mapping\\[str, str\\]"),
        (lambda: http.get(NOBODY, params=odd), "params= of a request is to be Mapping"),
        (lambda: http.get(NOBODY, retry=True), "retry= of a request is to be int"),
        (lambda: http.post(NOBODY, json=object()), "this cannot be sent to"),
        (lambda: http.post(NOBODY, form=odd), "form= of a request is to be Mapping"),
        (lambda: http.post(NOBODY, data=odd), "data= of a request is to be str"),
        (lambda: http.post(NOBODY, data="a", json=1), "one body, not json and data"),
        (lambda: http.request(odd, NOBODY), "the method of a request is to be str"),
        (lambda: process.run([odd]), "a command is a list of words"),
        (lambda: process.run(odd), "a command is a list of words"),
        (lambda: process.run(["a\0b"]), "a command is a list of words"),
        (lambda: process.run(["ls"], cwd=odd), "cwd= of a command is to be str"),
        (lambda: process.run(["ls"], env={"a": odd}), "env= of a command is to be Map"),
        (lambda: process.run(["ls"], input=b""), "input= of a command is to be str"),
        (lambda: process.run_lines(["ls"], input=b""), "input= of a command is to be"),
        (lambda: clock.sleep(nan), "a timeout is a number of seconds"),
        (lambda: clock.sleep(-1), "a timeout is a number of seconds"),
        (lambda: output.to(odd).__enter__(), "a sink is a function of one value"),
        (lambda: llm.chat(odd, **MODEL), "the prompt is to be str | Sequence"),
        (lambda: llm.chat([odd], **MODEL), "the prompt is to be str | Sequence"),
        (lambda: llm.chat("x", system=odd, **MODEL), "system= of a model's call is to"),
        (lambda: llm.chat("x", stop=odd, **MODEL), "stop= of a model's call is to be"),
        (
            lambda: llm.chat("x", extra=odd, **MODEL),
            "extra= of a model's call is to be",
        ),
        (
            lambda: llm.chat("x", temperature="hot", **MODEL),
            "temperature= of a model's",
        ),
        (lambda: llm.chat("x", max_tokens="x", **MODEL), "max_tokens= of a model's"),
        (lambda: llm.chat("x", **{**MODEL, "model": odd}), "model= of a model's call"),
        (lambda: llm.chat("x", **{**MODEL, "base_url": odd}), "base_url= of a model's"),
        (lambda: llm.chat("x", api_key=odd, **MODEL), "api_key= of a model's call is"),
        (lambda: llm.chat("x", output=int, **MODEL), "chat_as"),
        (
            lambda: llm.complete("x", n="x", **MODEL),
            "n= of a model's call is to be int",
        ),
        (lambda: llm.complete("x", tools=odd, **MODEL), "tools= of a model's call is"),
        (lambda: tools.react("x", odd, **MODEL), "tools= of react is to be Iterable"),
        (
            lambda: tools.react("x", [], turns="x", **MODEL),
            "turns= of react is to be int",
        ),
        (
            lambda: tools.react("x", [], told=odd, **MODEL),
            "told= of react is to be tuple",
        ),
    ],
)
def test_a_wrong_argument_is_named(call: Callable[[], Any], said: str) -> None:
    """The error says which, what it is, and what would be accepted; nothing was done."""
    with pytest.raises(UsageError, match=said.replace("|", "[|]")):
        epic.run(call)


def test_a_text_that_is_none_is_not_written(tmp_path: Path) -> None:
    """Nor are folders made for it."""
    for write in (files.write_text, files.append_text, files.write_bytes):
        with pytest.raises(TypeError):
            epic.run(lambda write=write: write(tmp_path / "a" / "b", odd))

    assert list(tmp_path.iterdir()) == []


def test_an_environment_that_cannot_be_is_an_error_of_the_command() -> None:
    """As is everything that keeps it from starting."""
    with pytest.raises(process.ProcessError, match="illegal environment variable name"):
        epic.run(lambda: process.run(["ls"], env={"a=b": "x"}))
