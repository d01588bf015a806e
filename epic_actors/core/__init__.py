"""The calculus and the machines: the door for those who write primitives and tools.

Read it in this order:
    terms, printer, parser, check, operations, interpret, church, free, closures
        the calculus
    wire, families, reach, holds, ledger, undo, effect, library, effects
        what is pending, and what operations do
    actors, perform, externals, calls, pool, shared, regions, network
        the network
    stream, text, early, growing, outlet
        what is read before it is whole
    dispatch, prelude, substitutes, records, callbacks, lookup, attributes, hooks,
    protocols, special, calling, classes, iterating, stepping, walk, files
        what scripts do
    generators, pulls, delegating, consuming, asynchronous, groups
        the larger parts of the language
    tags, reading, summary, traces, recursion
        what a piece may touch, and tracebacks
    walker, literal
        one machine
    units, runtime, emit_nodes, emit_steps, emit, fast
        the other

Names used at every run are here; the rest of the calculus is imported from its modules.
"""

from .externals import External, Order
from .network import Network, Statistics
from .places import Resource, resource
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
