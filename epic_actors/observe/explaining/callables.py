"""What the calls of a script wait for, by what is called; see `core.dispatch`."""

import contextlib
import functools
import inspect
import itertools
import types
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.dispatch import changes_itself, changing, method_effect
from epic_actors.core.effect import Effect
from epic_actors.core.effects import (
    BUILTINS,
    METHODS,
    READ_ONLY_NAMES,
    of_class,
    of_module,
    pure,
)
from epic_actors.core.externals import External, Order
from epic_actors.core.operations import Function, Template
from epic_actors.core.records import record_of
from epic_actors.core.text import table_key
from epic_actors.frontend import NotCompiled, translate
from epic_actors.observe.explaining import sentences
from epic_actors.observe.explaining.known import (
    ITEMS,
    NOTHING,
    UNKNOWN,
    Known,
    Thing,
    constant,
    either,
)
from epic_actors.observe.explaining.sentences import AT_ONCE, EVERY_ROUND
from epic_actors.observe.explaining.steps import CELL, Values, perform, settled, stored
from epic_actors.observe.explaining.survey import Reason


if TYPE_CHECKING:
    from epic_actors.observe.explaining.waiting import Reading, Step

CALLING = frozenset({map, filter, sorted, min, max, functools.reduce})
"""Builtins that call what they are given."""
GIVES = frozenset(
    {"get", "items", "keys", "values", "pop", "popitem", "setdefault", "copy"}
)
"""Methods that give what is in their object."""
IMMUTABLE = frozenset({str, bytes, int, float, complex, bool, type(None), tuple})


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
    if _hashable(value) and value in CALLING:
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
            return native(reading, value, args, step)


def partial(args: Values, step: "Step") -> Known:
    """`functools.partial`, which is what it is given with some arguments."""
    marks = step.shape or (None,) * len(args)
    bound = tuple(zip(marks, args, strict=True))[1:]
    return attrs.evolve(args[0], bound=args[0].bound + bound)


# Externals


def external(reading: "Reading", called: External, args: Values, step: "Step") -> Known:
    """A call of an external."""
    whole = [value.whole() | settled(reading, value) for value in args]
    needs = frozenset(label for labels in whole for label in labels)
    if called.order is Order.PURE and not called.is_async:
        return perform(reading, pure(called.function), args, step)
    reading.part.pending += 1
    arriving = any(value.is_arriving for value in args)
    shown = frozenset(f"the whole of {n}" for n in needs) if arriving else needs
    begins = [reading.begins]
    if reading.barrier and any(is_lent(value) and value.kind for value in args):
        begins.append(reading.barrier)
    text = sentences.call(step.name, called, shown, begins)
    reading.note(step.at, "call", text, needs)
    for value in args:
        lend(reading, value, step)
    kind = called.kind or (called.returns if isinstance(called.returns, type) else None)
    return Known(
        needs=frozenset({f"`{step.text}`"}),
        kind=kind,
        is_arriving=called.stream is not None,
    )


def lend(reading: "Reading", value: Known, step: "Step") -> None:
    """An object is given to a call, and younger stores into it wait."""
    assert step.at is not None
    if is_lent(value):
        for thing in value.things:
            reading.lent[thing] = (step.name, step.at.line)


def is_lent(value: Known) -> bool:
    """Whether a call that is given this may have to wait for older stores."""
    mutable = value.kind not in IMMUTABLE and value.value is UNKNOWN
    return mutable and bool(value.things)


# Functions of the script's


def made(template: Template) -> types.FunctionType:
    """A nested function, to be looked at."""
    cells = tuple(types.CellType() for _ in template.freevars)
    code = template.code
    return types.FunctionType(code, template.namespace.values, None, None, cells)


def python(
    reading: "Reading", fn: types.FunctionType, args: Values, step: "Step"
) -> Known:
    """A Python function: of the script's, or of a library."""
    network = reading.survey.network
    function = network.translate(fn)
    if function is None:
        return left_to_python(reading, fn, args, step)
    cells = [closed(reading, cell) for cell in fn.__closure__ or ()]
    return own(reading, function, cells, args, step)


