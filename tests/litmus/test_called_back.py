"""Native code that calls back into the script, which asks: CPython's value, in its turn.

Wrappers as installed packages have them stand in `tests.litmus.installed`.
"""

# Scripts under test are written as users write them.
# mypy: ignore-errors

import argparse
import ast
import bisect
import cmd
import copy
import difflib
import functools
import heapq
import html.parser
import io
import json
import logging
import optparse
import pickle
import re
import sched
import string
from unittest import mock

import pytest

from epic_actors.testing.agree import agree
from tests.core.rows import both_ways
from tests.litmus.installed import installed
from tests.litmus.table import Bad, Row, Table, ask, check, f, g, outside


table = Table()
takes = table.takes
SCRIPTS = []


def agrees(script):
    """Add the script below to those that need only mean what they do in CPython."""
    SCRIPTS.append(script)
    return script


class Note:
    """It has special methods that ask."""

    def __init__(self, text):
        self.text = text

    def __deepcopy__(self, memo):
        return Note(ask(self.text))

    def __reduce__(self):
        return str, (ask(self.text),)

    def __lt__(self, other):
        return ask(self.text) < ask(other.text)

    def __str__(self):
        return ask(self.text)


class Encoder(json.JSONEncoder):
    """A class of the library's with a method of the script's."""

    def default(self, o):
        return ask(o.text)


