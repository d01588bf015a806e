"""Modules of the standard library under another name, as if somebody had written them.

What is imported as `copied.textwrap` is the source of `textwrap`, compiled anew.  It
belongs to no installed package, so its functions are taken for the script's own and are
compiled along.  Accelerators written in C are hidden, so that the Python code counts.
"""

import importlib
import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path


ROOT = "copied"
ACCELERATORS = (
    "_bisect",
    "_datetime",
    "_decimal",
    "_elementtree",
    "_heapq",
    "_json",
    "_operator",
    "_statistics",
)


class Copier(MetaPathFinder):
    """Finds `copied.x` where `x` is."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: types.ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The specification of a copy; None for every other module."""
        if name == ROOT:
            return ModuleSpec(name, Copy(""), is_package=True)
        if not name.startswith(f"{ROOT}."):
            return None
        original = in_a_file(name.removeprefix(f"{ROOT}."))
        if original is None or not str(original.origin).endswith(".py"):
            return None
        source = Path(str(original.origin)).read_text(encoding="utf-8")
        package = original.submodule_search_locations is not None
        return ModuleSpec(name, Copy(source), is_package=package)


def in_a_file(name: str) -> ModuleSpec | None:
    """The specification of a module's file, even of one that is frozen."""
    around = in_a_file(name.rpartition(".")[0]) if "." in name else None
    path = around.submodule_search_locations if around is not None else None
    return PathFinder.find_spec(name, path)


class Copy(InspectLoader):
    """Runs a module's source as that of the copy; `linecache` finds it here too."""

    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, fullname: str) -> str:
        """The source of the original."""
        return self.source

    def exec_module(self, module: types.ModuleType) -> None:
        """Fill the copy."""
        name = f"{module.__name__.replace('.', '/')}.py"
        module.__file__ = name
        exec(compile(self.source, name, "exec"), vars(module))


@contextmanager
def without(names: Sequence[str]) -> Iterator[None]:
    """Hide some modules, so that importing them fails."""
    hidden = {name: sys.modules.get(name) for name in names}
    sys.modules.update(dict.fromkeys(names))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name, module in hidden.items():
            del sys.modules[name]
            if module is not None:
                sys.modules[name] = module


def copied(name: str) -> types.ModuleType:
    """The copy of a module."""
    if not any(isinstance(finder, Copier) for finder in sys.meta_path):
        sys.meta_path.insert(0, Copier())
    with without(ACCELERATORS):
        return importlib.import_module(f"{ROOT}.{name}")
