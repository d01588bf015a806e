"""The documents are true: their code runs, and prints what stands below it.

Blocks of one document share their names, as if typed one after the other.  Time is
virtual, except where a block talks to a simulated model over a socket.
"""

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock

from epic_actors.core import printer
from epic_actors.frontend import translate


ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "docs/guide.md", "docs/design.md", "docs/effects.md")
PAGES = (*DOCUMENTS, "CHANGELOG.md", "CONTRIBUTING.md")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COLUMNS = re.compile("^script +term +actors$", re.MULTILINE)


@attrs.frozen
class Block:
    """A fenced block, and the text that a `text` block right below it shows."""

    language: str
    text: str
    shown: str | None = None

    @property
    def speaks_http(self) -> bool:
        """Whether it needs time as it passes."""
        return "open_simulated_model" in self.text


def blocks(document: str) -> Iterator[Block]:
    """The blocks of a document, each with what is shown below it."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = [*FENCED.finditer(text), None]
    for here, after in pairwise(found):
        assert here is not None
        follows = after is not None and after[1] == "text"
        near = follows and after is not None and after.start() == here.end() + 1
        yield Block(here[1], here[2], after[2] if near and after is not None else None)


def run_block(block: Block, file: Path, names: dict[str, Any]) -> str:
    """Run a block as a file of its own; what it printed, and its name instead of a path."""
    file.write_text(block.text, encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(block.text, file, "exec"), names)
    return printed.getvalue().replace(str(file), re.sub(r"_\d+", "", file.name))


def lines(text: str) -> list[str]:
    """The lines of a text, without space at their ends or empty lines behind them."""
    return [line.rstrip() for line in text.rstrip().split("\n")]


def in_virtual_time(run: Callable[..., Any]) -> Callable[..., Any]:
    """`trio.run`, on a clock of its own unless it is given one."""

    def virtually(*args: Any, **options: Any) -> Any:
        clock = MockClock(autojump_threshold=0)
        return run(*args, **{"clock": clock, **options})

    return virtually


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_blocks_print_what_they_show(
    document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block of Python runs, and prints exactly the text below it."""
    names: dict[str, Any] = {"__name__": "document"}
    for number, block in enumerate(blocks(document)):
        if block.language == "python":
            file = tmp_path / f"{Path(document).stem}_{number}.py"
            with monkeypatch.context() as patch:
                if not block.speaks_http:
                    patch.setattr(trio, "run", in_virtual_time(trio.run))
                printed = run_block(block, file, names)
            # Why: calls that begin at the same instant are drawn in any order.
            order = sorted if ".render(" in block.text else list
            assert order(lines(printed)) == order(lines(block.shown or "")), block.text


def test_the_readme_shows_its_point_at_once() -> None:
    """A short script, its output and its timeline stand in the first 25 lines of 150."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("\n")
    script = next(blocks("README.md"))
    assert len(text) <= 151
    assert sum(map(bool, script.text.split("\n"))) <= 12
    assert script.shown is not None
    assert script.shown.rstrip().split("\n")[-1] in text[:25]


def test_the_term_of_the_readme_is_the_scripts(tmp_path: Path) -> None:
    """Of script, term and actors side by side, the first two are compared."""
    [drawn] = [b.text for b in blocks("README.md") if COLUMNS.match(b.text)]
    head, *rows = drawn.rstrip().split("\n")
    term, actors = head.index("term"), head.index("actors")
    source = "\n".join(row[:term].rstrip() for row in rows)
    names: dict[str, Any] = {"__name__": "document"}
    run_block(Block("python", source), tmp_path / "pick.py", names)
    shown = printer.show(translate(names["pick"]).lam)
    assert [row[term:actors].rstrip() for row in rows] == lines(shown)


@pytest.mark.parametrize("page", PAGES)
def test_what_is_named_is_there(page: str) -> None:
    """Links lead to files, tests named are in the tree, commands are in the Makefile."""
    text = (ROOT / page).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", FENCED.sub("", text)):
        assert (ROOT / page).parent.joinpath(link).exists(), link
    for path in re.findall(r"`((?:tests|demos|benchmarks|docs)/[\w/.]+)`", text):
        assert (ROOT / path).exists(), path
    for target in re.findall(r"\bmake ([a-z]+)(?=`|  )", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_measures_are_those_of_the_benchmark() -> None:
    """Each row of the table begins with words that the benchmark prints."""
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    bench = (ROOT / "benchmarks/bench_overhead.py").read_text(encoding="utf-8")
    rows = table.split("<!-- bench -->")[1].split("<!-- /bench -->")[0]
    for row in rows.strip().split("\n"):
        measure = row.strip("| ").split(" | ")[0]
        pieces = re.split(r"\b(?:\d+|epic_actors|flat|nested)\b", measure)
        assert all(piece.strip(" ,") in bench for piece in pieces), measure
