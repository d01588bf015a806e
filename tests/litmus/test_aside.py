"""What runs aside, in a thread and in real time: CPython runs it as a whole."""

# mypy: ignore-errors
# ruff: noqa: RUF012

import pytest

import epic_actors as epic


@epic.unordered
async def g(x, d=0):
    """Answer at once."""
    return x


noted = []


@epic.sequential
async def log(x):
    """Note something."""
    noted.append(x)


def a_class_body_that_asks():
    class Settings:
        first = g(1, 1)
        if g(first):
            second = [g(x, 1) for x in (first, 2)]
        log("made")

    return Settings.first, Settings.second


def subclasses_are_told():
    class Base:
        names = []

        def __init_subclass__(cls, **options):
            cls.names.append((cls.__name__, g(options["n"], 1)))

    class Sub(Base, n=g(1)):
        pass

    return Base.names, Sub.names


def what_goes_aside():
    def looking():
        a = g(1, 1)
        return sorted(locals())

    def evaluated(x):
        return eval("x + g(1, 1)")

    return looking(), evaluated(g(2, 1))


def decorators_and_metaclasses():
    seen = []

    def noting(cls):
        seen.append(g(cls.__name__))
        return cls

    class Meta(type):
        def __new__(mcs, name, bases, body, **options):
            made = super().__new__(mcs, name, bases, body)
            made.options = options
            return made

    @noting
    class One(metaclass=Meta, size=g(2)):
        pass

    return seen, One.options, type(One) is Meta


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize(
    "script",
    [
        a_class_body_that_asks,
        decorators_and_metaclasses,
        subclasses_are_told,
        what_goes_aside,
    ],
)
def test_aside_means_what_cpython_does(script, fusion) -> None:
    """The value, and what was noted on the way, are those of the sequential run."""
    noted.clear()
    found = epic.run(script, fusion=fusion), noted.copy()
    noted.clear()

    assert found == (epic.run_sequentially(script), noted)
