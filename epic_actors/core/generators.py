"""Generators of the script's: how far each has got, and the native object that shows it.

Rules
    1. A generator function's term gives `pack(True, item, rest)` or
       `pack(False, value, None)`.  `Generated.rest` is what the next step applies: the
       beginning, a resumption, or None when the generator has ended.
    2. Resumptions never change.  Only `rest` does, by a store like any other, so a step
       is taken back by restoring it.
    3. The script holds a real `generator` object, its *shell*.  The script's own steps
       never enter it; native code that iterates over it drives the same `Generated`.
"""

import contextlib
import types
import weakref
from collections.abc import Callable, Generator
from typing import Any, TypeAlias

from epic_actors.core.closures import Beginning
from epic_actors.core.functions import Function
from epic_actors.core.looks import shell_of
from epic_actors.core.operations import OPERATIONS, Cursor, Pack


Shell: TypeAlias = Generator[Any, Any, Any]
Run: TypeAlias = Callable[[Any], tuple[bool, Any, Any]]
Step: TypeAlias = Callable[["Generated", bool, Any], tuple[Any, Any]]


class Running:
    """What is left while a step is being taken.

    Attributes:
        active: False when the step's code has failed, or waits.
    """

    __slots__ = ("active",)

    def __init__(self) -> None:
        self.active = True


class Native:
    """What is left is CPython's own: native code was the first to take an item.

    Or the generator has to do with nothing but itself, and its items are given back.
    """

    __slots__ = ("apart", "back", "iterator")

    def __init__(self, iterator: Shell, *, apart: bool = False) -> None:
        self.iterator = iterator
        self.apart = apart
        self.back: list[Any] = []

    def step(self, thrown: bool, sent: Any) -> tuple[bool, Any]:
        """Take a step."""
        if self.back and not thrown and sent is None:
            return Pack((True, self.back.pop()))
        more, item = OPERATIONS["step"](Cursor(self.iterator), thrown, sent)
        return Pack((more, item))

    def __epic_sources__(self) -> list[Any]:
        return [self.iterator]


class Generated:
    """How far a generator of the script's has got.

    Attributes:
        function: The generator function.
        code: Its code, which lives as long as anything that may take a step.
        values: What its parameters were given.
        step: Takes a step natively.
        rest: See the module's rules.
        shell: Gives the native object while it is there.
        entered: The native object has begun.
        within: The `try` in which it was made, if any.
    """

    __slots__ = (
        "__weakref__",
        "code",
        "entered",
        "function",
        "rest",
        "shell",
        "step",
        "values",
        "within",
    )

    def __init__(self, function: Function, values: tuple[Any, ...], step: Step) -> None:
        self.function = function
        self.code = function.code
        self.values = values
        self.step = step
        self.rest: Any = Beginning(function.lam, values)
        self.shell: Callable[[], Shell | None] = lambda: None
        self.entered = False
        self.within: Any = None

    def __epic_sources__(self) -> list[Any]:
        # Why: what is left may be pending, and will refer to what was given.
        return [self, self.rest, *self.values]

    def enter(self) -> None:
        """Let the native object begin, since the script takes the first step."""
        shell = self.shell()
        if shell is not None and not self.entered:
            self.entered = True
            next(shell)

    def begun(self, *, thrown: bool, sent: Any) -> Any:
        """What a step has to apply; None if the generator has ended.

        Raises:
            ValueError: It is just taking a step.
            TypeError: Something is sent into its beginning.
        """
        rest = self.rest
        if isinstance(rest, Running):
            if rest.active:
                raise ValueError("generator already executing")
            rest = None
        if isinstance(rest, Beginning) and not thrown and sent is not None:
            raise TypeError("can't send non-None value to a just-started generator")
        return rest

    def advance(self, thrown: bool, sent: Any, run: Run) -> tuple[bool, Any]:
        """Take a step, all of whose code can run now."""
        rest = self.begun(thrown=thrown, sent=sent)
        if rest is None or (thrown and isinstance(rest, Beginning)):
            self.rest = None
            return ended(thrown=thrown, sent=sent)
        running = self.rest = Running()
        try:
            more, item, after = run(rest)
        except StopIteration as error:
            raise RuntimeError("generator raised StopIteration") from error
        finally:
            running.active = False
        self.rest = after
        return more, item


def ended(*, thrown: bool, sent: Any) -> tuple[bool, Any]:
    """A step of a generator that has ended, or is ended by what is thrown."""
    if thrown:
        raise sent
    return False, None


def throw_so_many(count: int) -> None:
    """Have CPython say what it has to say of `throw` with so many arguments."""
    with contextlib.suppress(KeyError):
        arguments: list[Any] = [KeyError, *[None] * count]
        _returning().throw(*arguments[:count])


def _returning() -> Generator[None, None, bool]:
    try:
        yield
    except GeneratorExit:
        return True
    return False


def _close_returns() -> bool:
    made: Any = _returning()
    next(made)
    return bool(made.close())


CLOSE_RETURNS = _close_returns()
"""Whether `close` gives what the generator returns, as CPython's does since 3.13."""

GENERATED: "weakref.WeakKeyDictionary[Shell, weakref.ref[Generated]]"
GENERATED = weakref.WeakKeyDictionary()
"""What stands behind each native object, which keeps it alive until it has ended."""


def generated_of(value: Any) -> Generated | None:
    """What stands behind a native generator, if it is one of the script's."""
    # Why: a weak proxy says that it is of the class of what it stands for.
    if type(value) is not types.GeneratorType:
        value = shell_of(value)
        if value is None:
            return None
    behind = GENERATED.get(value)
    return None if behind is None else behind()


def generate(
    fn: types.FunctionType, function: Function, values: tuple[Any, ...], step: Step
) -> Shell:
    """What a call of a generator function gives: a native generator."""
    generated = Generated(function, values, step)
    return _named(generated, fn.__name__, fn.__qualname__)


def revived(generated: Generated) -> Shell:
    """A further native object for a generator whose own is gone."""
    function = generated.function
    shell = _named(generated, function.name, function.qualname)
    next(shell)
    return shell


def _named(generated: Generated, name: str, qualname: str) -> Shell:
    shell = _shell(generated)
    named: Any = shell
    named.__name__, named.__qualname__ = name, qualname
    GENERATED[shell] = weakref.ref(generated)
    generated.shell = weakref.ref(shell)
    return shell


def _shell(generated: Generated) -> Shell:
    """The native object."""
    if generated.entered:
        item = None  # nobody sees it
    else:
        generated.entered = True
        more, item = generated.step(generated, False, None)
        if not more:
            return item
    while True:
        try:
            thrown, sent = False, (yield item)
        except BaseException as error:
            thrown, sent = True, error
        more, item = generated.step(generated, thrown, sent)
        if not more:
            return item
