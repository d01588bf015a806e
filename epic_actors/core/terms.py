"""The calculus: terms and what they mean.

    term ::= x                          variable
           | c                          constant: any host object
           | λ x… . term                function
           | term term…                 application
           | let x… = term in term      one name: the value; other counts: unpack a `pack`
           | letrec f = λ x… . term in term
           | if term then term else term
           | prim[op](term…)            a host operation, see `operations`
           | call[e](term…)             an external call
           | try term except λ x. term

    value ::= host object | closure | pack of values and wires

Rules
    1. A term is a tree of frozen records; two terms are equal when they print the same.
       Source positions (`at`) never take part.
    2. `let` is how a program is a sequence: its value stands before its body in program
       order.  Long programs are long `let` spines, so code that walks a term walks the
       spine with a loop (`spine`), never by recursion.
    3. Names that the front end makes up contain a dot (`loop.1`); names of the user's
       program never do.  Functions bound to dotted names (loops, joins) are only ever
       applied, never passed around.
    4. An application carries its call shape: one mark per argument, `None` for positional,
       `"*"`, `"**"`, or a keyword's name.  The empty shape means all positional.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

import attrs


@attrs.frozen
class At:
    """A place in the user's source: lines from 1, columns in UTF-8 bytes from 0."""

    line: int
    column: int
    end_line: int
    end_column: int


def _at() -> Any:
    return attrs.field(default=None, eq=False, repr=False, kw_only=True)


@attrs.frozen
class Var:
    """A name bound further out."""

    name: str
    at: At | None = _at()


@attrs.frozen
class Const:
    """A host object."""

    value: object
    at: At | None = _at()


@attrs.frozen
class Lam:
    """A function of the term; nothing inside it steps before it is applied."""

    params: tuple[str, ...]
    body: "Term"
    name: str = attrs.field(default="", eq=False, kw_only=True)
    at: At | None = _at()


@attrs.frozen
class App:
    """An application of a closure or of any host callable."""

    function: "Term"
    arguments: tuple["Term", ...]
    shape: tuple[str | None, ...] = ()
    at: At | None = _at()


@attrs.frozen
class Let:
    """A sequence: `value`, then `body` with the names bound.

    One name is bound to the value itself.  No name or several unpack a `pack` of that
    length; the parts may still be pending.
    """

    names: tuple[str, ...]
    value: "Term"
    body: "Term"
    at: At | None = _at()


@attrs.frozen
class LetRec:
    """A recursive function; loops are these."""

    name: str
    function: Lam
    body: "Term"
    at: At | None = _at()


@attrs.frozen
class If:
    """A branch on the truth of `test`; only the chosen side ever steps."""

    test: "Term"
    then: "Term"
    orelse: "Term"
    at: At | None = _at()


@attrs.frozen
class Prim:
    """A host operation named `op`; `static` is its compile-time parameter, if it has one."""

    op: str
    arguments: tuple["Term", ...] = ()
    static: Any = None
    at: At | None = _at()


@attrs.frozen
class Call:
    """A call of a known external."""

    external: Any
    arguments: tuple["Term", ...] = ()
    at: At | None = _at()


@attrs.frozen
class Try:
    """`body`; if it fails with an exception, `handler` with `name` bound to it."""

    body: "Term"
    name: str
    handler: "Term"
    at: At | None = _at()


Term: TypeAlias = Var | Const | Lam | App | Let | LetRec | If | Prim | Call | Try


class _Unbound:
    """The value of a Python variable that has none yet; reading it is an error."""

    def __repr__(self) -> str:
        return "UNBOUND"


UNBOUND = _Unbound()

MADE = "made"
"""The stem of names of what was made for a loop to go over, by a call."""


def is_made(term: Prim) -> bool:
    """Whether the loop that begins here goes over what nobody else refers to."""
    [source] = term.arguments
    # Why: a name that begins with a dot is what a generator expression was given.
    return isinstance(source, Var) and source.name.startswith((f"{MADE}.", "."))


def spine(term: Term) -> Iterator[Term]:
    """The `let`s and `letrec`s of a block from the outside in, then its tail."""
    while isinstance(term, Let | LetRec):
        yield term
        term = term.body
    yield term


def steps(term: Term) -> Iterator[Term]:
    """A term with all the blocks and steps inside it, but not their arguments."""
    stack = [term]
    while stack:
        term = stack.pop()
        yield term
        match term:
            case Lam():
                stack.append(term.body)
            case Let():
                stack += (term.value, term.body)
            case LetRec():
                stack += (term.function, term.body)
            case If():
                stack += (term.then, term.orelse)
            case Try():
                stack += (term.body, term.handler)
            case _:
                pass
