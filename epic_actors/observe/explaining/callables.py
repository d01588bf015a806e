"""What the calls of a script wait for, by what is called; see `core.language.dispatch`."""

import functools
import itertools
import types
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.functions import Template
from epic_actors.core.language.dispatch import changes_itself
from epic_actors.core.network.externals import External
from epic_actors.core.tables.library import changing
from epic_actors.observe.explaining import sentences
from epic_actors.observe.explaining.functions import (
    external,
    left_to_python,
    own,
    python,
)
from epic_actors.observe.explaining.known import (
    ITEMS,
    UNKNOWN,
    Known,
    constant,
    either,
)
from epic_actors.observe.explaining.methods import construct, method
from epic_actors.observe.explaining.operations import (
    Values,
    effect_of,
    is_hashable,
    perform,
)
from epic_actors.observe.explaining.sentences import AT_ONCE, EVERY_ROUND
from epic_actors.observe.explaining.steps import CELL


if TYPE_CHECKING:
    from epic_actors.observe.explaining.waiting import Reading, Step

FOLDS = frozenset({functools.reduce, itertools.accumulate})
CALLING = FOLDS | {map, filter, sorted, min, max, itertools.starmap}
CALLING |= {
    itertools.takewhile,
    itertools.dropwhile,
    itertools.filterfalse,
    itertools.groupby,
}
"""Builtins that call what they are given."""


def call(reading: "Reading", function: Known, args: Values, step: "Step") -> Known:
    """Read a call; what is known of what it gives."""
    value = function.value
    args = [
        starred(value) if mark == "*" else value
        for mark, value in itertools.zip_longest(step.shape, args)
    ]
    if function.bound:
        marks = step.shape or (None,) * len(args)
        given = [*function.bound, *zip(marks, args, strict=True)]
        step = attrs.evolve(step, shape=tuple([mark for mark, _ in given]))
        args = [value for _, value in given]
    if function.method is not None:
        return method(reading, function, args, step)
    if function.choices or (function.needs and value is not UNKNOWN):
        return chosen(reading, function, args, step)
    if value is UNKNOWN:
        text = sentences.unknown_callee(step.name)
        reading.note(step.at, "unknown", text)
        return Known(
            needs=frozenset({f"`{step.text}`"}) if function.needs else frozenset()
        )
    return call_known(reading, function, args, step)


def chosen(reading: "Reading", function: Known, args: Values, step: "Step") -> Known:
    """A call of a function that is still to be chosen, or of one of several."""
    before = reading.begins
    if function.needs:
        reading.begins = sentences.there(function.needs)
    found = [
        call_known(reading, one, args, step) for one in function.choices or (function,)
    ]
    reading.begins = before
    result = either(found)
    waits = function.needs or result.needs
    return attrs.evolve(result, needs=frozenset({f"`{step.text}`"} if waits else ()))


def starred(value: Known) -> Known:
    """What stands behind a star, as one argument."""
    loaded = value.load(ITEMS)
    return attrs.evolve(loaded, needs=value.whole() if loaded.needs else value.needs)


def call_known(
    reading: "Reading", function: Known, args: Values, step: "Step"
) -> Known:
    """Read a call of something that is known."""
    value = getattr(function.value, "__script__", function.value)
    if value is functools.partial and args:
        return partial(args, step)
    if is_hashable(value) and value in CALLING:
        found = higher(reading, value, args, step)
        if found is not None:
            return found
    match value:
        case External():
            return external(reading, value, args, step)
        case types.FunctionType():
            return python(reading, value, args, step)
        case Template():
            cells = [function.load(f"{CELL} {name}") for name in value.freevars]
            fn = made(value)
            known = reading.survey.network.translate(fn)
            if known is None:
                return left_to_python(reading, fn, args, step)
            return own(reading, known, cells, args, step)
        case types.MethodType(__func__=behind, __self__=owner):
            if isinstance(behind, types.FunctionType) and changes_itself(
                reading.survey.network, value
            ):
                return perform(
                    reading, changing(behind), [constant(owner), *args], step
                )
            return call_known(reading, constant(behind), [constant(owner), *args], step)
        case functools.partial() as wrapped:
            bound = [(None, constant(one)) for one in wrapped.args]
            named = [(name, constant(v)) for name, v in wrapped.keywords.items()]
            inner = attrs.evolve(constant(wrapped.func), bound=(*bound, *named))
            return call(reading, inner, args, step)
        case type():
            return construct(reading, value, args, step)
        case _:
            return perform(reading, effect_of(value), args, step)


def partial(args: Values, step: "Step") -> Known:
    """`functools.partial`, which is what it is given with some arguments."""
    marks = step.shape or (None,) * len(args)
    bound = tuple(zip(marks, args, strict=True))[1:]
    return attrs.evolve(args[0], bound=args[0].bound + bound)


def made(template: Template) -> types.FunctionType:
    """A nested function, to be looked at."""
    cells = tuple(types.CellType() for _ in template.freevars)
    code = template.code
    return types.FunctionType(code, template.namespace.values, None, None, cells)


def higher(reading: "Reading", value: Any, args: Values, step: "Step") -> Known | None:
    """A builtin that is given a function of the script's and calls it for each element."""
    functions = [a for a in args if is_script(reading, a)]
    if not functions:
        return None
    others = [a for a in args if a not in functions]
    inner = either(a.load(ITEMS) for a in others)
    each = attrs.evolve(step, shape=(), name=_name_of(functions[0], step))
    before = reading.begins
    reading.begins = EVERY_ROUND if before == AT_ONCE else before
    given = call(reading, functions[0], [inner], each)
    if value in FOLDS:
        given = call(reading, functions[0], [either([inner, given]), inner], each)
    reading.begins = before
    thing = reading.survey.thing(step.key)
    thing.put(ITEMS, given if value is map else inner)
    needs = frozenset(label for a in others for label in a.needs)
    if value is not map:
        needs |= given.needs
        if given.needs:
            reading.note(step.at, "value", sentences.folds(step.name), given.needs)
    kind = list if value in (sorted, map) else None
    return Known(needs=needs, things=frozenset({thing}), kind=kind)


def is_script(reading: "Reading", known: Known) -> bool:
    """Whether this is a function that the script declares or defines."""
    value = known.value
    if isinstance(value, External | Template):
        return True
    if not isinstance(value, types.FunctionType):
        return False
    return reading.survey.network.translate(value) is not None


def _name_of(function: Known, step: "Step") -> str:
    name = getattr(function.value, "__name__", "") or getattr(
        function.value, "name", ""
    )
    return name if name and name != "<lambda>" else step.name
