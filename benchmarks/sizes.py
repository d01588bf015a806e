"""Print how large the package's modules and functions are.

A module is counted in lines; a function in lines without its docstring. The aims stand
beside each figure: small pieces are what keeps the code readable in a sitting.
"""

import ast
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs


ROOT = Path(__file__).parent.parent
MODULE_MAX_LINES = 500
FUNCTION_MAX_LINES = 80


@attrs.frozen
class Size:
    """One measured piece and how many lines it has."""

    lines: int
    name: str


def main(packages: Sequence[str]) -> int:
    """Print the sizes of each package; return 1 if a piece is over its limit."""
    return max([report(package) for package in packages], default=0)


def report(package: str) -> int:
    """Print one package's table and its oversized pieces."""
    files = sorted((ROOT / package).rglob("*.py"))
    modules = [measure_module(path) for path in files]
    functions = [size for path in files for size in measure_functions(path)]
    print(f"{package}: {sum(size.lines for size in modules)} lines")
    print(f"  {'':10} {'count':>6} {'median':>7} {'p90':>5} {'max':>5}   aim")
    print(row("modules", modules, "median <= 200, max <= 500"))
    print(row("functions", functions, "median <= 7, p90 <= 30, max <= 80"))
    large = oversized(modules, MODULE_MAX_LINES)
    large += oversized(functions, FUNCTION_MAX_LINES)
    for size in large:
        print(f"  too large: {size.name}, {size.lines} lines")
    return int(bool(large))


def row(title: str, sizes: Sequence[Size], aim: str) -> str:
    """One line of the table."""
    lines = sorted(size.lines for size in sizes) or [0]
    median = round(statistics.median(lines))
    p90 = lines[min(len(lines) - 1, len(lines) * 9 // 10)]
    return f"  {title:10} {len(sizes):6} {median:7} {p90:5} {lines[-1]:5}   {aim}"


def oversized(sizes: Sequence[Size], limit: int) -> list[Size]:
    """The pieces over the limit, largest first."""
    over = [size for size in sizes if size.lines > limit]
    return sorted(over, key=lambda size: -size.lines)


def measure_module(path: Path) -> Size:
    """The size of a whole file."""
    name = str(path.relative_to(ROOT))
    return Size(len(path.read_text("utf-8").splitlines()), name)


def measure_functions(path: Path) -> Iterator[Size]:
    """The size of each function of a file, nested ones too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            end = node.end_lineno or node.lineno
            lines = end - node.lineno + 1 - docstring_lines(node)
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            yield Size(lines, f"{where} {node.name}")


def docstring_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines of a function are its docstring."""
    if ast.get_docstring(function, clean=False) is None:
        return 0
    first = function.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["epic_actors"]))
