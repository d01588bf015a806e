"""Tests of primitives know no models of the machine's, and wait little between tries."""

import pytest

from epic_actors.primitives import retries


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the settings of models out of the environment."""
    for name in ("EPIC_LLM_BASE_URL", "EPIC_LLM_MODEL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where sockets are real, so is the time between tries."""
    monkeypatch.setattr(retries, "FIRST_WAIT_S", 0.05)
