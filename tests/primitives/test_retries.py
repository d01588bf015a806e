"""Patience: how often, how long and until when a call is tried again."""

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from epic_actors.errors import Transient, UsageError
from epic_actors.primitives import retries
from epic_actors.primitives.model_errors import ModelBusyError
from epic_actors.primitives.retries import (
    LONGEST_WAIT_S,
    Patience,
    deadline_after,
    tried,
)


def busy(seconds: float | None = None) -> ModelBusyError:
    return ModelBusyError("busy", retry_after_s=seconds)


async def waits(patience: Patience, *errors: Transient) -> list[float]:
    """How long each error is waited for."""
    found = []
    for error in errors:
        start = trio.current_time()
        await patience.wait(error)
        found.append(trio.current_time() - start)
    return found


async def test_waits_grow_to_a_bound(autojump_clock: MockClock) -> None:
    """Each is about twice as long as the one before, up to the longest."""
    found = await waits(Patience(10), *[busy()] * 10)
    for number, wait in enumerate(found):
        longest = min(retries.FIRST_WAIT_S * 2**number, LONGEST_WAIT_S)
        assert 0.75 * longest <= wait <= longest


async def test_the_server_says_how_long(autojump_clock: MockClock) -> None:
    """What it asks for is what is waited."""
    assert await waits(Patience(2), busy(3), busy(0)) == [3, 0]


async def test_patience_ends(autojump_clock: MockClock) -> None:
    """After the last try the error is raised, and says how many there were."""
    patience = Patience(1)
    await patience.wait(busy())
    with pytest.raises(ModelBusyError) as caught:
        await patience.wait(busy())
    assert caught.value.__notes__ == ["It was tried 2 times."]


@pytest.mark.parametrize("asked", [61.0, 5.0])
async def test_what_takes_too_long_is_not_waited_for(
    autojump_clock: MockClock, asked: float
) -> None:
    """Neither more than a minute, nor beyond the deadline."""
    with pytest.raises(ModelBusyError):
        await Patience(9, deadline_after(2)).wait(busy(asked))
    assert trio.current_time() == 0


async def test_a_late_attempt_is_tried_again(autojump_clock: MockClock) -> None:
    """Each try has its time, all together have theirs."""

    async def attempt() -> Any:
        await trio.sleep_forever()

    with pytest.raises(ModelBusyError):
        await tried(attempt, Patience(9, deadline_after(10)), busy, 3)
    assert 6 < trio.current_time() <= 10


@pytest.mark.parametrize("retry", [-1, True, 1.5, "2"])
def test_wrong_settings_are_found(retry: Any) -> None:
    """What is no number of tries, or of seconds, is told so."""
    with pytest.raises(UsageError, match="retry is how often"):
        Patience(retry)
    with pytest.raises(UsageError, match="number of seconds"):
        deadline_after(True if retry != -1 else retry)
