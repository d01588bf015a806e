"""Why a script waits: what each of its lines waits for, said without running it.

    print(epic.explain(report))

Theory of operation
    The script's term is read, and those of all its own functions that it calls, for what
    is known of each value before the run (`known`, `survey`, `waiting`).  Effects come
    from the tables that the machine uses, and what an undecided branch may touch from the
    same summaries.  What is said of a value is true of every run; of what is only known
    in the run, such as the methods of an argument, it says that it is not known.
"""

import contextlib
import textwrap
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from epic_actors.frontend import NotCompiled, translate
from epic_actors.observe.explaining.functions import aside
from epic_actors.observe.explaining.known import ITEMS, UNKNOWN, Known, plain_type
from epic_actors.observe.explaining.sentences import joined
from epic_actors.observe.explaining.survey import ROUNDS, Part, Reason, Survey, given
from epic_actors.observe.explaining.waiting import Reading
from epic_actors.run import Job


WIDTH = 88


@attrs.frozen
class Explained:
    """What is said of one function.

    Attributes:
        name: Its qualified name.
        filename: The file it stands in.
        line: The line it begins on.
        reasons: What its lines wait for, in their order.
        source: Those lines, by number.
    """

    name: str
    filename: str
    line: int
    reasons: tuple[Reason, ...]
    source: dict[int, str] = attrs.field(factory=dict, repr=False)

    def __str__(self) -> str:
        lines = [f"{self.name}(), line {self.line}"]
        shown = 0
        for reason in self.reasons:
            if reason.line != shown and reason.line in self.source:
                lines.append(f"{reason.line:4}  {self.source[reason.line]}")
            shown = reason.line
            lines += textwrap.wrap(
                reason.text,
                WIDTH,
                initial_indent="      - ",
                subsequent_indent="        ",
                break_on_hyphens=False,
                break_long_words=False,
            )
        return "\n".join(lines)


@attrs.frozen
class Explanation:
    """What the lines of a script, and of its own functions that it calls, wait for.

    Printed it is a text; iterated over it gives every `Reason`.
    """

    functions: tuple[Explained, ...]

    def __iter__(self) -> Iterator[Reason]:
        """Every reason, function by function."""
        return (reason for found in self.functions for reason in found.reasons)

    def __str__(self) -> str:
        said = [str(found) for found in self.functions if found.reasons]
        free = [f"{found.name}()" for found in self.functions if not found.reasons]
        if free:
            said.append(f"Nothing waits in {joined(free)}.")
        return "\n\n".join(said)


def explain(script: Callable[..., Any], *args: Any) -> Explanation:
    """Say, without running it, what each line of a script waits for, and why.

    Args:
        script: A script or any Python function.
        args: Some of its arguments, where more can be said if they are known.

    Raises:
        ScriptError: The source of the script is not there.
        UsageError: It is no function.

    Example:
        >>> @epic.script
        ... def report(topics):
        ...     drafts = [ask(topic) for topic in topics]
        ...     return ask(" ".join(drafts))
        >>> print(epic.explain(report))
        report(), line 2
           3  drafts = [ask(topic) for topic in topics]
              - `ask` (unordered) starts at once in every round.
           4  return ask(" ".join(drafts))
              - `ask` (unordered) starts as soon as all of `drafts` is there.
    """
    job = Job.of(script, args)
    try:
        function = translate(job.function)
    except NotCompiled:
        return Explanation((_whole(aside(job.function)),))
    survey = Survey(job.function)
    part = survey.part(function)
    part.is_read = True
    cells = [_cell(survey, name, cell) for name, cell in _cells(job.function)]
    part.state.give([*cells, *_given(survey, job)])
    _read(survey)
    parts = tuple(_explained(part) for part in survey.parts.values())
    return Explanation((*parts, *map(_whole, survey.others.values())))


def _read(survey: Survey) -> None:
    """Read all functions until nothing new turns up."""
    before: list[Any] = []
    for _ in range(ROUNDS):
        for part in list(survey.parts.values()):
            part.is_read = True
            Reading(survey, part).read()
        if before == (before := survey.signature()):
            return


def _cells(fn: types.FunctionType) -> Iterator[tuple[str, types.CellType]]:
    return zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True)


def _cell(survey: Survey, name: str, cell: types.CellType) -> Known:
    thing = survey.thing(("cell", id(cell)), is_callers=True)
    with contextlib.suppress(ValueError):  # it has no value yet
        thing.put("cell", given(survey, name, cell.cell_contents, None))
    return Known(things=frozenset({thing}))


def _given(survey: Survey, job: Job) -> Iterator[Known]:
    """What is known of the parameters: what is given, what their annotations say."""
    fn = job.function
    names = translate(fn).lam.params[len(fn.__code__.co_freevars) :]
    values = {**dict(zip(names, job.args, strict=False)), **job.kwargs}
    try:
        hints = typing.get_type_hints(fn)
    except Exception:
        hints = {}
    for name in names:
        hint = hints.get(name)
        kind = plain_type(hint)
        known = given(survey, name, values.get(name, UNKNOWN), kind)
        element = plain_type((typing.get_args(hint) or (None,))[0])
        if kind in (list, set, tuple) and element is not None:
            survey.thing(("given", name)).put(ITEMS, Known(kind=element))
        yield known


def _explained(part: Part) -> Explained:
    """What is said of a function: each thing once, and no more than once a line."""
    function = part.function
    found = sorted(dict.fromkeys(part.reasons), key=lambda pair: pair[0].line)
    reasons: list[Reason] = []
    for number, (reason, needs) in enumerate(found):
        others = [o for i, o in enumerate(found) if i < number or o[0].kind != "value"]
        if not _covered(reason, needs, others):
            reasons.append(reason)
    source = {reason.line: part.syntax.line(reason.line) for reason in reasons}
    line = function.code.co_firstlineno
    return Explained(function.qualname, function.filename, line, tuple(reasons), source)


def _covered(reason: Reason, needs: frozenset[str], said: list[Any]) -> bool:
    """Whether something else on the line says what a value waits for."""
    if reason.kind != "value":
        return False
    others = [more for other, more in said if other.line == reason.line]
    return needs <= frozenset().union(*others)


def _whole(reason: Reason) -> Explained:
    """A function of which there is one thing to say."""
    return Explained(reason.function, reason.filename, reason.line, (reason,))
