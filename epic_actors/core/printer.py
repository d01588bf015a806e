"""A term as text: readable, stable, and read back by `parser`.

    let draft = call[ask]('Draft') in
    letrec loop.1 = λ n.
      let more = prim[lt](n, 3) in
      if more then loop.1(prim[add](n, 1)) else draft
    in
    loop.1(0)

Rules
    1. What fits on a line stands on one, but each `let` begins its own.
    2. Only the function of an application may need parentheses: every other place is
       closed by the word or comma that follows it.
    3. A constant with a literal is written as one; any other host object as `<…>`,
       without addresses, so that the same term always prints the same.
    4. A name that is a keyword here, or no plain name, stands in backquotes.
    5. Nothing here recurses: programs are as deep as they like.  A malformed term
       prints as well as it can, since a fault is shown by printing around it.
"""

import builtins
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import TypeAlias

import attrs

from epic_actors.core.terms import (
    UNBOUND,
    App,
    Call,
    Const,
    If,
    Lam,
    Let,
    LetRec,
    Prim,
    Term,
    Try,
    Var,
)


WIDTH = 88
INDENT = "  "
KEYWORDS = frozenset({"let", "letrec", "in", "if", "then", "else", "try", "except"})
KEYWORDS |= {"prim", "call", "True", "False", "None", "UNBOUND"}
PLAIN_NAME = re.compile(r"(?!λ)[^\W\d]\w*(?:\.\d\w*)*")
QUOTED = r"""'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*\""""
ANGLED = re.compile(rf"""<(?:[^<>'"\n]|{QUOTED})*>""")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
LITERALS = (int, float, str, bytes, bool, type(None))

# A piece of a flat text: text as it is, or a term still to be written.
Piece: TypeAlias = str | Term


@attrs.frozen
class Printed:
    """A printed term.

    Attributes:
        lines: The text.
        places: For the `id` of each node, the index of the line it begins on.
    """

    lines: list[str]
    places: Mapping[int, int]


def show(term: Term) -> str:
    """The text of a term; `parser.parse` reads it back."""
    return "\n".join(layout(term).lines)


def layout(term: Term) -> Printed:
    """The lines of a term, and where each of its nodes begins."""
    lines: list[str] = []
    places: dict[int, int] = {}
    todo = [_Line(0, "", term, "")]
    while todo:
        line = todo.pop()
        room = WIDTH - len(INDENT) * line.depth - len(line.before) - len(line.after)
        flat = _flat(line.term, room)
        if flat is None:
            places.setdefault(id(line.term), len(lines))
            todo.extend(reversed(list(_broken(line))))
            continue
        text, nodes = flat
        for node in nodes:
            places.setdefault(node, len(lines))
        lines.append(INDENT * line.depth + line.before + text + line.after)
    return Printed(lines, places)


@attrs.frozen
class _Line:
    """A term to be laid out at a depth, with the text around it."""

    depth: int
    before: str
    term: Piece
    after: str

    def text(self, text: str) -> "_Line":
        """A line of plain text at the same depth."""
        return _Line(self.depth, "", text, "")


def _flat(term: Piece, room: int) -> tuple[str, list[int]] | None:
    """A piece on one line, and its nodes; None if that is no good."""
    if isinstance(term, str):
        return term, []
    done: list[str] = []
    nodes: list[int] = []
    todo: list[Piece] = [term]
    while todo:
        piece = todo.pop()
        if isinstance(piece, str):
            done.append(piece)
            room -= len(piece)
        elif isinstance(piece, Let | LetRec):
            return None
        else:
            nodes.append(id(piece))
            todo.extend(reversed(list(_pieces(piece))))
        # Why: what is too long is broken, unless it is an atom.
        if room < 0 and isinstance(term, Lam | App | If | Prim | Call | Try):
            return None
    return "".join(done), nodes


def _pieces(term: Term) -> Iterator[Piece]:
    """What a node consists of, on one line."""
    match term:
        case Var(name):
            yield show_name(name)
        case Const(value):
            yield show_constant(value)
        case Lam(_, body):
            yield from (_lambda(term), " ", body)
        case If(test, then, orelse):
            yield from ("if ", test, " then ", then, " else ", orelse)
        case Try(body, name, handler):
            yield from ("try ", body, f" except λ {show_name(name)}. ", handler)
        case App() | Prim() | Call():
            yield from _head(term)
            for index, (mark, argument) in enumerate(_arguments(term)):
                yield from (", " if index else "", mark, argument)
            yield ")"
        case _:
            yield f"<not a term: {_angle_safe(repr(term))}>"


