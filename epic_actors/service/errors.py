"""What can go wrong between a client and the runs it asked for.

EpicError
├── UsageError
└── OutsideError
    ├── RemoteError      the script raised, on the server
    ├── RemoteCancelled  the run was cancelled, on the server
    ├── RequestRefused   the server said no to a request, with a code and a reason
    ├── AccessRefused    the server did not let us in (token, origin, not a server)
    └── Transient
        └── ConnectionLost   the connection ended; attach to the run again
"""

from typing import Any

from epic_actors.errors import OutsideError, Transient


class RemoteError(OutsideError):
    """A script raised on the server.

    Attributes:
        type: The name of the exception's type.
        message: What the exception said.
    """

    def __init__(self, type: str, message: str) -> None:  # noqa: A002 - its name
        super().__init__(f"{type}: {message}" if message else type)
        self.type = type
        self.message = message


class RemoteCancelled(OutsideError):  # noqa: N818 - it is what happened to the run
    """A run was cancelled on the server, by a client or because nobody was attached."""


class RequestRefused(OutsideError):  # noqa: N818 - it is what happened to the request
    """The server refused a request.

    Attributes:
        code: The JSON-RPC error code; see `protocol`.
        data: What else the server said about it.
    """

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


class AccessRefused(OutsideError):  # noqa: N818 - it is what happened to us
    """The server did not accept the connection."""


class ConnectionLost(Transient):
    """The connection to the server ended.

    Runs may go on without it: connect again and attach to them.

    Attributes:
        code: The close code of the websocket, or None if there was none.
    """

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code
