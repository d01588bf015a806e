"""Fuzz: whatever a function does, its term does the same, failures and all."""

import linecache
from typing import Any

import pytest

from epic_actors.frontend import known
from tests.frontend.drawn import Author
from tests.frontend.sample import Sample, by_term, natively


ARGUMENTS: list[tuple[Any, ...]] = [([], 0, 1), ([], 2, "s"), ([], 3, 0)]


def drawn(seed: int) -> Any:
    """A random function; its text is where `linecache` finds it."""
    text, filename = Author(seed).program(), f"<drawn {seed}>"
    lines = text.splitlines(keepends=True)
    linecache.cache[filename] = (len(text), None, lines, filename)
    scope: dict[str, Any] = {"__name__": "drawn"}
    exec(compile(text, filename, "exec"), scope)
    return scope["f"]


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("chunk", range(8))
def test_terms_of_drawn_programs_mean_what_cpython_says(chunk: int) -> None:
    """Twenty-five random functions on three lists of arguments each."""
    for seed in range(chunk * 25, chunk * 25 + 25):
        fn = drawn(seed)
        if known(fn) is None:
            continue  # CPython dropped a function in it as unreachable
        for args in ARGUMENTS:
            sample = Sample(fn, args)
            assert by_term(sample) == natively(sample), f"seed {seed}"