def _broken(line: _Line) -> Iterator[_Line]:
    """The lines of a piece that has no line to itself."""
    deeper = line.depth + 1
    match line.term:
        case Lam(_, body) as term:
            yield line.text(line.before + _lambda(term))
            yield _Line(deeper, "", body, "")
            yield from _close(line)
        case Let() | LetRec() | If() | Try() as term if line.before and not (
            isinstance(term, If) and line.before == "else "
        ):
            yield line.text(line.before.rstrip())
            yield _Line(deeper, "", term, "")
            yield from _close(line)
        case Let(_, value, body) | LetRec(_, value, body) as term:
            yield _Line(line.depth, _binding(term), value, " in")
            yield _Line(line.depth, "", body, line.after)
        case If(test, then, orelse):
            yield _Line(line.depth, f"{line.before}if ", test, " then")
            yield _Line(deeper, "", then, "")
            yield from _else(line, orelse)
        case Try(body, name, handler):
            yield line.text("try")
            yield _Line(deeper, "", body, "")
            yield line.text(f"except λ {show_name(name)}.")
            yield _Line(deeper, "", handler, "")
            yield from _close(line)
        case App() | Prim() | Call() as term:
            yield from _broken_application(line, term)
        case str() | Var() | Const():  # pragma: no cover
            raise AssertionError("what cannot be broken was written flat")


def _else(line: _Line, orelse: Term) -> Iterator[_Line]:
    """The rest of an `if`; a chain of them stays at its depth."""
    if isinstance(orelse, If):
        yield _Line(line.depth, "else ", orelse, line.after)
        return
    yield line.text("else")
    yield _Line(line.depth + 1, "", orelse, "")
    yield from _close(line)


def _close(line: _Line) -> Iterator[_Line]:
    """What stood after a broken piece goes to a line of its own."""
    if line.after:
        yield line.text(line.after.lstrip())


def _broken_application(line: _Line, term: App | Prim | Call) -> Iterator[_Line]:
    """An application with a line for each argument."""
    arguments = list(_arguments(term))
    end = ")" + line.after
    opening = "" if arguments else end
    if isinstance(term, App):
        left, right = ("", "") if isinstance(term.function, Var) else "()"
        opening = f"{right}({opening}"
        yield _Line(line.depth, line.before + left, term.function, opening)
    else:
        yield line.text(line.before + "".join(map(str, _head(term))) + opening)
    for index, (mark, argument) in enumerate(arguments):
        comma = "," if index < len(arguments) - 1 else ""
        yield _Line(line.depth + 1, mark, argument, comma)
    if arguments:
        yield line.text(end)


def _head(term: App | Prim | Call) -> Iterator[Piece]:
    """What stands before the arguments, with their opening parenthesis."""
    match term:
        case App(Var() | App() | Prim() | Call() as function):
            yield from (function, "(")
        case App(function):
            yield from ("(", function, ")(")
        case Prim(op, _, None):
            yield f"prim[{op}]("
        case Prim(op, _, static):
            yield f"prim[{op} {show_constant(static)}]("
        case _:
            yield f"call[{external_name(term.external)}]("


def _arguments(term: App | Prim | Call) -> Iterator[tuple[str, Term]]:
    """Each argument with the text of its mark."""
    shape = term.shape if isinstance(term, App) else ()
    for mark, argument in zip_longest(shape, term.arguments):
        if argument is None:
            break
        yield _mark(mark), argument


def _mark(mark: str | None) -> str:
    if mark is None or mark in ("*", "**"):
        return mark or ""
    return f"{show_name(mark)}="


def _lambda(term: Lam) -> str:
    return " ".join(["λ", *map(show_name, term.params)]) + "."


def _binding(term: Let | LetRec) -> str:
    if isinstance(term, LetRec):
        return f"letrec {show_name(term.name)} = "
    names = ", ".join(map(show_name, term.names))
    return f"let {names or '()'} = "


def show_name(name: str) -> str:
    """A name as it stands in a term."""
    if PLAIN_NAME.fullmatch(name) and name not in KEYWORDS:
        return name
    return f"`{name}`"


def show_constant(value: object) -> str:
    """A host object as it stands in a term; the parser reads back every literal."""
    if value is UNBOUND:
        return "UNBOUND"
    if type(value) is int and value.bit_length() > 256:
        return hex(value)  # Why: Python refuses to print huge integers in decimal.
    text = repr(value) if type(value) in LITERALS else None
    if text is None or text.lstrip("-") in ("inf", "nan"):
        return f"<{_angle_safe(_host_name(value))}>"
    return text


def external_name(external: object) -> str:
    """The name of an external, as in `call[name]`."""
    name = getattr(external, "name", None)
    text = name if isinstance(name, str) else _host_name(external)
    return text.translate({ord("["): "(", ord("]"): ")"})


def _host_name(value: object) -> str:
    """A host object in words that are the same on each run."""
    name = getattr(value, "__qualname__", None)
    if not isinstance(name, str):
        return ADDRESS.sub("", repr(value))
    module = getattr(value, "__module__", None)
    return name if module in (None, builtins.__name__) else f"{module}.{name}"


def _angle_safe(text: str) -> str:
    """Text that may stand between `<` and `>`."""
    if ANGLED.fullmatch(f"<{text}>"):
        return text
    text = text.translate({ord("<"): "(", ord(">"): ")", ord("\n"): " "})
    if ANGLED.fullmatch(f"<{text}>"):
        return text
    return text.replace("'", "`").replace('"', "`")
