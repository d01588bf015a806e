"""Look for scripts on which the ways of running disagree, and print them shrunk.

    python -m tests.agreement.hunt --n 400 --seed 1

Programs are drawn from a seed without Hypothesis, which is faster and more diverse; what
is found is shrunk on its list of choices, towards shorter lists and smaller numbers.
"""

import argparse
import random
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

import attrs
import trio

from epic_actors.testing.agree import (
    Outcome,
    differences,
    run_machine,
    run_plainly,
)
from tests.agreement.programs import arguments, load
from tests.agreement.world import outside
from tests.agreement.writer import write


HUNG_AFTER_S = 20


class Hung(BaseException):
    """A run took too much real time."""


@attrs.define
class Tape:
    """A list of choices: replayed, then continued at random or with zeros."""

    choices: list[int]
    source: random.Random | None = None
    made: list[int] = attrs.field(factory=list)

    def __call__(self, below: int) -> int:
        """Give the next choice."""
        if len(self.made) < len(self.choices):
            choice = min(self.choices[len(self.made)], below - 1)
        else:
            choice = self.source.randrange(below) if self.source else 0
        self.made.append(choice)
        return choice


@attrs.frozen
class Found:
    """A disagreement."""

    kind: str
    way: str
    text: str
    source: str
    choices: list[int]


@attrs.frozen
class Hunt:
    """How programs are tried."""

    fusions: tuple[bool, ...]
    schedules: int

    def attempt(self, tape: Tape) -> Found | None:
        """Write and run a program; what disagrees, if anything."""
        source = write(tape)
        for fusion in self.fusions:
            for seed in range(self.schedules):
                found = _differences(source, fusion, seed)
                if found:
                    kind = f"{'fused' if fusion else 'literal'} {_kind(found[0])}"
                    text = "\n".join(found)
                    return Found(kind, f"seed {seed}", text, source, tape.made)
        return None

    def shrink(self, found: Found, budget_s: float) -> Found:
        """Make a disagreement smaller, keeping its kind."""
        end = time.monotonic() + budget_s
        smaller: Found | None = found
        while smaller:
            found = smaller
            smaller = self._smaller(found, end)
        return found

    def _smaller(self, found: Found, end: float) -> Found | None:
        best = None
        for choices in _shorter(found.choices):
            if time.monotonic() > end:
                break
            attempt = self.attempt(Tape(choices))
            if attempt and attempt.kind == found.kind and _less(attempt, found):
                return attempt
        return best


def _less(one: Found, other: Found) -> bool:
    return (len(one.choices), one.choices) < (len(other.choices), other.choices)


def _shorter(choices: list[int]) -> Iterator[list[int]]:
    size = len(choices)
    for width in (64, 32, 16, 8, 4, 3, 2, 1):
        for start in range(size - width, -1, -width):
            yield choices[:start] + choices[start + width :]
    for at in range(size):
        for value in {0, choices[at] // 2, choices[at] - 1} - {choices[at], -1}:
            yield [*choices[:at], value, *choices[at + 1 :]]


def _differences(source: str, fusion: bool, seed: int) -> list[str]:
    script = load(source)
    plain = run_plainly(script, outside, arguments, seed=seed)
    if sum(plain.begun.values()) > 500:
        return []
    try:
        signal.setitimer(signal.ITIMER_REAL, HUNG_AFTER_S)
        other: Outcome = run_machine(
            script, outside, arguments, fusion=fusion, seed=seed
        )
    except (Hung, trio.TrioInternalError) as error:
        return [f"hung: {type(error).__name__} after {HUNG_AFTER_S} s of real time"]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return list(differences(plain, other))


def _kind(difference: str) -> str:
    """What counts as the same bug: the fact, and the type of an exception."""
    fact = difference.split(":")[0]
    got = difference.partition("but got ")[2]
    return f"{fact} {got.split('(')[0] if got.startswith('raises') else ''}"


def _hang(*_: Any) -> None:
    raise Hung


def main() -> int:
    """Hunt; the exit code says whether anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=400, help="programs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bugs", type=int, default=5, help="how many are shrunk")
    parser.add_argument("--shrink", type=float, default=20, help="seconds for each")
    parser.add_argument("--schedules", type=int, default=2)
    parser.add_argument("--only", choices=["fused", "literal"])
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, _hang)
    fusions = tuple(f for f in (True, False) if options.only != ("literal", "fused")[f])
    hunt = Hunt(fusions, options.schedules)
    kinds: dict[str, list[Found]] = {}
    for n in range(options.n):
        found = hunt.attempt(Tape([], random.Random(f"{options.seed} {n}")))
        if found:
            kinds.setdefault(found.kind, []).append(found)
    _print(hunt, kinds, options)
    return bool(kinds)


def _print(hunt: Hunt, kinds: dict[str, list[Found]], options: Any) -> None:
    ranked = sorted(kinds.items(), key=lambda item: -len(item[1]))
    for kind, all_found in ranked[: options.bugs]:
        smallest = min(all_found, key=lambda found: len(found.choices))
        found = hunt.shrink(smallest, options.shrink)
        print(f"=== {len(all_found)}x {kind} ({found.way})")
        print(f"{found.text}\n\n{found.source}")
    wrong = sum(map(len, kinds.values()))
    print(f"{wrong} of {options.n} disagree, in {len(kinds)} kinds:")
    for kind, all_found in ranked:
        print(f"  {len(all_found)}x {kind}")


if __name__ == "__main__":
    sys.exit(main())
