"""No test of primitives sees the models that are set up on the machine."""

import pytest


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the settings of models out of the environment."""
    for name in ("EPIC_LLM_BASE_URL", "EPIC_LLM_MODEL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
