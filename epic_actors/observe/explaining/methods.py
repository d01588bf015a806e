"""What calls of classes and methods wait for."""

import inspect
import types
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.language.records import record_of
from epic_actors.core.network.externals import External
from epic_actors.core.streams.text import table_key
from epic_actors.core.tables.effects import (
    BUILTINS,
    METHODS,
    READ_ONLY_NAMES,
    of_class,
    of_module,
)
from epic_actors.core.tables.library import changing
from epic_actors.observe.explaining import sentences
from epic_actors.observe.explaining.functions import python
from epic_actors.observe.explaining.known import (
    ITEMS,
    NOTHING,
    Known,
    Thing,
    constant,
    either,
)
from epic_actors.observe.explaining.operations import (
    GIVES,
    VIEWS,
    Values,
    perform,
    stored,
)


if TYPE_CHECKING:
    from epic_actors.observe.explaining.waiting import Reading, Step


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
            return record(reading, made, args, step)
    if init is object.__init__ and not args:
        return made
    if issubclass(cls, BaseException):
        return made
    return perform(reading, of_class(cls), args, step)


def record(reading: "Reading", made: Known, args: Values, step: "Step") -> Known:
    """An instance of a dataclass or the like: its fields are what it is given."""
    cls: Any = made.kind
    code = cls.__init__.__code__
    names = code.co_varnames[1 : code.co_argcount]
    marks = step.shape or (None,) * len(args)
    positions = iter(names)
    for mark, value in zip(marks, args, strict=True):
        name = next(positions, ITEMS) if mark is None else mark
        for thing in made.things:
            thing.put(name, value)
    found = record_of(cls)
    plain = attrs.evolve(step, shape=())
    for function in [] if found is None else found.callbacks():
        if isinstance(function, types.FunctionType):
            python(reading, function, [made], plain)
    return made


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
        return reading.call(constant(found.__func__), args, step)
    if isinstance(found, classmethod):
        given = [constant(owner.kind), *args]
        return reading.call(constant(found.__func__), given, shaped)
    network = reading.survey.network
    if isinstance(found, External) or hasattr(found, "__script__"):
        return reading.call(constant(found), [owner, *args], shaped)
    if isinstance(found, types.FunctionType) and network.translate(found) is not None:
        return reading.call(constant(found), [owner, *args], shaped)
    if isinstance(found, types.FunctionType) and network.runs_aside(found):
        return reading.call(constant(found), [owner, *args], shaped)
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
    found = map(survey.network.translate, survey.network.summaries.methods(name))
    own_methods = [function for function in found if function is not None]
    results = [reading.own(f, [owner, *args], shaped) for f in own_methods]
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
    gives = owner.things if name in GIVES | VIEWS else frozenset[Thing]()
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
