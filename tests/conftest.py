"""How property tests are drawn; the only setting is the environment's FUZZ_EXAMPLES.

Tests do not set `max_examples` themselves, so that `make fuzz` reaches all of them.
"""

import os

import pytest
from hypothesis import HealthCheck, settings


# Why: no deadline, as time is virtual and the machine may be busy; a failure prints
# what reproduces it.
settings.register_profile(
    "epic",
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "100")),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("epic")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the scripts that store in modules' dictionaries last.

    What code of a process stores there is remembered for all of it (`STORED`, `TAKEN`), and
    costs later scripts some of their overlap, which other tests measure.
    """
    items.sort(key=lambda item: item.path.name == "test_globals.py")
