"""Many runs at once: what `benchmarks/bench_service.py` measures, in small."""

import pytest
import trio

from benchmarks.bench_service import Load, PieceError, Verdict, follow, measure
from epic_actors.service import connect_runs
from tests.service.serving import served


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
    assert found.together > 1


@pytest.mark.slow
@pytest.mark.parametrize("given", ["x:0 x:2", "x:0 x:0 x:1", "x:1 x:0 x:2", "x:0 x:1"])
async def test_a_wrong_piece_is_noticed(given: str) -> None:
    """Lost, repeated, out of order, missing at the end: the benchmark fails."""

    def broken(name: str, pieces: int) -> list[str]:
        return given.split()

    async with served({"count": broken}) as server:
        async with connect_runs(server.url) as client:
            with pytest.raises(PieceError):
                await follow(client, "x", 3)


def test_a_figure_that_misses_is_said() -> None:
    """Its line ends in MISS, and the command fails."""
    verdict = Verdict("share", 0.4, least=0.5)

    assert not verdict.holds
    assert str(verdict).endswith("at least 0.5  MISS")
