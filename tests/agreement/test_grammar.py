"""The grammar itself: what it draws compiles, ends, and covers the language."""

import ast
import random
from collections import Counter

from epic_actors.testing.agree import run_plainly
from epic_actors.testing.outside import Endless
from tests.agreement.hunt import Tape
from tests.agreement.programs import arguments, giving_up, load
from tests.agreement.world import outside
from tests.agreement.writer import write


PROGRAMS = [write(random.Random(n).randrange) for n in range(300)]

#: Syntax that must stand in at least this share of programs.
WANTED = {
    0.5: [ast.Assign, ast.If, ast.For, ast.ListComp, ast.AugAssign, ast.Call],
    0.3: [ast.Try, ast.Lambda, ast.IfExp, ast.BoolOp, ast.Starred, ast.GeneratorExp],
    0.1: [ast.While, ast.Raise, ast.With, ast.Nonlocal, ast.Global, ast.Delete],
    0.05: [ast.Break, ast.Continue, ast.Assert, ast.NamedExpr, ast.JoinedStr],
    0.02: [ast.Match, ast.SetComp, ast.DictComp],
}


def test_a_third_of_random_programs_ends_in_an_exception_at_most() -> None:
    """Most programs return; hardly any fails for a name or a type."""
    endings: Counter[str] = Counter()
    for source in PROGRAMS:
        try:
            with giving_up():
                ending = run_plainly(load(source), outside, arguments).ending
        except Endless:
            endings["endless"] += 1
            continue
        endings[ending.split("(")[0] if ending.startswith("raises") else "value"] += 1
    trivial = ("NameError", "UnboundLocalError", "TypeError", "AttributeError")
    assert endings["value"] > len(PROGRAMS) * 0.6
    assert endings["endless"] < len(PROGRAMS) * 0.02
    assert sum(endings[f"raises {name}"] for name in trivial) < len(PROGRAMS) * 0.1


def test_the_language_is_covered() -> None:
    """Each kind of syntax stands in a fair share of the programs."""
    found: Counter[type] = Counter()
    for source in PROGRAMS:
        found.update({type(node) for node in ast.walk(ast.parse(source))})
    rare = {
        kind.__name__: found[kind]
        for share, kinds in WANTED.items()
        for kind in kinds
        if found[kind] < share * len(PROGRAMS)
    }
    assert not rare


def test_zeros_write_the_smallest_program() -> None:
    """An empty tape of choices gives a program of a few lines."""
    assert write(Tape([])).count("\n") <= 5


def test_a_tape_replays_its_program() -> None:
    """The choices that were made write the same program again."""
    tape = Tape([], random.Random(7))
    assert write(tape) == write(Tape(tape.made))
