"""The calculus and the machines: the door for those who write primitives and tools.

Read it in this order:
    terms, printer, parser, check, operations, interpret, church, free   the calculus
    wire, reach, ledger, holds, undo, effects                            what is pending
    actors, perform, externals, calls, pool, regions, network            the network
    dispatch, prelude, attributes, walk, tags, reading, summary, traces, recursion      what scripts do
    literal                                                              one machine
    units, runtime, emit_nodes, emit_steps, emit, fast                   the other

Names used at every run are here; the rest of the calculus is imported from its modules.
"""

from .externals import External, Order
from .holds import Resource, resource
from .network import Network, Statistics
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
