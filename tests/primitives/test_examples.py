"""The examples in the docstrings of the primitives run, and print what stands below them."""

import contextlib
import doctest
import importlib
import pkgutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import trio

import epic_actors as epic
from epic_actors import primitives
from epic_actors.core import External
from epic_actors.core.network import shared
from epic_actors.run import Script
from epic_actors.testing import Says, SimulatedModel, open_simulated_model_thread
from epic_actors.testing.http_server import Exchange, Request
from tests.primitives.site import open_site


NAMES = [info.name for info in pkgutil.iter_modules(primitives.__path__)]
MODULES = [importlib.import_module(f"{primitives.__name__}.{name}") for name in NAMES]

SAYS = {
    "Merge": "Tides and storms.",
    "Name": "Turquoise.",
    "Is this good? brief": {"good": True, "reason": "It is brief."},
    "Is this good?": {"good": False, "reason": "It is long."},
    "List": "boil water.\npour it.",
    "How": Says(calls=(("weather", {"city": "Rome"}),)),
    "Rome": "It is warm.",
}


def reply(messages: list[dict[str, Any]]) -> Any:
    """What stands in the table, else that it is done."""
    said = messages[-1]["content"]
    found = [says for start, says in SAYS.items() if said.startswith(start)]
    return found[0] if found else said.replace("Do this", "Done")


async def pages(request: Request, exchange: Exchange) -> None:
    """A user, an index, and for the rest what was asked."""
    known = {"/user.json": '{"name": "Ann"}', "/index.txt": "/a\n/b\n"}
    asked = f"{request.method} {request.path} {request.body.decode()}".strip()
    status = 404 if request.path == "/nowhere" else 200
    text = known.get(request.path, asked)
    await exchange.answer(status, "text/plain", text.encode())


@contextlib.contextmanager
def open_site_thread() -> Iterator[str]:
    """A site beside plain code."""
    ready, stop = threading.Event(), trio.Event()
    found: list[Any] = []

    async def serve() -> None:
        async with open_site(pages) as site:
            found.extend([site.url, trio.lowlevel.current_trio_token()])
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=trio.run, args=(serve,))
    thread.start()
    ready.wait()
    try:
        yield found[0]
    finally:
        found[1].run_sync_soon(stop.set)
        thread.join()


def documented(module: ModuleType) -> Iterator[tuple[str, str]]:
    """The names and docstrings of a module and of what stands in it."""
    yield module.__name__, module.__doc__ or ""
    for name, value in vars(module).items():
        if getattr(value, "__module__", None) == module.__name__:
            yield f"{module.__name__}.{name}", getattr(value, "__doc__", None) or ""


EXAMPLES = [
    pytest.param(module, name, text, id=name)
    for module in (*MODULES, shared)
    for name, text in documented(module)
    if ">>>" in text
]


@pytest.mark.slow
@pytest.mark.parametrize(("module", "name", "text"), EXAMPLES)
def test_an_example_runs(
    module: ModuleType,
    name: str,
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As shown, in a folder of its own, with a simulated model and a small site."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EPIC_LLM_MODEL", "simulated")
    with (
        open_simulated_model_thread(SimulatedModel(reply)) as base_url,
        open_site_thread() as site,
    ):
        monkeypatch.setenv("EPIC_LLM_BASE_URL", base_url)
        names = {**vars(module), "epic": epic, "dataclass": dataclass, "site": site}
        example = doctest.DocTestParser().get_doctest(text, names, name, name, 0)
        failures: list[str] = []
        found = doctest.DocTestRunner().run(example, out=failures.append)
    assert found.failed == 0, "".join(failures)


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_every_primitive_is_documented(module: ModuleType) -> None:
    """Each says what it does, with an example or a word on where there is one."""
    for name, value in vars(module).items():
        own = getattr(value, "__module__", None) == module.__name__
        if isinstance(value, External | Script) and own and not name.startswith("_"):
            doc = value.__doc__ or ""
            assert doc.split("\n")[0].endswith((".", "`.")), name
