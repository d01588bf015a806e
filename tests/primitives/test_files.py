"""Files: reads overlap, writes happen in the order of the script."""

from pathlib import Path
from typing import Any

import pytest

import epic_actors as epic
from epic_actors.primitives import files


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    """Texts and bytes; folders are made."""
    path = tmp_path / "a" / "b.txt"

    def script() -> Any:
        files.write_text(path, "näive\n")
        files.append_text(path, "more")
        files.write_bytes(path.with_suffix(".bin"), b"\0")
        text, data = files.read_text(path), files.read_bytes(path.with_suffix(".bin"))
        return text, data, files.exists(path), files.exists(tmp_path / "x")

    for run in (epic.run, epic.run_sequentially):
        assert run(script) == ("näive\nmore", b"\0", True, False)


def test_files_are_listed_in_order(tmp_path: Path) -> None:
    """Files only, sorted, further down if asked."""
    for name in ("b.txt", "a.txt", "c.md", "d/e.txt"):
        files.write_text(tmp_path / name, "")

    def names(pattern: str) -> list[str]:
        found = epic.run(lambda: files.list_files(tmp_path, pattern))
        return [str(Path(path).relative_to(tmp_path)) for path in found]

    assert names("*") == ["a.txt", "b.txt", "c.md"]
    assert names("**/*.txt") == ["a.txt", "b.txt", "d/e.txt"]
    with pytest.raises(NotADirectoryError):
        files.list_files(tmp_path / "nowhere")


def test_things_are_removed(tmp_path: Path) -> None:
    """Files, and folders that are empty."""
    files.make_folder(tmp_path / "a" / "b")
    files.make_folder(tmp_path / "a")
    files.remove(tmp_path / "a" / "b")
    assert files.exists(tmp_path / "a")
    with pytest.raises(FileNotFoundError):
        files.remove(tmp_path / "a" / "b")


def test_a_script_handles_errors_as_in_order(tmp_path: Path) -> None:
    """Errors are Python's own, and what stands behind them has not happened."""

    def script() -> Any:
        try:
            text = files.read_text(tmp_path / "none")
            files.write_text(tmp_path / "copy", text)
        except FileNotFoundError as error:
            return type(error).__name__, files.exists(tmp_path / "copy")

    assert epic.run(script) == epic.run_sequentially(script)
    assert epic.run(script) == ("FileNotFoundError", False)


@pytest.mark.parametrize("fusion", [True, False])
def test_reads_see_older_writes(tmp_path: Path, fusion: bool) -> None:
    """Whatever is written before a read is there, and nothing that comes after."""
    path = tmp_path / "log"

    def script(n: Any) -> Any:
        seen = []
        files.write_text(path, "")
        for i in range(n):
            files.append_text(path, str(i))
            seen += [files.read_text(path), files.read_text(path)]
        return seen

    texts = ["0123456789"[:n] for n in range(1, 6) for _ in range(2)]
    assert epic.run(script, 5, fusion=fusion) == texts
