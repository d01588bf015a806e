"""Functions: what the front end makes of Python's, and how arguments come to parameters.

Namespace   the globals of a module
Function    a function with its term
Template    a nested function before the values around it are known
"""

import ast
import inspect
import sys
import types
import weakref
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from epic_actors.core.terms import Lam


class Free(str):
    """The name of a variable that belongs to an enclosing function."""

    __slots__ = ()


@attrs.frozen(eq=False, repr=False)
class Namespace:
    """The globals of a module, as seen by the functions in it.

    Attributes:
        terms: What the front end has made of their code, by the code's identity.
        dictionaries: What they name that gives dictionaries of modules: `vars`.
        attributes: The names of attributes that their code stores.
    """

    values: dict[str, Any]
    name: str
    terms: dict[int, Any] = attrs.field(init=False, factory=dict)
    dictionaries: set[str] = attrs.field(init=False, factory=set)
    attributes: set[str] = attrs.field(init=False, factory=set)

    def __repr__(self) -> str:
        return f"<globals of {self.name}>"

    def builtins(self) -> Mapping[str, Any]:
        """The builtins that this module's names fall back on."""
        found = self.values.get("__builtins__")
        if found is None:
            found = sys.modules["builtins"]
        return vars(found) if isinstance(found, types.ModuleType) else found


def _watched(code: types.CodeType) -> Callable[[], types.CodeType | None]:
    return weakref.ref(code)


@attrs.define(eq=False, repr=False)
class Function:
    """What the front end makes of one Python function.

    Attributes:
        lam: the term; its parameters are the free variables' cells, then those of `bind`.
        freevars: the names of the cells, in the order of `fn.__closure__`.
        is_generator: a call of it gives a generator, whose steps the term says.
        unit: the code that the fast machine has made of it.
        entry: the same for a run that begins with it.
        parts: the same of what follows each `yield`, by the identity of its term.
        closed: what follows a `yield`, as a function of all that it needs.
        loops: whether it has a loop, once it has been asked; so the next two:
        only_takes: whether it does nothing with its arguments but take their items.
        cleans_up: whether closing a generator of it may run something.
    """

    name: str
    qualname: str
    filename: str
    _code: Callable[[], types.CodeType | None] = attrs.field(converter=_watched)
    lam: Lam
    freevars: tuple[str, ...]
    is_async: bool
    namespace: Namespace
    is_generator: bool = False
    unit: Any = attrs.field(init=False, default=None)
    entry: Any = attrs.field(init=False, default=None)
    parts: dict[int, Any] = attrs.field(init=False, factory=dict)
    closed: dict[int, Any] = attrs.field(init=False, factory=dict)
    loops: Any = attrs.field(init=False, default=None)
    only_takes: Any = attrs.field(init=False, default=None)
    cleans_up: Any = attrs.field(init=False, default=None)
    plain: int = attrs.field(init=False)
    _stub: types.CodeType | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        """Note how many arguments the fast path of `bind` takes; -1 for no fast path."""
        varied = self.code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
        extra = varied or self.code.co_kwonlyargcount
        self.plain = -1 if extra else self.code.co_argcount

    def __repr__(self) -> str:
        return f"<function {self.qualname} of {self.filename}>"

    @property
    def code(self) -> types.CodeType:
        """The function's own code, which whoever calls or steps it keeps alive."""
        code = self._code()
        assert code is not None
        return code

    def bind(
        self,
        fn: types.FunctionType,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> tuple[Any, ...]:
        """The parameters' values for a call of `fn`, in the order of `lam.params`.

        Raises:
            TypeError: the arguments do not fit; the text is CPython's own.
        """
        if not kwargs and len(args) == self.plain:
            return args
        if self._stub is None:
            self._stub = binding_stub(self.code)
        stub = types.FunctionType(self._stub, {}, fn.__name__, fn.__defaults__)
        stub.__kwdefaults__ = fn.__kwdefaults__
        stub.__qualname__ = fn.__qualname__
        bound: tuple[Any, ...] = stub(*args, **kwargs)
        return bound

    def parameters(
        self,
        fn: types.FunctionType,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> tuple[Any, ...]:
        """All of `lam`'s parameters: the cells of `fn`, then the bound arguments."""
        return (fn.__closure__ or ()) + self.bind(fn, args, kwargs)


def parameter_names(code: types.CodeType) -> tuple[str, ...]:
    """A function's parameters in the order of `Function.bind`."""
    plain, only = code.co_argcount, code.co_kwonlyargcount
    names = code.co_varnames
    after = plain + only
    starred: tuple[str, ...] = ()
    if code.co_flags & inspect.CO_VARARGS:
        starred, after = (names[after],), after + 1
    doubled = names[after : after + bool(code.co_flags & inspect.CO_VARKEYWORDS)]
    return names[:plain] + starred + names[plain : plain + only] + doubled


def binding_stub(code: types.CodeType) -> types.CodeType:
    """A function with the signature of `code` that gives its parameters back."""
    plain, only = code.co_argcount, code.co_kwonlyargcount
    names = code.co_varnames
    positional = list(names[:plain])
    if code.co_posonlyargcount:
        positional.insert(code.co_posonlyargcount, "/")
    after = plain + only
    parts = positional
    if code.co_flags & inspect.CO_VARARGS:
        parts.append("*" + names[after])
        after += 1
    elif only:
        parts.append("*")
    parts += names[plain : plain + only]
    if code.co_flags & inspect.CO_VARKEYWORDS:
        parts.append("**" + names[after])
    values = "".join(name + "," for name in parameter_names(code))
    # Why: defaults belong to the function object, so the stub is made without any.
    return compiled(f"lambda {', '.join(parts)}: ({values})", code.co_name)


def compiled(source: str, name: str) -> types.CodeType:
    """The code of the one function that `source` makes, under another name."""
    module = compile(ast.parse(source, mode="eval"), "<functions>", "eval")
    [code] = (c for c in module.co_consts if isinstance(c, types.CodeType))
    return code.replace(co_name=name)


@attrs.frozen(eq=False, repr=False)
class Template:
    """A nested `def`, `lambda` or class body: everything but the values around it.

    `make` takes the defaults, the keyword-only defaults, the cells of the free variables
    and the annotations, in this order.
    """

    name: str
    code: types.CodeType
    namespace: Namespace
    defaults: int = 0
    kwdefaults: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()

    @property
    def qualname(self) -> str:
        """The dotted name of the function."""
        return self.code.co_qualname

    @property
    def freevars(self) -> tuple[str, ...]:
        """The names of the cells, in order."""
        return self.code.co_freevars

    def __repr__(self) -> str:
        return f"<template {self.qualname}>"

    def make(self, *values: Any) -> types.FunctionType:
        """A real function object, as CPython's own `def` gives."""
        keywords = self.defaults + len(self.kwdefaults)
        cells = keywords + len(self.freevars)
        function = types.FunctionType(
            self.code,
            self.namespace.values,
            self.name,
            values[: self.defaults] or None,
            values[keywords:cells],
        )
        if self.kwdefaults:
            pairs = zip(self.kwdefaults, values[self.defaults : keywords], strict=True)
            function.__kwdefaults__ = dict(pairs)
        if self.annotations:
            notes = zip(self.annotations, values[cells:], strict=True)
            function.__annotations__ = dict(notes)
        return function
