"""A headless Chromium, driven over the WebDriver protocol."""

import base64
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import httpx2
import trio


ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--window-size=1200,1000",
]


def chromium() -> tuple[str, str] | None:
    """The commands of the browser and its driver, if both are installed."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


@attrs.frozen
class Browser:
    """A page in a browser; what can be waited for is waited for."""

    _url: str

    async def _session(self, method: str, path: str, body: Any = None) -> Any:
        async with httpx2.AsyncClient(timeout=60, verify=False) as http:
            answer = await http.request(method, f"{self._url}/{path}", json=body)
        return _value(answer)

    async def go(self, url: str) -> None:
        await self._session("POST", "url", {"url": url})

    async def back(self) -> None:
        """Go back to the page before, as by the browser's own button."""
        await self._session("POST", "back", {})

    async def script(self, code: str, *args: Any) -> Any:
        """Run JavaScript in the page, and return what it returns."""
        body = {"script": code, "args": args}
        return await self._session("POST", "execute/sync", body)

    async def wait(self, code: str, *args: Any) -> Any:
        """Wait until an expression of JavaScript is true."""
        while not (found := await self.script(f"return {code}", *args)):  # noqa: ASYNC110
            await trio.sleep(0.02)
        return found

    async def wait_text(self, selector: str, text: str) -> None:
        """Wait until an element has some text in it."""
        find = "document.querySelector(arguments[0]).textContent.includes(arguments[1])"
        await self.wait(find, selector, text)

    async def find(self, selector: str) -> str:
        body = {"using": "css selector", "value": selector}
        found: str = (await self._session("POST", "element", body))[ELEMENT]
        return found

    async def click(self, selector: str) -> None:
        await self._session("POST", f"element/{await self.find(selector)}/click", {})

    async def fill(self, selector: str, text: str) -> None:
        element = await self.find(selector)
        await self._session("POST", f"element/{element}/clear", {})
        await self._session("POST", f"element/{element}/value", {"text": text})

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        actions = [
            {"type": kind, "value": key}
            for key in keys
            for kind in ("keyDown", "keyUp")
        ]
        keyboard = {"type": "key", "id": "keyboard", "actions": actions}
        await self._session("POST", "actions", {"actions": [keyboard]})

    async def complaints(self) -> list[str]:
        """What the page has written to the console as an error."""
        entries = await self._session("POST", "se/log", {"type": "browser"})
        return [one["message"] for one in entries if one["level"] == "SEVERE"]

    async def screenshot(self, path: Path) -> None:
        found = await self._session("GET", "screenshot")
        await trio.Path(path).write_bytes(base64.b64decode(found))

    async def prefer(self, scheme: str) -> None:
        """Prefer dark or light."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        command = {
            "cmd": "Emulation.setEmulatedMedia",
            "params": {"features": [feature]},
        }
        await self._session("POST", "goog/cdp/execute", command)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser for some tests, gone with all of its processes when the block is left."""
    commands = chromium()
    assert commands is not None
    browser, driver = commands
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command, null = [driver, f"--port={port}"], subprocess.DEVNULL
    with subprocess.Popen(command, stdout=null, stderr=null) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            with httpx2.Client(timeout=60, verify=False) as http:
                with _session(http, url, browser) as name:
                    yield Browser(f"{url}/session/{name}")
        finally:
            process.terminate()


@contextmanager
def _session(http: httpx2.Client, url: str, browser: str) -> Iterator[str]:
    while True:
        try:
            http.get(f"{url}/status")
            break
        except httpx2.ConnectError:
            time.sleep(0.05)  # the driver is still starting
    options = {"binary": browser, "args": ARGUMENTS}
    wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    body = {"capabilities": {"alwaysMatch": wanted}}
    name: str = _value(http.post(f"{url}/session", json=body))["sessionId"]
    try:
        yield name
    finally:
        http.delete(f"{url}/session/{name}")


def _value(answer: httpx2.Response) -> Any:
    value = answer.json()["value"]
    assert answer.status_code == 200, value
    return value
