"""`match`: rewritten, before anything else, into `if`s over a subject with a name.

    match subject:                  if (is_sequence(s) and len(s) == 2
        case [1, Point(x=a)]:  is           and bind((i, j), s) and i == 1
            body                            and bind(v, attributes_of(j, Point, 0, ("x",)))
                                            and v is not None and bind((k,), v)
                                            and bind(a, k)):
                                        body

A pattern is a chain of conditions.  What stands in the subject gets names of its own; the
names of the pattern are bound behind the last condition, before the guard.
"""

import ast
from typing import Any

import attrs

from epic_actors.core.language.matching import attributes_of, rest_of, values_at
from epic_actors.core.terms import Const, Prim, Term
from epic_actors.frontend.block import Block
from epic_actors.frontend.expressions import Visit, atoms, value
from epic_actors.frontend.names import Binding, Primitive
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.targets import assign
from epic_actors.frontend.unit import at


def without_match(node: ast.Match) -> list[ast.stmt]:
    """A `match` statement as a chain of `if`s."""
    subject = f"subject.{node.lineno}.{node.col_offset}"
    chain: list[ast.stmt] = []
    for case in reversed(node.cases):
        chain = [_choice(subject, case, chain)]
    store = ast.copy_location(ast.Name(subject, ast.Store()), node.subject)
    return [ast.copy_location(ast.Assign([store], node.subject), node.subject), *chain]


def _choice(subject: str, case: ast.match_case, orelse: list[ast.stmt]) -> ast.stmt:
    conditions = Conditions()
    conditions.add(case.pattern, subject)
    tests = conditions.bound()
    if case.guard is not None:
        tests.append(case.guard)
    made = ast.If(_all(tests), case.body, orelse)
    _place(made.test, case.pattern)
    return ast.copy_location(made, case.pattern)


@attrs.define
class Conditions:
    """What must hold, in this order, for a pattern to match.

    Attributes:
        tests: The conditions, some of which bind names of parts.
        captures: The names of the pattern, and those of the parts that they stand for.
    """

    tests: list[ast.expr] = attrs.Factory(list)
    captures: dict[str, str] = attrs.Factory(dict)

    def bound(self) -> list[ast.expr]:
        """The conditions, then the names of the pattern."""
        return self.tests + [_bind(n, _load(part)) for n, part in self.captures.items()]

    def add(self, pattern: ast.pattern, subject: str) -> None:
        """Add those of a part of a pattern, for a part of the subject."""
        before = len(self.tests)
        match pattern:
            case ast.MatchValue(value=expected):
                self.test(subject, ast.Eq(), expected)
            case ast.MatchSingleton(value=expected):
                self.test(subject, ast.Is(), ast.Constant(expected))
            case ast.MatchAs(pattern=inner, name=name):
                if inner is not None:
                    self.add(inner, subject)
                if name is not None:
                    self.captures[name] = subject
            case ast.MatchOr(patterns=ways):
                self.one_of(ways, subject)
            case ast.MatchSequence(patterns=parts):
                self.sequence(parts, subject)
            case ast.MatchMapping():
                self.mapping(pattern, subject)
            case ast.MatchClass():
                self.object(pattern, subject)
            case _:
                raise NotCompiled(type(pattern).__name__, pattern.lineno)
        for test in self.tests[before:]:
            _place(test, pattern)

    def test(self, subject: str, op: ast.cmpop, expected: ast.expr) -> None:
        """Compare a part of the subject."""
        self.tests.append(ast.Compare(_load(subject), [op], [expected]))

    def one_of(self, ways: list[ast.pattern], subject: str) -> None:
        """`|`: each way binds the same names."""
        sides: list[ast.expr] = []
        for way in ways:
            side = Conditions()
            side.add(way, subject)
            own = {name: _part(ways[0], name) for name in side.captures}
            binds = [_bind(own[n], _load(part)) for n, part in side.captures.items()]
            sides.append(_all(side.tests + binds))
            self.captures.update(own)
        self.tests.append(ast.BoolOp(ast.Or(), sides))

    def sequence(self, patterns: list[ast.pattern], subject: str) -> None:
        """`[a, *b, c]`."""
        self.tests.append(_primitive("is_sequence", subject))
        stars = [i for i, p in enumerate(patterns) if isinstance(p, ast.MatchStar)]
        if not stars:
            self.test_length(subject, ast.Eq(), len(patterns))
        elif len(patterns) > 1:
            self.test_length(subject, ast.GtE(), len(patterns) - 1)
        if all(_takes_all(pattern) for pattern in patterns):
            return
        if stars and _takes_all(patterns[stars[0]]):
            self.picked(patterns, stars[0], subject)
            return
        parts = [_part(p, "item") for p in patterns]
        targets: list[ast.expr] = [_store(part) for part in parts]
        for star in stars:
            targets[star] = ast.Starred(targets[star], ast.Store())
        self.taken_apart(patterns, parts, targets, subject)

    def picked(self, patterns: list[ast.pattern], star: int, subject: str) -> None:
        """Items at both ends of a sequence, of which the middle is not looked at."""
        for number, pattern in enumerate(patterns):
            if _takes_all(pattern):
                continue
            place: ast.expr = ast.Constant(number)
            if number > star:
                back = ast.Constant(len(patterns) - number)
                place = ast.BinOp(_length(subject), ast.Sub(), back)
            part = _part(pattern, "item")
            item = ast.Subscript(_load(subject), place, ast.Load())
            self.tests.append(_bind(part, item))
            self.add(pattern, part)

    def mapping(self, pattern: ast.MatchMapping, subject: str) -> None:
        """`{"a": b, **rest}`."""
        self.tests.append(_primitive("is_mapping", subject))
        keys: ast.expr = ast.Tuple(list(pattern.keys), ast.Load())
        if pattern.keys:
            self.test_length(subject, ast.GtE(), len(pattern.keys))
            given = _part(pattern, "keys")
            self.tests.append(_bind(given, keys))
            keys = _load(given)
            values = _call(values_at, _load(subject), keys)
            self.parts(pattern, values, pattern.patterns)
        if pattern.rest is not None:
            rest = _part(pattern, "rest")
            left = _call(rest_of, _load(subject), keys)
            self.tests.append(_bind(rest, left))
            self.captures[pattern.rest] = rest

    def object(self, pattern: ast.MatchClass, subject: str) -> None:
        """`C(a, b=c)`."""
        count = ast.Constant(len(pattern.patterns))
        names: list[ast.expr] = [ast.Constant(name) for name in pattern.kwd_attrs]
        given = _load(subject), pattern.cls, count, ast.Tuple(names, ast.Load())
        found = _call(attributes_of, *given)
        self.parts(pattern, found, [*pattern.patterns, *pattern.kwd_patterns])

    def parts(
        self, pattern: ast.pattern, found: ast.expr, patterns: list[ast.pattern]
    ) -> None:
        """What is found in a mapping or an object, unless that is None."""
        whole = _part(pattern, "found")
        self.tests.append(_bind(whole, found))
        self.test(whole, ast.IsNot(), ast.Constant(None))
        if patterns:
            parts = [_part(p, "item") for p in patterns]
            self.taken_apart(patterns, parts, [*map(_store, parts)], whole)

    def taken_apart(
        self,
        patterns: list[ast.pattern],
        parts: list[str],
        targets: list[ast.expr],
        whole: str,
    ) -> None:
        """Parts, each with a name, and what must hold of them."""
        self.tests.append(_assign(ast.Tuple(targets, ast.Store()), _load(whole)))
        for pattern, part in zip(patterns, parts, strict=True):
            if isinstance(pattern, ast.MatchStar) and pattern.name is not None:
                self.captures[pattern.name] = part
            else:
                self.add(pattern, part)

    def test_length(self, subject: str, op: ast.cmpop, count: int) -> None:
        """Compare how many items there are."""
        compared = ast.Compare(_length(subject), [op], [ast.Constant(count)])
        self.tests.append(compared)