def closed(reading: "Reading", cell: types.CellType) -> Known:
    """A cell of a function that is there before the run."""
    thing = reading.survey.thing((CELL, id(cell)), is_callers=True)
    with contextlib.suppress(ValueError):  # it has no value yet
        thing.put(CELL, constant(cell.cell_contents))
    return Known(things=frozenset({thing}))


def left_to_python(
    reading: "Reading", fn: types.FunctionType, args: Values, step: "Step"
) -> Known:
    """A function that CPython runs: aside, as a generator, or as a library's."""
    survey = reading.survey
    flags = fn.__code__.co_flags
    if flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR):
        if survey.owns(fn):
            survey.others[id(fn.__code__)] = _reason(
                fn, "generator", sentences.generator()
            )
        return native(reading, fn, args, step)
    if survey.network.runs_aside(fn):
        survey.others[id(fn.__code__)] = aside(fn)
        begins = (
            f"`{step.name}` goes aside: it begins when everything older has succeeded."
        )
        reading.note(step.at, "aside", begins)
        reading.barrier = f"`{step.name}` is done"
        reading.part.pending += 1
        return Known(needs=frozenset({f"`{step.text}`"}))
    return native(reading, fn, args, step)


def aside(fn: types.FunctionType) -> Reason:
    """Why a function of the script's is run by CPython."""
    reason, line = "its source is not there", None
    try:
        translate(fn)
    except NotCompiled as refusal:
        reason, line = refusal.reason, refusal.line
    except Exception as error:
        reason = str(error).partition("\n")[0]
    return _reason(fn, "aside", sentences.aside(reason, line))


def _reason(fn: types.FunctionType, kind: str, text: str) -> Reason:
    code = fn.__code__
    return Reason(fn.__qualname__, code.co_filename, code.co_firstlineno, kind, text)


def own(
    reading: "Reading", function: Function, cells: Values, args: Values, step: "Step"
) -> Known:
    """A function whose term is known: it is read as well."""
    part = reading.survey.part(function)
    given = cells + arguments(function, args, step.shape)
    part.state.give(given)
    if part.state.result is None and not part.is_read:
        part.is_read = True
        reading.another(part)
    reading.held |= part.held
    found = part.state.result
    if not isinstance(found, Known):
        return NOTHING
    waits = found.needs or not reading.held.isdisjoint(found.things)
    needs = frozenset({f"`{step.text}`"} if waits else ())
    return attrs.evolve(found, needs=needs)


def arguments(
    function: Function, args: Values, shape: tuple[str | None, ...]
) -> Values:
    """What the parameters of a function are given, as far as the call says it."""
    params = function.lam.params[len(function.freevars) :]
    marks = shape or (None,) * len(args)
    found = dict.fromkeys(params, NOTHING)
    positions = iter(params)
    for mark, value in zip(marks, args, strict=True):
        if mark is None:
            name = next(positions, params[-1] if params else "")
        elif mark in ("*", "**"):
            name = next(positions, "")
        else:
            name = mark
        if name in found:
            found[name] = value
    return list(found.values())


# Native code


def native(reading: "Reading", value: Any, args: Values, step: "Step") -> Known:
    """A builtin, a function of a library, or an object that can be called."""
    return perform(reading, effect_of(value), args, step)


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def effect_of(value: Any) -> Effect:
    """What the tables say of a native callable."""
    known = BUILTINS.get(value) if _hashable(value) else None
    if known is not None:
        return known
    owner = getattr(value, "__self__", None)
    if owner is not None and not isinstance(owner, types.ModuleType):
        return method_effect(owner, value)
    kind = getattr(value, "__objclass__", None)
    if kind is not None and value.__name__ in METHODS.get(kind, {}):
        return METHODS[kind][value.__name__]
    name = getattr(value, "__name__", type(value).__name__)
    module = getattr(value, "__module__", None) or type(value).__module__
    return of_module(value, module, name)


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


# Classes


def construct(reading: "Reading", cls: type, args: Values, step: "Step") -> Known:
    """Making an instance."""
    effect = BUILTINS.get(cls)
    if effect is not None:
        return perform(reading, effect, args, step)
    init: Any = cls.__init__  # type: ignore[misc]
    thing = reading.survey.thing(step.key)
    made = Known(things=frozenset({thing}), kind=cls)
    if isinstance(init, types.FunctionType):
        if reading.survey.network.translate(init) is not None:
            marks = (None, *step.shape) if step.shape else ()
            python(reading, init, [made, *args], attrs.evolve(step, shape=marks))
            return made
        if record_of(cls) is not None:
            return record(made, init, args, step)
    if init is object.__init__ and not args:
        return made
    if issubclass(cls, BaseException):
        return made
    return perform(reading, of_class(cls), args, step)


