"""The import ladder: which part of the package may know which.

    errors  <  core's pure half  <  core  <  frontend  <  the door  <  everything else

The pure half, the calculus, is what stands in `core/` itself; the machine is its folders.

It is read off the sources with `ast`, so imports inside functions count as well.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest


ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "epic_actors"
CORE = PACKAGE / "core"
PURE = {path.stem for path in CORE.glob("*.py")} - {"__init__"}
LINKS = {"core", "primitives"}


def sources(*folders: str) -> list[Path]:
    return sorted(path for name in folders for path in (ROOT / name).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Each module that a file imports, by its full dotted name."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *filter(None, [node.module])))
            # Why: what is imported may itself be a module, as in `from . import terms`.
            yield from (f"{module}.{alias.name}" for alias in node.names)


def within(name: str, *prefixes: str) -> bool:
    return any(name == p or name.startswith(p + ".") for p in prefixes)


def strays(paths: list[Path], *allowed: str) -> list[str]:
    """The imports out of the package's own modules that are not allowed."""
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in imported(path)
        if within(name, "epic_actors") and not within(name, *allowed)
    ]


def test_core_imports_only_core_and_errors() -> None:
    """The machine knows nothing of Python's syntax, of primitives or of services."""
    found = strays(
        sources("epic_actors/core"), "epic_actors.core", "epic_actors.errors"
    )

    assert found == []


def test_the_frontend_imports_only_core_and_errors() -> None:
    """Translating a script never runs one."""
    allowed = ("epic_actors.frontend", "epic_actors.core", "epic_actors.errors")

    assert strays(sources("epic_actors/frontend"), *allowed) == []


def test_the_pure_half_of_core_imports_only_itself() -> None:
    """What a term means is decided by modules that know only each other."""
    pure = [CORE / f"{name}.py" for name in sorted(PURE)]
    allowed = [f"epic_actors.core.{name}" for name in PURE] + ["epic_actors.errors"]

    assert strays(pure, *allowed) == []


@pytest.mark.parametrize("module", sorted(PURE))
def test_the_pure_half_of_core_imports_no_trio(module: str) -> None:
    """Everything that can be decided without running is decided without trio."""
    path = CORE / f"{module}.py"

    assert not [name for name in imported(path) if within(name, "trio", "outcome")]


def test_the_order_of_reading_names_every_module_of_core() -> None:
    """Whoever reads core from top to bottom misses nothing."""
    text = ast.get_docstring(ast.parse((CORE / "__init__.py").read_text("utf-8")))
    listed = re.split(r"\W+", text or "")

    assert not [
        str(path.relative_to(CORE))
        for path in sources("epic_actors/core")
        if path.stem != "__init__" and path.stem not in listed
    ]


def test_errors_import_nothing_of_the_package() -> None:
    """Errors stand at the foot of the ladder."""
    assert strays([PACKAGE / "errors.py"]) == []


def test_only_observe_knows_structlog() -> None:
    """The machine calls hooks; what becomes of events is decided elsewhere."""
    below = sources("epic_actors/core", "epic_actors/frontend")

    assert not [p for p in below for n in imported(p) if within(n, "structlog")]


def test_nothing_imports_through_the_links() -> None:
    """`core` and `primitives` at the top level are for readers, not for imports."""
    everything = sources("epic_actors", "tests", "demos", "benchmarks")

    assert not [p for p in everything for n in imported(p) if within(n, *LINKS)]


@pytest.mark.parametrize("link", sorted(LINKS))
def test_the_links_lead_into_the_package(link: str) -> None:
    """The top level of the repository shows the two folders people look for."""
    assert (ROOT / link).resolve() == PACKAGE / link
