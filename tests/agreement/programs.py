"""From the text of a program to a script that can be run every way."""

import itertools
import linecache
import warnings
from collections.abc import Callable
from typing import Any

from tests.agreement.world import NAMES, Box


_numbers = itertools.count()


def load(source: str) -> Callable[..., Any]:
    """Execute a program as a module of its own; its source can be inspected."""
    filename = f"<program {next(_numbers)}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    namespace = dict(NAMES, __name__="program", count=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        code = compile(source, filename, "exec")
    exec(code, namespace)
    script: Callable[..., Any] = namespace["script"]
    return script


def arguments() -> tuple[Any, ...]:
    """Fresh arguments for a script; two of them share a list."""
    shared = [4, 5]
    return 3, [1, 2, 3], shared, {"a": 1, "b": 2}, "ab c", Box(2, shared)
