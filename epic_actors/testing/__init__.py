"""For tests and demos of programs that use epic-actors: a simulated language model.

Comparing a script's runs with each other is in `epic_actors.testing.agree`.
"""

from epic_actors.testing.chat_protocol import Says
from epic_actors.testing.faults import Fault, Faults
from epic_actors.testing.latency import Latency
from epic_actors.testing.loopback import (
    open_simulated_model,
    open_simulated_model_thread,
)
from epic_actors.testing.simulated_model import (
    SimulatedModel,
    Statistics,
    seeded_reply,
)


__all__ = [
    "Fault",
    "Faults",
    "Latency",
    "Says",
    "SimulatedModel",
    "Statistics",
    "open_simulated_model",
    "open_simulated_model_thread",
    "seeded_reply",
]
