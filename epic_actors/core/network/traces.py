"""Tracebacks: an error looks as it would have if the script had been run in order.

When an actor is made, the places of the script's frames above it are noted (`Site`); when
it fails, later and elsewhere, frames with those names, files and positions are put on top
of the error's own, and ours are left out.

What a handler of the script's gets begins in the function of its `try`, as in CPython; the
frames above are put on top when the handler has raised it again.
"""

import ast
import inspect
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

import attrs

from epic_actors.core.knowledge import CORE
from epic_actors.core.operations import OPERATIONS
from epic_actors.core.terms import At


_T = TypeVar("_T")
PART = ".<part>"
"""Ends the qualified name of emitted code that is only a part of a user's function."""
DEPTH = 64
"""So many of the script's frames are noted at most."""

OF_GENERATOR = "__epic_of_generator__"
"""Marks the error that a generator of the script's makes of a StopIteration."""


@attrs.frozen(eq=False)
class Mark:
    """The last constant of code that runs for a function of the script's.

    Why: a list of such code would keep it alive, or take other code for it later.
    """

    of_generator: bool


STEP: list[types.CodeType | None] = [None]
"""The code that runs a step of a block: what is above belongs to the block's site."""
BODY: list[types.CodeType | None] = [None]
"""The code that runs the body of a `try`: what is above does not concern its handler."""
RERAISE = OPERATIONS["reraise"].__code__
"""The code of a bare `raise`, which is no place of its own in a traceback."""

Place: TypeAlias = tuple[types.CodeType, int | At]
"""A code object, and an instruction of it or a position in its source."""
TRIED: Place = (compile("", "", "exec"), -1)
"""Stands in a site between the body of a `try` and the frames around it."""


@attrs.define(eq=False)
class Site:
    """Where an actor stands: the script's frames, innermost first, and what is above.

    Attributes:
        told: Code that stands here, too, but an error's own traceback says so already.
    """

    places: Sequence[Place]
    above: "Site | None"
    told: types.CodeType | None = None

    def chain(self, *, tried: bool = False) -> list[Place]:
        """All frames, or those inside the innermost `try`, outermost first."""
        places: list[Place] = []
        site: Site | None = self
        while site is not None and len(places) < DEPTH:
            places += site.places
            site = site.above
        if tried and TRIED in places:
            del places[places.index(TRIED) :]
        places = [place for place in reversed(places) if place is not TRIED]
        return [places[i] for i in _whole([code for code, _ in places])]

    def codes(self) -> list[types.CodeType]:
        """The code of all frames, outermost first."""
        site: Site | None = self
        while site is not None and not site.places and site.told is None:
            site = site.above
        told = [] if site is None or site.told is None else [site.told]
        return [code for code, _ in self.chain()] + told


def site_here(above: Site | None, last: Site | None) -> Site:
    """The site of what is made now; `above` is that of the code's own block.

    `last`, the one before, serves again if it is the same, as it is in a loop.
    """
    places: list[Place] = []
    frame: Any = sys._getframe(3)
    while frame is not None and len(places) < DEPTH:
        code = frame.f_code
        if mark_of(code) is not None:
            places.append((code, frame.f_lasti))
        elif code is STEP[0]:
            break
        elif code is BODY[0]:
            places.append(TRIED)
        frame = frame.f_back
    if last is not None and last.above is above and last.places == places:
        return last
    return Site(places, above)


def _whole(codes: list[types.CodeType]) -> list[int]:
    """The indices of codes that are not followed by a part of the same function."""
    following: list[types.CodeType | None] = [*codes[1:], None]
    return [
        index
        for index, code in enumerate(codes)
        if not is_part_of(following[index], code)
    ]


def is_part_of(part: types.CodeType | None, whole: types.CodeType) -> bool:
    """Whether code is a part of the function that `whole` is, or is a part of, too."""
    if part is None or not part.co_qualname.endswith(PART):
        return False
    return part.co_filename == whole.co_filename and part.co_qualname.removesuffix(
        PART
    ) == whole.co_qualname.removesuffix(PART)


