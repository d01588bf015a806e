"""Many runs at once: what `benchmarks/bench_service.py` measures, in small."""

import pytest
import trio

from benchmarks.bench_service import Load, measure


@pytest.mark.slow
async def test_many_runs_at_once_are_exact_and_nobody_waits_for_a_stalled_client() -> (
    None
):
    """Each of a hundred runs checks its pieces, also beside one that reads nothing.

    A round keeps no memory: what is left after the last is what was left after the first.
    """
    with trio.fail_after(120):
        found = await measure(Load(runs=100, pieces=20, connections=10))

    assert len(found.rounds) == 3
    assert found.memory[-1] < found.memory[0] + 10
