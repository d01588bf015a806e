"""A script means what was imported, whatever its file says by now."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import epic_actors as epic


NAME = "edited_meanwhile"
HEAD = "import os\nimport epic_actors as epic\n\n"
PLAIN = "def script():\n    return {}\n"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a module is that the tests write."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path / f"{NAME}.py"
    sys.modules.pop(NAME, None)


def imported(path: Path, text: str) -> ModuleType:
    """The module with this text."""
    path.write_text(HEAD + text)
    importlib.invalidate_caches()
    return importlib.import_module(NAME)


def test_a_module_that_is_imported_again_means_its_new_text(path: Path) -> None:
    """What was read of its file before is not what it says now."""
    module = imported(path, PLAIN.format("1"))
    assert epic.run(module.script) == 1
    path.write_text(HEAD + PLAIN.format("'2'"))
    importlib.reload(module)
    assert epic.run(module.script) == "2"


def test_a_file_that_was_read_before_may_change(path: Path) -> None:
    """The text that was there at the import is remembered."""
    module = imported(path, PLAIN.format("1") + "\n\ndef other():\n    return 3\n")
    assert epic.run(module.script) == 1
    path.write_text("")
    assert epic.run(module.other) == 3


def test_a_file_that_changed_since_its_import_is_no_source(path: Path) -> None:
    """Neither text would do: that of the import is gone, the other is not what runs."""
    module = imported(path, PLAIN.format("1"))
    path.write_text(HEAD + PLAIN.format("2"))
    with pytest.raises(
        epic.ScriptError, match="script has changed since it was imported"
    ):
        epic.run(module.script)


@pytest.mark.parametrize(
    "value",
    [
        "os.fspath('a')",
        "(lambda x: x + 1)(1)",
        "[x for x in (1, 2) if x in {1, 3}]",
        "sum(x for x in range(3))",
        "(__debug__, 2 ** 8, -1, 'a' 'b', f'{1!r:>3}')",
    ],
)
def test_the_text_that_was_imported_is_recognised(path: Path, value: str) -> None:
    """CPython compiles it to what runs, however it optimises that."""
    module = imported(path, PLAIN.format(value))
    assert epic.run(module.script) == module.script()
