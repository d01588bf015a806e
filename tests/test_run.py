"""The door: what can be run, how it can be ended, and what externals see of it."""

# Scripts under test are written as users write them.
# ruff: noqa: ANN001, ANN201, ANN204, ANN205, ANN206
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"

import contextvars
import functools
import operator
import threading
from collections.abc import Callable
from typing import Any

import pytest
import trio
from trio.testing import MockClock

import epic_actors as epic
from epic_actors.errors import DeadlineExceeded, ScriptError, UsageError


who = contextvars.ContextVar("who", default="nobody")


@epic.unordered
async def ask(x):
    """Answer after a second."""
    await trio.sleep(1)
    return x


@epic.unordered
async def fail(x):
    """Fail after a second."""
    await trio.sleep(1)
    raise ValueError(x)


@epic.sequential
async def tell(x):
    """Write to the world for a second."""
    await trio.sleep(1)
    return x


@epic.unordered
def in_thread(x):
    """Say whether this is the main thread."""
    return x, threading.current_thread() is threading.main_thread()


@epic.pure
def double(x):
    """Compute at once."""
    return 2 * x


@epic.pure
async def double_slowly(x):
    """Compute after a second."""
    await trio.sleep(1)
    return 2 * x


@epic.unordered
async def seen(x):
    """Say whose context this is, and try to change it."""
    before = who.get()
    who.set(f"call {x}")
    await trio.sleep(1)
    return before, who.get()


@epic.unordered
async def lie(x) -> int:
    """Answer with whatever is given."""
    await trio.lowlevel.checkpoint()
    return x  # type: ignore[no-any-return]


@epic.unordered
async def nothing(x) -> None:
    """Answer with whatever is given."""
    return x  # type: ignore[no-any-return]


class Client:
    """Externals and scripts as methods."""

    def __init__(self, base):
        self.base = base

    @epic.unordered
    async def get(self, x):
        """Add the base after a second."""
        await trio.sleep(1)
        return self.base + x

    @epic.script
    def both(self, x, *, y=2):
        """Ask twice."""
        return self.get(x) + self.get(y)

    @epic.script
    @staticmethod
    def fixed(x):
        """Ask without an object."""
        return ask(x) + 1

    @epic.script
    @classmethod
    def named(cls, x):
        """Ask with a class."""
        return cls.__name__ + ask(x)

    @staticmethod
    @epic.unordered
    async def loose(x):
        """Answer without an object."""
        return x

    def plain(self, x):
        """Ask, undecorated."""
        return self.get(x)


def pair(x, y=2, *, z=3):
    """Ask for three things."""
    return ask(x), ask(y), ask(z)


async def awaiting(x):
    """A script in asynchronous form."""
    first, second = ask(x), ask(2)
    return await first + await second


WAYS: list[Any] = [
    pytest.param({"fusion": True}, id="fused"),
    pytest.param({"fusion": False}, id="literal"),
]
ways = pytest.mark.parametrize("options", WAYS)


