"""Places that are no objects: resources, and what modules and classes hold by name.

Rules for globals and the attributes of classes
    1. A name is a place: a store under one holds back no other.
    2. What is held can also be reached without its name in the code, through the
       dictionary of a module.  So there are three places, and of each kind of access some:

                            reads               writes
           by name          name, unnamed       name, dictionary
           in another way   dictionary, unnamed     both

       Two accesses by name meet if the name is the same, any others always.  All these
       places are those of one module, or of all classes together.
    3. `module.name` and `cls.name` are accesses by name, and so is `obj.name` where the
       class has it.
    4. Who stores under a name in a pending value writes to that name of all classes, as
       far as it may be a class or module (`extent.Through`); by name, modules are read
       there too.
       Who looks at the dictionary of a class reads all names that were stored under.
    5. A store to a class or to the dictionary of a module begins when everything older
       has succeeded, so older readers need no hold.
    6. A global that no code met so far assigns is a constant: code may read it natively,
       and summaries leave it out (`STORED`).  What is stored under as an attribute of
       a pending value counts as assigned, and so does everything that is there once the
       dictionary of a module, or what may be one, is changed (`TAKEN`).
"""

import types
from typing import Any
from weakref import WeakValueDictionary

import attrs


@attrs.frozen(eq=False)
class Resource:
    """Something outside that calls read and change: the world, a database, a clock.

    Attributes:
        within: The identity of the dictionary that it is part of, if any.
    """

    name: str
    within: int = 0


_RESOURCES: "WeakValueDictionary[str, Resource]" = WeakValueDictionary()


def resource(name: str, within: int = 0) -> Resource:
    """The one resource of that name."""
    found = _RESOURCES.get(name)
    if found is None:
        found = _RESOURCES[name] = Resource(name, within)
    return found


WORLD = resource("world")
CLASSES = 1
"""Stands for the identity of the dictionaries of all classes."""
STORED: set[str | tuple[int, str]] = set()
"""Names of globals that some function met so far assigns; others do not change.

Those that may be stored in the dictionary of a module stand there with its identity.
"""
STORED_IN_CLASSES: set[str | None] = set()
"""Names of attributes that code met so far gives classes; None for one not known."""


def loaded(module: int, name: str | None) -> tuple[Resource, ...]:
    """What loading a global reads; `module` is the identity of the module's globals."""
    if name is None:
        return any_global(module)
    own = named(module, name), _unnamed(module)
    return own if module == CLASSES else (*own, named(CLASSES, name))


def stored(module: int, name: str | None) -> tuple[Resource, ...]:
    """What storing a global writes; `module` is the identity of the module's globals."""
    if name is None:
        return any_global(module)
    return named(module, name), _dictionary(module)


def any_global(module: int) -> tuple[Resource, ...]:
    """What is read, or written, by an access that does not name the global."""
    return _dictionary(module), _unnamed(module)


def all_of_classes() -> tuple[Resource, ...]:
    """What is read by who looks at all that a class has."""
    names = [name for name in STORED if isinstance(name, str)]
    return *any_global(CLASSES), *[named(CLASSES, name) for name in names]


def is_namespace(values: dict[Any, Any]) -> bool:
    """Whether a dictionary is that of a module, or of the globals that code runs with."""
    return "__builtins__" in values or "__spec__" in values


def is_shared(value: Any) -> bool:
    """Whether a value is a class or module, whose attributes are places by name."""
    return issubclass(type(value), type | types.ModuleType)


def namespace_of(value: Any) -> int:
    """The identity of the dictionary behind a class or module; 0 for other values."""
    if issubclass(type(value), types.ModuleType):
        return id(vars(value))
    return CLASSES if issubclass(type(value), type) else 0


def named(module: int, name: str) -> Resource:
    """What stands under a name in a module, or in any class."""
    if module == CLASSES:
        return resource(f"attribute {name}")
    return resource(f"global {name} of {module}")


def _unnamed(module: int) -> Resource:
    # Why: classes have no dictionary that could be changed.
    within = 0 if module == CLASSES else module
    return resource(f"attributes in {module} stored without their name", within)


def _dictionary(module: int) -> Resource:
    return resource(f"attributes in {module}", module)


TAKEN: dict[int, frozenset[tuple[int, str]]] = {}
"""What is in dictionaries of modules that code had as values, as `STORED` has it."""
_UNCHANGED: list[frozenset[tuple[int, str]]] = []
"""Those of them that are not in `STORED` yet."""
TAKES_DICTIONARY = frozenset({"__dict__", "__globals__", "vars"})
"""Attributes, and the builtin function, that give dictionaries of modules."""


def take(found: Any) -> Any:
    """Take in that a dictionary is had as a value, if it is a module's."""
    if type(found) is dict and is_namespace(found):
        names = names_in(found)
        if TAKEN.get(id(found)) != names:
            TAKEN[id(found)] = names
            _UNCHANGED.append(names)
    return found


def change_taken() -> None:
    """Take in that any dictionary of a module may change that code had as a value."""
    while _UNCHANGED:
        STORED.update(_UNCHANGED.pop())


def names_in(values: dict[str, Any]) -> frozenset[tuple[int, str]]:
    """All that is in the dictionary of a module, as `STORED` has it."""
    return frozenset((id(values), name) for name in values)


def is_stored(module: int, name: str) -> bool:
    """Whether a global may change."""
    return name in STORED or (module, name) in STORED
