"""Files that were opened for one call are closed behind it, as in CPython."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, ANN202, PTH123, PTH202

import json
import os
from pathlib import Path

import pytest

import epic_actors as epic


@epic.unordered
async def later(x):
    """Give the argument, later."""
    return x


def written(path):
    open(path, "w").write("x" * later(100))
    first = os.path.getsize(path)
    json.dump({"a": later(1)}, open(path, "w"))
    return first, os.path.getsize(path), json.load(open(path)), open(path).read()


def kept(path):
    files = [open(path, "w")]
    files[0].write("ab")
    before = os.path.getsize(path)
    files.pop().close()
    return before, os.path.getsize(path)


def passed_on(path):
    def same(file):
        return file

    file = same(open(path, "w"))
    print("a", file=file)
    json.dump([1], same(file))
    file.close()
    return open(path).readlines()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("script", [written, kept, passed_on])
def test_a_file_is_closed_when_cpython_closes_it(
    script, tmp_path: Path, *, fusion: bool
) -> None:
    """Whoever reads the path further on finds what was written."""
    path = str(tmp_path / "file")
    expected = epic.run_sequentially(script, path)
    assert epic.run(script, path, fusion=fusion) == expected
