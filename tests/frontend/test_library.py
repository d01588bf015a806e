"""Pure Python modules of the standard library, run by their terms."""

import bisect
import colorsys
import difflib
import fnmatch
import heapq
import shlex
import statistics
import string
import textwrap
import types
from collections.abc import Iterator
from typing import Any

import pytest

from epic_actors.core.interpret import Interpreter
from epic_actors.frontend import NotCompiled, known, translate


MODULES = (
    bisect,
    colorsys,
    difflib,
    fnmatch,
    heapq,
    shlex,
    statistics,
    string,
    textwrap,
)
TEXT = "The quick brown fox jumps over the lazy dog. " * 4
CALLS: list[tuple[Any, tuple[Any, ...]]] = [
    (textwrap.fill, (TEXT, 30)),
    (textwrap.dedent, ("  a\n    b\n  c",)),
    (textwrap.shorten, (TEXT, 40)),
    (textwrap.indent, ("a\n\nb\n", "> ")),
    (heapq.nsmallest, (3, [5, 1, 4, 2, 3])),
    (heapq.nlargest, (2, [5, 1, 4, 2, 3])),
    (colorsys.rgb_to_hls, (0.2, 0.4, 0.6)),
    (colorsys.hsv_to_rgb, (0.6, 0.5, 0.4)),
    (fnmatch.translate, ("a*[!b-d]?.py",)),
    (shlex.split, ("a 'b c' \"d e\" f\\ g",)),
    (shlex.join, (["a", "b c"],)),
    (shlex.split, ("'unclosed",)),
    (statistics.mean, ([1, 2, 3.5],)),
    (statistics.median, ([3, 1, 2, 4],)),
    (statistics.quantiles, ([1, 2, 3, 4, 5],)),
    (statistics.linear_regression, ([1, 2, 3], [2, 4, 7])),
    (statistics.mean, ([],)),
    (string.capwords, ("hello big world",)),
    (string.Formatter().vformat, ("{0} {a!r:>5}", (1,), {"a": "x"})),
    (difflib.get_close_matches, ("appel", ["ape", "apple", "peach"])),
    (difflib.SequenceMatcher(None, "abxcd", "abcd").get_opcodes, ()),
]


def functions(owner: Any) -> Iterator[types.FunctionType]:
    """The functions and methods of a module or class."""
    name = owner.__name__ if isinstance(owner, types.ModuleType) else owner.__module__
    for value in list(vars(owner).values()):
        if getattr(value, "__module__", None) != name:
            continue
        if isinstance(value, types.FunctionType):
            yield value
        elif isinstance(value, type):
            yield from functions(value)


def outcome(fn: Any, args: tuple[Any, ...]) -> Any:
    try:
        return fn(*args)
    except Exception as error:
        return type(error), error.args


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.__name__))
def test_modules_are_translated(module: types.ModuleType) -> None:
    """Every function has a term or a reason, and most have a term."""
    verdicts: list[bool] = []
    for fn in functions(module):
        if fn.__code__.co_filename != module.__file__:
            continue
        try:
            verdicts.append(translate(fn).lam is not None)
        except NotCompiled as refusal:
            assert refusal.reason == "an async generator"
            verdicts.append(False)
    assert sum(verdicts) >= 0.7 * len(verdicts)


@pytest.mark.parametrize(("fn", "args"), CALLS)
def test_library_functions_agree(fn: Any, args: tuple[Any, ...]) -> None:
    """Their terms mean what CPython says that they mean."""
    interpreter = Interpreter(translate=known)
    by_term = outcome(lambda *xs: interpreter.apply(fn, *xs), args)
    assert by_term == outcome(fn, args)
