"""Runs over websockets: a server to embed or start, a client, and a page.

Where things are: `protocol` says what is spoken and `values` how values are written;
`catalog` and `drawing` describe scripts; `history` and `runs` are the runs themselves,
`connection` one client of theirs; `web` and `page` are HTTP; `server` ties them together
and `cli` starts it.  `client` is the other side.
"""

from .client import Client, RemoteEvent, RemoteRun, connect_runs
from .errors import (
    AccessRefused,
    ConnectionLost,
    RemoteCancelled,
    RemoteError,
    RequestRefused,
)
from .limits import Limits
from .server import serve_runs


__all__ = [
    "AccessRefused",
    "Client",
    "ConnectionLost",
    "Limits",
    "RemoteCancelled",
    "RemoteError",
    "RemoteEvent",
    "RemoteRun",
    "RequestRefused",
    "connect_runs",
    "serve_runs",
]
