"""Room for scripts to recurse as deep as CPython would let them.

A call in the script takes more than one Python frame, so while any run is under way the
interpreter's recursion limit is raised.  The limit is the whole process's: it is raised
by the first run and put back by the last.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


FRAMES_PER_CALL = 4
_lock = threading.Lock()
_runs = 0
_limit = 0


@contextmanager
def room_to_recurse() -> Iterator[None]:
    """Raise the recursion limit for as long as a run is under way."""
    global _runs, _limit  # noqa: PLW0603 - the limit is global too
    with _lock:
        if _runs == 0:
            _limit = sys.getrecursionlimit()
            sys.setrecursionlimit(_limit * FRAMES_PER_CALL)
        _runs += 1
    try:
        yield
    finally:
        with _lock:
            _runs -= 1
            if _runs == 0:
                sys.setrecursionlimit(_limit)
