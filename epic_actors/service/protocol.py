"""The protocol between clients and a server of runs: JSON-RPC 2.0 over a websocket.

Rules
    1. One message is one JSON text: a request, or a batch of them (an array).  A batch is
       answered by a batch, in its order; requests without `id` are performed and not
       answered.  Parameters are given by name.  The server, too, may put several of its
       notifications into one batch.
    2. A client speaks first by HTTP: `GET /runs` with `Upgrade: websocket`.  There, before
       any message, it is let in or not (401 token, 403 origin, 503 too many connections).
       The token is in `Authorization: Bearer …`, or, where headers cannot be set, in the
       offered subprotocol `bearer.` + base64url(token), beside the subprotocol PROTOCOL.
    3. What happens in a run is numbered from 1, without gaps, for the run and not for a
       connection.  A client that has seen number n attaches with `after` n and misses
       nothing and sees nothing twice.
    4. A run's last event is one of `run.complete`, `run.failed`, `run.cancelled`.
    5. The answer to `start` or `attach` comes before the events that it brings about.
    6. A run keeps its events, up to a limit of bytes, until some time after its end.  When
       it is full the oldest go.  A connection that still had to read them has been too
       slow and is closed (4008).  While all connections of a run are slow, its pieces wait
       for the fastest of them, so that a reader that keeps up is never dropped.
    7. Failures say a type and a message, never a traceback or a path of the server.
    8. Nothing that a client sends ends more than its own connection.

Methods of the server
    scripts  {}                                        their names, parameters, docs
    term     {script}                                  its printed term, nodes and edges
    start    {script, args?, kwargs?, outlive?}        {run, event: 0}
    attach   {run, after?}                             {run, script, status, first, last}
    detach   {run}                                     {run}
    cancel   {run}                                     {run, status}

    `outlive` is how many seconds the run goes on while nobody is attached to it: 0 cancels
    it with its last connection, null lets it run to its end.

Notifications of the server, each with params {run, event, data}
    run.piece      data is the next piece of the result
    run.output     data is what the script emitted
    run.call       {call, name, step, time, error?}; step: started, streaming, complete,
                   failed, cancelled; time in seconds since the run began
    run.complete   {result}, or, if that is too large to be kept, {pieces, type}: the result
                   is made of that many pieces, the type is str or list
    run.failed     {type, message}
    run.cancelled  {reason}

States
    connection | on               | goes to  | and
    -----------|------------------|----------|--------------------------------------------
    head       | GET of a page    | closed   | the page is sent
    head       | upgrade, let in  | open     |
    head       | anything else    | closed   | 4xx or 503
    open       | request          | open     | answered in order
    open       | not JSON-RPC     | open     | answered by an error
    open       | too many at once | open     | answered by an error; 1008 if it goes on
    open       | binary message   | closing  | 1003
    open       | too long message | closing  | 1009
    open       | misses events    | closing  | 4008
    open       | reads nothing    | closing  | 4008
    open       | no pong          | closing  | 4002
    open       | idle             | closing  | 4001
    open       | server stops     | closing  | 1001
    closing    | close, or time   | closed   | its subscriptions end

    run        | on               | goes to
    -----------|------------------|------------------------------------------------------
    running    | result           | complete
    running    | exception        | failed
    running    | cancel, or nobody attached for `outlive` seconds | cancelled
    any ended  | time, or too many ended runs | forgotten

Where else to change: `client` and `page.html` speak this protocol from the other side.
"""

import json
import re
from enum import Enum, IntEnum
from typing import Any, Final, NoReturn

import attrs

from epic_actors.errors import UsageError


PROTOCOL: Final = "epic-actors.1"
BEARER: Final = "bearer."
RESOURCE: Final = "/runs"
MAX_BATCH: Final = 100


