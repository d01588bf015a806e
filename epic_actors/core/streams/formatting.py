"""How `"%s: %s" % (title, text)` and `"{}: {}".format(title, text)` begin.

A text that is put in as it stands is read as it arrives; any other value is waited for,
and put in if it is plain.
"""

import re
import string
from collections.abc import Callable, Iterator
from typing import Any

from epic_actors.core.memory.reach import PLAIN
from epic_actors.core.memory.wire import Wire, deref

from .stream import Unreadable, Wait
from .text import Reading, is_text, read_text


_FIELD = re.compile(r"%(?P<spec>[-#0 +]*\d*(?:\.\d*)?)[hlL]?(?P<kind>[a-zA-Z%])")
_WRONG = (ArithmeticError, LookupError, TypeError, ValueError)
"""What formatting raises; the operation itself will raise it in its turn."""


def percent(template: Any, values: Any) -> Reading:
    """`template % values`."""
    if type(template) is not str:
        raise Unreadable
    if not is_text(values):
        values = yield from _arrived(values)
    given = iter(values if type(values) is tuple else (values,))
    position = 0
    while (start := template.find("%", position)) >= 0:
        if start > position:
            yield template[position:start]
        found = _FIELD.match(template, start)
        if found is None:
            raise Unreadable
        position = found.end()
        if found["kind"] == "%":
            yield "%"
        elif found[0] == "%s":
            yield from _put_in(_next(given), str)
        else:
            yield from _put_in(_next(given), lambda value, how=found[0]: how % (value,))
    yield template[position:]


def formatted(template: Any, /, *args: Any, **named: Any) -> Reading:
    """`template.format(…)`."""
    if type(template) is not str:
        raise Unreadable
    given = iter(args)
    for literal, name, spec, conversion in _fields(template):
        if literal:
            yield literal
        if name is None:
            continue
        if name == "":
            value = _next(given)
        elif name.isdecimal():
            value = args[int(name)] if int(name) < len(args) else _next(iter(()))
        elif name in named:
            value = named[name]
        else:
            raise Unreadable
        yield from _formatted(value, spec, conversion)


def _fields(template: str) -> Iterator[Any]:
    try:
        yield from string.Formatter().parse(template)
    except ValueError:
        raise Unreadable from None


def _formatted(value: Any, spec: str, conversion: str | None) -> Reading:
    if "{" in spec:
        raise Unreadable
    if spec in ("", "s") and conversion in (None, "s") and is_text(value):
        return read_text(value)
    changes: dict[str | None, Callable[[Any], Any]] = {
        None: lambda value: value,
        "s": str,
        "r": repr,
        "a": ascii,
    }
    change = changes.get(conversion)
    if change is None:
        raise Unreadable
    return _put_in(value, lambda value: format(change(value), spec))


def _put_in(value: Any, form: Any) -> Reading:
    """A text as it stands if it is put in as a text, any other plain value in its form."""
    if form is str and is_text(value):
        yield from read_text(value)
        return
    value = yield from _arrived(value)
    if type(value) not in PLAIN:
        raise Unreadable
    try:
        said = form(value)
    except _WRONG:
        raise Unreadable from None
    if said:
        yield said


def _next(given: Iterator[Any]) -> Any:
    for value in given:
        return value
    raise Unreadable


def _arrived(value: Any) -> Any:
    while type(value := deref(value)) is Wire:
        yield Wait(value)
    return value
