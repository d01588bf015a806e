"""The keywords of a call, held to the `TypedDict` that declares them."""

import functools
import inspect
import math
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from epic_actors.errors import UsageError


def check_options(what: str, kind: type, given: Mapping[str, Any]) -> None:
    """Hold keywords to the names and types that a `TypedDict` says.

    Args:
        what: What they are for, as in "a request".
        kind: The `TypedDict`.
        given: The keywords.

    Raises:
        UsageError: There is no such keyword, or its value is of another type.
    """
    hints = _hints(kind)
    for name, value in given.items():
        if name not in hints:
            raise UsageError(
                f"no option {name!r} of {what}; there are {', '.join(hints)}"
            )
        check(f"{name}= of {what}", value, hints[name])


def check(what: str, value: Any, hint: Any) -> None:
    """Hold a value to a type.

    Raises:
        UsageError: It is of another one.
    """
    if not _fits(value, hint):
        raise UsageError(f"{what} is to be {_said(hint)}, not {_shown(value)}")


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _said(hint: Any) -> str:
    text = inspect.formatannotation(hint)
    return re.sub(r"\b(?:collections\.abc|typing|os)\.", "", text)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"a {type(value).__name__}"


def _fits(value: Any, hint: Any) -> bool:
    origin, inner = typing.get_origin(hint) or hint, typing.get_args(hint)
    if origin is Any:
        return True
    if origin in {typing.Union, types.UnionType}:
        return any(_fits(value, one) for one in inner)
    if hint is None or hint is type(None):
        return value is None
    return _TESTS.get(origin, _is_instance)(value, origin, inner)


def _is_instance(value: Any, origin: Any, inner: tuple[Any, ...]) -> bool:
    return isinstance(value, origin)


def _is_number(value: Any, origin: Any, inner: tuple[Any, ...]) -> bool:
    kinds = (int, float) if origin is float else int
    is_one = isinstance(value, kinds) and not isinstance(value, bool)
    return is_one and not (isinstance(value, float) and math.isnan(value))


def _is_mapping(value: Any, origin: Any, inner: tuple[Any, ...]) -> bool:
    return isinstance(value, Mapping) and all(
        _fits(key, inner[0]) and _fits(item, inner[1]) for key, item in value.items()
    )


def _is_sequence(value: Any, origin: Any, inner: tuple[Any, ...]) -> bool:
    is_one = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    return is_one and all(_fits(item, inner[0]) for item in value)


_SHOWN_CHARACTERS = 60
_TESTS: dict[Any, Callable[[Any, Any, tuple[Any, ...]], bool]] = {
    int: _is_number,
    float: _is_number,
    Mapping: _is_mapping,
    Sequence: _is_sequence,
}
