"""Where terms are kept: as long as the code and the globals that they are of.

Terms and the code that is made of them hold their globals, and globals hold the functions
whose terms they are.  Only the garbage collector can see that nothing else needs either,
and only if there is a way from the globals to the terms.

    a module's globals    its terms are kept until the module object is gone
    any other globals     have their terms in themselves, under `KEY`, as modules have the
                          registry of the warnings they have shown; but not before a run
                          has ended, since the run may be going over these globals

Within a namespace a term is kept as long as the code object that it is of.
"""

import functools
import sys
import types
import weakref
from collections.abc import Callable
from typing import Any, TypeAlias

from epic_actors.core.footprints.stores import note_stores
from epic_actors.core.functions import Function, Namespace
from epic_actors.frontend.refusal import NotCompiled


KEY = "__epic_actors__"
Translation: TypeAlias = Function | NotCompiled

_kept: dict[int, Namespace] = {}
_watches: dict[int, weakref.ref[types.ModuleType]] = {}
_new: dict[int, Namespace] = {}


def namespace_of(fn: types.FunctionType) -> Namespace:
    """The one record of a function's globals."""
    values = fn.__globals__
    known = _kept.get(id(values)) or _new.get(id(values)) or values.get(KEY)
    # Why: whoever copies a namespace copies what we have put there.
    if known is None or known.values is not values:
        return _first_met(values)
    found: Namespace = known
    return found


def let_go() -> None:
    """Leave namespaces that are no module's to the garbage collector: a run is over."""
    while _new:
        _, namespace = _new.popitem()
        namespace.values[KEY] = namespace


def translated(
    fn: types.FunctionType, translate: Callable[[types.FunctionType], Translation]
) -> Translation:
    """The translation of a function, made once."""
    code, terms = fn.__code__, namespace_of(fn).terms
    known = terms.get(id(code))
    if known is None:
        found = translate(fn)
        watch = weakref.ref(code, functools.partial(_forget, terms, id(code)))
        known = terms[id(code)] = watch, found
    translation: Translation = known[1]
    return translation


def _forget(terms: dict[int, Any], key: int, _watch: object) -> None:
    terms.pop(key, None)


def _first_met(values: dict[str, Any]) -> Namespace:
    name = values.get("__name__")
    made = Namespace(values, str(name))
    note_stores(values)
    module = sys.modules.get(name) if isinstance(name, str) else None
    key = id(values)
    if module is not None and getattr(module, "__dict__", None) is values:
        _kept[key] = made
        _watches[key] = weakref.ref(module, functools.partial(_release, key))
    else:
        _new[key] = made
    return made


def _release(key: int, _watch: object) -> None:
    _kept.pop(key, None)
    _watches.pop(key, None)
