"""The page that the server sends, with the headers that keep it to itself."""

import base64
import hashlib
import re
from importlib import resources


def _sources(kind: str, text: str) -> str:
    """The hashes of what stands in the page's elements of a kind."""
    inner = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
    digests = [hashlib.sha256(one.encode()).digest() for one in inner]
    return " ".join(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests)


_TEXT = resources.files(__package__).joinpath("page.html").read_text("utf-8")
_POLICY = {
    "default-src": "'none'",
    "script-src": _sources("script", _TEXT),
    "style-src": _sources("style", _TEXT),
    "connect-src": "'self'",
    "img-src": "data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}

PAGE = _TEXT.encode()
PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "; ".join(f"{k} {v}" for k, v in _POLICY.items()),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
