"""What the front end says of a function that it leaves to CPython."""


class NotCompiled(Exception):  # noqa: N818 - a verdict on a function, not a failure
    """The function has no term and runs natively as a whole.

    Attributes:
        reason: What stands in the way, in a few words.
        line: The line it stands on, from 1, where there is one.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
