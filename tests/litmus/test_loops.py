"""Threads and event loops that a script starts itself: as in CPython, calls and all."""

# Scripts under test are written as users write them.
# mypy: ignore-errors

import asyncio
import concurrent.futures as cf
import queue
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
import trio

import epic_actors as epic
from tests.litmus.installed import installed


@epic.unordered
async def ask(text):
    """Answer at once."""
    await trio.lowlevel.checkpoint()
    return text.upper()


class Meeting:
    """Calls that answer when so many are under way; else they fail."""

    def __init__(self, count):
        self.count = count
        self.all_here = trio.Event()
        self.failed = False

    async def come(self):
        """Wait for the others."""
        self.count -= 1
        if self.count == 0:
            self.all_here.set()
        with trio.fail_after(10):
            await self.all_here.wait()


@epic.unordered
async def meet(meeting, text):
    """Answer when all have come."""
    await meeting.come()
    return text.upper()


async def one(text, limit=None):
    """Ask, a few at a time."""
    if limit is None:
        return await ask(text)
    async with limit:
        return await ask(text)


async def gathered():
    meeting = Meeting(3)
    return await asyncio.gather(*[meet(meeting, text) for text in "abc"])


async def tasks():
    limit = asyncio.Semaphore(2)
    made = [asyncio.create_task(one(text, limit)) for text in "abc"]
    await asyncio.sleep(0)
    return [await task for task in made]


async def in_a_group():
    async with asyncio.TaskGroup() as group:
        made = [group.create_task(one(text)) for text in "abc"]
    return [task.result() for task in made]


async def in_time():
    never = Meeting(2)
    try:
        await asyncio.wait_for(meet(never, "a"), 0.01)
    except TimeoutError:
        return "late", await asyncio.wait_for(one("b"), 10)


async def workers():
    todo, found = asyncio.Queue(), []

    async def work():
        while True:
            text = await todo.get()
            found.append(await ask(text))
            todo.task_done()

    working = [asyncio.create_task(work()) for _ in range(2)]
    for text in "abc":
        todo.put_nowait(text)
    await todo.join()
    for task in working:
        task.cancel()
    return sorted(found)


async def in_threads():
    return await asyncio.gather(*[asyncio.to_thread(ask, text) for text in "ab"])


async def that_fails():
    found = await asyncio.gather(one("a"), one(1), return_exceptions=True)
    return found[0], type(found[1]).__name__


def a_loop():
    before = [ask(text) for text in "ab"]
    return before, asyncio.run(gathered()), ask("after")


def a_loop_of_trio():
    async def main():
        found = []

        async def note(text):
            found.append(await ask(text))

        async with trio.open_nursery() as nursery:
            for text in "abc":
                nursery.start_soon(note, text)
        return sorted(found)

    return trio.run(main)


def threads():
    found, meeting = {}, Meeting(3)

    def work(text):
        found[text] = meet(meeting, text)

    made = [threading.Thread(target=work, args=(text,)) for text in "abc"]
    for thread in made:
        thread.start()
    for thread in made:
        thread.join()
    return sorted(found.items())


def a_pool():
    meeting = Meeting(3)
    with cf.ThreadPoolExecutor() as pool:
        return list(pool.map(lambda text: meet(meeting, text), "abc"))


def a_pool_and_futures():
    with ThreadPoolExecutor(max_workers=4) as pool:
        futures = {pool.submit(ask, text): text for text in "abc"}
        return sorted((futures[f], f.result()) for f in as_completed(futures))


def a_thread_that_is_fed():
    todo, found = queue.Queue(), []

    def work():
        while (text := todo.get()) is not None:
            found.append(ask(text))

    thread = threading.Thread(target=work)
    thread.start()
    for text in ("a", ask("b"), None):
        todo.put(text)
    thread.join()
    return found


class Asker:
    """It keeps a pool, which no function that uses it names."""

    def __init__(self):
        self.pool = cf.ThreadPoolExecutor()

    def submit(self, text):
        return self.pool.submit(ask, text)


def a_pool_that_is_kept():
    asker = Asker()
    futures = [asker.submit(text) for text in "abc"]
    found = [future.result() for future in futures]
    found += list(asker.pool.map(ask, "de"))
    found += [answer + "!" for answer in asker.pool.map(ask, "fg")]
    asker.pool.shutdown()
    return found, ask("after")


