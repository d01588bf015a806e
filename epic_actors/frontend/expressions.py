"""Python expressions as terms.

`value` gives the term of an expression, having put what must be evaluated before it into
the block; `atom` gives it a name.  Both follow CPython's order of evaluation.

It is a little longer than most modules: one function for each kind of expression.
"""

import ast
import itertools
from collections.abc import Callable, Sequence
from typing import Any

from epic_actors.core.memory.places import TAKES_DICTIONARY, take
from epic_actors.core.terms import MADE, App, Const, If, Prim, Term, Var
from epic_actors.frontend import leaving
from epic_actors.frontend.block import Block, Exits, Meeting, jump, pack
from epic_actors.frontend.flow import of_names
from epic_actors.frontend.refusal import NotCompiled
from epic_actors.frontend.unit import at


Visit = Callable[[Block, Any], Term]

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
}
_UNARY: dict[type[ast.unaryop], str] = {
    ast.USub: "neg",
    ast.UAdd: "pos",
    ast.Invert: "invert",
    ast.Not: "not",
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Is: "is",
    ast.IsNot: "is_not",
    ast.In: "in",
    ast.NotIn: "not_in",
}

#: Builtins that look at the frame they are called from, however they are called.
_FRAME_READERS = frozenset({"eval", "exec", "locals", "vars", "dir", "breakpoint"})
_FRAME_ATTRIBUTES = frozenset(
    {"_getframe", "currentframe", "f_back"}
    | {"extract_stack", "format_stack", "print_stack", "walk_stack"}
)


def value(block: Block, node: ast.AST) -> Term:
    """The term of an expression."""
    visit = VALUES.get(type(node))
    if visit is None:
        raise NotCompiled(type(node).__name__, getattr(node, "lineno", None))
    return visit(block, node)


def atom(block: Block, node: ast.AST) -> Term:
    """An expression's value, as a variable or constant."""
    return block.atom(value(block, node))


def atoms(block: Block, nodes: Sequence[ast.AST]) -> tuple[Term, ...]:
    """The values of several expressions, evaluated in order."""
    return tuple([atom(block, node) for node in nodes])


def optional(block: Block, node: ast.AST | None) -> Term:
    """An expression's value; None if there is no expression."""
    return Const(None) if node is None else atom(block, node)


def _constant(block: Block, node: ast.Constant) -> Term:
    return Const(node.value, at=at(node))


def _name(block: Block, node: ast.Name) -> Term:
    return block.read(block.unit.mangle(node.id), node)


def _binary(block: Block, node: ast.BinOp) -> Term:
    pair = atoms(block, (node.left, node.right))
    return Prim(BINARY[type(node.op)], pair, at=at(node))


def _unary(block: Block, node: ast.UnaryOp) -> Term:
    operand, inner = node.operand, atom(block, node.operand)
    constant = operand.value if isinstance(operand, ast.Constant) else None
    if isinstance(node.op, ast.USub) and isinstance(constant, int | float | complex):
        return Const(-constant, at=at(node))
    return Prim(_UNARY[type(node.op)], (inner,), at=at(node))


# Choices


def choose(
    block: Block,
    test: Term,
    sides: tuple[Callable[[Block], Term], Callable[[Block], Term]],
    nodes: Sequence[ast.AST],
) -> Term:
    """A value from one of two sides; names that the sides bind come along.

    If a side yields, what follows is a join, since a `yield` stands in tail position.

    Args:
        block: Where the choice stands.
        test: What decides, an atom.
        sides: For a block of its own, the value of each side.
        nodes: The expressions in the sides.
    """
    facts = of_names(block.unit.scan(*nodes))
    writes = facts.writes if block.unit.flow.walrus else frozenset()
    meeting = Meeting(block.unit, writes, writes)
    if facts.escapes:
        return _choose_last(block, test, sides, meeting)
    ways: list[Term] = []
    for side in sides:
        inner = block.inner(Exits())
        result = side(inner)
        if meeting.names:
            result = pack((inner.atom(result), *meeting.arrive(inner)))
        ways.append(inner.finish(result))
    chosen = If(test, ways[0], ways[1], at=test.at)
    if not meeting.names:
        return chosen
    name = block.unit.fresh("t")
    block.let((name, *meeting.names), chosen, test.at)
    meeting.settle(block)
    return Var(name)


