r"""Text as a term: the inverse of `printer`.

    term     ::= 'let' names '=' term 'in' term        names: x, y, … or ()
               | 'letrec' x '=' term 'in' term
               | 'if' term 'then' term 'else' term
               | 'try' term 'except' ('λ' | '\') x '.' term
               | ('λ' | '\') x… '.' term
               | operand operand…                      application by juxtaposition
    operand  ::= atom | operand'('arguments')'         no space before this '('
    atom     ::= x | constant | '(' term ')'
               | 'prim['op constant?']('arguments')'
               | 'call['name']('arguments')'
    argument ::= term | '*'term | '**'term | x'='term  marks: in applications only
    constant ::= 1 | 1.5 | 'text' | b'bytes' | True | False | None | UNBOUND
               | '<'host object'>'

Rules
    1. A name is an identifier, then any number of `.` and digits; anything else stands
       in backquotes.  `λ x. x` therefore needs no space, but `λ x. 1` does.
    2. `f (x) (y)` applies f to two arguments, `f(x)(y)` applies f(x) to y.
    3. A host object is a Python literal, one of the constants given, or a builtin.
    4. Nothing here recurses: each rule is a generator that yields the rules it needs,
       and `_drive` runs them on a stack of its own.
"""

import ast
import builtins
import re
from collections.abc import Generator, Mapping
from typing import Any, TypeAlias

import attrs

from epic_actors.core.printer import ANGLED, KEYWORDS, PLAIN_NAME, QUOTED
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
from epic_actors.errors import EpicError


_TOKEN = re.compile(
    rf"""
    (?P<space>    \s+ | \#[^\n]* )
  | (?P<literal>  -?0x[0-9a-f]+ | -?\d+(?:\.\d+)?(?:e[+-]?\d+)? | b?(?:{QUOTED}) )
  | (?P<angled>   {ANGLED.pattern} )
  | (?P<call>     call\[[^\]\n]*\] )
  | (?P<prim>     prim\[ )
  | (?P<quoted>   `[^`\n]+` )
  | (?P<lambda>   λ | \\ )
  | (?P<name>     {PLAIN_NAME.pattern} )
  | (?P<mark>     \*\*? | [()\]=,.] )
  | (?P<end>      \Z )
    """,
    re.VERBOSE,
)
_ATOMS = ("literal", "angled", "call", "prim", "quoted", "name", "(")
_NAMED = {"True": True, "False": False, "None": None, "UNBOUND": UNBOUND}

_Rule: TypeAlias = "Generator[_Rule, Any, Any]"


class ParseError(EpicError):
    """A text is not a term.

    Attributes:
        message: What was expected and what was found.
        line: The line of the fault, from 1.
        column: Its column, from 0.
    """

    def __init__(self, message: str, text: str, place: int) -> None:
        start = text.rfind("\n", 0, place) + 1
        self.message = message
        self.line = text.count("\n", 0, place) + 1
        self.column = place - start
        source = text[start:].split("\n", 1)[0]
        super().__init__(
            f"line {self.line}: {message}\n    {source}\n    {' ' * self.column}^"
        )


@attrs.frozen
class _Token:
    """A word of the text; words and marks are kinds of their own."""

    kind: str
    text: str
    place: int
    glued: bool


def parse(
    text: str,
    externals: Mapping[str, object] | None = None,
    constants: Mapping[str, object] | None = None,
) -> Term:
    """The term that a text denotes.

    Args:
        text: A whole term.
        externals: What `call[name]` calls, by name.
        constants: What `<name>` stands for, besides literals and builtins.

    Raises:
        ParseError: The text is not a term, or names an external not given.
    """
    return _Parser(text, externals or {}, constants or {}).whole()


def _drive(rule: _Rule) -> Any:
    """Run a rule and all the rules it yields; give its result."""
    stack = [rule]
    result: Any = None
    while stack:
        try:
            inner = stack[-1].send(result)
        except StopIteration as stop:
            stack.pop()
            result = stop.value
        else:
            stack.append(inner)
            result = None
    return result


def _tokens(text: str) -> list[_Token]:
    """The words of a text, ending with one of kind `end`."""
    tokens: list[_Token] = []
    place = 0
    while not tokens or tokens[-1].kind != "end":
        match = _TOKEN.match(text, place)
        if match is None:
            raise ParseError(f"{text[place]!r} begins no word", text, place)
        kind, word = match.lastgroup or "", match[0]
        if kind == "mark" or (kind == "name" and word in KEYWORDS):
            kind = word
        if kind != "space":
            glued = bool(tokens) and place == tokens[-1].place + len(tokens[-1].text)
            tokens.append(_Token(kind, word, place, glued))
        place = match.end()
    return tokens