class BusyError(Exception):
    """It may work the next time."""


@epic.unordered
@installed.retry(BusyError, 3)
def patient(meeting, text):
    """A plain external that calls another, as often as it must."""
    found = meet(meeting, text)
    if text == "b" and not meeting.failed:
        meeting.failed = True
        raise BusyError
    return found


def declared_wrappers():
    meeting = Meeting(3)
    return [patient(meeting, text) for text in "abc"]


LOOPS = [gathered, tasks, in_a_group, in_time, workers, in_threads, that_fails]
SCRIPTS = [
    *(a_loop, a_loop_of_trio, threads, a_pool, a_pool_and_futures),
    *(a_thread_that_is_fed, a_pool_that_is_kept),
]
WAYS = pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
EXPECTED = {
    gathered: ["A", "B", "C"],
    tasks: ["A", "B", "C"],
    in_a_group: ["A", "B", "C"],
    in_time: ("late", "B"),
    workers: ["A", "B", "C"],
    in_threads: ["A", "B"],
    that_fails: ("A", "AttributeError"),
    a_loop: (["A", "B"], ["A", "B", "C"], "AFTER"),
    a_loop_of_trio: ["A", "B", "C"],
    threads: [("a", "A"), ("b", "B"), ("c", "C")],
    a_pool: ["A", "B", "C"],
    a_pool_and_futures: [("a", "A"), ("b", "B"), ("c", "C")],
    a_thread_that_is_fed: ["A", "B"],
    a_pool_that_is_kept: ([*"ABCDE", "F!", "G!"], "AFTER"),
}


@WAYS
@pytest.mark.parametrize("script", [*LOOPS, *SCRIPTS], ids=lambda f: f.__name__)
def test_it_runs_as_in_cpython(script, fusion):
    """Its calls overlap as it says itself; so they do one after the other, in order."""
    assert epic.run(script, fusion=fusion, deadline=60) == EXPECTED[script]
    assert epic.run_sequentially(script) == EXPECTED[script]


@WAYS
@pytest.mark.parametrize("main", LOOPS, ids=lambda f: f.__name__)
def test_a_loop_may_be_in_the_midst_of_a_script(main, fusion):
    """Whatever it runs gets what was pending."""

    def script():
        asked = [ask(text) for text in "ab"]
        return asyncio.run(main()), asked

    assert epic.run(script, fusion=fusion) == (EXPECTED[main], ["A", "B"])


@WAYS
def test_a_plain_external_may_call_others(fusion):
    """It waits in its thread, and overlaps with what it is declared to overlap with."""
    assert epic.run(declared_wrappers, fusion=fusion) == ["A", "B", "C"]


@WAYS
def test_a_thread_that_is_late_is_told(fusion):
    """A run ends with its script; what a thread asks afterwards comes to nothing."""
    go, errors = threading.Event(), []

    def work():
        go.wait(10)
        try:
            ask("late")
        except epic.UsageError as error:
            errors.append(str(error))

    made = []

    def script():
        made.append(threading.Thread(target=work))
        made[0].start()
        return ask("a")

    assert epic.run(script, fusion=fusion) == "A"
    go.set()
    made[0].join(10)
    assert "wait for the thread" in errors[0]


@WAYS
def test_a_run_that_is_given_up_takes_its_threads_calls_with_it(fusion):
    """They are cancelled, and the code that waits for them ends."""

    def script():
        with ThreadPoolExecutor() as pool:
            return list(pool.map(forever, "ab"))

    with pytest.raises(epic.DeadlineExceeded):
        epic.run(script, fusion=fusion, deadline=0.1)


@epic.unordered
async def forever(_text):
    """Never answer."""
    await trio.sleep_forever()


@WAYS
def test_a_thread_starts_but_once(fusion):
    """What is wrong with a start is said as always, and the run goes on."""

    def script():
        thread = threading.Thread(target=ask, args=("a",))
        thread.start()
        try:
            thread.start()
        except RuntimeError as error:
            found = str(error)
        thread.join()
        return found, ask("b")

    told = "threads can only be started once"
    assert epic.run(script, fusion=fusion, deadline=60) == (told, "B")


def test_other_threads_start_as_always():
    """When no code is beside a run, `Thread.start` is CPython's own."""
    assert epic.run(threads) == EXPECTED[threads]
    assert threading.Thread.start.__module__ == "threading"
