"""What CPython's own test suite says, with arguments pending, where the machine once differed.

Each program is a module of its own in which nothing else stands, so that no class or
function of another one makes the machine more careful than it has to be.
"""

import itertools
import linecache
import textwrap

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()
_numbers = itertools.count()


@outside.unordered(seconds=lambda answer: 1)
def later(answer):
    """Give what it is asked for."""
    return answer


@outside.unordered(seconds=lambda: 1)
def failing():
    """Fail."""
    raise ValueError


PROGRAMS = {
    "one of two generator expressions in a line never reaches its result": """
        def script():
            return sum(x for x in (y for y in range(later(9)) if False))
        """,
    "an annotation in brackets makes no variable": """
        def script():
            def outer():
                (unheard_of): int
                return later(unheard_of)

            try:
                outer()
            except NameError as error:
                return type(later(error)), str(error)
        """,
    "a function that is wrapped looks like what it wraps": """
        import functools

        def script():
            def wrapped(x):
                "Said of it."

            def wrapper(*given):
                return wrapped(*given)

            wrapped.said_of_it = 2
            functools.update_wrapper(later(wrapper), later(wrapped))
            return wrapper.__name__, wrapper.__doc__, wrapper.said_of_it
        """,
    "a function that is wrapped behind a failure looks as before": """
        import functools

        def script():
            def wrapped(x):
                "Said of it."

            def wrapper(*given):
                return wrapped(*given)

            wrapped.said_of_it = 2
            try:
                failing()
                functools.update_wrapper(wrapper, wrapped)
            except ValueError:
                pass
            return wrapper.__name__, wrapper.__doc__, vars(wrapper)
        """,
    "a function is registered for what is pending": """
        import functools

        def script():
            @functools.singledispatch
            def kind_of(x):
                return "any"

            kind_of.register(later(int), lambda x: "int")
            return kind_of(1), kind_of("")
        """,
    "a class that is registered counts as one": """
        import collections.abc

        def script():
            class Measured:
                pass

            collections.abc.Sized.register(later(Measured))
            return issubclass(Measured, collections.abc.Sized)
        """,
    "a class that turns out to be decorated is changed": """
        import typing

        def script():
            class Last:
                pass

            typing.final(later(Last))
            return Last.__final__
        """,
    "a dialect is registered before it is looked for": """
        import csv

        def script():
            csv.register_dialect("of ours", later(csv.excel))
            found = csv.get_dialect("of ours").delimiter
            csv.unregister_dialect(later("of ours"))
            return found, "of ours" in csv.list_dialects()
        """,
    "a tree gets its lines": """
        import ast

        def script():
            tree = ast.parse("1")
            ast.increment_lineno(later(tree), 3)
            return tree.body[0].lineno
        """,
    "a method of a library that lacks its object says so": """
        import collections

        def script():
            try:
                collections.UserDict.update()
            except TypeError as error:
                return later(str(error))
        """,
}


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name: str, fusion: bool) -> None:
    """The machine does what CPython does."""
    source = textwrap.dedent(PROGRAMS[name])
    filename = f"<program of CPython's {next(_numbers)}>"
    linecache.cache[filename] = len(source), None, source.splitlines(True), filename
    namespace = {"__name__": "program", "later": later, "failing": failing}
    exec(compile(source, filename, "exec"), namespace)
    agree(namespace["script"], outside, fusions=[fusion])
