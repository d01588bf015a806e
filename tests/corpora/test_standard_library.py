"""Code that nobody here wrote: the standard library's, with every argument pending.

The tables in `calls` name a call on each line.  Every call runs on the fast machine,
with arguments of unknown and of known types by turns; every fifth on the literal one too.
"""

import pytest

from epic_actors.testing.agree import Disagreement
from tests.corpora.pending import Call, calls, tables


LITERAL_EVERY = 5


def disagreements(found: list[Call]) -> list[str]:
    """What the calls that disagree have to say."""
    said = []
    for index, call in enumerate(found):
        machines = (True,) if index % LITERAL_EVERY else (True, False)
        try:
            call.check(fusions=machines, known=index % 2 == 1, seed=call.text)
        except Disagreement as disagreement:
            said.append(f"{call.text}\n{disagreement}")
    return said


def test_there_are_enough_functions() -> None:
    """The tables name at least 500 functions."""
    named = {
        (name, call.text.partition("(")[0]) for name in tables() for call in calls(name)
    }
    assert len(named) >= 500


@pytest.mark.slow
@pytest.mark.parametrize("name", tables())
def test_functions_agree(name: str) -> None:
    """A module's functions mean what CPython says, however late their arguments come."""
    assert disagreements(calls(name)) == []
