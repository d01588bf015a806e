"""What a server allows, and a bucket that measures rates."""

import math

import attrs
import trio

from epic_actors.errors import UsageError
from epic_actors.primitives.options import check


@attrs.frozen(kw_only=True)
class Limits:
    """The limits of a server; times are in seconds, sizes in characters.

    Attributes:
        max_connections: Connections at once, those still shaking hands included.
        max_runs: Runs under way at once, and as many that have ended and are kept.
        max_runs_per_connection: Runs under way that one connection has started, and runs
            that it is attached to.
        max_message: The longest message taken from a client.
        max_history: How much of a run's events is kept; also the largest event.
        requests_per_second: How many requests a connection may make in the long run.
        request_burst: How many at once.
        default_outlive: How long a run goes on unattached, if its `start` does not say.
        max_outlive: The most that `start` may ask for; null then means this.
        keep_ended: How long an ended run can still be attached to.
        handshake_timeout: For the first request, TLS included.
        send_timeout: For a client to take a message.
        ping_interval: Between pings.
        pong_timeout: For the answer to a ping.
        idle_timeout: For a connection without runs in which nothing is said.
    """

    max_connections: int = 1000
    max_runs: int = 1000
    max_runs_per_connection: int = 100
    max_message: int = 1 << 20
    max_history: int = 1 << 20
    requests_per_second: float = 100
    request_burst: int = 200
    default_outlive: float = 30
    max_outlive: float = math.inf
    keep_ended: float = 60
    handshake_timeout: float = 10
    send_timeout: float = 10
    ping_interval: float = 20
    pong_timeout: float = 20
    idle_timeout: float = 300

    def __attrs_post_init__(self) -> None:
        """Hold each limit to what it can be.

        Raises:
            UsageError: One is no number, or too small.
        """
        for field in attrs.fields(Limits):
            value, what = getattr(self, field.name), f"{field.name}= of Limits"
            check(what, value, field.type)
            least = 1 if field.type is int else 0
            if value < least:
                raise UsageError(f"{what} is at least {least}, not {value}")


@attrs.define(eq=False)
class Bucket:
    """Lets so many things through a second, and a burst of them at once."""

    rate: float
    burst: float
    _level: float = attrs.field(init=False)
    _time: float = attrs.field(factory=trio.current_time, init=False)

    def __attrs_post_init__(self) -> None:
        """It starts full."""
        self._level = self.burst

    def take(self) -> bool:
        """Let one thing through, if there is room."""
        now = trio.current_time()
        self._level = min(self.burst, self._level + (now - self._time) * self.rate)
        self._time = now
        if self._level < 1:
            return False
        self._level -= 1
        return True
