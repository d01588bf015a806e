"""Room for scripts to recurse as deep as CPython would let them.

A call in the script takes more than one Python frame, and one by way of a cache, a `map`
or a special method takes a dozen, so while any run is under way the interpreter's
recursion limit is raised.  The limit is the whole process's: it is raised by the first
run and put back by the last.

So many frames do not fit in the usual stack if native code stands between them.  The
stack of the main thread may grow while the program runs, so there the limit on it is
raised as well, and threads are started with a larger one.  Where the first run is in
another thread, there is room for less.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


try:
    import resource
except ImportError:  # pragma: no cover - Windows
    resource = None  # type: ignore[assignment]


FRAMES_PER_CALL = 4
FRAMES_WITH_ROOM = 10
STACK_BYTES = 64 * 2**20
"""Of what may be asked for: Linux keeps 128 MiB free below the main thread's stack."""
THREAD_BYTES = 32 * 2**20
MOST_FRAMES = 2**31 - 1
_lock = threading.Lock()
_runs = 0
_limit = 0
_threads = 0
_stack: tuple[int, int] | None = None


@contextmanager
def room_to_recurse() -> Iterator[None]:
    """Raise the recursion limit for as long as a run is under way."""
    global _runs, _limit, _stack, _threads  # noqa: PLW0603 - the limits are global too
    with _lock:
        if _runs == 0:
            _limit, _stack = sys.getrecursionlimit(), _grow_stack()
            frames = FRAMES_WITH_ROOM if _stack else FRAMES_PER_CALL
            if _stack is not None:
                _threads = threading.stack_size(THREAD_BYTES)
            sys.setrecursionlimit(min(_limit * frames, MOST_FRAMES))
        _runs += 1
    try:
        yield
    finally:
        with _lock:
            _runs -= 1
            if _runs == 0:
                sys.setrecursionlimit(_limit)
                if _stack is not None:
                    resource.setrlimit(resource.RLIMIT_STACK, _stack)
                    threading.stack_size(_threads)


def _grow_stack() -> tuple[int, int] | None:
    """Let the stack grow; what the limits were, or None if it cannot."""
    if sys.platform != "linux" or resource is None:
        return None
    if threading.current_thread() is not threading.main_thread():
        return None
    soft, hard = before = resource.getrlimit(resource.RLIMIT_STACK)
    if soft != resource.RLIM_INFINITY and soft < STACK_BYTES:
        try:
            resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, hard))
        except (ValueError, OSError):
            return None
    return before
