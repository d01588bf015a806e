"""Definitions with type parameters, and `type` statements.

CPython puts a function of its own around each, in which the type parameters live.  Such a
function is called where the statement stands, and runs as it is.
"""

import __future__

import ast
import functools
import operator
import types
from typing import Any

from epic_actors.core.functions import Template
from epic_actors.core.language.classes import ALIAS
from epic_actors.core.terms import App, Prim, Term, Var
from epic_actors.frontend.block import Block
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.unit import Unit, at


def cells(unit: Unit, code: types.CodeType, node: Any) -> tuple[Term, ...]:
    """The cells that nested code closes over."""
    slots = [unit.slot(name) for name in code.co_freevars]
    if any(slot.kind not in {"cell", "free"} for slot in slots):
        raise NotCompiled("a closure over an unknown variable", node.lineno)
    return tuple([Var(slot.name) for slot in slots])


def is_generic(node: ast.AST) -> bool:
    """Whether a definition has type parameters."""
    return bool(getattr(node, "type_params", ()))


def made_by(
    block: Block, code: types.CodeType, node: Any, args: tuple[Term, ...] = ()
) -> Term:
    """What CPython's own code makes of a definition."""
    unit = block.unit
    template = Template(code.co_name, code, unit.namespace)
    maker = Prim("function", cells(unit, code, node), template, at=at(node))
    return App(block.temp(maker), args, at=at(node))


def alias(block: Block, node: Any, behind: frozenset[str]) -> None:
    """A `type` statement."""
    unit, name = block.unit, node.name.id
    code = unit.codes.of(node)
    if not is_generic(node):
        code = _alias_code(unit, node, code.co_freevars)
    block.write(unit.mangle(name), made_by(block, code, node), node)


def _alias_code(unit: Unit, node: Any, captured: tuple[str, ...]) -> types.CodeType:
    """A function that is one `type` statement: its value is read when it is asked for."""
    name = node.name.id
    if any(
        isinstance(p, ast.Name) and unit.mangle(p.id) != p.id for p in ast.walk(node)
    ):
        raise NotCompiled("private names in a type alias", node.lineno)
    declared = f"nonlocal {name}" if name in captured else "pass"
    if unit.slot(name).kind == "global":
        declared = f"global {name}"
    source = (
        f"def around({', '.join(captured)}):\n def alias():\n  {declared}\n  pass\n"
        f"  return {name}"
    )
    tree: Any = ast.parse(source)
    for part in ast.walk(tree):
        ast.copy_location(part, node)
    tree.body[0].body[0].body[1] = node
    flags = _future_flags(unit.code)
    code: types.CodeType
    code = compile(tree, unit.code.co_filename, "exec", flags, dont_inherit=True)
    for _ in range(2):
        code = next(c for c in code.co_consts if isinstance(c, types.CodeType))
    label = f"{ALIAS}{name}>"
    qualname = f"{unit.code.co_qualname}.<locals>.{label}"
    return code.replace(co_name=label, co_qualname=qualname)


_FUTURE = functools.reduce(
    operator.or_,
    (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names),
)


def _future_flags(code: types.CodeType) -> int:
    """What a function's module imports from `__future__`, as the compiler takes it."""
    flags: int = code.co_flags & _FUTURE
    return flags
