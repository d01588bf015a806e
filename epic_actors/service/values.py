"""Host values as JSON, also those that JSON has no words for.

| value | JSON |
|---|---|
| None, bool, int, str, finite float | itself |
| list, tuple | array |
| dict with string keys | object |
| other dict | `{"$type": "dict", "items": [[key, value], …]}` |
| set, frozenset | `{"$type": "set", "items": […]}` |
| dataclass, attrs object | `{"$type": "Point", "x": …, …}`, its fields by name |
| anything else, and what is nested too deep | `{"$type": "complex", "repr": "(1+2j)"}` |

A dict with a key `$type` counts as another dict, so that the tag is never ambiguous.
A repr loses the addresses in it and what is beyond 2 000 characters.
"""

import dataclasses
import json
import math
import re
from typing import Any

import attrs


MAX_DEPTH = 50
MAX_REPR = 2000
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_PLAIN = (str, int, bool, type(None))


def encode(value: Any) -> str:
    """The JSON text of any value; it never fails."""
    return json.dumps(plain(value), separators=(",", ":"))


def plain(value: Any, depth: int = 0) -> Any:
    """The same value in JSON's own types."""
    kind = type(value)
    if kind in _PLAIN:
        return value if kind is not int else _integer(value)
    if kind is float:
        return value if math.isfinite(value) else _described(value)
    if depth >= MAX_DEPTH:
        return _described(value)
    if kind is list or kind is tuple:
        return [plain(item, depth + 1) for item in value]
    if kind is dict:
        return _mapping(value, depth)
    if kind is set or kind is frozenset:
        return _tagged(value, items=[plain(item, depth + 1) for item in value])
    return _record(value, depth)


def _integer(value: int) -> Any:
    # Why: CPython refuses to write longer ones in decimal.
    return value if value.bit_length() < 10_000 else _tagged(value, repr=hex(value))


def _mapping(value: dict[Any, Any], depth: int) -> Any:
    if all(type(key) is str for key in value) and "$type" not in value:
        return {key: plain(item, depth + 1) for key, item in value.items()}
    pairs = [[plain(k, depth + 1), plain(v, depth + 1)] for k, v in value.items()]
    return _tagged(value, items=pairs)


def _record(value: Any, depth: int) -> Any:
    kind = type(value)
    if dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind)]
    elif attrs.has(kind):
        names = [field.name for field in attrs.fields(kind)]
    else:
        return _described(value)
    missing = object()
    found = {name: getattr(value, name, missing) for name in names}
    given = {n: plain(v, depth + 1) for n, v in found.items() if v is not missing}
    return {"$type": kind.__name__, **given}


def _tagged(value: Any, **rest: Any) -> Any:
    return {"$type": type(value).__name__, **rest}


def _described(value: Any) -> Any:
    try:
        text = _ADDRESS.sub("", repr(value))
    except Exception:
        text = "<no repr>"
    return _tagged(value, repr=text[:MAX_REPR])
