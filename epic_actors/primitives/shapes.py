"""What JSON can hold, as a model is told it and as Python gets it.

A shape gives its JSON `schema`, and `read` turns JSON into the typed value that it
describes, or says where it does not fit.  `schema.shape_of` makes shapes of annotations.
"""

import inspect
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import attrs


Schema: TypeAlias = dict[str, Any]
MISSING: Any = inspect.Parameter.empty
_SHOWN_CHARACTERS = 80


class MismatchError(ValueError):
    """A value that does not fit.

    Attributes:
        where: The place of the fault, such as `items[2].price`; "" for all of it.
    """

    def __init__(self, where: str, fault: str) -> None:
        """Say where, and what."""
        super().__init__(f"{where or 'the value'}: {fault}")
        self.where = where


def _mismatch(where: str, shape: "Shape", value: Any) -> MismatchError:
    shown = repr(value)
    if len(shown) > _SHOWN_CHARACTERS:
        shown = shown[:_SHOWN_CHARACTERS] + "…"
    return MismatchError(where, f"expected {shape.name}, got {shown}")


class Shape(Protocol):
    """What a value looks like."""

    @property
    def name(self) -> str:
        """What is expected, as errors say it."""

    @property
    def schema(self) -> Schema:
        """The JSON schema."""

    def read(self, value: Any, where: str = "") -> Any:
        """The typed value.

        Raises:
            MismatchError: It does not fit.
        """


@attrs.frozen
class Anything:
    """Any JSON."""

    name: str = "anything"

    @property
    def schema(self) -> Schema:
        """No constraints."""
        return {}

    def read(self, value: Any, where: str = "") -> Any:
        """The value as it is."""
        return value


@attrs.frozen
class Scalar:
    """A value of one plain type."""

    kind: type
    type: str
    name: str

    @property
    def schema(self) -> Schema:
        """Its type."""
        return {"type": self.type}

    def read(self, value: Any, where: str = "") -> Any:
        """The value; whole numbers and fractions pass for each other if they can."""
        if isinstance(value, bool) == (self.kind is bool):
            if self.kind is float and isinstance(value, int):
                return float(value)
            if self.kind is int and isinstance(value, float) and value.is_integer():
                return int(value)
            if isinstance(value, self.kind):
                return value
        raise _mismatch(where, self, value)


@attrs.frozen
class Choice:
    """One of some values: pairs of what stands in JSON and what it means."""

    options: tuple[tuple[Any, Any], ...]

    @property
    def name(self) -> str:
        """All of them."""
        return "one of " + ", ".join(repr(sent) for sent, _ in self.options)

    @property
    def schema(self) -> Schema:
        """What may stand in JSON."""
        return {"enum": [sent for sent, _ in self.options]}

    def read(self, value: Any, where: str = "") -> Any:
        """What it means."""
        for sent, meant in self.options:
            if sent == value and type(sent) is type(value):
                return meant
        raise _mismatch(where, self, value)


@attrs.frozen
class Items:
    """A list of any length, which becomes a list, tuple or set."""

    make: Callable[[list[Any]], Any]
    item: Shape
    name: str = "a list"

    @property
    def schema(self) -> Schema:
        """An array."""
        return {"type": "array", "items": self.item.schema}

    def read(self, value: Any, where: str = "") -> Any:
        """The collection."""
        if not isinstance(value, list):
            raise _mismatch(where, self, value)
        read = self.item.read
        return self.make([read(v, f"{where}[{i}]") for i, v in enumerate(value)])


@attrs.frozen
class Row:
    """A list of a known length, which becomes a tuple."""

    items: tuple[Shape, ...]

    @property
    def name(self) -> str:
        """Its length."""
        return f"a list of {len(self.items)}"

    @property
    def schema(self) -> Schema:
        """An array of a fixed length."""
        count = len(self.items)
        items = [item.schema for item in self.items]
        length = {"minItems": count, "maxItems": count}
        return {"type": "array", "prefixItems": items, **length}

    def read(self, value: Any, where: str = "") -> Any:
        """The tuple."""
        if not isinstance(value, list) or len(value) != len(self.items):
            raise _mismatch(where, self, value)
        pairs = enumerate(zip(self.items, value, strict=True))
        return tuple(item.read(v, f"{where}[{i}]") for i, (item, v) in pairs)


@attrs.frozen
class Table:
    """An object with any names, which becomes a dict."""

    item: Shape
    name: str = "an object"

    @property
    def schema(self) -> Schema:
        """An open object."""
        return {"type": "object", "additionalProperties": self.item.schema}

    def read(self, value: Any, where: str = "") -> Any:
        """The dict."""
        if not isinstance(value, dict):
            raise _mismatch(where, self, value)
        return {k: self.item.read(v, inside(where, k)) for k, v in value.items()}


@attrs.frozen
class Either:
    """The first of some shapes that fits."""

    options: tuple[Shape, ...]

    @property
    def name(self) -> str:
        """All of them."""
        return " or ".join(option.name for option in self.options)

    @property
    def schema(self) -> Schema:
        """All of them."""
        return {"anyOf": [option.schema for option in self.options]}

    def read(self, value: Any, where: str = "") -> Any:
        """What the first shape that fits makes of it."""
        failures = []
        for option in self.options:
            try:
                return option.read(value, where)
            except MismatchError as failure:
                failures.append(failure)
        # Why: a fault deep inside the only option that began to fit says the most.
        deep = [failure for failure in failures if failure.where != where]
        raise deep[0] if len(deep) == 1 else _mismatch(where, self, value)


@attrs.frozen
class Field:
    """A field of a record, or a parameter of a function.

    Attributes:
        name: Its name.
        shape: What it holds.
        default: What it is if left out; `MISSING` if it may not be.
        about: A description for the model, or "".
    """

    name: str
    shape: Shape
    default: Any = MISSING
    about: str = ""

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is MISSING

    @property
    def schema(self) -> Schema:
        """Its schema, with what is known of it besides."""
        found = dict(self.shape.schema)
        if self.about:
            found["description"] = self.about
        if type(self.default) in (str, int, float, bool):
            found["default"] = self.default
        return found


@attrs.frozen
class Record:
    """An object with known fields.

    Attributes:
        make: Makes the value of the fields that are there.
        fields: The fields.
        about: A description for the model, or "".
    """

    make: Callable[..., Any]
    fields: tuple[Field, ...]
    about: str = ""
    name: str = "an object"

    @property
    def schema(self) -> Schema:
        """An object closed to other fields."""
        found: Schema = {
            "type": "object",
            "properties": {field.name: field.schema for field in self.fields},
            "required": [field.name for field in self.fields if field.required],
            "additionalProperties": False,
        }
        return {"description": self.about, **found} if self.about else found

    def read(self, value: Any, where: str = "") -> Any:
        """The record, if every field fits, none is missing and none unknown."""
        if not isinstance(value, dict):
            raise _mismatch(where, self, value)
        known = {field.name: field for field in self.fields}
        for name in value.keys() - known.keys():
            names = ", ".join(known) or "none"
            raise MismatchError(
                inside(where, name), f"no such field; there are {names}"
            )
        for field in self.fields:
            if field.required and field.name not in value:
                raise MismatchError(inside(where, field.name), "is missing")
        read = {
            name: known[name].shape.read(v, inside(where, name))
            for name, v in value.items()
        }
        try:
            return self.make(**read)
        except (TypeError, ValueError) as error:
            raise MismatchError(where, str(error)) from error


def inside(where: str, name: Any) -> str:
    """The place of a field."""
    return f"{where}.{name}" if where else str(name)
