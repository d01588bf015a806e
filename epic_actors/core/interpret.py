"""The reference interpreter: the meaning of a term, one step after another.

Theory of operation
    An environment maps names to values.  A block owns its environment, so a `let` writes
    into it; whatever may outlive or interleave with the block (a closure, a block in the
    place of a value) gets a copy.  Tails are a loop: neither a long `let` spine nor a
    loop of the script, which is a function calling itself last, uses up the stack.
"""

import types
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, assert_never

import attrs

from epic_actors.core.closures import Closure, Resumption
from epic_actors.core.functions import Function
from epic_actors.core.generators import Generated, generate
from epic_actors.core.operations import arguments, operate
from epic_actors.core.terms import (
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


Environment: TypeAlias = dict[str, Any]


def _known_to_nobody(fn: types.FunctionType) -> Function | None:
    return None


def _call_natively(
    function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    return function(*args, **kwargs)


@attrs.frozen(eq=False)
class Interpreter:
    """Runs terms sequentially.

    Attributes:
        translate: gives the term of a Python function, None to have it called natively.
        call: performs external and native calls.
    """

    translate: Callable[[types.FunctionType], Function | None] = _known_to_nobody
    call: Callable[[Any, tuple[Any, ...], Mapping[str, Any]], Any] = _call_natively

    def apply(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """Call any function, through its term where it is known."""
        entered = self._enter(function, args, kwargs)
        return (
            self.call(function, args, kwargs) if entered is None else self.run(*entered)
        )

    def run(self, term: Term, environment: Environment | None = None) -> Any:
        """The value of a term; `environment` becomes its own."""
        env = {} if environment is None else environment
        while True:
            match term:
                case Var():
                    return env[term.name]
                case Const():
                    return term.value
                case Lam():
                    return Closure(term, dict(env))
                case Prim():
                    return operate(
                        term.op, term.static, self._parts(term.arguments, env)
                    )
                case Call():
                    args = self._parts(term.arguments, env)
                    return self.call(term.external, args, {})
                case If():
                    term = term.then if self._part(term.test, env) else term.orelse
                case Let():
                    _bind(env, term.names, self._part(term.value, env))
                    term = term.body
                case LetRec():
                    closure = Closure(term.function, dict(env))
                    closure.names[term.name] = env[term.name] = closure
                    term = term.body
                case Try():
                    try:
                        return self.run(term.body, dict(env))
                    except BaseException as failure:
                        return self.run(term.handler, {**env, term.name: failure})
                case App():
                    function = self._part(term.function, env)
                    values = self._parts(term.arguments, env)
                    args, kwargs = arguments(function, term.shape, values)
                    entered = self._enter(function, args, kwargs)
                    if entered is None:
                        return self.call(function, args, kwargs)
                    term, env = entered
                case _:
                    assert_never(term)

    def _part(self, term: Term, env: Environment) -> Any:
        if isinstance(term, Var):
            return env[term.name]
        return term.value if isinstance(term, Const) else self.run(term, dict(env))

    def _parts(self, terms: tuple[Term, ...], env: Environment) -> tuple[Any, ...]:
        return tuple([self._part(term, env) for term in terms])

    def step(self, generated: Generated, thrown: bool, sent: Any) -> tuple[bool, Any]:
        """Take a generator to its next item."""

        def run(rest: Any) -> Any:
            return self.run(rest.lam.body, rest.enter((thrown, sent)))

        return generated.advance(thrown, sent, run)

    def _enter(
        self, function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[Term, Environment] | None:
        """The body of a function and its environment; None if it has no term."""
        if isinstance(function, Closure | Resumption):
            return function.lam.body, function.enter(args)
        if isinstance(function, types.MethodType):
            return self._enter(function.__func__, (function.__self__, *args), kwargs)
        if not isinstance(function, types.FunctionType):
            return None
        found = self.translate(function)
        if found is None:
            return None
        values = found.parameters(function, args, kwargs)
        if found.is_generator:
            return Const(generate(function, found, values, self.step)), {}
        return found.lam.body, dict(zip(found.lam.params, values, strict=True))


def _bind(env: Environment, names: tuple[str, ...], value: Any) -> None:
    if len(names) == 1:
        env[names[0]] = value
    else:
        env.update(zip(names, value, strict=True))
