"""Places that are no objects: resources, and the global variables of modules.

Rules for globals
    1. A global is a place of its own: a store to one holds back no other.
    2. It can also be reached without its name in the code, through the dictionary of its
       module.  So there are three places, and of each kind of access some:

                            reads               writes
           by name          name, unnamed       name, dictionary
           in another way   dictionary, unnamed     both

       Two accesses by name meet if the name is the same, any others always.
    3. `module.name` is an access by name.
    4. A global that no code met so far assigns is a constant: code may read it natively,
       and summaries leave it out (`STORED`).
"""

from typing import Any
from weakref import WeakValueDictionary

import attrs


@attrs.frozen(eq=False)
class Resource:
    """Something outside that calls read and change: the world, a database, a clock."""

    name: str


_RESOURCES: "WeakValueDictionary[str, Resource]" = WeakValueDictionary()


def resource(name: str) -> Resource:
    """The one resource of that name."""
    found = _RESOURCES.get(name)
    if found is None:
        found = _RESOURCES[name] = Resource(name)
    return found


WORLD = resource("world")
STORED: set[str] = set()
"""Names of globals that some function met so far assigns; others do not change."""


def loaded(module: int, name: str | None) -> tuple[Resource, ...]:
    """What loading a global reads; `module` is the identity of the module's globals."""
    if name is None:
        return any_global(module)
    return _named(module, name), _unnamed(module)


def stored(module: int, name: str | None) -> tuple[Resource, ...]:
    """What storing a global writes; `module` is the identity of the module's globals."""
    if name is None:
        return any_global(module)
    return _named(module, name), _dictionary(module)


def any_global(module: int) -> tuple[Resource, ...]:
    """What is read, or written, by an access that does not name the global."""
    return _dictionary(module), _unnamed(module)


def is_namespace(values: dict[Any, Any]) -> bool:
    """Whether a dictionary is that of a module's globals."""
    return "__builtins__" in values


def _named(module: int, name: str) -> Resource:
    return resource(f"global {name} of {module}")


def _unnamed(module: int) -> Resource:
    return resource(f"globals of {module} stored without their name")


def _dictionary(module: int) -> Resource:
    return resource(f"globals of {module}")
