"""Calling: what happens when the script applies a value to arguments.

a function whose term is known   its code runs here, with whatever arguments there are
an external                      a call is asked for; the answer is a wire
a class                          `__new__`, then `__init__` as above
a known builtin or method        a native operation with its effect
a pending value                  a block that waits for it
anything else                    an opaque operation: in program order

It is longer than most modules: each kind of callable may turn out to be another one.
"""

import builtins
import functools
import inspect
import itertools
import operator
import types
import typing
from collections import defaultdict
from collections.abc import Callable
from inspect import CO_VARKEYWORDS
from typing import TYPE_CHECKING, Any

import attrs

from epic_actors.core.functions import Function
from epic_actors.core.generators import generated_of
from epic_actors.core.iteration.consuming import chain_all
from epic_actors.core.iteration.pulls import begin
from epic_actors.core.iteration.taking import (
    chains,
    gone_over,
    may_be_generated,
    script_for,
    takes_all,
    takes_items,
    taking,
    undecided,
)
from epic_actors.core.looks import KINDS
from epic_actors.core.memory.extent import EVERYWHERE, forget_reached
from epic_actors.core.memory.places import STORED_IN_CLASSES
from epic_actors.core.memory.reach import (
    BOUND_TYPES,
    ITERATORS,
    PLAIN,
    has_wire,
    is_atom,
    mutables,
)
from epic_actors.core.memory.wire import Wire, deref
from epic_actors.core.network.calls import request
from epic_actors.core.network.externals import External, Order, aside
from epic_actors.core.network.perform import NATIVE, operate
from epic_actors.core.network.regions import Block, Footprint, Frame, enter
from epic_actors.core.operations import arguments
from epic_actors.core.streams.stream import Wait
from epic_actors.core.tables.effects import (
    BUILTINS,
    METHODS,
    PURE_MODULES,
    VALUE_MODULES,
    VALUE_TYPES,
    Effect,
    changing,
    of_class,
    of_module,
    opaque,
    pure,
)
from epic_actors.core.tables.protocols import HOOKS, bits_of
from epic_actors.core.tables.worldly import FILES
from epic_actors.core.terms import LetRec, steps

from .asking import calls_inside, may_call_back, yields_asking
from .callbacks import (
    CACHED,
    UNTIL,
    instead_of,
    instead_of_method,
    is_cached_script,
    is_script_code,
    may_stop,
)
from .classes import runs_in_place
from .lookup import attribute, fits, native_base, script_of
from .prelude import GENERATOR_METHODS
from .records import Field, Record
from .substitutes import (
    CALLERS,
    GETTERS,
    SINGLE_DISPATCH,
    Repeated,
    cache_of,
    cached,
    dispatched,
    got_by,
    named_until,
)


if TYPE_CHECKING:
    from epic_actors.core.network.network import Network

CALL = "__call__"
LOUD = bits_of("list")
FORMATTERS = frozenset({"format", "format_map"})
GENERATING = KINDS | {types.GeneratorType}
_BUILTIN = types.BuiltinFunctionType
_NAMED: frozenset[Any] = frozenset({_BUILTIN, type})
WAYS: dict[Any, Callable[..., Any]] = {}
"""Builtins that other modules perform, if code of the script's is involved.

Slot wrappers too, which are found for bound ones: `super().__setattr__`.
"""


def call(network: "Network", function: Any, *args: Any) -> Any:
    """Apply `function` to positional arguments at this point of the program."""
    # Why: this is `apply` for the commonest case, without its frames on the stack, so
    # that a script recurses nearly as deep as Python lets it.
    # Why: `type`, since what stands in the place of a function may say that it is one.
    if type(function) is types.FunctionType:
        unit = network.units.get(id(function.__code__))
        if unit is not None and unit.fits(function, args):
            if runs_natively(network, function, unit.origin, args):
                return function(*args)
            values = (*(function.__closure__ or ()), *args)
            frame = unit.function(network, *values)
            if not unit.generator:
                return frame
            looping = network.looping
            try:
                waits_for = frame.send(None)
            except StopIteration as stop:
                network.looping = looping
                return stop.value
            network.looping = looping
            footprint = unit.footprint(network, values)
            return Block(network, frame, waits_for, 1, footprint).results
    elif type(function) is External and function.order is not Order.PURE:
        return request(network, function, args, {})
    elif type(function) is _BUILTIN and network.calm:
        owner = function.__self__
        if owner is not builtins and is_left_alone(network, function, owner, args):
            return function(*args)
    elif type(function) in _NAMED and function in BUILTINS:
        # Why: on plain values nothing else is in its way.
        plain = all(type(value) in PLAIN for value in args)
        if plain and BUILTINS[function].only_values:
            return function(*args)
    return apply(network, function, args, {})