class Code(IntEnum):
    """The codes of errors."""

    PARSE = -32700
    REQUEST = -32600
    METHOD = -32601
    PARAMS = -32602
    INTERNAL = -32603
    NO_SCRIPT = -32001
    NO_RUN = -32002
    TOO_MANY_RUNS = -32003
    EVENTS_GONE = -32004
    TOO_MANY_REQUESTS = -32005


class Close(IntEnum):
    """The codes with which the server closes a websocket."""

    GOING_AWAY = 1001
    NOT_TEXT = 1003
    FLOOD = 1008
    TOO_LONG = 1009
    IDLE = 4001
    NO_PONG = 4002
    SLOW = 4008


class Status(Enum):
    """The states of a run."""

    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


@attrs.frozen
class Fault(Exception):  # noqa: N818 - what JSON-RPC calls an error object
    """A request that is not performed, and why."""

    code: Code
    message: str
    data: Any = None


@attrs.frozen
class Request:
    """A request, or, if it is not `answered`, a notification."""

    method: str
    params: dict[str, Any]
    id: Any = None
    answered: bool = True


@attrs.frozen
class Refusal:
    """What stood in the place of a request and was none."""

    fault: Fault
    id: Any = None


@attrs.frozen
class Message:
    """What a client sent: requests, in a batch or alone."""

    parts: list[Request | Refusal]
    batch: bool


def check_token(token: str) -> None:
    """Hold a token to what a header can say.

    Raises:
        UsageError: It is empty, or has spaces or other than ASCII characters.
    """
    if not re.fullmatch(r"[!-~]+", token):
        raise UsageError("a token is made of visible ASCII characters, and of some")


def read(text: str) -> Message:
    """Take a client's message apart; what is wrong with it becomes refusals."""
    try:
        given = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return Message([Refusal(Fault(Code.PARSE, "this is not JSON"))], batch=False)
    if not isinstance(given, list):
        return Message([_request(given)], batch=False)
    if not 0 < len(given) <= MAX_BATCH:
        fault = Fault(Code.REQUEST, f"a batch has 1 to {MAX_BATCH} requests")
        return Message([Refusal(fault)], batch=False)
    return Message([_request(one) for one in given], batch=True)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _request(given: Any) -> Request | Refusal:
    if not isinstance(given, dict):
        return Refusal(Fault(Code.REQUEST, "a request is an object"))
    key = given.get("id")
    if key is not None and (isinstance(key, bool) or not isinstance(key, int | str)):
        return Refusal(Fault(Code.REQUEST, "id is an integer, a string or null"))
    if given.get("jsonrpc") != "2.0" or not isinstance(given.get("method"), str):
        wrong = 'a request has "jsonrpc": "2.0" and a method'
        return Refusal(Fault(Code.REQUEST, wrong), key)
    params = given.get("params", {})
    if not isinstance(params, dict):
        return Refusal(Fault(Code.PARAMS, "params are given by name"), key)
    return Request(given["method"], params, key, answered="id" in given)


def answer(key: Any, result: Any) -> str:
    """The text that answers a request."""
    return json.dumps({"jsonrpc": "2.0", "id": key, "result": result})


def refuse(key: Any, fault: Fault) -> str:
    """The text that refuses a request."""
    error = {"code": int(fault.code), "message": fault.message}
    if fault.data is not None:
        error["data"] = fault.data
    return json.dumps({"jsonrpc": "2.0", "id": key, "error": error})


def request(key: int, method: str, params: dict[str, Any]) -> str:
    """The text of a request."""
    message = {"jsonrpc": "2.0", "id": key, "method": method, "params": params}
    return json.dumps(message, allow_nan=False)


def event(kind: str, run: str, number: int, data: str) -> str:
    """The text of a notification; `data` is JSON already."""
    return (
        f'{{"jsonrpc":"2.0","method":"{kind}",'
        f'"params":{{"run":"{run}","event":{number},"data":{data}}}}}'
    )


def together(texts: list[str]) -> str:
    """One message of one or more texts."""
    return texts[0] if len(texts) == 1 else f"[{','.join(texts)}]"
