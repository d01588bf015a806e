"""Booleans, pairs, numbers and lists as functions, and back.

The front end uses the host's data and the calculus has its own `if`, `letrec` and
packs.  That is for speed and for people: everything here is built from `λ` and
application alone, so none of it had to be in the calculus.

    boolean   λ a b. a    or    λ a b. b                 chooses one of two
    pair      λ s. s(first, second)                      hands both to a selector
    numeral   λ f x. f(…f(x))                            does something n times
    list      λ c n. c(head, … c(last, n))               is its own right fold

An eager calculus evaluates both arguments of a boolean; `choose` therefore hands it two
functions and applies the chosen one, as `if` steps only the chosen side.

Source: A. Church, *The Calculi of Lambda-Conversion* (1941).
"""

from collections.abc import Sequence

from epic_actors.core.parser import parse
from epic_actors.core.terms import App, Const, Lam, Term


TRUE = parse("λ a b. a")
FALSE = parse("λ a b. b")

PAIR = parse("λ a b. λ s. s(a, b)")
FIRST = parse("λ p. p(λ a b. a)")
SECOND = parse("λ p. p(λ a b. b)")

ZERO = parse("λ f x. x")
SUCCESSOR = parse("λ n. λ f x. f(n(f, x))")
ADD = parse("λ m n. λ f x. m(f, n(f, x))")
MULTIPLY = parse("λ m n. λ f x. m(λ y. n(f, y), x)")
IS_ZERO = parse("λ n. n(λ x. λ a b. b, λ a b. a)")

NIL = parse("λ c n. n")
CONS = parse("λ h t. λ c n. c(h, t(c, n))")
FOLD = parse("λ xs c n. xs(c, n)")
MAP = parse("λ f xs. λ c n. xs(λ h t. c(f(h), t), n)")

# A `letrec` without one: what it gives for f is f applied to that very thing.
FIX = parse("λ f. (λ x. f(λ v. x(x)(v)))(λ x. f(λ v. x(x)(v)))")


def apply(function: Term, *arguments: Term) -> Term:
    """The application of a term to terms."""
    return App(function, arguments)


# ── from the host ──────────────────────────────────────────────────────────────────────


def boolean(value: bool) -> Term:
    """The Church boolean of a host one."""
    return TRUE if value else FALSE


def numeral(number: int) -> Term:
    """The Church numeral of a natural number."""
    term = ZERO
    for _ in range(number):
        term = apply(SUCCESSOR, term)
    return term


def pair(first: Term, second: Term) -> Term:
    """Two terms as one."""
    return apply(PAIR, first, second)


def church_list(items: Sequence[Term]) -> Term:
    """The list of some terms."""
    term = NIL
    for item in reversed(items):
        term = apply(CONS, item, term)
    return term


def choose(test: Term, then: Term, orelse: Term) -> Term:
    """What `if test then then else orelse` means, for a Church boolean."""
    return apply(apply(test, Lam((), then), Lam((), orelse)))


# ── to the host: terms whose value is the host's data ──────────────────────────────────


def to_bool(term: Term) -> Term:
    """The host boolean of a Church one."""
    return apply(term, Const(True), Const(False))


def to_int(term: Term) -> Term:
    """The host number of a numeral."""
    return apply(term, parse("λ x. prim[add](x, 1)"), Const(0))


def to_tuple(term: Term) -> Term:
    """The host pair of a Church one."""
    return apply(term, parse("λ a b. prim[tuple](a, b)"))


def to_list(term: Term) -> Term:
    """The host list of a Church one."""
    return apply(
        term, parse("λ h t. prim[add](prim[list](h), t)"), parse("prim[list]()")
    )
