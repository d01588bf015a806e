"""The names in terms: which are free, and how often they are used."""

from collections import Counter
from typing import assert_never

from .terms import App, Call, Const, If, Lam, Let, LetRec, Prim, Term, Try, Var


class FreeNames:
    """Computes and remembers the free names of terms, in order of first use."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Term, dict[str, None]]] = {}

    def of(self, term: Term) -> dict[str, None]:
        """The free names of `term` (the keys)."""
        known = self._known.get(id(term))
        if known is None:
            known = self._known[id(term)] = (term, self._find(term))
        return known[1]

    def _find(self, term: Term) -> dict[str, None]:
        match term:
            case Var():
                return {term.name: None}
            case Const():
                return {}
            case Lam():
                return _without(self.of(term.body), term.params)
            case App():
                return self._all(term.function, *term.arguments)
            case Prim() | Call():
                return self._all(*term.arguments)
            case If():
                return self._all(term.test, term.then, term.orelse)
            case Try():
                return {
                    **self.of(term.body),
                    **_without(self.of(term.handler), (term.name,)),
                }
            case Let() | LetRec():
                return self._spine(term)
            case _:
                assert_never(term)

    def _all(self, *terms: Term) -> dict[str, None]:
        found: dict[str, None] = {}
        for term in terms:
            found.update(self.of(term))
        return found

    def _spine(self, term: Term) -> dict[str, None]:
        spine: list[Let | LetRec] = []
        while isinstance(term, Let | LetRec) and id(term) not in self._known:
            spine.append(term)
            term = term.body
        free = self.of(term)
        for step in reversed(spine):
            if isinstance(step, Let):
                free = {**self.of(step.value), **_without(free, step.names)}
            else:
                both = {**self.of(step.function), **free}
                free = _without(both, (step.name,))
            self._known[id(step)] = (step, free)
        return free


def count_uses(term: Term) -> Counter[str]:
    """How often each name is used in a term, wherever it is bound."""
    count: Counter[str] = Counter()
    stack = [term]
    while stack:
        match stack.pop():
            case Var(name=name):
                count[name] += 1
            case Const():
                pass
            case Let(value=value, body=body):
                stack += (value, body)
            case Prim(arguments=arguments) | Call(arguments=arguments):
                stack += arguments
            case App(function=function, arguments=arguments):
                stack += (function, *arguments)
            case LetRec(function=function, body=body):
                stack += (function, body)
            case Lam(body=body):
                stack.append(body)
            case If(test=test, then=then, orelse=orelse):
                stack += (test, then, orelse)
            case Try(body=body, handler=handler):
                stack += (body, handler)
            case other:
                assert_never(other)
    return count


def _without(names: dict[str, None], gone: tuple[str, ...]) -> dict[str, None]:
    return {name: None for name in names if name not in gone}
