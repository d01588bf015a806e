"""`except*`: a `try` whose one handler takes the exception apart, clause by clause.

    try:                                try:
        body                                body
    except* T as e:         is          except as whole:
        clause                              caught = Caught(whole)
                                            if caught.take(T):
                                                try:
                                                    try:
                                                        raise caught.part
                                                    except as e:
                                                        clause
                                                except as failure:
                                                    caught.add(failure)
                                            rest = caught.result()
                                        if rest is not None:
                                            raise rest

The part is raised so that the clause runs while it is being handled.
"""

import ast

from epic_actors.core.language.groups import Caught
from epic_actors.frontend.statements import Reraise


_CAUGHT: ast.expr = ast.Constant(Caught)  # type: ignore[arg-type]


def without_star(node: ast.TryStar) -> list[ast.stmt]:
    """An `except*` statement by means of others."""
    stem = f"{node.lineno}.{node.col_offset}"
    caught, rest, whole = (f"{name}.{stem}" for name in ("caught", "rest", "whole"))
    handler: list[ast.stmt] = [_store(caught, _call(_CAUGHT, whole))]
    failure = f"failure.{stem}"
    handler += [_clause(clause, caught, failure) for clause in node.handlers]
    handler.append(_store(rest, _method(caught, "result")))
    handling = ast.ExceptHandler(None, whole, handler)
    made: list[ast.stmt] = [
        _store(rest, ast.Constant(None)),
        ast.Try(node.body, [handling], node.orelse, []),
        ast.If(_is_something(rest), [Reraise(_load(rest), None)], []),
    ]
    if node.finalbody:
        made = [ast.Try(made, [], [], node.finalbody)]
    for statement in made:
        _place(statement, node)
    return made


def _clause(clause: ast.ExceptHandler, caught: str, failure: str) -> ast.stmt:
    """One clause, if it takes a part of the exception."""
    assert clause.type is not None
    part = ast.Attribute(_load(caught), "part", ast.Load())
    mend = ast.Expr(_method(caught, "mend"))
    inner = ast.ExceptHandler(None, clause.name, [mend, *clause.body])
    inside = ast.Try([Reraise(part, None)], [inner], [], [])
    failed = ast.Expr(_method(caught, "add", _load(failure)))
    outer = ast.Try([inside], [ast.ExceptHandler(None, failure, [failed])], [], [])
    made = ast.If(_method(caught, "take", clause.type), [outer], [])
    _place(made, clause)
    return made


def _load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _store(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _call(function: ast.expr, name: str) -> ast.expr:
    return ast.Call(function, [_load(name)], [])


def _method(name: str, method: str, *args: ast.expr) -> ast.expr:
    bound = ast.Attribute(_load(name), method, ast.Load())
    return ast.Call(bound, list(args), [])


def _is_something(name: str) -> ast.expr:
    return ast.Compare(_load(name), [ast.IsNot()], [ast.Constant(None)])


def _place(made: ast.stmt, node: ast.stmt | ast.ExceptHandler) -> None:
    """Let what was made up stand where the statement stands that it is for."""
    for part in ast.walk(made):
        placed = isinstance(part, ast.expr | ast.stmt | ast.ExceptHandler)
        if placed and not hasattr(part, "lineno"):
            ast.copy_location(part, node)