def is_left_alone(
    network: "Network", function: Any, owner: Any, args: tuple[Any, ...]
) -> bool:
    """Whether a builtin method or function of a library runs no code of the script's."""
    if network.loud & ~HOOKS:
        return False
    kind = type(owner)
    if kind in METHODS:
        return not (network.loud and function.__name__ in FORMATTERS)
    if kind in CALLERS or function is functools.reduce or function is operator.call:
        return False
    if kind is types.ModuleType:
        # Why: such a function is given all that it may call.
        return function in BUILTINS or all(type(value) in PLAIN for value in args)
    return not network.asking.given((owner, *args), deep=True)


def runs_natively(
    network: "Network",
    fn: types.FunctionType,
    function: Function,
    args: tuple[Any, ...],
) -> bool:
    """Whether a call may be left to CPython: it can never ask for an external call."""
    if network.closed.is_new(fn) and not loops(function):
        # Why: looking takes longer than running it once.
        return False
    closed = network.closed.of(fn, function)
    if closed == 0 or network.literal:
        return False
    for value in args:
        if type(value) not in PLAIN:
            return network.calm and are_native(network, args)
    return closed == 2 or network.calm


def loops(function: Function) -> bool:
    """Whether a function has a loop, so that one call may take long."""
    if function.loops is None:
        function.loops = any(isinstance(term, LetRec) for term in steps(function.lam))
    return bool(function.loops)


def are_native(network: "Network", values: tuple[Any, ...]) -> bool:
    """Whether operators on these values run no Python code of the script's."""
    quiet = network.summaries.quiet
    for value in values:
        kind = type(value)
        if not (kind in PLAIN or kind in METHODS or quiet[kind]):
            return False
    return True


def call_shaped(
    network: "Network", shape: tuple[str | None, ...], function: Any, *values: Any
) -> Any:
    """Apply `function` to arguments of any shape."""
    given: list[Any] = []
    for mark, value in zip(shape, values, strict=True):
        known = names_given(shape, given) if mark == "**" else ()
        given.append(_spread(network, mark, value, known))
    values = tuple(given)
    for mark, value in zip(shape, values, strict=True):
        if mark in ("*", "**") and type(value) is Wire:
            frame = _spread_later(network, shape, function, values, value)
            return enter(
                network, frame, 1, _spreading(network, function, values, shape)
            )
    function = deref(function)
    try:
        args, kwargs = arguments(function, shape, values)
    except TypeError:
        if type(function) is not Wire:
            raise
        # Why: the text names the function.
        frame = _spread_later(network, shape, function, values, function)
        return enter(network, frame, 1, _unknown(network, function, values, shape))
    return apply(network, function, args, kwargs)


def names_given(shape: tuple[str | None, ...], given: list[Any]) -> tuple[Any, ...]:
    """The names that arguments have been given by so far."""
    found: list[Any] = []
    for mark, value in zip(shape, given, strict=False):
        if mark == "**" and type(value) is dict:
            found += value
        elif mark not in (None, "*", "**"):
            found.append(mark)
    return tuple(found)


def _spread(
    network: "Network", mark: str | None, value: Any, known: tuple[Any, ...]
) -> Any:
    """What stands behind a star, read here and now, up to a name that is known."""
    value = deref(value)
    if mark == "*" and network.special & LOUD and type(value) is not Wire:
        value = network.specials.spread(value)
    if mark not in ("*", "**") or type(value) is Wire:
        return value
    if network.calm and (mark == "*" or type(value) is dict):
        return value
    if type(value) is Repeated:
        return value
    if not hasattr(type(value), "__iter__" if mark == "*" else "keys"):
        # Why: the call itself says what is wrong, and names the function.
        return value
    if mark == "**" and attribute(type(value), "__iter__") is not dict.__iter__:
        return apply(network, named_until, (known, value), {})
    kind = tuple if mark == "*" else dict
    return operate(network, BUILTINS[kind], value)