class Reader(html.parser.HTMLParser):
    """It is called for what is found."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_data(self, data):
        self.found.append(ask(data))


class Visitor(ast.NodeVisitor):
    """Its methods are found by name."""

    def __init__(self):
        self.found = []

    def visit_Name(self, node):
        self.found.append(ask(node.id))


class Shell(cmd.Cmd):
    """Its methods are commands."""

    said = None

    def do_say(self, words):
        self.said = ask(words)


class Formatter(string.Formatter):
    """It asks for what is to be put in."""

    def get_value(self, key, args, kwargs):
        return ask(key)


@agrees
def to_and_from_json():
    made = [
        json.dumps([Note("a"), {"b": Note("b")}], default=lambda note: ask(note.text)),
        json.dumps(Note("c"), cls=Encoder),
        Encoder().encode([Note("d")]),
    ]
    return made, json.loads('[{"x": "e"}]', object_hook=lambda found: ask(found["x"]))


@agrees
def methods_that_a_library_calls():
    reader, visitor, shell = Reader(), Visitor(), Shell()
    reader.feed("<p>one</p>two")
    reader.close()
    visitor.visit(ast.parse("a + b"))
    shell.onecmd("say hello")
    return reader.found, visitor.found, shell.said, Formatter().format("{a}-{b}")


@agrees
def options():
    found = []
    parser = argparse.ArgumentParser()
    parser.add_argument("--x", type=ask)
    parser.add_argument("--y", type=lambda text: ask(ask(text)))
    old = optparse.OptionParser()
    note = lambda option, name, value, parser: found.append(ask(value))  # noqa: E731
    old.add_option("-z", action="callback", type="str", callback=note)
    old.parse_args(["-z", "third"])
    parsed = parser.parse_args(["--x", "first", "--y", "second"])
    return parsed.x, parsed.y, found


@agrees
def what_is_logged():
    found = []
    log = logging.getLogger("tests.litmus.called_back")
    keep = lambda record: found.append(ask(record.msg))  # noqa: E731
    log.addFilter(keep)
    try:
        log.warning("careful")
    finally:
        log.removeFilter(keep)
    return found


@agrees
def objects_made_for_tests():
    fake = mock.Mock(side_effect=ask)
    return fake("a"), fake("b"), fake.call_count


@agrees
def keys_and_junk():
    found = bisect.bisect([1, 2, 3], 2, key=lambda n: len(ask("x" * n)))
    blocks = difflib.SequenceMatcher(lambda c: ask(c) == " ", "ab c", "a bc")
    merged = list(heapq.merge(["b", "c"], ["a", "d"], key=lambda text: ask(text)))
    return (
        found,
        blocks.get_opcodes(),
        merged,
        re.sub("a", lambda m: ask(m[0]), "banana"),
    )


@agrees
def copies():
    copied = copy.deepcopy({"x": [Note("a"), Note("b")]})
    return [note.text for note in copied["x"]], pickle.loads(pickle.dumps([Note("c")]))


@agrees
def in_a_heap():
    heap, out = [], io.StringIO()
    for text in "cab":
        heapq.heappush(heap, Note(text))
    print(Note("shown"), file=out)
    texts = [heapq.heappop(heap).text for _ in range(3)]
    return texts, out.getvalue(), string.Template("$x").substitute(x=Note("y"))


@agrees
def at_a_time():
    found = []
    plan = sched.scheduler()
    plan.enter(0, 1, lambda: found.append(ask("now")))
    plan.run()
    return found


class ByType:
    """A method by the type of its argument."""

    @functools.singledispatchmethod
    def show(self, x):
        return ask(str(x))

    @show.register
    def _(self, x: int):
        return ask("number") + str(x)


@agrees
def by_type():
    return ByType().show("x"), ByType().show(1)


@agrees
def what_fails_in_a_callback():
    def default(found):
        ask(found.text)
        raise Bad(found.text)

    found = [ask("before")]
    try:
        found.append(json.dumps(Note("x"), default=default))
    except Bad as error:
        found.append(error.args)
    found.append(ask("after"))
    return found


# Wrappers


@installed.retry(Bad, 5)
def flaky(text):
    found = ask(text)
    if len(tried) < 3:
        tried.append(found)
        raise Bad(found)
    return found


tried: list[str] = []


@installed.Counted
def counted(text):
    return ask(text)


@installed.proxied
def proxied(text):
    return ask(text)


class Shouting:
    @installed.retry(Bad, 2)
    def say(self, text):
        return ask(text) + "!"


@agrees
def wrappers_of_a_package():
    tried.clear()
    found = flaky("x"), list(tried), Shouting().say("y")
    return found, counted("z"), counted("u"), counted.calls, proxied("v")


@agrees
def simple_wrappers_of_a_package():
    tried.clear()
    found = simply_flaky("x"), list(tried)
    tried.clear()
    try:
        found += (installed.simply(Bad, 2)(flaky_inside)("y"),)
    except Bad as error:
        found += error.args
    return found, tried


def flaky_inside(text):
    found = ask(text)
    if len(tried) < 2:
        tried.append(found)
        raise Bad(found)
    return found


simply_flaky = installed.simply(Bad, 3)(flaky_inside)


@agrees
def a_package_is_given_a_function():
    found = installed.apply_all([ask, lambda text: ask(text) + "!"], "x")
    return (
        found,
        list(installed.each("ab", ask)),
        [t for t in installed.Each("cd", ask)],
    )


@agrees
def an_iterator_of_a_package():
    return list(installed.Each("ab", ask)), list(installed.Each([Note("x")], str))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_it_means_what_it_does_in_cpython(script):
    """On both machines, on several schedules."""
    agree(script, outside, seeds=range(2))


# What cannot ask stays in place, and overlaps


@takes(1)
def a_callback_that_asks_for_nothing():
    return [json.dumps({1: {g(i, 1)}}, default=list) for i in range(3)]


@takes(1)
def a_function_that_asks_for_nothing():
    def shown(found):
        return sorted(found)

    return [json.dumps({1: {g(i, 1)}}, default=shown) for i in range(3)]


@takes(1)
def methods_that_are_not_called():
    class Agent:
        def __init__(self, name):
            self.name = name

        def work(self):
            return g(self.name, 1)

    agents = [Agent(g(i, 1)) for i in range(3)]
    return [copy.copy(agent).name for agent in agents]


@takes(1)
def matches_that_are_replaced():
    return [re.sub("a", lambda m: g("b", 1), "banana") for _ in range(3)]


@installed.simply(Bad, 3)
def simply(x):
    return g(x, 1)


@takes(1)
def a_simple_wrapper_is_compiled_along():
    return [simply(i) for i in range(5)]


@takes(2)
def so_it_is_around_what_is_made_in_the_script():
    asked = installed.simply(Bad, 3)(lambda x: g(x, 1) + g(x, 1))
    first = [asked(i) for i in range(3)]
    return [asked(x) for x in first]


@takes(2)
def one_that_asks_has_its_turn():
    first = f(1)
    second = json.dumps({1}, default=lambda found: f(1))
    return first, second


WRONG = dict.fromkeys(
    [
        "a_simple_wrapper_is_compiled_along-literal",
        "so_it_is_around_what_is_made_in_the_script-literal",
    ],
    "the literal machine holds more than it must around a `try` in a loop",
)


@pytest.mark.parametrize(("row", "fusion"), both_ways(table, WRONG))
def test_takes_exactly(row: Row, fusion: bool) -> None:
    """The row means what it means in CPython, and takes exactly its seconds."""
    check(row, fusion=fusion)
