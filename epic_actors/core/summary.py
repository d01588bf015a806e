"""What a piece of a script may touch while it is undecided: write summaries.

Theory of operation
    The term of a unit is read abstractly.  Every name gets *tags*: where the objects it
    may stand for come from.

        ("is", root)    the object that `root` stands for
        ("in", root)    anything reachable from it
        UNKNOWN         anything
        no tags         an object made here, or a plain value

    A root is a parameter of the unit or a global.  Reading or writing a name adds its
    tags to the summary.  Calls of functions whose terms are known add theirs, mapped to
    the arguments; a method call adds those of every method of that name in the script's
    own classes, or what the tables say of builtin methods of that name.  Whatever cannot
    be followed touches everything.  Loops and recursion go on until nothing new is found.

    When a block is made, `footprint` turns tags into places for the actual arguments.
"""

import types
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .operations import Function, Namespace
from .reading import Reader
from .regions import Footprint
from .tags import (
    EVERYTHING,
    UNKNOWN,
    Method,
    Summary,
    Value,
    callee_of,
)
from .terms import Lam
from .wire import Wire, deref


if TYPE_CHECKING:
    from .network import Network


class Summaries:
    """The summaries of one network's units and functions, made when first asked for."""

    def __init__(self, network: "Network") -> None:
        self.translate = network.translate
        self.known: dict[Any, Summary] = {}
        self.kept: dict[int, Lam] = {}
        self.namespaces: dict[int, Namespace] = {}
        self.classes: set[type] = set()
        self.growing: set[Any] = set()
        self.grew = False
        self._methods: dict[str, list[Function | None]] = {}
        self._hooks: dict[str, list[types.FunctionType]] = {}

    def footprint(
        self, lam: Lam, namespace: Namespace, args: tuple[Any, ...]
    ) -> Footprint:
        """What a unit may touch, for these arguments."""
        args = tuple(map(deref, args))
        self.meet(namespace, args)
        callees = tuple(map(callee_of, args))
        while True:
            self.grew = False
            found = self.of(lam, callees)
            if not self.grew:
                break
        return found.footprint(lam.params, args)

    def closedness(self, fn: types.FunctionType, function: Function) -> int:
        """How freely a function may run natively: 2 always, 1 in calm, 0 not at all.

        Always holds for plain arguments only.
        """
        self.meet(function.namespace, ())
        callees: tuple[Any, ...] = (None,) * len(function.lam.params)
        while True:
            self.grew = False
            found = self.of(function.lam, callees)
            if not self.grew:
                break
        if not found.is_closed or function.freevars:
            return 0
        return 2 if found.touches_nothing else 1

    def of_call(self, function: Any, values: Iterable[Any]) -> Footprint:
        """What a call of something pending may touch; of a method, by its name."""
        origin = function.method if function.__class__ is Wire else None
        if origin is None:
            return EVERYTHING
        receiver, name = origin

        def read(reader: Reader, given: list[Value]) -> None:
            reader.method(Method(given[0], name), given[1:], ())

        return self._of_step(read, (receiver, *map(deref, values)))

    def of_attribute(self, obj: Any, name: str) -> Footprint:
        """What loading an attribute of something pending may touch."""

        def read(reader: Reader, given: list[Value]) -> None:
            reader.hooked(name, given[0])
            reader.summary.reads |= given[0].tags
            reader.summary.returns = UNKNOWN

        return self._of_step(read, (obj,))

    def may_hook(self, name: str) -> bool:
        """Whether an attribute of that name may run code of the script's classes."""
        return bool(self.hooks(name))

    def hooks(self, name: str) -> list[types.FunctionType]:
        """The script's own code that loading an attribute of that name may run."""
        found = self._hooks.get(name)
        if found is None:
            made = [
                function
                for cls in self.classes
                for function in (
                    getattr(vars(cls).get(name), "fget", None),
                    vars(cls).get("__getattr__"),
                    vars(cls).get("__getattribute__"),
                )
            ]
            found = self._hooks[name] = [
                function
                for function in made
                if isinstance(function, types.FunctionType) and self.translate(function)
            ]
        return found

    def _of_step(
        self, read: "Callable[[Reader, list[Value]], None]", args: tuple[Any, ...]
    ) -> Footprint:
        params = tuple(f"a{index}" for index in range(len(args)))
        self.meet(None, args)
        while True:
            self.grew = False
            found = Summary()
            given = [
                Value(frozenset({("is", param)}), callee_of(value))
                for param, value in zip(params, args, strict=True)
            ]
            read(Reader(self, found), given)
            if not self.grew:
                return found.footprint(params, args)

    def meet(self, namespace: Namespace | None, args: Iterable[Any]) -> None:
        """Take in where classes of the script may be found."""
        for value in args:
            self._meet_class(value.__class__)
        if namespace is None or id(namespace.values) in self.namespaces:
            return
        self.namespaces[id(namespace.values)] = namespace
        for value in list(namespace.values.values()):
            if isinstance(value, type):
                self._meet_class(value)

    def _meet_class(self, cls: type) -> None:
        if cls in self.classes or cls.__module__ == "builtins":
            return
        self.classes.add(cls)
        self._methods.clear()
        self._hooks.clear()
        self.known.clear()
        for base in (*cls.__mro__, *type.__subclasses__(cls)):
            self._meet_class(base)

    def of(self, lam: Lam, callees: tuple[Any, ...]) -> Summary:
        """The summary of a function of the term, given what its parameters call."""
        key = (id(lam), tuple(map(_key, callees)))
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = Summary()
            # Why: kept, or another term could take its identity.
            self.kept[id(lam)] = lam
            self.grew = True
        elif key in self.growing or not self.grew:
            return found
        if key not in self.growing:
            self.growing.add(key)
            before = found.size()
            Reader(self, found).read(lam, callees)
            self.growing.discard(key)
            self.grew = self.grew or found.size() != before
        return found

    def methods(self, name: str) -> list[Function | None]:
        """Every method of that name in the script's own classes; None for others."""
        found = self._methods.get(name)
        if found is None:
            found = self._methods[name] = []
            for cls in list(self.classes):
                made = vars(cls).get(name)
                made = getattr(made, "__func__", None) or getattr(made, "fget", made)
                if isinstance(made, types.FunctionType):
                    function = self.translate(made)
                    if function is not None:
                        self.meet(function.namespace, ())
                    found.append(function)
        return found


def _key(callee: Any) -> Any:
    if isinstance(callee, types.FunctionType):
        return id(callee.__code__)
    if isinstance(callee, Method):
        return callee.name
    return None if callee is None else id(callee)
