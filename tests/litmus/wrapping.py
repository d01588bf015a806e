"""A package as others install it: wrappers, and what takes functions (see `installed`).

Its shapes are those of `backoff`, `tenacity`, `wrapt`, `toolz` and their like.
"""

# Written as libraries are written.
# ruff: noqa: DTZ005, ICN001
# mypy: ignore-errors

import datetime
import functools
import time
from datetime import timedelta


def retry(kinds, tries, wait=lambda: doubling(0.0), on_success=(), on_retry=()):
    """Try again after some errors, as `backoff.on_exception` does."""

    def decorate(target):
        @functools.wraps(target)
        def again(*args, **kwargs):
            count, start, waits = 0, datetime.datetime.now(), wait()
            waits.send(None)
            while True:
                count += 1
                passed = timedelta.total_seconds(datetime.datetime.now() - start)
                details = {"target": target, "args": args, "passed": passed}
                try:
                    found = target(*args, **kwargs)
                except kinds as error:
                    if count == tries:
                        raise
                    seconds = waits.send(error)
                    _tell(on_retry, **details, error=error, seconds=seconds)
                    time.sleep(seconds)
                else:
                    _tell(on_success, **details)
                    return found

        return again

    return decorate


def simply(kinds, tries):
    """Try again after some errors, in simple Python."""

    def decorate(target):
        @functools.wraps(target)
        def again(*args, **kwargs):
            for count in range(tries):
                try:
                    return target(*args, **kwargs)
                except kinds:
                    if _is_last(count, tries):
                        raise

        return again

    return decorate


def _is_last(count, tries):
    return count == tries - 1


def doubling(first):
    """Seconds to wait, twice as many each time."""
    yield
    while True:
        yield first
        first *= 2


def _tell(hearers, target, args, passed, **more):
    details = {"target": target, "args": args, "passed": passed}
    details.update(more)
    for hear in hearers:
        hear(details)


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function = function
        self.calls = 0

    def __call__(self, *args):
        """Count, then call it."""
        self.calls += 1
        return self.function(*args)


def proxied(function):
    """A proxy that looks like the function it adds something to, as `wrapt` has it."""
    return Proxy(function)


class Proxy:
    """It says that it is what it stands for."""

    def __init__(self, function):
        object.__setattr__(self, "_target", function)

    @property
    def __class__(self):
        """That of the function."""
        return type(object.__getattribute__(self, "_target"))

    def __getattr__(self, name):
        return getattr(object.__getattribute__(self, "_target"), name)

    def __call__(self, *args):
        """Call it, and add something."""
        return "<" + object.__getattribute__(self, "_target")(*args) + ">"


def apply_all(functions, value):
    """Each function's result."""
    return [function(value) for function in functions]


def each(items, function):
    """A generator of a function's results."""
    for item in items:
        yield function(item)


class Each:
    """An iterator over a function's results."""

    def __init__(self, items, function):
        self.items = iter(items)
        self.function = function

    def __iter__(self):
        return self

    def __next__(self):
        """The next result."""
        return self.function(next(self.items))
