"""The calculus and the machines: the door for those who write primitives and tools.

What stands in this folder itself is the calculus, and is decided without trio; its folders
are the machine.  Read it in this order:
    terms, printer, parser, check, operations, interpret, church, functions, free,
    closures, generators, looks, knowledge, collecting
        the calculus: terms, and what they mean
    memory      wire, families, reach, settling, places, holds, accesses, extent, births,
                ledger, undo
        what is pending, where it stands, what must wait for it
    tables      effect, library, worldly, effects, protocols, files
        what native operations read, write and need
    network     actors, obstacles, inside, perform, externals, calls, pool, door, loops, shared,
                regions, network, traces, recursion
        what fires when, and the loop that drives it
    streams     stream, text, formatting, beginnings, elements, early, growing, outlet
        what is read before it is whole
    language    dispatch, prelude, substitutes, records, callbacks, lookup, attributes,
                hooks, special, calling, asking, along, classes, asynchronous, groups,
                matching
        what scripts do
    iteration   iterating, stepping, walk, pulls, delegating, consuming, taking,
                grouping, releasing
        loops and generators, a step at a time
    footprints  tags, touched, natives, factories, reading, summary, stores
        what an undecided piece may touch
    machines    walker, literal | units, runtime, emit_nodes, emit_steps, emit, fast
        one machine | the other

Names used at every run are here; the rest of the calculus is imported from its modules.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from .memory.places import Resource, resource
    from .network.externals import External, Order
    from .network.network import Network, Statistics
    from .terms import App, Call, Const, If, Lam, Let, LetRec, Prim, Term, Try, Var


__all__ = [
    "App",
    "Call",
    "Const",
    "External",
    "If",
    "Lam",
    "Let",
    "LetRec",
    "Network",
    "Order",
    "Prim",
    "Resource",
    "Statistics",
    "Term",
    "Try",
    "Var",
    "resource",
]

_TERMS = ("App", "Call", "Const", "If", "Lam", "Let", "LetRec", "Prim", "Try", "Var")
_MODULES = {
    **dict.fromkeys(("Resource", "resource"), "memory.places"),
    **dict.fromkeys(("External", "Order"), "network.externals"),
    **dict.fromkeys(("Network", "Statistics"), "network.network"),
    **dict.fromkeys((*_TERMS, "Term"), "terms"),
}


def __getattr__(name: str) -> Any:
    """Import a part of the machine when it is asked for: declaring needs little of it."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
