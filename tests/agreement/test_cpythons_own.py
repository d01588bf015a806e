"""What CPython's own test suite says, with arguments pending, where the machine once differed."""

import pytest

from tests.agreement.test_agreement import judge
from tests.agreement.test_regressions import program


PROGRAMS = {
    "one of two generator expressions in a line never reaches its result": """
        return sum(x for x in (y for y in f(xs0) if False)), sum(y for y in f(xs0) if 0)
        """,
    "an annotation in brackets makes no variable": """
        def outer():
            (unheard_of): int
            return f(unheard_of)

        try:
            outer()
        except NameError as error:
            return type(f(error)), str(error)
        """,
}


@pytest.mark.parametrize("fusion", [True, False], ids=["fused", "literal"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_agrees(name: str, fusion: bool) -> None:
    """The machine does what CPython does, on a few schedules."""
    for schedule in range(2):
        judge(program(PROGRAMS[name]), schedule, fusion=fusion)