def _choose_last(
    block: Block,
    test: Term,
    sides: tuple[Callable[[Block], Term], Callable[[Block], Term]],
    meeting: Meeting,
) -> Term:
    join, name = block.unit.fresh("join"), block.unit.fresh("t")
    ways: list[Term] = []
    for side in sides:
        inner = block.inner()
        result = inner.atom(side(inner))
        ways.append(inner.finish(jump(join, (result, *meeting.arrive(inner)))))
    block.join(join, (name, *meeting.names), If(test, ways[0], ways[1], at=test.at))
    meeting.settle(block)
    return Var(name)


def _conditional(block: Block, node: ast.IfExp) -> Term:
    return _one_of(block, node, value)


def _one_of(block: Block, node: ast.IfExp, made: Visit) -> Term:
    test = condition(block, node.test)
    sides = (lambda b: made(b, node.body), lambda b: made(b, node.orelse))
    return choose(block, test, sides, (node.body, node.orelse))


def condition(block: Block, node: ast.expr) -> Term:
    """What decides a choice: none of its parts is asked twice whether it is true."""
    match node:
        case ast.BoolOp():
            return block.atom(_boolean_from(block, node, 0, condition))
        case ast.IfExp():
            return block.atom(_one_of(block, node, condition))
        case ast.Compare():
            return block.atom(_compare(block, node, decides=True))
        case ast.UnaryOp(op=ast.Not(), operand=ast.BoolOp() | ast.Compare() as negated):
            return block.temp(Prim("not", (condition(block, negated),), at=at(node)))
        case _:
            return atom(block, node)


def _boolean(block: Block, node: ast.BoolOp) -> Term:
    return _boolean_from(block, node, 0, value)


def _boolean_from(block: Block, node: ast.BoolOp, number: int, made: Visit) -> Term:
    if number == len(node.values) - 1:
        return made(block, node.values[number])
    goes_on = isinstance(node.op, ast.And)
    if made is condition:
        first = condition(block, node.values[number])
        ended: Term = Const(not goes_on)
    else:
        first = ended = atom(block, node.values[number])
    later = (lambda b: _boolean_from(b, node, number + 1, made), lambda b: ended)
    sides = later if goes_on else (later[1], later[0])
    return choose(block, first, sides, node.values[number + 1 :])


def _compare(block: Block, node: ast.Compare, *, decides: bool = False) -> Term:
    return _compare_from(block, node, 0, atom(block, node.left), decides)


def _compare_from(
    block: Block, node: ast.Compare, number: int, left: Term, decides: bool
) -> Term:
    before, holder = len(block.called), node.comparators[number]
    right = atom(block, holder)
    op = _COMPARE[type(node.ops[number])]
    result: Term = Prim(op, (left, right), at=at(node))
    if op in ("in", "not_in") and leaving.is_passing(block, holder):
        result = leaving.behind(block, result, before)
    if number == len(node.ops) - 1:
        return result
    holds = block.atom(result)
    ended = Const(False) if decides else holds
    later = lambda b: _compare_from(b, node, number + 1, right, decides)  # noqa: E731
    sides = (later, lambda b: ended)
    return choose(block, holds, sides, node.comparators[number + 1 :])


def _walrus(block: Block, node: ast.NamedExpr) -> Term:
    found = atom(block, node.value)
    # Why: a name of its own, since the variable may be bound again before this is used.
    block.write(block.unit.mangle(node.target.id), found, node)
    return found


# Containers and text


def _starred(nodes: Sequence[ast.expr]) -> tuple[bool, ...] | None:
    marks = tuple(isinstance(node, ast.Starred) for node in nodes)
    return marks if any(marks) else None


def elements(
    block: Block, nodes: Sequence[ast.expr], behind: Sequence[ast.expr] = ()
) -> tuple[Term, ...]:
    """The values in a display; of a starred one, what is spread.

    `behind` is what is evaluated after the display.
    """
    last = _last_busy(block, [*nodes, *behind])
    return atoms(block, [_spread(n, early=i < last) for i, n in enumerate(nodes)])


def _last_busy(block: Block, nodes: Sequence[ast.expr]) -> int:
    """Where the last one stands that may do something, be it to fail."""
    return max([i for i, n in enumerate(nodes) if not _is_there(block, n)], default=-1)


def _is_there(block: Block, node: ast.expr) -> bool:
    """Whether a value is there at once, whatever happens before it is asked for."""
    if isinstance(node, ast.Name):
        slot, name = block.unit.slot(node.id), block.unit.mangle(node.id)
        plain = slot.kind == "plain" and slot.name in block.sure
        return plain or (slot.kind == "global" and block.unit.builtin(name) is not None)
    return isinstance(node, ast.Constant)


def _spread(node: ast.expr, *, early: bool) -> ast.expr:
    """What is spread; at once, if what comes after it may have effects."""
    if not isinstance(node, ast.Starred):
        return node
    here = ast.List([node], ast.Load())
    return ast.copy_location(here, node) if early else node.value


