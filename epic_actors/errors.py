"""Every error of epic-actors, sorted by whose fault it is.

    EpicError
    ├── ScriptError      your script, found before running it (file, line, caret)
    ├── UsageError       your program, while running: the door was used in a way it cannot be
    ├── OutsideError     the outside world; `__cause__` is the original error
    │   └── Transient    …and trying again may help
    ├── LimitError       a limit that you set was reached
    └── InternalError    a bug of ours: please report it

What a script itself raises is none of these: it arrives unchanged.
"""


class EpicError(Exception):
    """The root of the tree."""


class ScriptError(EpicError):
    """A script cannot be taken as it is; found before anything of it ran.

    Attributes:
        filename: The file of the fault, or None where there is none.
        line: Its line, from 1, or None.
        column: Its column, from 0, or None.
        source_line: The text of that line, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        filename: str | None = None,
        line: int | None = None,
        column: int | None = None,
        source_line: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.filename = filename
        self.line = line
        self.column = column
        self.source_line = source_line

    def __str__(self) -> str:
        if self.filename is None:
            return self.message
        place = f'  File "{self.filename}", line {self.line}'
        if self.source_line is None:
            return f"{self.message}\n{place}"
        text = self.source_line.rstrip()
        shown = text.lstrip()
        caret = max((self.column or 0) - (len(text) - len(shown)), 0)
        return f"{self.message}\n{place}\n    {shown}\n    {' ' * caret}^"


class UsageError(EpicError):
    """The library was called where, or with what, it cannot be."""


class OutsideError(EpicError):
    """Something outside the program failed."""


class Transient(OutsideError):  # noqa: N818 - reads as what it is: a transient error
    """Something outside failed in a way that may pass."""


class LimitError(EpicError):
    """A limit set by the caller was reached before the run was done."""


class DeadlineExceeded(LimitError):  # noqa: N818 - the field's usual name
    """The run was not done within its deadline."""


class InternalError(EpicError):
    """The library contradicted itself; please report it with the printed text."""
