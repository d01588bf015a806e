"""Reading a script for what it may touch takes polynomial time, whatever its shape.

There are no clocks here: without their bounds these readings would never end.
"""

import linecache
import types
from typing import Any

from epic_actors.core.machines.fast import FastMachine
from epic_actors.core.memory.extent import EVERYWHERE
from epic_actors.core.network.network import Network
from epic_actors.core.network.regions import Footprint
from epic_actors.frontend import known, translate


LEVELS = 40


def footprint_of(text: str, *args: Any) -> Footprint:
    """What the function `main` of a text may touch."""
    filename = f"<text {hash(text)}>"
    lines = text.splitlines(keepends=True)
    linecache.cache[filename] = (len(text), None, lines, filename)
    scope: dict[str, Any] = {"__name__": "made"}
    exec(compile(text, filename, "exec"), scope)
    function = translate(scope["main"])
    summaries = Network(known, FastMachine()).summaries
    return summaries.footprint(function.lam, function.namespace, args)


def test_helpers_that_each_call_the_one_below_twice() -> None:
    """A function is read once a pass, however many ways lead to it."""
    text = "def main0(x, xs):\n    xs.append(x)\n"
    for level in range(1, LEVELS):
        below = f"main{level - 1}"
        text += f"def main{level}(x, xs):\n    {below}(x, xs)\n    {below}(x, [xs])\n"
    found = footprint_of(
        f"{text}def main(x, xs):\n    main{LEVELS - 1}(x, xs)\n", 1, []
    )

    assert EVERYWHERE not in found.writes
    assert len(found.writes) == 1


def test_helpers_that_call_each_other_in_a_circle() -> None:
    """What every function of a circle touches is found in a few passes."""
    text = ""
    for level in range(LEVELS):
        one, other = (level + 1) % LEVELS, (level * 7) % LEVELS
        text += (
            f"def main{level}(x, xs, ys):\n"
            f"    xs.append(x)\n"
            f"    return main{one}(x, ys, []) or main{other}(x, xs, [])\n"
        )
    found = footprint_of(f"{text}main = main0\n", 1, [], [])

    assert EVERYWHERE not in found.writes
    assert len(found.writes) == 2


def test_functions_given_in_every_order() -> None:
    """A function called in very many ways is read in a few; beyond, it may do all."""
    names = "a, b, c, d, e"
    text = "".join(f"def {name}(x):\n    return x\n" for name in names.split(", "))
    turned = "b, c, d, e, a"
    swapped = "b, a, c, d, e"
    text += f"def main({names}):\n    main({turned})\n    main({swapped})\n    a(1)\n"
    functions = [types.FunctionType((lambda x: x).__code__, {}) for _ in range(5)]

    assert footprint_of(text, *functions) is not None


def test_branches_within_branches() -> None:
    """What follows a branch is read once, not once a side."""
    text = "def main(xs, c):\n    for x in xs:\n"
    for level in range(LEVELS):
        text += f"        if c[{level}]:\n            if x: continue\n"
        text += "            xs = [x, xs]\n        elif x: return xs\n"
    found = footprint_of(text, [], [])

    assert EVERYWHERE not in found.writes


def test_nested_functions_that_call_each_other() -> None:
    """Functions within a function are read as often as any other."""
    text = "def main(x, xs):\n    def f0():\n        xs.append(x)\n"
    for level in range(1, LEVELS):
        text += f"    def f{level}():\n        f{level - 1}()\n        f{level - 1}()\n"

    assert footprint_of(f"{text}    f{LEVELS - 1}()\n", 1, []) is not None


def test_what_a_class_holds_is_asked_for_again() -> None:
    """A text or None that a class holds may be given another value: it is data like any."""
    summaries = Network(known, FastMachine()).summaries
    assert not summaries.held("kind")
    values: list[Any] = [None, "text", 1, []]
    for number, value in enumerate(values):
        summaries.meet_class(type("Late", (), {"kind": value}))
        assert len(summaries.held("kind")) == number + 1