def retraced(
    error: BaseException, site: Site | None, handed: types.TracebackType | None = None
) -> None:
    """Give the error the script's frames down to `site`, then its own, without ours.

    It begins in the innermost `try` around `site`.  What a handler was `handed` before
    stays as it is.
    """
    links = _links(error.__traceback__)
    known = links.index(handed) if handed in links else len(links)
    own = [
        (trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
        for trace in links[:known]
        if not _is_ours(trace.tb_frame)
    ]
    kept = [own[i] for i in _whole([frame.f_code for frame, _, _ in own])]
    trace = handed if known < len(links) else None
    if trace and known and links[known - 1].tb_frame.f_code is RERAISE:
        del kept[-1:]
    for frame, lasti, line in reversed(kept):
        trace = types.TracebackType(trace, frame, lasti, line)
    chain = site.chain(tried=True) if site is not None else []
    if chain and trace and is_part_of(trace.tb_frame.f_code, chain[-1][0]):
        chain.pop()
    for code, place in reversed(chain):
        above = _frame(code, place)
        trace = types.TracebackType(
            trace, above.tb_frame, above.tb_lasti, above.tb_lineno
        )
    error.__traceback__ = trace


def handling(handled: BaseException | None, step: Callable[..., _T], *args: Any) -> _T:
    """Do something while `handled` is being handled: Python itself tells its errors so."""
    if handled is None:
        return step(*args)
    context, trace = handled.__context__, handled.__traceback__
    try:
        raise handled  # noqa: TRY301
    except BaseException:
        handled.__context__, handled.__traceback__ = context, trace
        return step(*args)


def note_path(error: BaseException, name: str, site: Site) -> None:
    """Note on an error which external raised it, and the script's way there."""
    steps = [
        f"at {code.co_filename.rpartition('/')[2]}:{_positions(code, place)['lineno']} "
        f"in {code.co_qualname.removesuffix(PART)}()"
        for code, place in reversed(site.chain())
    ]
    error.add_note(f"{name}() raised this; it was called {', '.join(steps)}")


def as_raised(error: BaseException) -> BaseException:
    """A StopIteration of the script's, which Python turns when it leaves a generator.

    The generator, or coroutine, is ours: where the script stands there is none.
    """
    stop = error.__cause__
    if type(error) is not RuntimeError or not isinstance(stop, StopIteration):
        return error
    inner = stop.__traceback__
    if inner is None or not (is_emitted(inner.tb_frame) or _is_ours(inner.tb_frame)):
        return error
    if not str(error).endswith(" raised StopIteration"):
        return error
    if hasattr(error, OF_GENERATOR):
        return error
    for link in reversed(_links(error.__traceback__)):
        inner = types.TracebackType(inner, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return stop.with_traceback(inner)


def as_failed(error: BaseException) -> BaseException:
    """An error that leaves a generator of the script's: no StopIteration does."""
    stop = as_raised(error)
    if not isinstance(stop, StopIteration):
        return error
    turned = RuntimeError("generator raised StopIteration")
    turned.__cause__ = turned.__context__ = stop
    setattr(turned, OF_GENERATOR, True)
    return turned.with_traceback(stop.__traceback__)


def leaves_generator(site: Site | None, around: Site | None) -> bool:
    """Whether a generator's frame is at `site` but not yet at the place around it."""
    inner = [] if site is None else site.codes()
    outer = [] if around is None else around.codes()
    return any(map(_is_generator, inner[len(outer) :]))


def _is_generator(code: types.CodeType) -> bool:
    mark = mark_of(code)
    if mark is not None:
        return mark.of_generator
    return bool(code.co_flags & inspect.CO_GENERATOR)


def mark_of(code: types.CodeType) -> Mark | None:
    """The mark of emitted code; None for any other."""
    constants = code.co_consts
    if constants and type(constants[-1]) is Mark:
        mark: Mark = constants[-1]
        return mark
    return None


def is_emitted(frame: types.FrameType) -> bool:
    """Whether a frame runs a function of the script's in our emitted form."""
    return mark_of(frame.f_code) is not None


def without_lead(trace: types.TracebackType | None) -> types.TracebackType | None:
    """A traceback from where it enters code that is neither ours nor the event loop's."""
    links = list(_links(trace))
    for link in links:
        name = str(link.tb_frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] not in ("epic_actors", "trio", "outcome"):
            return link
    return None


def _links(trace: types.TracebackType | None) -> "list[types.TracebackType]":
    links = []
    while trace is not None:
        links.append(trace)
        trace = trace.tb_next
    return links


def _is_ours(frame: types.FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    return name.startswith(CORE) or name == "outcome._impl"


def _frame(code: types.CodeType, lasti: int | At) -> types.TracebackType:
    """A frame that stands at this place of the user's source."""
    where = _positions(code, lasti)
    raising = ast.Raise(ast.Name("error", ast.Load(), **where), None, **where)
    made = compile(ast.Module([raising], []), code.co_filename, "exec")
    made = made.replace(co_name=code.co_name, co_qualname=code.co_qualname)
    try:
        exec(made, {"error": RuntimeError, "__name__": "script"})  # noqa: S102
    except RuntimeError as error:
        trace = error.__traceback__
        assert trace is not None
        assert trace.tb_next is not None
        return trace.tb_next
    raise AssertionError("unreachable")


def _positions(code: types.CodeType, lasti: int | At) -> dict[str, int]:
    if isinstance(lasti, At):
        return {
            "lineno": lasti.line,
            "end_lineno": lasti.end_line,
            "col_offset": lasti.column,
            "end_col_offset": lasti.end_column,
        }
    for index, found in enumerate(code.co_positions()):
        if index == lasti // 2:
            line, end_line, column, end_column = found
            if line is not None:
                return {
                    "lineno": line,
                    "end_lineno": end_line or line,
                    "col_offset": column or 0,
                    "end_col_offset": end_column or 0,
                }
    line = code.co_firstlineno
    return {"lineno": line, "end_lineno": line, "col_offset": 0, "end_col_offset": 0}
