"""What a `match` statement asks of mappings and objects, written as scripts.

What keys and attributes give may be code of the script's; so this runs as part of it.
The rules, and the words of the errors, are those of CPython's `MATCH_KEYS` and
`MATCH_CLASS`.
"""

from typing import Any


ABSENT: Any = object()
IMMUTABLE, MATCHES_ITSELF = 1 << 8, 1 << 22
"""Flags of types: made by no class statement; matched by one pattern without a name."""


def _no_class() -> str:
    try:
        match None:
            case ABSENT():
                return ""
            case _:
                return ""
    except TypeError as error:
        return str(error)


NO_CLASS = _no_class()
"""What CPython says of a pattern that calls something else; it depends on the version."""


def values_at(subject: Any, keys: tuple[Any, ...]) -> Any:
    """What a mapping has under the keys; None if it has not all of them."""
    get, seen, found = subject.get, set(), []
    for key in keys:
        if key in seen:
            raise ValueError(f"mapping pattern checks duplicate key ({key!r})")
        seen.add(key)
        value = get(key, ABSENT)
        if value is ABSENT:
            return None
        found.append(value)
    return tuple(found)


def rest_of(subject: Any, keys: tuple[Any, ...]) -> dict[Any, Any]:
    """What a mapping has under other keys."""
    rest = {**subject}
    for key in keys:
        del rest[key]
    return rest


def attributes_of(subject: Any, cls: Any, count: int, names: tuple[str, ...]) -> Any:
    """The attributes of an object of the class: so many by position, and by name.

    None if it is of no such class or lacks one of them.
    """
    if not isinstance(cls, type):
        raise TypeError(NO_CLASS)
    if not isinstance(subject, cls):
        return None
    found = []
    if count:
        places = places_of(cls, count)
        if places is None:
            found.append(subject)
        else:
            names = different(cls, places + names)
    for name in names:
        value = getattr(subject, name, ABSENT)
        if value is ABSENT:
            return None
        found.append(value)
    return tuple(found)


def places_of(cls: Any, count: int) -> Any:
    """The names of a class's first positions; None if the object stands there itself."""
    places = getattr(cls, "__match_args__", ABSENT)
    itself = places is ABSENT and cls.__flags__ & MATCHES_ITSELF
    if places is ABSENT:
        places = ()
    if type(places) is not tuple:
        kind = type(places).__name__
        raise TypeError(f"{called(cls)}.__match_args__ must be a tuple (got {kind})")
    allowed = 1 if itself else len(places)
    if allowed < count:
        parts = "sub-pattern" if allowed == 1 else "sub-patterns"
        raise TypeError(
            f"{called(cls)}() accepts {allowed} positional {parts} ({count} given)"
        )
    return None if itself else places[:count]


def different(cls: Any, names: tuple[Any, ...]) -> tuple[str, ...]:
    """Names of attributes, if they are names and all different."""
    seen = set()
    for name in names:
        if type(name) is not str:
            kind = type(name).__name__
            raise TypeError(f"__match_args__ elements must be strings (got {kind})")
        if name in seen:
            raise TypeError(
                f"{called(cls)}() got multiple sub-patterns for attribute {name!r}"
            )
        seen.add(name)
    return names


def called(cls: type) -> str:
    """A class by the name that CPython's errors use."""
    if cls.__flags__ & IMMUTABLE and cls.__module__ != "builtins":
        return f"{cls.__module__}.{cls.__name__}"
    return cls.__name__
