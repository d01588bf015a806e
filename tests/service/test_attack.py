"""Hostile clients drawn by seed, in small; `tests.service.attack` goes on for longer."""

import pytest

from tests.service.attack import attacked


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
async def test_no_drawn_attack_hurts_anybody(seed: int) -> None:
    """Honest clients get what they ask for, and nothing is left of the others."""
    attack = await attacked(seed, seconds=3)

    assert len(attack.moves) > 5
