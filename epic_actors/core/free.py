"""The free names of terms."""

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


def _without(names: dict[str, None], gone: tuple[str, ...]) -> dict[str, None]:
    return {name: None for name in names if name not in gone}