def _merged(node: ast.expr, *, early: bool) -> ast.expr:
    """What is merged by `**`; at once, if what comes after it may have effects."""
    here = ast.Dict([None], [node])
    return ast.copy_location(here, node) if early else node


def _display(op: str) -> Visit:
    def visit(block: Block, node: ast.List | ast.Set) -> Term:
        return Prim(op, elements(block, node.elts), _starred(node.elts), at=at(node))

    return visit


def _tuple(block: Block, node: ast.Tuple) -> Term:
    parts, marks = elements(block, node.elts), _starred(node.elts)
    constants = [part.value for part in parts if isinstance(part, Const)]
    literal = all(_literal(element) for element in node.elts)
    if marks is None and literal and len(constants) == len(parts):
        return Const(tuple(constants), at=at(node))
    return Prim("tuple", parts, marks, at=at(node))


def _literal(node: ast.expr) -> bool:
    """Whether a constant may be folded into a tuple, as CPython does."""
    if isinstance(node, ast.UnaryOp):
        return _literal(node.operand)
    if isinstance(node, ast.Tuple):
        return all(map(_literal, node.elts))
    return isinstance(node, ast.Constant)


def _dict(block: Block, node: ast.Dict) -> Term:
    parts: list[Term] = []
    pairs = list(zip(node.keys, node.values, strict=True))
    last = _last_busy(block, [n for key, item in pairs for n in (key or item, item)])
    for i, (key, item) in enumerate(pairs):
        parts.append(optional(block, key))
        early = key is None and 2 * i + 1 < last
        parts.append(atom(block, _merged(item, early=early)))
    marks = tuple(key is None for key in node.keys)
    static = marks if any(marks) else None
    return Prim("dict", tuple(parts), static, at=at(node))


def _formatted(block: Block, node: ast.FormattedValue) -> Term:
    shown = atom(block, node.value)
    spec = Const("") if node.format_spec is None else atom(block, node.format_spec)
    conversion = "" if node.conversion < 0 else chr(node.conversion)
    return Prim("format", (shown, spec), conversion, at=at(node))


def _text(block: Block, node: ast.JoinedStr) -> Term:
    parts = atoms(block, node.values)
    if not parts:
        return Const("", at=at(node))
    return parts[0] if len(parts) == 1 else Prim("join", parts, at=at(node))


# Places


def _attribute(block: Block, node: ast.Attribute) -> Term:
    if node.attr in _FRAME_ATTRIBUTES:
        raise NotCompiled(f"looks at frames: {node.attr}", node.lineno)
    if node.attr in TAKES_DICTIONARY:
        block.unit.namespace.dictionaries.add(node.attr)
    owner = atom(block, node.value)
    name = block.unit.mangle(node.attr)
    return Prim("getattr", (owner,), name, at=at(node))


def _subscript(block: Block, node: ast.Subscript) -> Term:
    space = _globals(block, node.value) if isinstance(node.value, ast.Call) else None
    if space is not None and isinstance(node.slice, ast.Constant):
        # Why: this is an access by name.
        return Prim("getitem", (space, atom(block, node.slice)), at=at(node))
    pair = atoms(block, (node.value, node.slice))
    return Prim("getitem", pair, at=at(node))


def _slice(block: Block, node: ast.Slice) -> Term:
    bounds = [optional(block, b) for b in (node.lower, node.upper, node.step)]
    return Prim("slice", tuple(bounds), at=at(node))


# Calls


def _call(block: Block, node: ast.Call) -> Term:
    special = _special_call(block, node)
    if special is not None:
        return special
    start = len(block.called)
    function, before = atom(block, node.func), len(block.called)
    found = call(block, function, node.args, node.keywords, node)
    if _opens(block, node):
        return leaving.closing(block, found, start, before)
    return leaving.used(block, found, node, before)


def _opens(block: Block, node: ast.Call) -> bool:
    """Whether a file is opened for nothing but a call."""
    given = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    return any(
        isinstance(part, ast.Call)
        and isinstance(part.func, ast.Name)
        and block.unit.builtin(part.func.id) is open
        for part in (*given, *node.args)
    )


def call(
    block: Block,
    function: Term,
    args: Sequence[ast.expr],
    keywords: Sequence[ast.keyword],
    node: ast.AST,
    before: tuple[Term, ...] = (),
) -> Term:
    """An application; `before` are arguments that come first."""
    # Why: CPython spreads a lone starred argument after the keywords.
    behind = [k.value for k in keywords] if len(args) > 1 else []
    values = before + elements(block, args, behind)
    marks: list[str | None] = [None] * len(before)
    marks += ["*" if isinstance(a, ast.Starred) else None for a in args]
    named = _named(block, function, keywords)
    shape = (*marks, *[mark for mark, _ in named])
    values += tuple([value for _, value in named])
    return App(function, values, shape if any(shape) else (), at=at(node))


