"""The page in a real browser: everything that a person does with it.

`EPIC_ACTORS_SCREENSHOT=docs/page.png` in the environment makes the picture of the docs.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import trio

import epic_actors as epic
from epic_actors.service import Limits, connect_runs
from tests.service.browser import Browser, chromium, open_browser
from tests.service.scripts import SCRIPTS, STATE
from tests.service.serving import served


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        chromium() is None, reason="takes chromium and chromedriver on the PATH"
    ),
]
# Why: a browser opens connections in advance, and says nothing over them.
LIMITS = Limits(handshake_timeout=1)
ENTER, TAB = "\ue007", "\ue004"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@epic.unordered
async def draft(topic: str, seconds: float) -> str:
    await trio.sleep(seconds)
    if topic == "doubt":
        raise LookupError("nothing is known of doubt")
    return f"{topic}: "


@epic.unordered
async def merge(parts: str) -> AsyncIterator[str]:
    for word in f"{parts}all of it told in a few words.".split(" "):
        await trio.sleep(0.03)
        yield f"{word} "


@epic.script
def report(topics: list[str], quick: bool = True) -> object:
    """Draft something about each topic, and merge the drafts.

    Args:
        topics: What it is about.
        quick: Take less time.
    """
    parts = []
    for number, topic in enumerate(topics):
        try:
            parts.append(draft(topic, 0.1 + number / (10 if quick else 1)))
        except LookupError:
            parts.append("")
    return merge("".join(parts))


async def choose(browser: Browser, name: str) -> None:
    await browser.wait_text("#connection", "connected")
    await browser.wait("document.querySelectorAll('#script option').length")
    code = "const s = document.getElementById('script'); s.value = arguments[0]; s.onchange()"
    await browser.script(code, name)
    await browser.wait("form.scripts.length && form.fields !== undefined")


async def test_a_script_is_run_from_the_page(browser: Browser) -> None:
    """Its parameters are filled in, its text and its calls are seen."""
    async with served([report], limits=LIMITS) as server:
        await browser.go(f"http://127.0.0.1:{server.port}/")
        await choose(browser, "report")
        await browser.fill("#parameter-topics", '["actors", "doubt", "wires"]')
        await browser.click("#run")
        await browser.wait("document.querySelector('.streaming')")
        await browser.wait_text("#status", "complete")
        await browser.wait_text(
            "#text", "actors: wires: all of it told in a few words."
        )
        steps = await browser.script(
            "return [...document.querySelectorAll('#bars g')].map(g => g.dataset.step)"
        )
        assert sorted(steps) == ["complete", "complete", "complete", "failed"]
        assert (
            await browser.script("return document.querySelectorAll('.external').length")
            == 2
        )
        await browser.wait_text("#term", "λ topics quick.")
        assert await browser.complaints() == []
        if path := os.environ.get("EPIC_ACTORS_SCREENSHOT"):
            await browser.screenshot(Path(path))
        await browser.go("about:blank")


async def test_text_is_seen_while_it_streams(browser: Browser) -> None:
    """The first half is there before the second exists."""
    async with served(limits=LIMITS) as server:
        await browser.go(f"http://127.0.0.1:{server.port}/")
        await choose(browser, "meet")
        await browser.click("#run")
        await browser.wait_text("#text", "before ")
        STATE.gate.set()
        await browser.wait_text("#text", "before after")
        await browser.go("about:blank")


async def test_output_is_seen(browser: Browser) -> None:
    """What the script emits has a place of its own."""
    async with served(limits=LIMITS) as server:
        await browser.go(f"http://127.0.0.1:{server.port}/")
        await choose(browser, "announce")
        await browser.fill("#parameter-names", '["a", "b"]')
        await browser.click("#run")
        await browser.wait_text("#emitted", "hello a\nhello b\n")
        await browser.wait_text("#text", "2")
        await browser.go("about:blank")


async def test_a_run_is_cancelled_from_the_page(browser: Browser) -> None:
    """Its call is shown as cancelled, and the reason is said."""
    async with served(limits=LIMITS) as server:
        await browser.go(f"http://127.0.0.1:{server.port}/")
        await choose(browser, "wait")
        await browser.click("#run")
        await browser.wait("document.querySelector('#bars g[data-step=started]')")
        assert (
            await browser.script("return document.querySelectorAll('.active').length")
            == 1
        )
        await browser.click("#cancel")
        await browser.wait_text("#problem", "a client asked for it")
        await browser.wait("document.querySelector('#bars g[data-step=cancelled]')")
        await browser.go("about:blank")


async def test_errors_are_said(browser: Browser) -> None:
    """Those of the script, and those of the form."""
    async with served(limits=LIMITS) as server:
        await browser.go(f"http://127.0.0.1:{server.port}/")
        await choose(browser, "fail")
        await browser.fill("#parameter-message", "oh no")
        await browser.click("#run")
        await browser.wait_text("#problem", "ValueError: oh no")
        await choose(browser, "items")
        await browser.fill("#parameter-count", "1.5")
        await browser.script("document.getElementById('form').noValidate = true")
        await browser.click("#run")
        await browser.wait_text("#problem", "count is to be int")
        await browser.go("about:blank")


async def test_a_reloaded_page_attaches_to_its_run(browser: Browser) -> None:
    """It shows the run from its beginning, and follows it to its end."""
    async with served(limits=LIMITS) as server:
        await browser.go(f"http://127.0.0.1:{server.port}/")
        await choose(browser, "meet")
        await browser.click("#run")
        await browser.wait_text("#text", "before ")
        await browser.wait("location.hash.startsWith('#run=')")
        await browser.script("location.reload()")
        await browser.wait_text("#status", "running")
        await browser.wait_text("#text", "before ")
        STATE.gate.set()
        await browser.wait_text("#text", "before after")
        await browser.go("about:blank")


async def test_a_page_that_lost_its_connection_goes_on(browser: Browser) -> None:
    """It connects again and misses nothing."""
    async with served(limits=LIMITS) as server:
        await browser.go(f"http://127.0.0.1:{server.port}/")
        await choose(browser, "meet")
        await browser.click("#run")
        await browser.wait_text("#text", "before ")
        await browser.script("connection.socket.close()")
        await browser.wait_text("#connection", "lost")
        STATE.gate.set()
        await browser.wait_text("#text", "before after")
        await browser.go("about:blank")


async def test_the_page_asks_for_a_token(browser: Browser) -> None:
    """It is typed once and kept for the session."""
    async with served(token="sesame", limits=LIMITS) as server:
        await browser.go(f"http://127.0.0.1:{server.port}/")
        await browser.wait("!document.getElementById('access').hidden")
        await browser.fill("#token", "sesame")
        await browser.press(ENTER)
        await browser.wait_text("#connection", "connected")
        await browser.go("about:blank")


async def test_the_page_is_used_by_keyboard(browser: Browser) -> None:
    """Every control has a name and is reached by Tab; Enter runs the script."""
    async with served([SCRIPTS[0]], limits=LIMITS) as server:
        await browser.go(f"http://127.0.0.1:{server.port}/")
        await choose(browser, "greet")
        await browser.script("document.getElementById('script').focus()")
        await browser.press(TAB, *"you", TAB, TAB, TAB, ENTER)
        await browser.wait_text("#text", "hello you")
        unnamed = await browser.script(
            "return [...document.querySelectorAll('input, select, textarea, button')]"
            ".filter(e => e.checkVisibility() && !e.labels?.length && !e.textContent)"
            ".map(e => e.id)"
        )
        assert unnamed == []
        await browser.go("about:blank")


async def test_the_page_follows_dark_and_light(browser: Browser) -> None:
    """Text stands out from its background in both."""
    async with served(limits=LIMITS) as server:
        await browser.go(f"http://127.0.0.1:{server.port}/")
        seen = []
        for scheme in ("light", "dark"):
            await browser.prefer(scheme)
            seen.append(
                await browser.script(
                    "const s = getComputedStyle(document.body);"
                    "return [s.color, s.backgroundColor]"
                )
            )
        assert seen[0] != seen[1]
        assert all(color != back for color, back in seen)
        await browser.go("about:blank")


async def test_page_and_client_follow_the_same_run(browser: Browser) -> None:
    """A run that a program started is opened by its name."""
    async with served(limits=LIMITS) as server, connect_runs(server.url) as client:
        async with client.start("meet") as run:
            assert await anext(aiter(run)) == "before "
            await browser.go(f"http://127.0.0.1:{server.port}/#run={run.id}")
            await browser.wait_text("#text", "before ")
            STATE.gate.set()
            await browser.wait_text("#text", "before after")
            assert await run.result() == "before after"
        await browser.go("about:blank")
