"""What `except*` does with an exception: take it apart, and put together what is left."""

from typing import Any


class Caught:
    """An exception that the clauses of an `except*` statement take their parts of.

    Attributes:
        part: What the clause has taken that is to run now: a group.
    """

    def __init__(self, whole: BaseException) -> None:
        self.whole = whole
        self.rest: BaseException | None = whole
        self.part: Any = None
        self.raised: list[BaseException] = []
        self._context: BaseException | None = None

    def take(self, classes: Any) -> bool:
        """Take what a clause handles; whether that is anything.

        Raises:
            TypeError: The clause names what cannot be handled so.
        """
        check(classes)
        rest = self.rest
        if rest is None:
            return False
        if isinstance(rest, classes):
            self.part, self.rest = rest, None
            if not isinstance(rest, BaseExceptionGroup):
                self.part = BaseExceptionGroup("", (rest,))
        elif isinstance(rest, BaseExceptionGroup):
            self.part, self.rest = rest.split(classes)
        else:
            self.part = None
        if self.part is None:
            return False
        self._context = self.part.__context__
        return True

    def mend(self) -> None:
        """Undo what raising the part has done to it."""
        self.part.__context__ = self._context

    def add(self, failure: BaseException) -> None:
        """Note what a clause has raised."""
        self.raised.append(failure)

    def result(self) -> BaseException | None:
        """What is to be raised in the end."""
        found = [*self.raised, self.rest] if self.rest is not None else self.raised
        if not isinstance(self.whole, BaseExceptionGroup):
            return found[0] if found else None
        same = [error for error in found if _same(error, self.whole)]
        fresh = [error for error in found if not _same(error, self.whole)]
        again = _projection(self.whole, same)
        if again is not None:
            fresh.append(again)
        if len(fresh) > 1:
            return BaseExceptionGroup("", fresh)
        return fresh[0] if fresh else None


def check(classes: Any) -> None:
    """See whether `except*` can handle these.

    Raises:
        TypeError: It cannot.
    """
    for kind in classes if isinstance(classes, tuple) else (classes,):
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            raise TypeError(
                "catching classes that do not inherit from BaseException is not allowed"
            )
        if issubclass(kind, BaseExceptionGroup):
            raise TypeError(
                "catching ExceptionGroup with except* is not allowed. Use except instead."
            )


def _same(error: BaseException, whole: BaseException) -> bool:
    """Whether an exception is a part of the whole that was raised again."""
    return isinstance(error, BaseExceptionGroup) and all(
        getattr(error, name, None) is getattr(whole, name, None)
        for name in ("__context__", "__cause__", "__notes__")
    )


def _projection(whole: Any, parts: list[Any]) -> BaseException | None:
    """The part of a group that has the leaves of these parts."""
    leaves = {id(leaf) for part in parts for leaf in _leaves(part)}
    found: BaseException | None = whole.subgroup(lambda error: id(error) in leaves)
    return found


def _leaves(error: BaseException) -> list[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for part in error.exceptions for leaf in _leaves(part)]