def _named(
    block: Block, function: Term, keywords: Sequence[ast.keyword]
) -> list[tuple[str, Term]]:
    """The marks and values of keyword arguments.

    A mapping is merged with what comes before it as soon as it is there, names with the
    mapping before them when the next mapping comes.  It is done at once if anything that
    comes later may have effects.
    """
    nodes = [keyword.value for keyword in keywords]
    last = _last_busy(block, nodes)
    named: list[tuple[str, Term]] = []
    for i, keyword in enumerate(keywords):
        clash = len(named) > 1 and named[0][0] == "**"
        if keyword.arg is None and i <= last and clash:
            named = _merge(block, function, named, keyword)
        named.append((keyword.arg or "**", atom(block, keyword.value)))
        if keyword.arg is None and i < last:
            named = _merge(block, function, named, keyword)
    return named


def _merge(
    block: Block, function: Term, named: list[tuple[str, Term]], node: ast.keyword
) -> list[tuple[str, Term]]:
    """Keyword arguments as one mapping; what fails is said of the function called."""
    mappings: list[Term] = []
    for key, run in itertools.groupby(named, lambda pair: pair[0] == "**"):
        pairs = list(run)
        if key:
            mappings += [value for _, value in pairs]
        else:
            parts = [part for name, value in pairs for part in (Const(name), value)]
            mappings.append(block.temp(Prim("dict", tuple(parts), at=at(node.value))))
    made = Prim("merge", (function, *mappings), at=at(node.value))
    return [("**", block.temp(made))]


def cursor(block: Block, node: ast.expr, *, asynchronous: bool) -> Var:
    """The iterator over the value of an expression, for a loop."""
    if not asynchronous:
        source = iterable(block, node)
        return block.temp(Prim("iter", (source,), at=at(node)), stem="it")
    called: Term = Const(None)
    if isinstance(node, ast.Call):
        # Why: of a streaming external the loop wants the pieces, not the whole.
        called = block.temp(Prim("pieces", (atom(block, node.func),), at=at(node.func)))
        source = block.atom(call(block, called, node.args, node.keywords, node))
    else:
        source = atom(block, node)
    return block.temp(Prim("aiter", (source, called), at=at(node)), stem="it")


def iterable(block: Block, node: ast.expr) -> Term:
    """What a loop goes over; its name says if nothing else of the script refers to it."""
    term = value(block, node)
    made = isinstance(term, App)
    return block.temp(term, stem=MADE) if made else block.atom(term)


def _special_call(block: Block, node: ast.Call) -> Term | None:
    """A call of a builtin that looks at the frame it is called from."""
    if not isinstance(node.func, ast.Name):
        return None
    unit, name = block.unit, node.func.id
    if unit.builtin(name) is None:
        return None
    bare = not node.args and not node.keywords
    if name == "super" and bare:
        return _super(block, node)
    if (space := _globals(block, node)) is not None:
        take(space.value)
        block.unit.namespace.dictionaries.add("globals")
        return space
    if name in _FRAME_READERS and (bare or name in {"eval", "exec"}):
        raise NotCompiled(f"looks at frames: {name}()", node.lineno)
    return None


def _globals(block: Block, node: ast.Call) -> Const | None:
    """The dictionary that `globals()` gives, if a call is that."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    given = node.args or node.keywords
    if name != "globals" or given or block.unit.builtin(name) is None:
        return None
    return Const(block.unit.namespace.values, at=at(node))


def _super(block: Block, node: ast.Call) -> Term:
    unit = block.unit
    if "__class__" not in unit.code.co_freevars or not unit.code.co_argcount:
        raise NotCompiled("super() outside a method", node.lineno)
    owner = block.atom(block.read(unit.params[0], node))
    return Prim("super", (Var("__class__"), owner), at=at(node))


def _await(block: Block, node: ast.Await) -> Term:
    return Prim("await", (atom(block, node.value),), at=at(node))


VALUES: dict[type, Visit] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.IfExp: _conditional,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.NamedExpr: _walrus,
    ast.Tuple: _tuple,
    ast.List: _display("list"),
    ast.Set: _display("set"),
    ast.Dict: _dict,
    ast.FormattedValue: _formatted,
    ast.JoinedStr: _text,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.Await: _await,
}