def virtually(fn: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Evaluate in virtual time; the value and the seconds it took."""

    async def main() -> Any:
        value = await epic.evaluate(fn, *args, **options)
        return value, trio.current_time() - start

    clock = MockClock(autojump_threshold=0)
    start = clock.current_time()
    return trio.run(main, clock=clock)


CLIENT = Client(1)
RUNNABLE: dict[str, tuple[Callable[..., Any], tuple[Any, ...], Any]] = {
    "function": (pair, (1,), (1, 2, 3)),
    "partial": (functools.partial(pair, 5, z=6), (7,), (5, 7, 6)),
    "method": (CLIENT.plain, (1,), 2),
    "method script": (CLIENT.both, (1,), 5),
    "unbound script": (Client.both, (CLIENT, 1), 5),
    "static script": (Client.fixed, (1,), 2),
    "class script": (Client.named, ("x",), "Clientx"),
    "class script of an object": (CLIENT.named, ("x",), "Clientx"),
    "partial of a script": (functools.partial(CLIENT.both, y=5), (1,), 8),
    "async def": (awaiting, (1,), 3),
}


@ways
@pytest.mark.parametrize("name", RUNNABLE)
def test_whatever_is_a_python_function_runs(name: str, options: dict[str, Any]) -> None:
    """And its independent calls side by side."""
    fn, args, expected = RUNNABLE[name]
    assert virtually(fn, *args, **options) == (expected, 1)


@pytest.mark.parametrize("fn", [len, Client, operator.attrgetter("a")])
def test_other_callables_are_refused(fn: Any) -> None:
    """With a word on what to write instead."""
    with pytest.raises(UsageError, match="function of your own"):
        virtually(fn, 1)


def test_only_functions_are_declared_scripts() -> None:
    """A class is not one."""
    with pytest.raises(UsageError, match="decorate the function itself"):
        epic.script(Client)


def test_scripts_say_what_they_are() -> None:
    """By the name of the function."""
    assert repr(Client.fixed) == "<script fixed>"
    assert Client.fixed.__doc__ == "Ask without an object."
    assert repr(ask) == "<unordered external ask>"


def generated(x):
    """A generator is no script by itself."""
    yield ask(x)


def test_a_generator_cannot_be_the_script() -> None:
    """It has no value to run for; a script can loop over it."""
    with pytest.raises(ScriptError, match="is a generator") as caught:
        virtually(generated, 1)
    assert caught.value.filename == __file__


WRONG_OPTIONS: dict[str, Any] = {
    "fusion": 1,
    "deadline": "soon",
    "on_event": 3,
    "color": "red",
}


@pytest.mark.parametrize("option", WRONG_OPTIONS)
@pytest.mark.parametrize("door", [epic.evaluate, epic.open_run])
def test_wrong_options_are_named(door: Any, option: str) -> None:
    """Before anything runs."""

    async def main() -> None:
        given = door(pair, 1, **{option: WRONG_OPTIONS[option]})
        if door is epic.evaluate:
            await given
        async with given:
            pass

    with pytest.raises(UsageError, match=option):
        trio.run(main)


@pytest.mark.parametrize("deadline", [True, -1, float("nan")])
def test_a_deadline_is_a_number_of_seconds(deadline: Any) -> None:
    """Not a truth value, not negative."""
    with pytest.raises(UsageError, match="deadline"):
        virtually(pair, 1, deadline=deadline)


@ways
def test_a_deadline_that_is_kept_changes_nothing(options: dict[str, Any]) -> None:
    """The value is the value."""
    assert virtually(pair, 1, deadline=1.5, **options) == ((1, 2, 3), 1)


@ways
def test_a_deadline_that_is_not_kept_names_the_script(options: dict[str, Any]) -> None:
    """And the seconds."""
    with pytest.raises(DeadlineExceeded, match=r"pair\(\) was not done within 0.5 s"):
        virtually(pair, 1, deadline=0.5, **options)


@ways
async def test_a_run_can_be_cancelled(
    options: dict[str, Any], autojump_clock: MockClock
) -> None:
    """Its result is then an error, and its calls are over."""
    async with epic.open_run(pair, 1, **options) as run:
        await trio.sleep(0.5)
        assert run.statistics().running == 3
        run.cancel()
        with pytest.raises(UsageError, match="cancelled"):
            await run.result()
        assert trio.current_time() - autojump_clock.current_time() < 0.5


@ways
async def test_statistics_count_calls(
    options: dict[str, Any], autojump_clock: MockClock
) -> None:
    """Those begun, under way, and done."""
    async with epic.open_run(pair, 1, **options) as run:
        assert "Network" in repr(run)
        await trio.sleep(0.5)
        under_way = run.statistics()
        assert await run.result() == (1, 2, 3)
    done = run.statistics()
    assert (under_way.calls, under_way.running, under_way.complete) == (3, 3, 0)
    assert (done.calls, done.running, done.complete) == (3, 0, 3)
    assert done.peak_running == 3
    assert done.nodes >= 3
    assert autojump_clock.current_time() >= 1


def several_fates():
    """One call answers, one fails, one is cancelled."""
    first = ask(1)
    try:
        return first, fail(2), slow(3)
    except ValueError:
        return first


@epic.unordered
async def slow(x):
    """Answer after a long time."""
    await trio.sleep(100)
    return x


@ways
async def test_failed_and_cancelled_calls_are_counted(
    options: dict[str, Any], autojump_clock: MockClock
) -> None:
    """A call in the shadow of a failure ends with it."""
    async with epic.open_run(several_fates, **options) as run:
        assert await run.result() == 1
    found = run.statistics()
    assert (found.calls, found.complete, found.failed) == (3, 1, 1)
    assert autojump_clock.current_time() < 50


@ways
async def test_nothing_is_under_way_after_a_run(
    options: dict[str, Any], autojump_clock: MockClock
) -> None:
    """Every call that was begun is complete, failed or cancelled."""
    async with epic.open_run(several_fates, **options) as run:
        await run.result()
    found = run.statistics()
    assert found.running == 0
    assert found.calls == found.complete + found.failed + found.cancelled
    assert autojump_clock.current_time() < 50


@ways
def test_events_tell_each_step_of_each_call(options: dict[str, Any]) -> None:
    """With the name of the external, a number and the time."""
    events: list[tuple[str, dict[str, Any]]] = []
    virtually(pair, 1, on_event=lambda *event: events.append(event), **options)
    assert [name for name, _ in events] == ["call.run.started"] * 3 + [
        "call.run.complete"
    ] * 3
    assert {data["name"] for _, data in events} == {"ask"}
    assert sorted(data["call"] for _, data in events) == [1, 1, 2, 2, 3, 3]


@ways
def test_events_tell_failures_and_cancellations(options: dict[str, Any]) -> None:
    """The error goes with the failure."""
    events: list[tuple[str, dict[str, Any]]] = []
    virtually(several_fates, on_event=lambda *e: events.append(e), **options)
    ended = {data["name"]: (name, data) for name, data in events}
    assert ended["fail"][0] == "call.run.failed"
    assert isinstance(ended["fail"][1]["error"], ValueError)
    assert ended["slow"][0] == "call.run.cancelled"


def telling_late():
    """A sequential call behind a slow one."""
    ask(1)
    tell(2)
    return ask(3)


@ways
def test_events_of_a_run_given_up_say_so(options: dict[str, Any]) -> None:
    """What was under way at the deadline is cancelled."""
    events: list[str] = []
    options = {**options, "on_event": lambda name, _: events.append(name)}
    with pytest.raises(DeadlineExceeded):
        virtually(telling_late, deadline=0.5, **options)
    assert events == ["call.run.started"] * 2 + ["call.run.cancelled"] * 2


@ways
def test_plain_functions_run_in_threads(options: dict[str, Any]) -> None:
    """Beside the event loop."""
    assert epic.run(two_threads, **options) == [(0, False), (1, False)]


def two_threads():
    """Ask two threads."""
    return [in_thread(x) for x in range(2)]


def looking_around():
    """Two calls at once, then two in tasks that were used before."""
    first = [seen(1), seen(2)]
    return [*first, seen(first), seen(first)]


@ways
def test_externals_see_the_context_of_the_run(options: dict[str, Any]) -> None:
    """A reused task does not remember what the call before it set."""
    token = who.set("me")
    found, seconds = virtually(looking_around, **options)
    who.reset(token)
    assert [before for before, _ in found] == ["me"] * 4
    assert seconds == 2
    assert who.get() == "nobody"


def believing(x):
    """Use an answer as a number."""
    return lie(x) + 1


@ways
def test_an_annotation_is_believed_and_checked(options: dict[str, Any]) -> None:
    """An external that lies about its type is a mistake of the user's."""
    assert virtually(believing, 1, **options)[0] == 2
    with pytest.raises(UsageError, match=r"lie\(\) is declared to return int"):
        virtually(believing, "1", **options)


def test_none_is_a_type_too() -> None:
    """A function that says it gives nothing gives nothing."""
    assert virtually(asking_for_nothing, None)[0] is None
    with pytest.raises(UsageError, match="NoneType"):
        virtually(asking_for_nothing, 1)


def asking_for_nothing(x):
    """Ask for nothing."""
    return nothing(x)


def computing(x):
    """Pure calls on pending values."""
    y = double(ask(x))
    return double(y), double_slowly(y), double_slowly(1)


@ways
def test_pure_externals_wait_for_nothing_but_their_arguments(
    options: dict[str, Any],
) -> None:
    """A quick one runs in place."""
    assert virtually(computing, 1, **options) == ((4, 4, 2), 2)


def calling_methods(client):
    """Externals found on an object."""
    get = client.get
    return get(1), client.get(2), Client.get(client, 3), client.loose(4)


@ways
def test_externals_are_methods_like_others(options: dict[str, Any]) -> None:
    """Bound, unbound and static."""
    assert virtually(calling_methods, CLIENT, **options) == ((2, 3, 4, 4), 1)


@pytest.mark.parametrize("above", [staticmethod, classmethod])
@pytest.mark.parametrize("declare", [epic.unordered, epic.sequential(resource="db")])
def test_externals_are_declared_next_to_the_function(above: Any, declare: Any) -> None:
    """Below `@staticmethod` and `@classmethod`, and the error says so."""
    with pytest.raises(UsageError) as caught:
        declare(above(len))
    order = "unordered" if declare is epic.unordered else "sequential"
    expected = f"@{order} goes below @{above.__name__}, next to the function"
    assert str(caught.value) == expected


class AskingError(Exception):
    """Asks in the middle of a native operation: `raise` makes the exception."""

    def __init__(self):
        super().__init__(ask(1))


def raising_by_asking():
    """Native code that calls back."""
    raise AskingError


@ways
def test_an_external_in_native_code_is_an_error(options: dict[str, Any]) -> None:
    """That says what to do instead."""
    with pytest.raises(UsageError, match=r"ask\(\) is an external and was called by"):
        virtually(raising_by_asking, **options)


async def test_run_is_refused_inside_trio() -> None:
    """There it is awaited."""
    for door in (epic.run, functools.partial(epic.run, fusion=False)):
        with pytest.raises(UsageError, match=r"await epic_actors\.evaluate"):
            door(pair, 1)
    with pytest.raises(UsageError, match=r"await epic_actors\.evaluate"):
        CLIENT.both(1)


def quick(x):
    """Ask threads only: they take no time."""
    return in_thread(x)[0] + double(x)


async def awaiting_thread(x):
    """Ask in asynchronous form, as plain Python can run it."""
    return await loose(x) + 1


@epic.unordered
async def loose(x):
    """Answer at once."""
    await trio.lowlevel.checkpoint()
    return x


def asking_loosely(x):
    """Ask something asynchronous in sequential form."""
    return loose(x) + 1


@pytest.mark.parametrize("fn", [quick, awaiting_thread, asking_loosely])
def test_the_reference_runs_the_same_scripts(fn: Callable[..., Any]) -> None:
    """In order, in plain Python."""
    assert epic.run_sequentially(fn, 2) == epic.run(fn, 2)


def failing(x):
    """Fail in a helper."""
    return fail(x)


@ways
def test_an_error_is_the_scripts_own(options: dict[str, Any]) -> None:
    """Not wrapped in anything, from every door."""
    with pytest.raises(ValueError, match="x") as caught:
        virtually(failing, "x", **options)
    assert caught.value.args == ("x",)


@ways
async def test_a_failed_run_gives_its_error_as_the_result(
    options: dict[str, Any], autojump_clock: MockClock
) -> None:
    """The block of `open_run` itself does not raise."""
    async with epic.open_run(failing, "x", **options) as run:
        with pytest.raises(ValueError, match="x"):
            await run.result()
    assert run.statistics().failed == 1
    assert autojump_clock.current_time() >= 1


@ways
async def test_leaving_a_run_by_an_exception_cancels_it(
    options: dict[str, Any], autojump_clock: MockClock
) -> None:
    """Its calls are over when the exception arrives, as it is."""
    with pytest.raises(KeyError):
        async with epic.open_run(pair, 1, **options) as run:
            await trio.sleep(0.5)
            raise KeyError("x")
    assert run.statistics().complete == 0
    assert autojump_clock.current_time() > 0
