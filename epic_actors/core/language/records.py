"""Records: classes whose `__init__` was generated from a list of fields.

A dataclass or attrs class is made field by field as part of the script: a field may be
pending, and defaults, converters, validators and `__post_init__` may be the script's own
code.  A record without such code is made natively while all is calm.
"""

import dataclasses
import types
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from epic_actors.core.functions import binding_stub, parameter_names
from epic_actors.core.knowledge import remembered

from .lookup import attribute


@attrs.frozen
class Field:
    """One field, and how it gets its value.

    Attributes:
        name: The attribute.
        parameter: The parameter it is given by, if any.
        factory: Makes the value if it is not given.
        takes_self: The factory is given the object so far.
        convert: Makes the value of what is given.
        validate: Looks at the finished object and the value; it gets `about` in between.
    """

    name: str
    parameter: str | None
    factory: Callable[..., Any] | None = None
    takes_self: bool = False
    convert: Callable[..., Any] | None = None
    validate: Callable[..., Any] | None = None
    about: Any = None


@attrs.frozen(eq=False)
class Record:
    """How instances of a class are made.

    Attributes:
        after: The name of a method that is called last, if there is one.
        passed: The parameters that the last method is given.
        missing: Stands for a field with a factory that is not given.
    """

    cls: type
    fields: tuple[Field, ...]
    after: str | None
    passed: tuple[str, ...]
    missing: Any

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The parameters' values; TypeError in CPython's words if they do not fit."""
        init: Any = self.cls.__init__  # type: ignore[misc]
        code = init.__code__
        stub = types.FunctionType(_stub(code), {}, init.__name__, init.__defaults__)
        stub.__kwdefaults__ = init.__kwdefaults__
        stub.__qualname__ = init.__qualname__
        values = stub(None, *args, **kwargs)
        return dict(zip(parameter_names(code), values, strict=True))

    def callbacks(self) -> Iterator[Any]:
        """Everything that is called when an instance is made."""
        for field in self.fields:
            yield from filter(None, (field.factory, field.convert, field.validate))
        if self.after is not None:
            yield getattr(self.cls, self.after)


@remembered
def _stub(code: types.CodeType) -> types.CodeType:
    return binding_stub(code)


def record_of(cls: type) -> Record | None:
    """How to make instances of a class; None if it is no record, or not a plain one."""
    init = vars(cls).get("__init__")
    generated = getattr(init, "__code__", None)
    if generated is None or not generated.co_filename.startswith("<"):
        return None
    made: Any = cls.__new__
    if made is not object.__new__ or issubclass(cls, BaseException):
        return None
    found = None
    if "__dataclass_fields__" in vars(cls):
        found = _of_dataclass(cls)
    elif "__attrs_attrs__" in vars(cls):
        found = _of_attrs(cls)
    if found is None or not all(_is_plain(cls, field.name) for field in found.fields):
        return None
    return found


def _is_plain(cls: type, name: str) -> bool:
    """Whether a field is stored as it is, and not by a descriptor of the class."""
    found = attribute(cls, name)
    slot = isinstance(found, types.MemberDescriptorType)
    return slot or not hasattr(type(found), "__set__")


def _of_dataclass(cls: Any) -> Record | None:
    plain = cls.__setattr__ is object.__setattr__
    if not plain and not cls.__dataclass_params__.frozen:
        return None
    kinds = dataclasses._FIELD, dataclasses._FIELD_INITVAR  # type: ignore[attr-defined]
    every = [f for f in cls.__dataclass_fields__.values() if f._field_type in kinds]
    fields = tuple(
        Field(f.name, f.name if f.init else None, _given(f.default_factory))
        for f in every
        if f._field_type is kinds[0] and (f.init or _given(f.default_factory))
    )
    if any(
        not f.init and _given(f.default) and "__slots__" in vars(cls) for f in every
    ):
        return None
    passed = tuple(f.name for f in every if f._field_type is kinds[1])
    after = "__post_init__" if hasattr(cls, "__post_init__") else None
    missing = dataclasses._HAS_DEFAULT_FACTORY  # type: ignore[attr-defined]
    return Record(cls, fields, after, passed, missing)


def _given(value: Any) -> Any:
    return None if value is dataclasses.MISSING else value


def _of_attrs(cls: Any) -> Record | None:
    store = cls.__setattr__
    own = isinstance(store, types.FunctionType) and not _is_attrs(store)
    if own or hasattr(cls, "__attrs_pre_init__") or hasattr(cls, "_attrs_cached_hash"):
        return None
    fields = []
    for one in cls.__attrs_attrs__:
        given = isinstance(one.default, attrs.Factory)  # type: ignore[arg-type]
        if isinstance(one.converter, attrs.Converter):
            return None
        if not one.init and not given:
            if one.default is not attrs.NOTHING:
                return None
            continue
        fields.append(
            Field(
                one.name,
                one.alias if one.init else None,
                one.default.factory if given else None,
                given and one.default.takes_self,
                one.converter,
                one.validator,
                one,
            )
        )
    after = "__attrs_post_init__" if hasattr(cls, "__attrs_post_init__") else None
    return Record(cls, tuple(fields), after, (), attrs.NOTHING)


def _is_attrs(function: types.FunctionType) -> bool:
    return str(function.__globals__.get("__name__", "")).partition(".")[0] == "attr"
