"""How property tests are drawn; the only setting is the environment's FUZZ_EXAMPLES.

Tests do not set `max_examples` themselves, so that `make fuzz` reaches all of them.
"""

import os

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
