"""The invariant: whatever the script and the schedule, every way does what CPython does.

Set FUZZ_EXAMPLES to try more programs than the default.
"""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, seed, settings, strategies as st

from epic_actors.testing.agree import (
    Disagreement,
    differences,
    report,
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
from tests.agreement.writer import programs


SHARDS = 6
FAULTS = (0.03, 0.1, 0.3)
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1500"))
CALLS_AT_MOST = 300


def many(
    shard: int, fusion: bool
) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Examples drawn for one shard of a property."""
    drawn = settings(
        max_examples=EXAMPLES // SHARDS // 4,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: seed(2 * shard + fusion)(drawn(test))


@pytest.mark.hypothesis
@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_a_machine_agrees_on_random_scripts(fusion: bool, shard: int) -> None:
    """Each machine does what CPython does, on drawn programs and schedules."""

    @many(shard, fusion)
    @given(programs(), st.integers(0, 999), st.random_module())
    def agrees(source: str, schedule: int, _: object) -> None:
        judge(source, schedule, fusion=fusion)

    agrees()


@pytest.mark.hypothesis
@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_exceptions_are_precise(fusion: bool, shard: int) -> None:
    """Whichever calls fail, each machine stops where CPython does, in the same state."""

    @many(shard, fusion)
    @given(programs(), st.integers(0, 999), st.sampled_from(FAULTS), st.random_module())
    def agrees(source: str, schedule: int, rate: float, _: object) -> None:
        with misfortune(schedule, rate):
            judge(source, schedule, fusion=fusion)

    agrees()


def judge(source: str, schedule: object = 0, *, fusion: bool) -> None:
    """Run a program plainly and on a machine; raise if they disagree."""
    script = load(source, schedule)
    try:
        with giving_up():
            plain = run_plainly(script, outside, arguments, seed=schedule)
    except Endless:
        return
    if plain.begun.total() > CALLS_AT_MOST:
        return
    other = run_machine(script, outside, arguments, fusion=fusion, seed=schedule)
    if found := list(differences(plain, other)):
        raise Disagreement(report(script, other.way, found))