def _takes_all(pattern: ast.pattern) -> bool:
    """Whether a pattern is `_` or `*_`."""
    match pattern:
        case ast.MatchAs(pattern=None, name=None) | ast.MatchStar(name=None):
            return True
        case _:
            return False


def _all(tests: list[ast.expr]) -> ast.expr:
    if not tests:
        return ast.Constant(True)
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)


def _part(pattern: ast.pattern, stem: str) -> str:
    """A name for what a pattern is held against."""
    return f"{stem}.{pattern.lineno}.{pattern.col_offset}"


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _store(name: str) -> ast.Name:
    return ast.Name(name, ast.Store())


def _bind(name: str, found: ast.expr) -> ast.expr:
    return _assign(_store(name), found)


def _assign(target: ast.expr, found: ast.expr) -> ast.expr:
    made = Binding()
    made.target, made.value = target, found
    return made


def _primitive(op: str, name: str) -> ast.expr:
    made = Primitive()
    made.op, made.args = op, [_load(name)]
    return made


def _call(function: Any, *args: ast.expr) -> ast.expr:
    return ast.Call(ast.Constant(function), list(args), [])


def _length(name: str) -> ast.expr:
    return _call(len, _load(name))


def _place(made: ast.AST, pattern: ast.pattern) -> None:
    """Let what was made up stand where the pattern stands."""
    for part in ast.walk(made):
        if isinstance(part, ast.expr) and not hasattr(part, "lineno"):
            ast.copy_location(part, pattern)


def _bound(block: Block, node: Binding) -> Term:
    assign(block, node.target, value(block, node.value))
    return Const(True)


def _operated(block: Block, node: Primitive) -> Term:
    return Prim(node.op, atoms(block, node.args), at=at(node))


VALUES: dict[type, Visit] = {Binding: _bound, Primitive: _operated}
