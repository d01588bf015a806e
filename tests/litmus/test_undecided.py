"""What a branch may touch by way of native code, while nobody knows whether it runs."""

# Scripts under test are written as users write them.
# mypy: ignore-errors

import pytest

from epic_actors.testing.agree import agree
from epic_actors.testing.outside import Outside


outside = Outside()
SCRIPTS = []
LOG = []


@outside.unordered
def later(x):
    """Give the argument, later."""
    return x


def agrees(script):
    """Add the script below."""
    SCRIPTS.append(script)
    return script


def note(*_):
    """Leave a trace of having been called."""
    LOG.append(1)
    return 1


class Noting:
    """Leaves such a trace as well."""

    def __init__(self):
        self.log = LOG

    def __call__(self, *_):
        self.log.append(1)
        return 1


def spread(function, *args, **named):
    """A call that hands everything on."""
    if later(True):
        return function(*args, **named)


def traces(function, *args, **named):
    """How often something is called in an undecided branch."""
    LOG.clear()
    if later(True):
        function(*args, **named)
    return len(LOG)


@agrees
def a_function_called_up_to_its_last_value():
    rows = [3, 2, 1]
    LOG.clear()
    if later(True):
        LOG.append(0)
    taken = [later(row) for row in iter(rows.pop, 3)]
    notes = iter(note, 5)
    if later(True):
        next(notes)
    next(notes)
    return taken, LOG[:]


def word(_):
    """A trace, as text."""
    LOG.append(1)
    return "b"


@pytest.mark.parametrize("script", SCRIPTS)
def test_agrees(script):
    """What follows an undecided branch sees what it has done."""
    agree(script, outside, seeds=range(2))
