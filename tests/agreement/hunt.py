"""Look for scripts on which the ways of running disagree, and print them shrunk.

    python -m tests.agreement.hunt --n 400 --seed 1

Programs are drawn from a seed without Hypothesis, which is faster and more diverse; what
is found is shrunk on its list of choices, towards shorter lists and smaller numbers.
"""

import argparse
import itertools
import random
import re
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
from epic_actors.testing.outside import Endless
from tests.agreement.programs import (
    arguments,
    giving_up,
    load,
    misfortune,
)
from tests.agreement.world import outside
from tests.agreement.writer import write


HUNG_AFTER_S = 60
CLIPPED_AT = 160
REPORTED_EVERY = 100


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
class Way:
    """A machine and a schedule."""

    fusion: bool
    seed: int
    faults: float = 0.0

    def __str__(self) -> str:
        return "fused" if self.fusion else "literal"


@attrs.frozen
class Found:
    """A disagreement."""

    way: Way
    kind: str
    text: str
    source: str
    choices: list[int]


def attempt(tape: Tape, ways: list[Way]) -> Found | None:
    """Write and run a program; what disagrees, if anything."""
    source = write(tape)
    for luck, same in itertools.groupby(ways, lambda way: (way.seed, way.faults)):
        with misfortune(*luck):
            for way, found in _differences(source, list(same)):
                kind = f"{way} {_kind(found[0])}"
                return Found(way, kind, "\n".join(found), source, tape.made)
    return None


@attrs.define
class Shrinker:
    """Makes a disagreement smaller, keeping its kind, until time is up."""

    found: Found
    end: float

    def shrink(self) -> Found:
        """Go on for as long as a whole round makes progress."""
        before = None
        while before is not self.found and time.monotonic() < self.end:
            before = self.found
            for width in (64, 32, 16, 8, 4, 3, 2, 1):
                self._delete(width)
            self._lower()
            self._lower_and_delete()
        return self.found

    def _delete(self, width: int) -> None:
        start = len(self.found.choices) - width
        while start >= 0:
            choices = self.found.choices
            self._try(choices[:start] + choices[start + width :])
            start = min(start - max(1, width // 2), len(self.found.choices) - width)

    def _lower(self) -> None:
        at = 0
        while at < len(self.found.choices):
            choice = self.found.choices[at]
            for lower in sorted({0, choice // 2, choice - 1}):
                if 0 <= lower < choice and self._try(
                    [*self.found.choices[:at], lower, *self.found.choices[at + 1 :]]
                ):
                    break
            at += 1

    def _lower_and_delete(self) -> None:
        """One fewer of something, without the choices that it took."""
        at = 0
        while at < len(self.found.choices):
            for width in (1, 2, 3, 4, 6, 8, 12, 16):
                choices = list(self.found.choices)
                choices[at : at + width + 1] = [choices[at] - 1]
                if choices[at] >= 0 and self._try(choices):
                    break
            at += 1

    def _try(self, choices: list[int]) -> bool:
        if time.monotonic() > self.end:
            return False
        found = attempt(Tape(choices), [self.found.way])
        if not found or found.kind != self.found.kind or not _less(found, self.found):
            return False
        self.found = found
        return True


def _less(one: Found, other: Found) -> bool:
    return (len(one.choices), one.choices) < (len(other.choices), other.choices)


def _differences(source: str, ways: list[Way]) -> Iterator[tuple[Way, list[str]]]:
    """The ways that differ from plain CPython, which all have the same luck."""
    seed = ways[0].seed
    script = load(source, seed)
    try:
        with giving_up():
            plain = run_plainly(script, outside, arguments, seed=seed)
    except Endless:
        return
    if sum(plain.begun.values()) > 500:
        return
    for way in ways:
        found = _run(script, way, plain)
        if found:
            yield way, found


def _run(script: Any, way: Way, plain: Outcome) -> list[str]:
    try:
        signal.setitimer(signal.ITIMER_REAL, HUNG_AFTER_S)
        other = run_machine(
            script,
            outside,
            arguments,
            fusion=way.fusion,
            seed=way.seed,
        )
    except (Hung, trio.TrioInternalError) as error:
        return [f"hung: {type(error).__name__} after {HUNG_AFTER_S} s of real time"]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return list(differences(plain, other))


def _kind(difference: str) -> str:
    """What counts as the same bug: the fact, and the text of an exception."""
    fact = difference.split(":")[0]
    got = difference.partition("but got ")[2]
    text = re.sub(r"\d+|'[^']*'", "_", got) if got.startswith("raises") else ""
    return f"{fact} {text[:90]}"


def _clipped(text: str) -> str:
    """The text without its ends of long lines; of two facts, where they come to differ."""
    head, expected, rest = text.partition("expected ")
    expected, but, got = rest.partition("but got ")
    if but:
        same = [a == b for a, b in zip(expected, got, strict=False)]
        start = max(0, [*same, False].index(False) - CLIPPED_AT // 2)
        text = f"{head}... {expected[start:]}{but}... {got[start:]}"
    return "\n".join(line[:CLIPPED_AT] for line in text.splitlines())


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
    parser.add_argument("--faults", type=float, default=0.0, help="how many calls fail")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, _hang)
    ways = [
        Way(fusion, seed, options.faults)
        for seed in range(options.schedules)
        for fusion in (True, False)
        if options.only in (None, "fused" if fusion else "literal")
    ]
    kinds: dict[str, list[Found]] = {}
    for n in range(options.n):
        found = attempt(Tape([], random.Random(f"{options.seed} {n}")), ways)
        if found:
            kinds.setdefault(found.kind, []).append(found)
            print(f"{n}: {found.kind}", file=sys.stderr, flush=True)
        if (n + 1) % REPORTED_EVERY == 0:
            print(f"{n + 1} programs", file=sys.stderr, flush=True)
    _print(kinds, options)
    return bool(kinds)


def _print(kinds: dict[str, list[Found]], options: argparse.Namespace) -> None:
    ranked = sorted(kinds.items(), key=lambda item: -len(item[1]))
    for kind, all_found in ranked[: options.bugs]:
        smallest = min(all_found, key=lambda found: len(found.choices))
        found = Shrinker(smallest, time.monotonic() + options.shrink).shrink()
        print(f"=== {len(all_found)}x {kind} (seed {found.way.seed})")
        print(f"{_clipped(found.text)}\n\n{found.source}")
    wrong = sum(map(len, kinds.values()))
    print(f"{wrong} of {options.n} disagree, in {len(kinds)} kinds:")
    for kind, all_found in ranked:
        print(f"  {len(all_found)}x {kind}")


if __name__ == "__main__":
    sys.exit(main())