def _spread_later(
    network: "Network", shape: Any, function: Any, values: Any, wire: Wire
) -> Frame:
    yield wire
    return call_shaped(network, shape, function, *values)


def _spreading(network: "Network", function: Any, values: Any, shape: Any) -> Any:
    if type(function) is Wire:
        return _unknown(network, function, values, shape)
    return lambda: network.summaries.of_spread(function, values, shape)


def _unknown(network: "Network", function: Any, values: Any, shape: Any) -> Any:
    return lambda: network.summaries.of_call(function, values, shape)


def shape_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str | None, ...]:
    """The shape of a call with these arguments."""
    return (*(None for _ in args), *kwargs) if kwargs else ()


def apply(
    network: "Network", function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Apply `function` at this point of the program."""
    if (
        network.special & LOUD
        and issubclass(type(function), type)
        and function in ITERATORS
    ):
        if not args and "iterable" in kwargs:
            kwargs = kwargs.copy()
            args = (kwargs.pop("iterable"),)
        found = network.specials.opened(function, args, kwargs)
        if found is not NATIVE:
            return found
    script = taking(function, args) if network.generators else None
    if script is not None and fits(script, args, kwargs):
        return apply(network, script, args, kwargs)
    kind = type(function)
    if network.special & LOUD:
        script = _taking_own(network, function, args)
        if script is not None:
            return apply(network, script, args, kwargs)
    if kind is External:
        return _external(network, function, args, kwargs)
    if kind is types.FunctionType:
        return _function(network, function, args, kwargs)
    if kind is types.MethodType:
        if not network.calm and (wire := undecided(function, args)) is not None:
            return _once_known(network, function, args, kwargs, wire)
        owner = (function.__self__, *args)
        if changes_itself(network, function):
            effect = changing(function.__func__)
            return run_unknown(network, effect, function.__func__, owner, kwargs)
        return apply(network, function.__func__, owner, kwargs)
    if kind is types.BuiltinFunctionType or kind in _DESCRIPTORS:
        return native(network, function, args, kwargs)
    if kind is Wire:
        return _pending(network, function, args, kwargs)
    if issubclass(kind, type):
        return _class(network, function, args, kwargs)
    if kind is functools.partial:
        merged = {**function.keywords, **kwargs}
        return apply(network, function.func, (*function.args, *args), merged)
    return _object(network, function, args, kwargs)


def _taking_own(network: "Network", function: Any, args: tuple[Any, ...]) -> Any:
    """The script to run instead of what takes in items by code of the script's."""
    if chains(function, args, network.specials.may_open):
        return chain_all
    if not args or not takes_all(function):
        return None
    marks = tuple([network.specials.gives_items(deref(value)) for value in args])
    return script_for(function, marks) if any(marks) else None


_DESCRIPTORS = BOUND_TYPES - {types.MethodType} | {
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
}


def _external(
    network: "Network", external: External, args: Any, kwargs: dict[str, Any]
) -> Any:
    if external.order is not Order.PURE:
        return request(network, external, args, kwargs)
    if external.is_async:
        return request(network, external, args, kwargs)
    return run_native(network, pure(external.function), args, kwargs)


def _pending(
    network: "Network", wire: Wire, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    function = deref(wire)
    if type(function) is not Wire:
        return apply(network, function, args, kwargs)
    kind, name = _known_method(function)
    methods = FILES.get(kind) or METHODS.get(kind, {})
    known = None if name == "sort" else methods.get(name)
    asks = takes_items(kind, name) and any(map(may_be_generated, args))
    if network.special & LOUD and takes_items(kind, name):
        asks = asks or any(map(network.specials.gives_items, map(deref, args)))
    if known is not None and not asks:
        return run_native(network, known, (receiver_of(function), *args), kwargs)
    frame = _apply_later(network, function, args, kwargs)
    values, shape = (*args, *kwargs.values()), shape_of(args, kwargs)
    found = enter(network, frame, 1, _unknown(network, function, values, shape))
    return _of_kind(found, known)


def _of_kind(found: Any, effect: Effect | None) -> Any:
    """A result of which it is known what kind of value it will be."""
    if type(found) is Wire and effect is not None:
        found.immutable, found.kind = effect.immutable, effect.kind
    return found


def _known_method(function: Wire) -> tuple[Any, str]:
    """The type, if it is known, and the name of a method of a pending value."""
    if function.method is None:
        return None, ""
    receiver, name = function.method
    receiver = deref(receiver)
    kind = receiver.kind if type(receiver) is Wire else type(receiver)
    return kind, name


def receiver_of(function: Wire) -> Any:
    """The value that a pending method is of."""
    assert function.method is not None
    return function.method[0]


def _apply_later(network: "Network", wire: Wire, args: Any, kwargs: Any) -> Frame:
    receiver = deref(wire.method[0]) if wire.method is not None else None
    if type(receiver) is Wire and receiver.kind is None:
        # Why: it may turn out to be a text that is still arriving.
        yield Wait(receiver)
        return apply(network, deref(wire), args, kwargs)
    function = yield wire
    return apply(network, function, args, kwargs)


def _function(
    network: "Network", fn: types.FunctionType, args: Any, kwargs: dict[str, Any]
) -> Any:
    function = network.translate(fn)
    if function is None and yields_asking(network, fn, args, kwargs):
        function = network.take_along(fn)
    if function is None:
        function = network.along.taken(fn)
    if function is None and (wire := undecided(fn, args)) is not None:
        return _once_known(network, fn, args, kwargs, wire)
    if function is None and network.runs_aside(fn):
        if runs_in_place(network, fn):
            return run_native(network, opaque(fn), args, kwargs)
        return request(network, aside(fn), args, kwargs)
    if function is None:
        script = instead_of(network, fn, args, kwargs)
        if script is not None:
            return apply(network, script, args, kwargs)
    if function is None and fn.__code__ is SINGLE_DISPATCH and args:
        return apply(network, dispatched, (fn, *args), kwargs)
    if function is None:
        # Why: the module it stands in, since wrappers take the name of what they wrap.
        module = fn.__globals__.get("__name__")
        passes_on = is_script_code(network, getattr(fn, "__wrapped__", None))
        known = BUILTINS.get(fn) or of_module(fn, module, fn.__name__)
        effect = opaque(fn) if passes_on else known
        return run_unknown(network, effect, fn, args, kwargs)
    return enter_function(network, fn, function, args, kwargs)


def changes_itself(network: "Network", bound: types.MethodType) -> bool:
    """Whether a method is some library's Python code, which may change its object."""
    fn = bound.__func__
    if not isinstance(fn, types.FunctionType) or issubclass(type(bound.__self__), type):
        return False
    module = getattr(fn, "__module__", None)
    own = network.summaries.is_own(type(bound.__self__))
    changing = PURE_MODULES if own else PURE_MODULES - VALUE_MODULES
    return module in changing and network.translate(fn) is None


def enter_function(
    network: "Network",
    fn: types.FunctionType,
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """Run the body of a function whose term is known."""
    values = function.parameters(fn, args, kwargs)
    if kwargs and not network.calm and fn.__code__.co_flags & CO_VARKEYWORDS:
        network.mark_dirty(values[-1])
    if function.is_generator:
        if (until := UNTIL.get(fn)) is not None and may_stop(network, args[0]):
            return apply(network, until, args, kwargs)
        return begin(network, fn, function, args, kwargs)
    if runs_natively(network, fn, function, (*args, *kwargs.values())):
        return fn(*args, **kwargs)
    network.machine.meet(network, fn, function)
    return network.machine.run_function(network, function, values)


def run_native(
    network: "Network", effect: Effect, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Perform a native operation; keyword arguments count as further positions."""
    if kwargs and effect.writes:
        args, kwargs = placed(effect.function, args, kwargs)
    if not kwargs:
        return operate(network, effect, *args)
    named = effect.with_keywords(tuple(kwargs), len(args))
    return operate(network, named, *args, *kwargs.values())


def placed(
    function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The same arguments, those in front by position: what is stored in has one."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return args, kwargs
    names = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    rest = dict(kwargs)
    front = list(itertools.takewhile(rest.__contains__, names[len(args) :]))
    return (*args, *map(rest.pop, front)), rest


def run_unknown(
    network: "Network",
    effect: Effect,
    function: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """Perform a native operation that may call back; aside, if that may ask."""
    if may_call_back(network, effect, function, args, kwargs):
        return request(network, aside(function), args, kwargs)
    given = (*args, *kwargs.values())
    stores = not network.calm and any(stores_when_called(network, v) for v in given)
    if stores and calls_inside(function):
        return run_native(network, opaque(function), args, kwargs)
    unknown = (v for v in given if type(deref(v)) is Wire)
    if not all(map(is_atom, unknown)) and calls_inside(function):
        effect = attrs.evolve(effect, calls_back=True)
    return run_native(network, effect, args, kwargs)


def stores_when_called(network: "Network", value: Any) -> bool:
    """Whether native code that is given a value may call code of the script's that stores.

    Of a class that derives from the library's it may call any method.
    """
    value = deref(value)
    if type(value) is Wire or not is_script_code(network, value):
        return False
    if isinstance(value, type):
        summaries, line = network.summaries, value.__mro__[:-1]
        return summaries.is_own(value) and not all(map(summaries.is_own, line))
    function = None
    if type(value) is types.FunctionType:
        function = network.translate(value)
    if function is None:
        return True
    found = network.summaries.alone(function)
    # Why: in terms of the function, what it is made among is given to it as well.
    return not found.touches_nothing or (bool(value.__closure__) and found.stores)


def native(
    network: "Network", function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Call a builtin function, or a builtin method bound to its object or not."""
    script = instead_of(network, function, args, kwargs)
    if script is not None:
        return apply(network, script, args, kwargs)
    if not network.calm and (wire := undecided(function, args)) is not None:
        return _once_known(network, function, args, kwargs, wire)
    owner = getattr(function, "__self__", None)
    if type(owner) in GENERATING and generated_of(owner) is not None:
        method = GENERATOR_METHODS.get(function.__name__)
        if method is not None:
            return apply(network, method, (owner, *args), kwargs)
    effect = _known_builtin(function)
    found = _by_another_way(network, function, args, kwargs)
    if found is not NATIVE:
        return found
    if effect is not None:
        return run_native(network, effect, args, kwargs)
    owner = getattr(function, "__self__", None)
    effect = BUILTINS.get(behind(function)) if owner is not None else None
    if effect is not None:
        return run_native(network, effect, (owner, *args), kwargs)
    if owner is None or issubclass(type(owner), types.ModuleType):
        kind = getattr(function, "__objclass__", None)
        known = METHODS.get(kind, {}).get(function.__name__) if kind else None
        made = known or of_module(
            function, getattr(function, "__module__", None), function.__name__
        )
        if known is not None or function in WAYS:
            return run_native(network, made, args, kwargs)
        return run_unknown(network, made, function, args, kwargs)
    substitute = instead_of_method(network, owner, function.__name__, args, kwargs)
    if substitute is not None:
        return apply(network, substitute[0], (substitute[1], *args), kwargs)
    effect, is_known = method_effect(owner, function)
    if not is_known and may_call_back(network, effect, function, args, kwargs):
        return request(network, aside(function), args, kwargs)
    return run_native(network, effect, (owner, *args), kwargs)


def _once_known(
    network: "Network", function: Any, args: Any, kwargs: Any, wire: Wire
) -> Any:
    """Call a builtin when it is known whether an argument is a generator."""

    def frame() -> Frame:
        yield wire
        return apply(network, function, args, kwargs)

    owner, name = getattr(function, "__self__", None), function.__name__
    given, shape = (*args, *kwargs.values()), shape_of(args, kwargs)
    summaries = network.summaries
    if owner is None or isinstance(owner, types.ModuleType | type):
        touched = lambda: summaries.of_application(function, given, shape)  # noqa: E731
        effect = _known_builtin(function)
    else:
        touched = lambda: summaries.of_method(owner, name, given, shape)  # noqa: E731
        effect = METHODS.get(type(owner), {}).get(name)
    return _of_kind(enter(network, frame(), 1, touched), effect)


def _by_another_way(
    network: "Network", function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """What a builtin gives if code of the script's is involved, else `NATIVE`."""
    kind = type(function)
    if kind is types.MethodWrapperType:
        function, args = behind(function), (function.__self__, *args)
    elif kind is not _BUILTIN and kind is not types.WrapperDescriptorType:
        return NATIVE
    way = WAYS.get(function)
    return NATIVE if way is None else way(network, args, kwargs)


def behind(function: Any) -> Any:
    """The slot wrapper that a bound one is of: `object.__setattr__`."""
    kind = getattr(function, "__objclass__", None)
    return vars(kind).get(function.__name__) if kind is not None else None


def _known_builtin(function: Any) -> Effect | None:
    try:
        return BUILTINS.get(function)
    except TypeError:
        return None


def method_effect(owner: Any, bound: Any) -> tuple[Effect, bool]:
    """The effect of a builtin method, as a function of its object first; is it known?"""
    kind = type(owner)
    name = bound.__name__
    base = native_base(kind, name)
    known = METHODS.get(base, {}).get(name) or FILES.get(kind, {}).get(name)
    if known is not None:
        return known, True

    def perform(_owner: Any, *args: Any, **kwargs: Any) -> Any:
        return bound(*args, **kwargs)

    if issubclass(type(owner), type):
        made = of_module(perform, owner.__module__, name)
        return (pure(perform) if owner.__module__ == "builtins" else made), False
    if kind in VALUE_TYPES:
        return pure(perform, shares=True), False
    made = of_module(perform, kind.__module__, name)
    if made.ordered:
        return made, False
    # Why: a step of an iterator only hands on what it comes to.
    runs = ("__next__",) if name == "__next__" else None
    return attrs.evolve(changing(perform), dunders=runs), False


def _class(
    network: "Network", cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    script = instead_of(network, cls, args, kwargs)
    if script is not None:
        for place in gone_over(cls, len(args)):
            operate(network, ITERABLE, args[place])
        return apply(network, script, args, kwargs)
    if not network.calm and (wire := undecided(cls, args)) is not None:
        return _once_known(network, cls, args, kwargs, wire)
    effect = BUILTINS.get(cls) or network.builtin_kinds[cls]
    if effect is not None:
        if cls is type and len(args) != 1:
            effect = opaque(cls)
        elif cls is defaultdict and args:
            network.summaries.factories.meet(deref(args[0]))
        return run_native(network, effect, args, kwargs)
    network.summaries.meet_class(cls)
    making = network.specials.making(cls)
    if making is not None:
        return apply(network, making, (cls, *args), kwargs)
    init: Any = cls.__init__  # type: ignore[misc]
    new: Any = cls.__new__
    plain = new is object.__new__ and type(cls).__call__ is type.__call__
    if plain and isinstance(init, types.FunctionType):
        function = network.translate(init)
        if function is not None:
            made = new_instance(network, cls)
            _initialised(network, init, function, (made, *args), kwargs)
            return made
        record = network.summaries.records[cls]
        if record is not None:
            return _record(network, record, args, kwargs)
    if plain and init is object.__init__ and not args and not kwargs:
        return new_instance(network, cls)
    if issubclass(cls, BaseException) and cls.__module__ != "builtins":
        return _exception(network, cls, args, kwargs)
    return run_unknown(network, of_class(cls), cls, args, kwargs)


def new_instance(network: "Network", cls: type) -> Any:
    """A bare instance of a class of the script's."""
    made: Any = object.__new__(cls)
    if network.holds[0] > 0:
        network.here.memory.note(made)
    return made


def builtin_kind(cls: type) -> Effect | None:
    """The effect of a class that makes what is really a dict, or a tuple."""
    if typing.is_typeddict(cls):
        return attrs.evolve(BUILTINS[dict], function=cls)
    code = getattr(cls.__new__, "__code__", None)
    generated = code is not None and code.co_filename.startswith("<")
    if generated and issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return Effect(cls, strict=(), fresh=True, shares=True)
    return None


def _initialised(
    network: "Network", init: Any, function: Function, args: Any, kwargs: Any
) -> None:
    result = enter_function(network, init, function, args, kwargs)
    if result is not None:
        operate(network, INITIALISED, result)


def _is_none(result: Any) -> None:
    if result is not None:
        kind = type(result).__name__
        raise TypeError(f"__init__() should return None, not '{kind}'")


INITIALISED = Effect(_is_none)


def _is_iterable(items: Any) -> None:
    kind = type(items)
    if attribute(kind, "__iter__") is None and attribute(kind, "__getitem__") is None:
        iter(items)


ITERABLE = Effect(_is_iterable, dunders=())
"""What a lazy iterator checks when it is made, though it goes over nothing yet."""


def _record(
    network: "Network", record: Record, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Make a record, field by field; natively if nothing of that is the script's."""
    cls = record.cls
    if network.calm:
        quiet = network.records.get(cls)
        if quiet is None:
            given = record.callbacks()
            quiet = not any(is_script_code(network, one) for one in given)
            network.records[cls] = quiet
        if quiet:
            return cls(*args, **kwargs)
    values = record.bind(args, kwargs)
    made = new_instance(network, cls)
    for field in record.fields:
        value = _field(network, record, field, values, made)
        object.__setattr__(made, field.name, value)
        if type(value) not in PLAIN and has_wire(value):
            network.mark_dirty(made)
    forget_reached()
    for field in record.fields:
        if field.validate is not None and not attrs.validators.get_disabled():
            value = getattr(made, field.name)
            apply(network, field.validate, (made, field.about, value), {})
    if record.after is not None:
        passed = tuple([values[name] for name in record.passed])
        apply(network, getattr(made, record.after), passed, {})
    return made


def _field(
    network: "Network", record: Record, field: Field, values: dict[str, Any], made: Any
) -> Any:
    """The value of one field."""
    value = record.missing if field.parameter is None else values[field.parameter]
    if value is record.missing:
        given = (made,) if field.takes_self else ()
        value = apply(network, field.factory, given, {})
    if field.convert is not None:
        value = apply(network, field.convert, (value,), {})
    return value


def _exception(
    network: "Network", cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """An exception of the user's: its own `__init__` runs in place, its values whole."""
    return run_native(network, pure(cls, shares=True), args, kwargs)


def _apply_after(
    network: "Network", store: Any, function: Any, args: Any, kwargs: Any
) -> Frame:
    yield store
    return apply(network, function, args, kwargs)


def _object(
    network: "Network", function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Call an instance: through its class's `__call__` if that is Python."""
    script = script_of(function)
    if script is not None:
        return apply(network, script, args, kwargs)
    if CALL in STORED_IN_CLASSES:
        store = network.specials.restyled((CALL,))
        if store is not None:
            frame = _apply_after(network, store, function, args, kwargs)
            given, shape = (*args, *kwargs.values()), shape_of(args, kwargs)
            return enter(network, frame, 1, _unknown(network, function, given, shape))
    method = attribute(type(function), CALL)
    if isinstance(method, types.FunctionType) and network.translate(method):
        return apply(network, method, (function, *args), kwargs)
    if isinstance(method, staticmethod | classmethod):
        bound = method.__get__(function, type(function))
        return apply(network, bound, args, kwargs)
    if type(function) is CACHED and is_cached_script(network, function):
        given = (cache_of(function), function.__wrapped__, args, kwargs)
        return apply(network, cached, given, {})
    if type(function) in GETTERS and len(args) == 1 and not kwargs:
        obj = deref(args[0])
        if not (network.calm and (type(obj) in PLAIN or type(obj) in METHODS)):
            getting = got_by(function)
            return apply(network, getting[0], (*getting[1:], obj), {})
    module = type(function).__module__

    def perform(_called: Any, *values: Any, **named: Any) -> Any:
        return function(*values, **named)

    effect = of_module(perform, module, type(function).__name__)
    if may_call_back(network, effect, function, args, kwargs):
        return request(network, aside(function), args, kwargs)
    return run_native(network, effect, (function, *args), kwargs)


def _called(network: "Network", args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`operator.call`."""
    return apply(network, args[0], args[1:], kwargs) if args else NATIVE


WAYS[operator.call] = _called

__all__ = [
    "EVERYWHERE",
    "Footprint",
    "apply",
    "call",
    "call_shaped",
    "is_atom",
    "mutables",
]
