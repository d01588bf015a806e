"""Files that nothing refers to: CPython closes them as soon as they have been used.

`open(p, "w").write(text)` and `json.dump(found, open(p, "w"))` leave a file behind that is
closed, and so written, when the call is done: whoever reads the path further on finds all
of it.  A run has references of its own, so it closes such a file itself.  It does so where
the call surely keeps nothing: behind the file's own methods and these functions.
"""

import contextlib
import io
import json
import pickle
from typing import Any


USERS: tuple[Any, ...] = (json.dump, json.load, pickle.dump, pickle.load, print)
METHODS = frozenset({"read", "readline", "readlines", "write", "writelines"})


def close_behind(file: Any, function: Any) -> None:
    """Close a file that was opened for one call of a function."""
    own = getattr(function, "__self__", None) is file and function.__name__ in METHODS
    if isinstance(file, io.IOBase) and (own or any(function is u for u in USERS)):
        # Why: nobody hears of what goes wrong when an object is let go.
        with contextlib.suppress(Exception):
            file.close()
