"""Which functions are the script's own: none of an installed package's."""

import importlib
import sys
from pathlib import Path
from types import FunctionType

import pytest

import epic_actors as epic
from epic_actors.ownership import Ownership, is_installed


@epic.unordered
async def ask(x: int) -> int:
    """An answer."""
    return x


def entry() -> None:
    ask(1)


def put_package(folder: Path, name: str, *, record: bool) -> None:
    """A package with a function, as an installer leaves it."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text("def helper(x):\n    return x + 1\n")
    if record:
        info = folder / f"{name}-1.0.dist-info"
        info.mkdir()
        files = f"{name}/__init__.py,sha256=,1\n{name}-1.0.dist-info/RECORD,,\n"
        (info / "RECORD").write_text(files)


def helper_of(name: str) -> FunctionType:
    """The function of a package that was put on the path."""
    importlib.invalidate_caches()
    found: FunctionType = importlib.import_module(name).helper
    del sys.modules[name]
    return found


def owns(name: str) -> bool:
    """Whether a script has the function of a package for its own."""
    assert isinstance(entry, FunctionType)
    return Ownership(entry).owns(helper_of(name))


def test_a_folder_into_which_an_installer_put_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its records list is installed; what lies beside it is the user's own."""
    put_package(tmp_path, "put_by_installer", record=True)
    put_package(tmp_path, "written_beside", record=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not owns("put_by_installer")
    assert owns("written_beside")


@pytest.mark.parametrize("kind", ["site-packages", "dist-packages"])
def test_a_folder_for_packages_of_another_environment(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user's or the system's packages are installed, whether or not they are recorded."""
    put_package(tmp_path / kind, "put_elsewhere", record=False)
    monkeypatch.syspath_prepend(str(tmp_path / kind))
    assert not owns("put_elsewhere")


def test_a_project_that_only_names_its_requirements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package under development, with an `egg-info` beside it, is the user's own."""
    put_package(tmp_path, "under_development", record=False)
    info = tmp_path / "under_development.egg-info"
    info.mkdir()
    (info / "SOURCES.txt").write_text("under_development/__init__.py\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert owns("under_development")


def test_the_standard_library_is_installed() -> None:
    """So is what is frozen into the interpreter."""
    assert is_installed(importlib.__file__)
    assert is_installed("<frozen importlib._bootstrap>")
    assert not is_installed(__file__)
