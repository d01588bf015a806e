"""Where a value that no variable has is referred to no longer.

CPython drops the iterator of a `for` when the loop is left, and the value of a part of an
expression when that has been used.  If it was the last reference to a generator, this is
closed there and then, so a `release` says where that is.
"""

import ast

import attrs

from epic_actors.core.tables.files import close_behind
from epic_actors.core.terms import App, Const, Prim, Term, Var
from epic_actors.frontend.block import Block, Exits


BORROWED = (range, list, tuple, dict, set, frozenset, str, bytes, sorted, len)
"""Builtins that give no generator, nor anything that holds one."""


def is_passing(block: Block, node: ast.AST) -> bool:
    """Whether an expression may give a generator that nothing else refers to."""
    if isinstance(node, ast.GeneratorExp):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = node.func
    known = block.unit.builtin(name.id) if isinstance(name, ast.Name) else None
    return not any(known is other for other in BORROWED)


STOPS = (next, any, all)
"""Builtins that need not take all items."""
TAKES = (*STOPS, list, tuple, set, frozenset, sum, min, max, sorted, dict)
"""Builtins that take items and keep nothing of where they come from."""


def used(block: Block, found: Term, node: ast.Call, before: int) -> Term:
    """The value of a call, behind which the iterator that it was given is let go."""
    name, made = node.func, block.called[before:]
    known = block.unit.builtin(name.id) if isinstance(name, ast.Name) else None
    if not (made and node.args and any(known is taker for taker in TAKES)):
        return found
    stops = any(known is stop for stop in STOPS)
    if not is_passing(block, node.args[0]) or (len(made) == 1 and not stops):
        return found
    return behind(block, found, before)


def closing(block: Block, found: Term, start: int, before: int) -> Term:
    """The value of a call, behind which files that were opened for it are closed.

    Args:
        block: Where the call stands.
        found: The call.
        start: How many calls were made before what is called,
        before: and how many before its arguments.
    """
    if not isinstance(found, App):
        return found
    given = {part.name for part in found.arguments if isinstance(part, Var)}
    owners = _opened(block.called[start:before])[-1:]
    value = block.temp(found)
    for name in [*owners, *(n for n in _opened(block.called[before:]) if n in given)]:
        block.temp(App(Const(close_behind), (Var(name), found.function)))
    return value


def _opened(calls: list[tuple[Term, str]]) -> list[str]:
    """The names of the files among what was called."""
    return [
        name for call, name in calls if isinstance(call, Const) and call.value is open
    ]


def behind(block: Block, found: Term, before: int) -> Term:
    """A value, behind which the iterator that it was made of is let go."""
    made = block.called[before:]
    if not made:
        return found  # what looks like a call may be a constant
    value = block.temp(found)
    calls = [part for call, name in reversed(made) for part in (call, Var(name))]
    block.temp(Prim("release", (calls[1], *calls)))
    return value


def raising(block: Block) -> Block:
    """Let go of all loops that an exception raised here leaves."""
    for passing in reversed(block.unit.open):
        passing.release(block)
    return block


@attrs.frozen
class Passing:
    """An iterator that only a loop refers to, with the calls that have made it."""

    cursor: Var
    calls: tuple[tuple[Term, Var], ...]

    @classmethod
    def of(cls, block: Block, cursor: Var, before: int) -> "Passing":
        """With the calls that a block has made since then."""
        *inner, (called, name) = block.called[before:]
        # Why: it is to be seen whether anybody else refers to it.
        block.let((name,), Const(None))
        calls = [(call, Var(name)) for call, name in reversed(inner)]
        return cls(cursor, ((called, cursor), *calls))

    @property
    def nested(self) -> bool:
        """Whether the iterator has been given others, which may outlast it."""
        return len(self.calls) > 1

    def release(self, block: Block) -> None:
        """Let go of it here."""
        made = [part for call in self.calls for part in call]
        block.temp(Prim("release", (self.cursor, *made)))

    def leaving(self, exits: Exits) -> Exits:
        """The exits of its loop: each lets go of it."""

        def breaks(block: Block) -> Term:
            self.release(block)
            return exits.breaks(block)

        def returns(block: Block, found: Term) -> Term:
            found = block.atom(found)
            self.release(block)
            return exits.returns(block, found)

        return attrs.evolve(exits, breaks=breaks, returns=returns)
