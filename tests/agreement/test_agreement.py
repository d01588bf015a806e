"""The invariant: whatever the script and the schedule, every way does what CPython does.

Set FUZZ_EXAMPLES to try more programs than the default.
"""

import os

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
from tests.agreement.programs import arguments, giving_up, load
from tests.agreement.world import outside
from tests.agreement.writer import programs


SHARDS = 10
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2000"))
CALLS_AT_MOST = 300


@pytest.mark.hypothesis
@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
def test_a_machine_agrees_on_random_scripts(fusion: bool, shard: int) -> None:
    """Each machine does what CPython does, on drawn programs and schedules."""

    @seed(2 * shard + fusion)
    @settings(
        max_examples=EXAMPLES // SHARDS // 2,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(programs(), st.integers(0, 999), st.random_module())
    def agrees(source: str, schedule: int, _: object) -> None:
        judge(source, schedule, fusion=fusion)

    agrees()


def judge(source: str, schedule: object = 0, *, fusion: bool) -> None:
    """Run a program plainly and on a machine; raise if they disagree."""
    script = load(source)
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
