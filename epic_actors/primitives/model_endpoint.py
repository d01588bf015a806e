"""Which model to ask where: from arguments, else from the environment."""

import os

import attrs
import httpx2

from epic_actors.errors import UsageError


@attrs.frozen
class Endpoint:
    """A model behind an OpenAI-compatible API.

    Attributes:
        url: Where completions are asked for.
        model: The model's name.
        key: The key to send, or None.
    """

    url: httpx2.URL
    model: str
    key: str | None = attrs.field(repr=False)

    @property
    def shown(self) -> str:
        """The address without credentials."""
        return str(self.url.copy_with(userinfo=b"", query=None))

    def headers(self) -> dict[str, str]:
        """The headers that every request carries."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


def find_endpoint(
    model: str | None = None, base_url: str | None = None, api_key: str | None = None
) -> Endpoint:
    """The endpoint that is meant; what is left out is in the environment.

    Raises:
        UsageError: It is not there either, or it cannot be used.
    """
    base_url = base_url or os.environ.get("EPIC_LLM_BASE_URL")
    model = model or os.environ.get("EPIC_LLM_MODEL")
    if not base_url or not model:
        missing = "base_url= or EPIC_LLM_BASE_URL" if not base_url else ""
        missing += " and " if not base_url and not model else ""
        missing += "model= or EPIC_LLM_MODEL" if not model else ""
        raise UsageError(
            f"No language model to ask: set {missing} (such as "
            "https://api.openai.com/v1 for the base URL), and api_key= or "
            "OPENAI_API_KEY where the server wants a key."
        )
    return Endpoint(_find_url(base_url), model, _find_key(api_key))


def _find_url(base_url: str) -> httpx2.URL:
    accepted = "base_url= or EPIC_LLM_BASE_URL takes one such as https://host/v1"
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL as error:
        raise UsageError(f"This is not a URL: {accepted}.") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise UsageError(f"This is not an http or https URL: {accepted}.")
    return url.copy_with(path=url.path.rstrip("/") + "/chat/completions")


def _find_key(api_key: str | None) -> str | None:
    key = (api_key or os.environ.get("OPENAI_API_KEY") or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise UsageError(
            "The API key (api_key= or OPENAI_API_KEY) has characters that cannot "
            "stand in an HTTP header; it should be one line of plain ASCII."
        )
    return key or None
