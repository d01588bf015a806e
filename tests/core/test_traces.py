"""Tracebacks of errors that were raised later and elsewhere than they stand."""

import traceback
import types
from typing import Any

import pytest

from epic_actors.core.network.traces import (
    DEPTH,
    PART,
    Site,
    is_part_of,
    retraced,
    without_lead,
)
from epic_actors.core.terms import At


def inner() -> None:
    """A place to stand."""
    raise ValueError


def outer() -> None:
    """Another, around it."""
    inner()


def standing(*functions: Any) -> Site:
    """A site in these functions, innermost first."""
    return Site(tuple((function.__code__, 4) for function in functions), None)


def names(error: BaseException) -> list[str]:
    """The functions that a traceback names, outermost first."""
    return [frame.name for frame in traceback.extract_tb(error.__traceback__)]


def raised(error: BaseException) -> BaseException:
    """The error, with a frame of its own."""
    try:
        raise error
    except type(error) as caught:
        return caught


def test_a_site_notes_the_frames_above() -> None:
    """Its own and those of the blocks around it, the innermost last."""
    site = Site((), standing(inner, outer))
    assert [code.co_name for code, _ in site.chain()] == ["outer", "inner"]


def test_an_error_gets_the_frames_of_its_site() -> None:
    """In front of its own, with files and lines."""
    error = raised(ValueError())
    retraced(error, standing(inner, outer))
    assert names(error) == ["outer", "inner", "raised"]
    frame = traceback.extract_tb(error.__traceback__)[-2]
    assert (frame.filename, frame.line) == (__file__, "raise ValueError")


def test_without_a_site_only_our_frames_go() -> None:
    """What is the user's stays."""
    error = raised(ValueError())
    retraced(error, None)
    assert names(error) == ["raised"]


def test_deep_sites_are_cut() -> None:
    """A chain of blocks notes its innermost frames only."""
    site = None
    for _ in range(DEPTH):
        site = Site(standing(inner).places, site)
    assert site is not None
    assert len(site.chain()) == DEPTH


def code(name: str) -> types.CodeType:
    """Code of that qualified name."""
    return inner.__code__.replace(co_qualname=name)


def test_parts_of_a_function_are_shown_as_one() -> None:
    """A loop that had to wait is no frame of its own."""
    assert is_part_of(code("f" + PART), code("f"))
    assert is_part_of(code("f" + PART), code("f" + PART))
    assert not is_part_of(code("f"), code("f" + PART))
    assert not is_part_of(code("g" + PART), code("f"))
    assert not is_part_of(None, code("f"))
    site = Site(((code("f" + PART), 0), (code("f"), 0)), None)
    assert [found.co_qualname for found, _ in site.chain()] == ["f" + PART]


def test_a_part_that_goes_on_replaces_its_whole() -> None:
    """The error's own outermost frame is a part of the site's innermost function."""
    scope: dict[str, Any] = {"error": ValueError()}
    made = compile("def f():\n    raise error\n", __file__, "exec")
    exec(made, scope)
    part = scope["f"].__code__
    scope["f"].__code__ = part.replace(co_qualname="f" + PART)
    with pytest.raises(ValueError) as caught:
        scope["f"]()
    error = caught.value
    error.__traceback__ = error.__traceback__.tb_next  # type: ignore[union-attr]
    retraced(error, Site(((part, 0),), None))
    assert names(error) == ["f"]


def test_positions_in_source_will_do() -> None:
    """For the literal machine, which has no instructions."""
    error = raised(ValueError())
    retraced(error, Site(((inner.__code__, At(5, 2, 5, 9)),), None))
    first = traceback.extract_tb(error.__traceback__)[0]
    assert (first.name, first.lineno) == ("inner", 5)


@pytest.mark.parametrize("lasti", [0, 100_000])
def test_an_instruction_without_a_position_stands_at_the_top(lasti: int) -> None:
    """At the line where its function begins."""
    error = raised(ValueError())
    retraced(error, Site(((inner.__code__, lasti),), None))
    first = traceback.extract_tb(error.__traceback__)[0]
    assert first.lineno == inner.__code__.co_firstlineno


def test_the_way_into_the_script_is_left_out() -> None:
    """A traceback begins where it enters the user's code."""
    error = raised(ValueError())
    assert without_lead(error.__traceback__) is error.__traceback__
    assert without_lead(None) is None
