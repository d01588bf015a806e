"""What a service makes as it goes is gone when nobody holds it any more."""

import dataclasses
import gc
import linecache
import types
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

import epic_actors as epic


SOURCE = """
import dataclasses
import functools

class Plain:
    def __init__(self, value):
        self.value = value

    def twice(self):
        return self.value * 2

class Special(Plain):
    def __add__(self, other):
        return Special(self.value + ask(other))

    def __getattr__(self, name):
        return ask(1)

@dataclasses.dataclass
class Record:
    value: int
    made: list = dataclasses.field(default_factory=lambda: [ask(2)])

class Failure(Exception):
    pass

def helper(value):
    return Plain(ask(value)).twice()

@functools.lru_cache
def remember(value):
    return Plain(ask(value))

def items(value):
    while True:
        value = yield ask(value or 0)

def script(given):
    def inner(value):
        return helper(value) + (lambda: ask(value))()

    found = [inner(n) for n in range(3)]
    found.append((Special(1) + given).value + Special(1).missing)
    found.append(Record(ask(1)).made[0] + remember(4).value)
    generator = items(3)
    found.append(next(generator))
    try:
        raise Failure(ask(1))
    except Failure as failure:
        found.append(failure.args[0])
    return found

def by_frames(given):
    return given + len(locals())
"""
NAME = "<made on the way>"


@epic.unordered
async def ask(value: int) -> int:
    """An external."""
    return value


@pytest.fixture(params=[True, False], ids=["fused", "literal"])
def fusion(request: pytest.FixtureRequest) -> bool:
    """Which machine runs."""
    chosen: bool = request.param
    return chosen


@pytest.fixture
def source() -> Iterator[None]:
    """Text that `linecache` has, as long as the test runs."""
    lines = SOURCE.splitlines(keepends=True)
    linecache.cache[NAME] = (len(SOURCE), None, lines, NAME)
    yield
    del linecache.cache[NAME]


def made_and_run(fusion: bool) -> list[Any]:
    """Run what was made on the way; its functions, their code and its classes, watched."""
    namespace: dict[str, Any] = {"__name__": "made", "ask": ask}
    exec(compile(SOURCE, NAME, "exec"), namespace)
    for _ in range(2):
        found = epic.run(namespace["script"], 2, fusion=fusion)
        assert found == [0, 3, 6, 4, 6, 3, 1]
    assert epic.run(namespace["by_frames"], 2, fusion=fusion) == 3
    functions = [v for v in namespace.values() if isinstance(v, types.FunctionType)]
    classes = [v for v in namespace.values() if isinstance(v, type)]
    codes = [function.__code__ for function in functions]
    assert len(functions) == len(classes) == 4
    return [weakref.ref(one) for one in (*functions, *codes, *classes)]


def collect() -> None:
    """Let the garbage collector finish: ending a generator is code that runs in between."""
    gc.collect()
    gc.collect()


@pytest.mark.usefixtures("source")
def test_a_namespace_made_on_the_way_is_gone_after_its_run(fusion: bool) -> None:
    """Nothing of ours keeps functions, code and classes that nobody else has."""
    watched = made_and_run(fusion)

    collect()

    assert [watch() for watch in watched if watch() is not None] == []


def test_a_class_and_a_function_made_in_a_script_are_gone(fusion: bool) -> None:
    """What a function of a module makes anew in each run is gone after it."""

    def script() -> Any:
        class Local:
            def __init__(self, value: int) -> None:
                self.value = value

        @dataclasses.dataclass
        class Record:
            value: int

        def local(value: int) -> int:
            return Local(value).value + Record(value).value

        assert local(2) == 4
        return [weakref.ref(one) for one in (Local, Record, local)]

    watched = epic.run(script, fusion=fusion)

    collect()

    assert [watch() for watch in watched if watch() is not None] == []


def test_terms_of_a_module_are_kept(fusion: bool) -> None:
    """The namespace of a module that is there shows nothing of ours."""
    before = set(globals())

    assert epic.run(lambda: ask(1), fusion=fusion) == 1

    assert set(globals()) == before
