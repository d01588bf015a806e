"""Runs: steps of a block that follow each other, under one look at calm.

While all is calm none of these steps ends the calm, so they become the Python that the
user wrote: an intermediate value that is used once stands where it is used.  Otherwise
each step goes its careful way.  A run may begin with the load of a method; then its test
asks for the type too.
"""

import ast
from collections import Counter

import attrs

from .emit_nodes import Code
from .emit_steps import (
    IDENTITY,
    MEMBER,
    NATIVE_STEPS,
    OPERATORS,
    OWNERS,
    Steps,
    is_direct,
    is_plain_format,
)
from .free import FreeNames
from .terms import App, At, Const, Let, Prim, Term, Var, spine


DISPLAYS = ("tuple", "list", "dict")
EXPRESSIONS = {*OPERATORS, *MEMBER, *IDENTITY, "getitem", "global"}


@attrs.frozen
class Run:
    """Steps under one test.

    Attributes:
        steps: The steps.
        method: The load of a method, if the run begins with one.
        rest: The term behind the run.
    """

    steps: list[Let]
    method: Prim | None
    rest: Term


class Runs(Steps):
    """Emits runs."""

    def __init__(self, code: Code, at: At | None) -> None:
        super().__init__(code, at)
        self.free = FreeNames()

    def run_from(self, term: Term) -> Run | None:
        """The run that begins here, if it is worth a test of its own."""
        steps: list[Let] = []
        method, bound = None, ""
        while isinstance(term, Let):
            if method is not None and is_call_of(term.value, bound):
                return Run([*steps, term], method, term.body)
            if not steps and is_method(term, self.free):
                assert isinstance(term.value, Prim)
                method, [bound] = term.value, term.names
            elif not is_native(term):
                break
            steps.append(term)
            term = term.body
        real = sum(not is_alias(step.value) for step in steps)
        return Run(steps, None, term) if method is None and real > 1 else None

    def run(self, run: Run) -> list[ast.stmt]:
        """The statements of a run."""
        test = self.calm()
        if run.method is not None:
            self.move(run.method.at)
            test = self.both(self.calm(), self.is_likely(run.method))
        where = self.where
        native = self.native_steps(run)
        careful = [stmt for step in run.steps for stmt in self.careful_way(step)]
        return [ast.If(test, native, careful, **where)]

    def careful_way(self, step: Let) -> list[ast.stmt]:
        """A step by way of the machine."""
        names, value = step.names, step.value
        if isinstance(value, App):
            self.move(value.at)
            if isinstance(value.function, Var):
                return self.finish_method(names, value.function.name, value)
            return self.careful_apply(names, value)
        if is_alias(value):
            return self.let(names, value)
        assert isinstance(value, Prim)
        if value.op == "getattr":
            return self.early_method_step(names[0], value)
        return self.careful_step(names, value)

    def native_steps(self, run: Run) -> list[ast.stmt]:
        """The steps as Python has them."""
        uses = Counter(name for step in run.steps for name in operands(step))
        later = self.free.of(run.rest)
        waiting: dict[str, ast.Assign] = {}
        out: list[ast.stmt] = []
        for step in run.steps:
            if step.value is run.method:
                continue
            self.nested = last_of(waiting, operands(step))
            made = self.native_way(step, run.method)
            waiting = {k: v for k, v in waiting.items() if k not in self.nested}
            if any(name in waiting for name in operands(step)):
                out += waiting.values()
                waiting = {}
            self.nested = {}
            value = value_of(made)
            name = "" if value is None else step.names[0]
            if value and is_temporary(name) and uses[name] == 1 and name not in later:
                waiting[name] = value
            else:
                out += [*waiting.values(), *made]
                waiting = {}
        return out

    def native_way(self, step: Let, method: Prim | None) -> list[ast.stmt]:
        """A step as it stands."""
        value = step.value
        if isinstance(value, App):
            self.move(value.at)
            if isinstance(value.function, Var):
                assert method is not None
                return self.native_method(step.names, method, value)
            return self.native_apply(step.names, value)
        if is_alias(value):
            return self.let(step.names, value)
        assert isinstance(value, Prim)
        return self.native_step(step.names, value)

    def let(self, names: tuple[str, ...], value: Term) -> list[ast.stmt]:
        """One step of a block."""
        raise NotImplementedError


def operands(step: Let) -> list[str]:
    """The variables that a step uses, in the order in which Python evaluates them."""
    value = step.value
    if isinstance(value, Var):
        return [value.name]
    if not isinstance(value, Prim | App):
        return []
    terms = value.arguments
    if isinstance(value, Prim) and value.op == "setitem":
        terms = (terms[2], *terms[:2])
    return [term.name for term in terms if isinstance(term, Var)]


def last_of(waiting: dict[str, ast.Assign], used: list[str]) -> dict[str, ast.expr]:
    """The values that a step uses, if they are the last ones, in that order."""
    names = [name for name in used if name in waiting]
    if names != [*waiting][len(waiting) - len(names) :]:
        return {}
    return {name: waiting[name].value for name in names}


def value_of(made: list[ast.stmt]) -> ast.Assign | None:
    """The assignment of a variable, if statements are nothing else."""
    match made:
        case [ast.Assign(targets=[ast.Name()]) as only]:
            return only
        case _:
            return None


def is_alias(value: Term) -> bool:
    """Whether a step only gives values names."""
    return isinstance(value, Var | Const) or (
        isinstance(value, Prim) and value.op == "pack"
    )


def is_native(step: Let) -> bool:
    """Whether a step is plain Python in calm, and leaves it calm."""
    value = step.value
    if isinstance(value, App):
        known = value.function
        return not value.shape and isinstance(known, Const) and is_direct(known.value)
    if is_alias(value):
        return True
    if not isinstance(value, Prim):
        return False
    if value.op == "unpack":
        return len(step.names) == int(sum(value.static))
    if value.op == "format":
        return is_plain_format(value)
    if value.op in DISPLAYS:
        return value.static is None
    return value.op in EXPRESSIONS or value.op in NATIVE_STEPS


def is_call_of(value: Term, bound: str) -> bool:
    """Whether a step calls this method."""
    return isinstance(value, App) and value.function == Var(bound)


def is_method(term: Let, free: FreeNames) -> bool:
    """Whether an attribute of a likely type is loaded just to be called further on."""
    load = term.value
    if not (isinstance(load, Prim) and load.op == "getattr" and load.static in OWNERS):
        return False
    bound, obj = term.names[0], load.arguments[0]
    if not isinstance(obj, Var) or not is_temporary(bound):
        return False
    for step in spine(term.body):
        if not isinstance(step, Let) or obj.name in step.names:
            return False
        if isinstance(step.value, App) and step.value.function == Var(bound):
            return not step.value.shape
        if bound in free.of(step.value):
            return False
    return False


def is_temporary(name: str) -> bool:
    """Whether a name stands for an intermediate value, which is used once."""
    return "." in name
