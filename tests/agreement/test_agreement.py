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
from tests.agreement.programs import arguments, load
from tests.agreement.world import outside
from tests.agreement.writer import programs


SHARDS = 4
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2000"))
CALLS_AT_MOST = 300


@pytest.mark.hypothesis
@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_way_agrees_on_random_scripts(shard: int) -> None:
    """Fused and literal do what CPython does, on drawn programs and schedules."""

    @seed(shard)
    @settings(
        max_examples=EXAMPLES // SHARDS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(programs(), st.integers(0, 999), st.random_module())
    def every_way_agrees(source: str, schedule: int, _: object) -> None:
        judge(source, schedule)

    every_way_agrees()


def judge(source: str, schedule: object = 0) -> None:
    """Run a program every way; raise if one of them disagrees."""
    script = load(source)
    plain = run_plainly(script, outside, arguments, seed=schedule)
    if plain.begun.total() > CALLS_AT_MOST:
        return
    for fusion in (True, False):
        other = run_machine(script, outside, arguments, fusion=fusion, seed=schedule)
        found = list(differences(plain, other))
        if found:
            raise Disagreement(report(script, other.way, found))
