"""`contextlib` around code that asks for calls.

PYTEST_DONT_REWRITE: the asserts of the scripts are CPython's.
"""

import contextlib
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from typing import Any

import pytest

from epic_actors.testing.agree import agree
from tests.litmus.table import Bad, check_positive, f, g, outside, w


@contextmanager
def session(log, name):
    log.append(("open", g(name, 1)))
    try:
        yield g(name, 1)
    except Bad as error:
        log.append(("failed", str(error)))
        if name == "swallows":
            return
        raise
    finally:
        log.append(("close", g(name, 1)))


def of_a_generator_function():
    log = []
    with session(log, "a") as a:
        log.append(a)
        log.append(g("inside", 1))
    return log


def that_swallow_an_error():
    log = []
    with session(log, "swallows"):
        check_positive(0)
        log.append("not here")
    log.append("behind")
    return log


def that_let_an_error_pass():
    log = []
    try:
        with session(log, "a"):
            check_positive(0)
    except Bad:
        log.append("handled")
    return log


def that_raise_at_the_end():
    @contextmanager
    def failing():
        yield f(1)
        check_positive(0)

    with failing() as found:
        f(found)


def that_never_yield():
    @contextmanager
    def failing():
        if f(0):
            yield 1

    with failing():
        pass


def that_yield_twice():
    @contextmanager
    def failing():
        yield f(1)
        yield f(2)

    with failing():
        pass


def in_a_stack():
    log = []
    with ExitStack() as stack:
        made = [stack.enter_context(session(log, name)) for name in "abc"]
        stack.callback(w, "callback")
        log.append(made)
    return log


def in_a_stack_that_fails():
    log = []
    try:
        with ExitStack() as stack:
            for name in ("a", "swallows", "b"):
                stack.enter_context(session(log, name))
            check_positive(0)
    except Bad:
        log.append("handled")
    return log


def of_the_library():
    log = []

    class Closed:
        def close(self):
            log.append(g("closed", 1))

    with closing(Closed()), nullcontext(f(1)) as found, suppress(KeyError):
        log.append({}[found])
    return log


def as_decorators():
    log = []

    @session(log, "a")
    def decorated(x):
        log.append(f(x))

    decorated(1)
    decorated(2)
    return log


def that_redirect_output():
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        print(f(1))
        print(f(2))
    return out.getvalue()


def in_a_loop_that_is_left():
    log = []
    for name in "abc":
        with session(log, name) as found:
            if found == "b":
                break
    return log


def of_a_method():
    class Held:
        def __init__(self):
            self.log = []

        @contextmanager
        def open(self, name):
            self.log.append(g(name, 1))
            yield self
            self.log.append(g("end of " + name, 1))

    held = Held()
    with held.open("a") as same, held.open("b"):
        same.log.append("both")
    return held.log


CONTEXTS = [
    of_a_generator_function,
    that_swallow_an_error,
    that_let_an_error_pass,
    that_raise_at_the_end,
    that_never_yield,
    that_yield_twice,
    in_a_stack,
    in_a_stack_that_fails,
    of_the_library,
    as_decorators,
    that_redirect_output,
    in_a_loop_that_is_left,
    of_a_method,
]


@pytest.mark.parametrize("script", CONTEXTS, ids=lambda script: script.__name__)
def test_contexts_mean_what_cpython_says(script: Any) -> None:
    """They are entered and left in order, whatever is pending."""
    agree(script, outside)