class _Parser:
    """A text being read; each rule leaves `self.at` behind what it has read."""

    def __init__(
        self,
        text: str,
        externals: Mapping[str, object],
        constants: Mapping[str, object],
    ) -> None:
        self.text = text
        self.externals = externals
        self.constants = constants
        self.tokens = _tokens(text)
        self.at = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self, kind: str, what: str = "") -> _Token:
        """The next word, which must be of this kind."""
        if self.next.kind != kind:
            raise self.unexpected(what or f"'{kind}'")
        self.at += 1
        return self.tokens[self.at - 1]

    def took(self, kind: str) -> bool:
        """Take the next word if it is of this kind."""
        if self.next.kind != kind:
            return False
        self.at += 1
        return True

    def unexpected(self, what: str) -> ParseError:
        found = "the end" if self.next.kind == "end" else f"'{self.next.text}'"
        return ParseError(f"expected {what}, found {found}", self.text, self.next.place)

    def whole(self) -> Term:
        term: Term = _drive(self.term())
        self.take("end", "the end of the term")
        return term

    # ── terms ──────────────────────────────────────────────────────────────────────

    def term(self) -> _Rule:
        """Any term; the rule is chosen by its first word."""
        match self.next.kind:
            case "let":
                return self.let()
            case "letrec":
                return self.letrec()
            case "if":
                return self.branch()
            case "try":
                return self.attempt()
            case "lambda":
                return self.function()
            case _:
                return self.application()

    def let(self) -> _Rule:
        self.take("let")
        names = tuple(self.bound_names())
        self.take("=")
        value = yield self.term()
        self.take("in")
        body = yield self.term()
        return Let(names, value, body)

    def bound_names(self) -> list[str]:
        if self.took("("):
            self.take(")")
            return []
        names = [self.name()]
        while self.took(","):
            names.append(self.name())
        return names

    def letrec(self) -> _Rule:
        self.take("letrec")
        name = self.name()
        self.take("=")
        if self.next.kind != "lambda":
            raise self.unexpected("a function (λ)")
        function = yield self.function()
        self.take("in")
        body = yield self.term()
        return LetRec(name, function, body)

    def branch(self) -> _Rule:
        self.take("if")
        test = yield self.term()
        self.take("then")
        then = yield self.term()
        self.take("else")
        orelse = yield self.term()
        return If(test, then, orelse)

    def attempt(self) -> _Rule:
        self.take("try")
        body = yield self.term()
        self.take("except")
        self.take("lambda", "a handler (λ)")
        name = self.name()
        self.take(".")
        handler = yield self.term()
        return Try(body, name, handler)

    def function(self) -> _Rule:
        self.take("lambda")
        params = []
        while self.next.kind in ("name", "quoted"):
            params.append(self.name())
        self.take(".", "a parameter or '.'")
        body = yield self.term()
        return Lam(tuple(params), body)

    def application(self) -> _Rule:
        """One operand, or several side by side."""
        function = yield self.operand()
        arguments = []
        while self.next.kind in _ATOMS or self.next.text in _NAMED:
            arguments.append((yield self.operand()))
        return App(function, tuple(arguments)) if arguments else function

    def operand(self) -> _Rule:
        """An atom and the applications glued to it."""
        term = yield self.atom()
        while self.next.kind == "(" and self.next.glued:
            arguments, shape = yield self.arguments()
            term = App(term, arguments, shape)
        return term

    # ── atoms ──────────────────────────────────────────────────────────────────────

    def atom(self) -> _Rule:
        match self.next.kind:
            case "name" | "quoted":
                return Var(self.name())
            case "(":
                self.take("(")
                term = yield self.term()
                self.take(")")
                return term
            case "call":
                return (yield self.call())
            case "prim":
                return (yield self.prim())
            case _:
                return Const(self.constant("a term"))

    def call(self) -> _Rule:
        token = self.take("call")
        name = token.text.removeprefix("call[").removesuffix("]")
        if name not in self.externals:
            known = ", ".join(sorted(self.externals)) or "none"
            message = f"no external is called {name!r}; there are: {known}"
            raise ParseError(message, self.text, token.place)
        arguments = yield self.plain_arguments()
        return Call(self.externals[name], arguments)

    def prim(self) -> _Rule:
        self.take("prim")
        if not self.next.text.isidentifier():
            raise self.unexpected("the name of an operation")
        op = self.next.text
        self.at += 1
        static = None if self.next.kind == "]" else self.constant("']' or a constant")
        self.take("]")
        arguments = yield self.plain_arguments()
        return Prim(op, arguments, static)

    def plain_arguments(self) -> _Rule:
        """The arguments of an operation or an external call, which take no marks."""
        place = self.next.place
        arguments, shape = yield self.arguments()
        if shape:
            message = "marked arguments are for applications only"
            raise ParseError(message, self.text, place)
        return arguments

    def arguments(self) -> _Rule:
        """The arguments in parentheses, and their shape."""
        self.take("(")
        arguments, marks = [], []
        while self.next.kind != ")":
            marks.append(self.argument_mark())
            arguments.append((yield self.term()))
            if not self.took(","):
                break
        self.take(")", "',' or ')'")
        return tuple(arguments), tuple(marks) if any(marks) else ()

    def argument_mark(self) -> str | None:
        if self.next.kind in ("*", "**"):
            self.at += 1
            return self.tokens[self.at - 1].text
        named = self.next.kind in ("name", "quoted")
        if not named or self.tokens[self.at + 1].kind != "=":
            return None
        name = self.name()
        self.take("=")
        return name

    def name(self) -> str:
        if self.took("quoted"):
            return self.tokens[self.at - 1].text[1:-1]
        return self.take("name", "a name").text

    def constant(self, what: str) -> object:
        """The host object that the next word denotes."""
        token = self.next
        if token.text in _NAMED:
            self.at += 1
            return _NAMED[token.text]
        if token.kind == "angled":
            self.at += 1
            return self.host_object(token)
        return ast.literal_eval(self.take("literal", what).text)

    def host_object(self, token: _Token) -> object:
        name = token.text[1:-1]
        for known in (self.constants, vars(builtins)):
            if name in known:
                return known[name]
        try:
            return ast.literal_eval(name)
        except (ValueError, SyntaxError):
            message = f"<{name}> is no literal, no builtin and not among the constants"
            raise ParseError(message, self.text, token.place) from None