def record(made: Known, init: Any, args: Values, step: "Step") -> Known:
    """An instance of a dataclass or the like: its fields are what it is given."""
    names = init.__code__.co_varnames[1 : init.__code__.co_argcount]
    marks = step.shape or (None,) * len(args)
    positions = iter(names)
    for mark, value in zip(marks, args, strict=True):
        name = next(positions, ITEMS) if mark is None else mark
        for thing in made.things:
            thing.put(name, value)
    return made


# Methods


def method(reading: "Reading", function: Known, args: Values, step: "Step") -> Known:
    """A method, found by the type of its object if that is known, else by its name."""
    assert function.method is not None
    owner, name = function.method
    if owner.kind is not None:
        known = METHODS.get(owner.kind, {}).get(name)
        if known is not None:
            key = table_key(known.function)
            return perform(reading, known, [owner, *args], step, key)
        found = inspect.getattr_static(owner.kind, name, None)
        if found is not None:
            return of_kind(reading, found, owner, args, step)
    return by_name(reading, function, args, step)


def of_kind(
    reading: "Reading", found: Any, owner: Known, args: Values, step: "Step"
) -> Known:
    """A method that the type of its object has."""
    marks = (None, *step.shape) if step.shape else ()
    shaped = attrs.evolve(step, shape=marks)
    if isinstance(found, staticmethod):
        return call_known(reading, constant(found.__func__), args, step)
    if isinstance(found, classmethod):
        given = [constant(owner.kind), *args]
        return call_known(reading, constant(found.__func__), given, shaped)
    network = reading.survey.network
    if isinstance(found, External) or hasattr(found, "__script__"):
        return call_known(reading, constant(found), [owner, *args], shaped)
    if isinstance(found, types.FunctionType) and network.translate(found) is not None:
        return call_known(reading, constant(found), [owner, *args], shaped)
    if isinstance(found, types.FunctionType) and network.runs_aside(found):
        return call_known(reading, constant(found), [owner, *args], shaped)
    module = getattr(owner.kind, "__module__", None)
    effect = of_module(found, module, getattr(found, "__name__", ""))
    if not effect.ordered:
        return perform(reading, effect, [owner, *args], step)
    return perform(reading, changing(found), [owner, *args], step)


def by_name(reading: "Reading", function: Known, args: Values, step: "Step") -> Known:
    """A method of an object of which nothing is known but the name of the method."""
    assert function.method is not None
    owner, name = function.method
    survey = reading.survey
    survey.network.summaries.meet(reading.part.function.namespace, ())
    marks = (None, *step.shape) if step.shape else ()
    shaped = attrs.evolve(step, shape=marks)
    own_methods = [f for f in survey.network.summaries.methods(name) if f is not None]
    results = [
        own(reading, f, [NOTHING] * len(f.freevars), [owner, *args], shaped)
        for f in own_methods
    ]
    builtin = [kind for kind, methods in METHODS.items() if name in methods]
    if not own_methods and not builtin and name not in READ_ONLY_NAMES:
        return unknown(reading, function, step)
    if owner.needs:
        reading.part.pending += 1
        text = sentences.waits(step.name, owner.needs)
        reading.note(step.at, "value", text, owner.needs)
    writes = any(METHODS[kind][name].writes for kind in builtin)
    if writes and not own_methods:
        stored(reading, owner, ITEMS, either(args), step)
    gives = owner.things if name in GIVES else frozenset[Thing]()
    results.append(Known(needs=owner.needs, things=gives))
    return either(results)


def unknown(reading: "Reading", function: Known, step: "Step") -> Known:
    """A method of which nothing is known at all."""
    assert function.method is not None
    owner, name = function.method
    if name.startswith("__"):
        return NOTHING
    text, declare = sentences.unknown_method(step.name, step.name)
    reading.note(step.at, "unknown", text, declare=declare)
    return Known(needs=owner.needs)
