"""What a value looks like, written so that two runs can be compared as text.

The text shows types, contents and aliasing: every mutable object gets a number at its
first mention, `#0[1, 2]`, and is only named by it from then on, `#0`.  So two object
graphs have the same text exactly when they have the same values, of the same types,
with the same objects shared in the same places.
"""

import types
from collections.abc import Iterable
from typing import Any

import attrs


_PLAIN = (int, float, complex, str, bytes, bool, type(None), type(...), range, slice)
_LONG = 10_000
"""A number of more bits is drawn in hexadecimal: its decimals would be refused."""


def shape(*values: object) -> str:
    """The common shape of several values; sharing between them shows too.

    Example:
        >>> a = [1]
        >>> shape([a, a], a)
        '#0[#1[1], #1], #1'
    """
    return Shape().several(values)


@attrs.define(eq=False)
class Shape:
    """One drawing; it remembers which objects it has numbered."""

    _numbers: dict[int, int] = attrs.field(factory=dict)
    _alive: list[object] = attrs.field(factory=list)

    def several(self, values: Iterable[object]) -> str:
        """The shapes of `values`, separated by commas."""
        return ", ".join([self.one(value) for value in values])

    def one(self, value: Any) -> str:
        """The shape of one value."""
        if type(value) is int and value.bit_length() > _LONG:
            return hex(value)
        if type(value) in _PLAIN:
            return repr(value)
        if type(value) is tuple:
            return f"({self.several(value)}{',' * (len(value) == 1)})"
        if issubclass(type(value), types.CodeType | types.ModuleType):
            return f"<{type(value).__name__}>"
        if issubclass(
            type(value), type | types.FunctionType | types.BuiltinFunctionType
        ):
            return f"<{value.__qualname__}>"
        return self._mutable(value)

    def _mutable(self, value: object) -> str:
        number = self._numbers.get(id(value))
        if number is not None:
            return f"#{number}"
        number = self._numbers[id(value)] = len(self._numbers)
        self._alive.append(value)  # Why: an id may be reused once its object is gone.
        return f"#{number}{self._inside(value)}"

    def _inside(self, value: Any) -> str:
        if type(value) is list:
            return f"[{self.several(value)}]"
        if type(value) is dict:
            return f"{{{self._pairs(value)}}}"
        if issubclass(type(value), set | frozenset):
            return f"{type(value).__name__}({self.several(sorted(value, key=shape))})"
        if issubclass(type(value), types.MethodType):
            return f"<method {value.__qualname__} of {self.one(value.__self__)}>"
        if issubclass(type(value), BaseException):
            return failure(value, self)
        return self._instance(value)

    def _pairs(self, mapping: dict[object, object]) -> str:
        return ", ".join(
            [f"{self.one(key)}: {self.one(item)}" for key, item in mapping.items()]
        )

    def _instance(self, value: Any) -> str:
        parts = []
        if issubclass(type(value), list | tuple):
            parts.append(self.several(value))
        if issubclass(type(value), dict):
            parts.append(self._pairs(value))
        parts += [f"{n}={self.one(v)}" for n, v in _attributes(value).items()]
        return f"{type(value).__qualname__}({', '.join(parts)})"


def failure(error: BaseException, drawing: Shape | None = None) -> str:
    """The shape of an exception: type, arguments, and what it was raised from."""
    drawing = drawing or Shape()
    text = f"{type(error).__qualname__}({drawing.several(error.args)})"
    if error.__cause__ is not None:
        text += f" from {drawing.one(error.__cause__)}"
    elif error.__context__ is not None and not error.__suppress_context__:
        text += f" while {drawing.one(error.__context__)}"
    return text


def _attributes(value: object) -> dict[str, object]:
    own = getattr(value, "__dict__", {})
    # Why: what a cache of the script's has is kept in the cache, under a name of ours.
    found = {name: own[name] for name in own if not str(name).startswith("__epic_")}
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name.startswith("__"):
                continue
            if hasattr(value, name):
                found[name] = getattr(value, name)
    return found
