"""Python annotations as shapes of JSON.

What there is: `str int float bool None Any`, `Literal`, enumerations, unions, lists,
tuples, sets, dicts with `str` keys, dataclasses and attrs classes.  What a docstring's
`Attributes` or `Args`, or a text in `Annotated`, says of a field is told to the model.
"""

import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from epic_actors.errors import UsageError
from epic_actors.primitives.docstrings import read_docstring, summary_of
from epic_actors.primitives.shapes import (
    MISSING,
    Anything,
    Choice,
    Either,
    Field,
    Items,
    Record,
    Row,
    Scalar,
    Schema,
    Shape,
    Table,
)


_NULL = Scalar(type(None), "null", "null")
_SCALARS: dict[Any, Shape] = {
    Any: Anything(),
    object: Anything(),
    None: _NULL,
    type(None): _NULL,
    str: Scalar(str, "string", "a string"),
    int: Scalar(int, "integer", "a whole number"),
    float: Scalar(float, "number", "a number"),
    bool: Scalar(bool, "boolean", "true or false"),
}
_SEQUENCES: dict[Any, Callable[[list[Any]], Any]] = {
    list: list,
    Sequence: list,
    set: set,
    frozenset: frozenset,
}


def shape_of(annotation: Any) -> Shape:
    """What an annotation says.

    Example:
        >>> shape_of(dict[str, list[int]]).read({"a": [1, 2]})
        {'a': [1, 2]}

    Raises:
        UsageError: It says something that JSON cannot hold.
    """
    return _shape(annotation, ())


def _shape(kind: Any, outer: tuple[Any, ...]) -> Shape:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _shape(kind.__origin__, outer)
    if origin is typing.Literal:
        return Choice(tuple((value, value) for value in typing.get_args(kind)))
    if origin in (typing.Union, types.UnionType):
        return Either(tuple(_shape(each, outer) for each in typing.get_args(kind)))
    if origin is not None or kind in (list, tuple, set, frozenset, dict):
        return _container(kind, origin or kind, outer)
    if kind in _SCALARS:
        return _SCALARS[kind]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return Choice(tuple((member.value, member) for member in kind))
    if dataclasses.is_dataclass(kind) or attrs.has(kind):
        return _record(kind, outer)
    raise _unknown(kind)


def _container(kind: Any, origin: Any, outer: tuple[Any, ...]) -> Shape:
    args = typing.get_args(kind)
    if origin in _SEQUENCES:
        return Items(_SEQUENCES[origin], _shape(args[0] if args else Any, outer))
    if origin is tuple and (not args or args[1:] == (...,)):
        return Items(tuple, _shape(args[0] if args else Any, outer))
    if origin is tuple:
        return Row(tuple(_shape(each, outer) for each in args))
    if origin in (dict, Mapping) and (not args or args[0] is str):
        return Table(_shape(args[1] if args else Any, outer))
    raise _unknown(kind)


def _unknown(kind: Any) -> UsageError:
    return UsageError(
        f"{shown(kind)} has no JSON schema; there are str, int, float, bool, None, "
        "Literal, enumerations, unions, list, tuple, set, dict[str, …], dataclasses and "
        "attrs classes"
    )


def shown(named: Any) -> str:
    """The name of a class or function."""
    named_kinds = (type, types.FunctionType)
    return named.__qualname__ if isinstance(named, named_kinds) else repr(named)


def _record(cls: Any, outer: tuple[Any, ...]) -> Record:
    if cls in outer:
        raise UsageError(
            f"{shown(cls)} holds itself, and no model can be asked for such a thing"
        )
    hints, abouts = hints_of(cls), abouts_of(cls)
    fields = [
        Field(given, _shape(hints[name], (*outer, cls)), default, abouts.get(name, ""))
        for name, given, default in _fields_of(cls)
    ]
    doc = inspect.getdoc(cls) or ""
    # Why: a dataclass without a docstring gets its signature as one.
    about = "" if doc.startswith(f"{cls.__name__}(") else summary_of(doc)
    return Record(cls, tuple(fields), about)


def _fields_of(cls: Any) -> list[tuple[str, str, Any]]:
    """Each field's name, the name it is given by, and its default."""
    if attrs.has(cls):
        fields = [field for field in attrs.fields(cls) if field.init]
        return [(f.name, f.alias or f.name, _default(f.default)) for f in fields]
    plain = [field for field in dataclasses.fields(cls) if field.init]
    return [(f.name, f.name, _default(f.default, f.default_factory)) for f in plain]


def _default(*given: Any) -> Any:
    none = (attrs.NOTHING, dataclasses.MISSING)
    return next(
        (default for default in given if not any(default is no for no in none)), MISSING
    )


def hints_of(named: Any) -> dict[str, Any]:
    """The annotations of a class or function, names in strings looked up.

    Raises:
        UsageError: A name cannot be found.
    """
    try:
        return typing.get_type_hints(named, include_extras=True)
    except NameError as error:
        raise UsageError(
            f"the annotations of {shown(named)} cannot be read: {error}; "
            "define what they name at the top level of the module"
        ) from error


def abouts_of(named: Any) -> dict[str, str]:
    """What is said of each field or parameter, by its annotation or the docstring."""
    found = read_docstring(inspect.getdoc(named) or "")
    for name, hint in hints_of(named).items():
        notes = [n for n in getattr(hint, "__metadata__", ()) if isinstance(n, str)]
        if notes:
            found[name] = notes[0]
    return found


def strict(schema: Any) -> Any:
    """The schema with every field required and no defaults.

    Models that promise to keep to a schema ask for that.
    """
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: part for name, part in schema.items() if name != "default"}
    fields = kept.pop("properties", None)
    found = {name: strict(part) for name, part in kept.items()}
    if fields is not None:
        found["properties"] = {name: strict(part) for name, part in fields.items()}
        found["required"] = list(fields)
    return found


def is_closed(schema: Schema) -> bool:
    """Whether every object in a schema has known fields only, and nothing is left open."""
    fields = schema.get("properties", {}).values()
    inner = [*fields, *schema.get("anyOf", ())]
    inner += [schema["items"]] if "items" in schema else []
    known = bool(schema) and "prefixItems" not in schema
    return (
        known
        and schema.get("additionalProperties", False) is False
        and all(map(is_closed, inner))
    )
