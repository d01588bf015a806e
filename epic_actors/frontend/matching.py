"""`match`: rewritten, before anything else, into `if`s over a subject with a name.

A pattern that is a constant is a comparison.  Every other pattern is left to CPython, in
a small function of the subject and the names it refers to.
"""

import __future__

import ast
import functools
import operator
import types

from epic_actors.core.operations import Native
from epic_actors.core.terms import Const, Prim, Term, Var
from epic_actors.frontend.block import Block
from epic_actors.frontend.expressions import Visit, atom, choose
from epic_actors.frontend.names import Matches
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.unit import Unit, at


def without_match(node: ast.Match) -> list[ast.stmt]:
    """A `match` statement as a chain of `if`s."""
    subject = f"subject.{node.lineno}.{node.col_offset}"
    chain: list[ast.stmt] = []
    for case in reversed(node.cases):
        chain = [_choice(subject, case, chain)]
    store = ast.copy_location(ast.Name(subject, ast.Store()), node.subject)
    return [ast.copy_location(ast.Assign([store], node.subject), node.subject), *chain]


def _choice(subject: str, case: ast.match_case, orelse: list[ast.stmt]) -> ast.stmt:
    pattern = case.pattern
    test: ast.expr = Matches()
    assert isinstance(test, Matches)
    test.subject = ast.copy_location(ast.Name(subject, ast.Load()), pattern)
    test.pattern = pattern
    test.reads = tuple(sorted(set(_roots(pattern))))
    test.captures = tuple(dict.fromkeys(_captures(pattern)))
    ast.copy_location(test, pattern)
    if case.guard is not None:
        test = ast.copy_location(ast.BoolOp(ast.And(), [test, case.guard]), pattern)
    return ast.copy_location(ast.If(test, case.body, orelse), pattern)


def _roots(pattern: ast.pattern) -> list[str]:
    names = (n for n in ast.walk(pattern) if isinstance(n, ast.Name))
    return [name.id for name in names]


def _captures(pattern: ast.pattern) -> list[str]:
    found: list[str | None] = []
    for node in ast.walk(pattern):
        if isinstance(node, ast.MatchAs | ast.MatchStar):
            found.append(node.name)
        elif isinstance(node, ast.MatchMapping):
            found.append(node.rest)
    return [name for name in found if name is not None]


def _matches(block: Block, node: Matches) -> Term:
    subject, pattern = atom(block, node.subject), node.pattern
    match pattern:
        case ast.MatchValue(value=ast.Constant(value=constant)):
            return Prim("eq", (subject, Const(constant)), at=at(pattern))
        case ast.MatchSingleton(value=constant):
            return Prim("is", (subject, Const(constant)), at=at(pattern))
        case ast.MatchAs(pattern=None, name=name):
            if name is not None:
                block.write(block.unit.mangle(name), subject, pattern)
            return Const(True)
        case _:
            return _natively(block, node, subject)


def _natively(block: Block, node: Matches, subject: Term) -> Term:
    unit, place = block.unit, at(node.pattern)
    local = [n for n in node.reads if unit.slot(unit.mangle(n)).kind != "global"]
    outer = [block.atom(block.read(unit.mangle(n), node.subject)) for n in local]
    native = _matcher(unit, node, tuple(local))
    found = [unit.fresh(name) for name in node.captures]
    test = unit.fresh("t")
    block.let(
        (test, *found), Prim("native", (subject, *outer), native, at=place), place
    )
    if not found:
        return Var(test)

    def bind(inner: Block) -> Term:
        for name, part in zip(node.captures, found, strict=True):
            inner.write(unit.mangle(name), Var(part), node)
        return Const(True)

    return choose(block, Var(test), (bind, lambda b: Const(False)), (node,))


def _matcher(unit: Unit, node: Matches, local: tuple[str, ...]) -> Native:
    """A function that matches its first argument: the answer, then what was bound."""
    if any(unit.mangle(n) != n for n in (*node.reads, *node.captures)):
        raise NotCompiled("private names in a pattern", node.lineno)
    captured = "".join(f"{name}, " for name in node.captures)
    nothing = "None, " * len(node.captures)
    params = ("subject.", *local)
    source = (
        f"def match({', '.join(['_', *local])}):\n match _:\n  case _: return True, {captured}\n"
        f" return False, {nothing}"
    )
    tree = ast.parse(source)
    for part in ast.walk(tree):
        ast.copy_location(part, node.pattern)
    tree.body[0].body[0].cases[0].pattern = node.pattern  # type: ignore[attr-defined]
    flags = future_flags(unit.code)
    module = compile(tree, unit.code.co_filename, "exec", flags, dont_inherit=True)
    code = next(c for c in module.co_consts if isinstance(c, types.CodeType))
    label = ast.unparse(node.pattern)
    return Native(label, code, params, ("matched", *node.captures), unit.namespace)


_FUTURE = functools.reduce(
    operator.or_,
    (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names),
)


def future_flags(code: types.CodeType) -> int:
    """What a function's module imports from `__future__`, as the compiler takes it."""
    flags: int = code.co_flags & _FUTURE
    return flags


VALUES: dict[type, Visit] = {Matches: _matches}
