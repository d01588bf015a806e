"""The calls of a run share things that are opened once and closed with the run."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.core.network.shared import CLOSE_TIMEOUT_S, in_run, open_shared, shared
from epic_actors.errors import OutsideError, UsageError


class Shop:
    """Opens things, and writes down what happens to them."""

    def __init__(self, *, failures: int = 0) -> None:
        self.log: list[str] = []
        self.failures = failures

    def opener(self, name: str) -> Callable[[], AbstractAsyncContextManager[str]]:
        @asynccontextmanager
        async def open_thing() -> AsyncIterator[str]:
            self.log.append(f"open {name}")
            await trio.sleep(1)
            if self.failures:
                self.failures -= 1
                raise OutsideError(f"{name} is closed today")
            try:
                # Why: a nursery must be left by the task that entered it.
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(trio.sleep_forever)
                    yield name
                    nursery.cancel_scope.cancel()
            finally:
                with trio.CancelScope(shield=True):
                    await trio.sleep(1)
                self.log.append(f"close {name}")

        return open_thing


SHOP = Shop()


@epic.unordered
async def use(name: str, seconds: float = 0) -> str:
    found = await shared(name, SHOP.opener(name))
    assert in_run()
    await trio.sleep(seconds)
    SHOP.log.append(f"use {name}")
    return found


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setitem(globals(), "SHOP", made := Shop())
    return made


def run(function: Any, *args: Any, **options: Any) -> tuple[Any, float]:
    """The value of a script, and how long it took in virtual time."""

    async def main() -> tuple[Any, float]:
        start = trio.current_time()
        value = await epic.evaluate(function, *args, **options)
        return value, trio.current_time() - start

    return trio.run(main, clock=MockClock(autojump_threshold=0))


machines = pytest.mark.parametrize("fusion", [True, False])


@machines
def test_a_thing_is_opened_once_a_run(shop: Shop, fusion: bool) -> None:
    """Calls that ask at the same time wait for one opening, later ones find it open."""

    def script(names: Any) -> Any:
        first = [use(name) for name in names]
        return use(first[0])

    assert run(script, ["a", "a", "a"], fusion=fusion) == ("a", 2)
    assert shop.log == ["open a", *["use a"] * 4, "close a"]


def test_each_run_has_things_of_its_own(shop: Shop) -> None:
    """Two runs, one after the other, open and close twice."""
    for _ in range(2):
        run(lambda: use("a"))
    assert shop.log == ["open a", "use a", "close a"] * 2


def test_a_run_in_order_shares_things_too(shop: Shop, monkeypatch: Any) -> None:
    """Though it runs in a thread of its own."""
    run_on_trio = trio.run
    clock = MockClock(autojump_threshold=0, rate=1)
    monkeypatch.setattr(trio, "run", lambda *args: run_on_trio(*args, clock=clock))
    assert epic.run_sequentially(lambda: use(use("a"))) == "a"
    assert shop.log == ["open a", "use a", "use a", "close a"]


def test_the_youngest_thing_is_closed_first(shop: Shop) -> None:
    """Things are closed in the reverse order of opening, after all calls."""
    run(lambda: use(use("a") + "b", 5))
    assert shop.log[-3:] == ["use ab", "close ab", "close a"]


def test_a_failing_run_closes_what_it_shared(shop: Shop) -> None:
    """Calls still under way are cancelled first; they need the thing no more."""

    def script() -> Any:
        use("a")
        fail(3)
        return use("a", 99)

    with pytest.raises(OutsideError, match="failed"):
        run(script)
    assert shop.log == ["open a", "use a", "close a"]


@pytest.mark.parametrize("moment", [0.5, 1.5])
def test_a_cancelled_run_closes_what_it_shared(shop: Shop, moment: float) -> None:
    """Also while it is being opened: what was opened is closed."""

    async def main() -> None:
        with trio.move_on_after(moment):
            await epic.evaluate(lambda: use("a", 99))

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert shop.log == ["open a", "close a"]


def test_a_call_that_is_cancelled_takes_nothing_along(shop: Shop) -> None:
    """The call that asked first is undone; the one that waits gets the thing."""

    def script() -> Any:
        try:
            fail(0.5)
            use("a")
        except OutsideError:
            return use("a")

    assert run(script) == ("a", 2)
    assert shop.log == ["open a", "use a", "close a"]


@epic.unordered
async def fail(seconds: float) -> None:
    await trio.sleep(seconds)
    raise OutsideError("failed")


def test_a_failed_opening_is_tried_again_by_the_next(shop: Shop) -> None:
    """Only the call that asked first fails, whichever it was."""
    shop.failures = 1

    def script() -> Any:
        answers = []
        for _ in range(3):
            try:
                answers.append(use("a"))
            except OutsideError as error:
                answers.append(str(error))
        return answers

    answers, seconds = run(script)
    assert (sorted(answers), seconds) == (["a", "a", "a is closed today"], 3)
    assert shop.log == ["open a", "open a", "use a", "use a", "close a"]


def test_closing_takes_a_bounded_time() -> None:
    """A thing that does not close is given up, and its failure to close is a warning."""

    @asynccontextmanager
    async def open_clinging() -> AsyncIterator[str]:
        yield "glue"
        await trio.sleep_forever()

    @asynccontextmanager
    async def open_breaking() -> AsyncIterator[str]:
        yield "glass"
        raise OSError("broken")

    @epic.unordered
    async def touch() -> str:
        await shared("glass", open_breaking)
        return await shared("glue", open_clinging)

    with pytest.warns(RuntimeWarning, match="'glass', shared by a run"):
        assert run(lambda: touch()) == ("glue", CLOSE_TIMEOUT_S)


async def test_outside_a_run_there_is_nothing_to_share(
    autojump_clock: MockClock,
) -> None:
    """`shared` says so, and `open_shared` opens a thing for the block."""
    shop = Shop()
    with pytest.raises(UsageError, match="open_shared"):
        await shared("a", shop.opener("a"))
    async with open_shared("b", shop.opener("b")) as thing:
        assert (thing, in_run()) == ("b", False)
    assert shop.log == ["open b", "close b"]


def test_a_run_inside_a_run_shares_nothing_with_it(shop: Shop) -> None:
    """The inner run closes what it opened when it ends."""

    @epic.unordered
    async def nested() -> str:
        inner = await epic.evaluate(lambda: use("a"))
        return await shared("a", shop.opener("a")) + str(inner)

    assert run(lambda: nested())[0] == "aa"
    assert shop.log == ["open a", "use a", "close a", "open a", "close a"]
