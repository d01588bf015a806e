"""The page in a real browser: everything that a person does with it.

`EPIC_ACTORS_SCREENSHOT=docs/page.png` in the environment makes the picture of the docs.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio

import epic_actors as epic
from epic_actors.service import Limits, connect_runs
from tests.service.browser import Browser, chromium, open_browser
from tests.service.scripts import SCRIPTS, STATE, echo, forever, greet, halves, wait
from tests.service.serving import Served, served


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


@epic.unordered
async def refuse() -> str:
    await trio.sleep(0.05)
    raise LookupError("nothing is known")


@epic.script
def every_state() -> object:
    """Calls in each of the states that a call can be in, all at once."""
    try:
        pair = (refuse(), forever())
    except LookupError:
        pair = ("", "")
    return [pair, echo("x"), halves(), forever()]


@asynccontextmanager
async def opened(
    browser: Browser, name: str = "", scripts: Any = SCRIPTS, **options: Any
) -> AsyncIterator[Served]:
    """A server whose page is open, with a script chosen."""
    async with served(scripts, limits=LIMITS, **options) as server:
        await browser.go(f"http://127.0.0.1:{server.port}/")
        if name:
            await choose(browser, name)
        yield server
        await browser.go("about:blank")


async def choose(browser: Browser, name: str) -> None:
    await browser.wait_text("#connection", "connected")
    await browser.wait("document.querySelectorAll('#script option').length")
    code = "const s = document.getElementById('script'); s.value = arguments[0]; s.onchange()"
    await browser.script(code, name)
    await browser.wait("form.scripts.length && form.fields !== undefined")


async def begin(browser: Browser) -> None:
    """Run the script that streams a half, and see it."""
    await browser.click("#run")
    await browser.wait_text("#text", "before ")


async def see_the_rest(browser: Browser) -> None:
    """Have the other half streamed, and see it."""
    STATE.gate.set()
    await browser.wait_text("#text", "before after")


async def steps(browser: Browser) -> list[str]:
    """The states of the calls in the timeline."""
    shown = "[...document.querySelectorAll('#bars g')].map(g => g.dataset.step)"
    found: list[str] = await browser.script(f"return {shown}")
    return sorted(found)


async def count(browser: Browser, selector: str) -> int:
    code = "return document.querySelectorAll(arguments[0]).length"
    found: int = await browser.script(code, selector)
    return found


async def test_a_script_is_run_from_the_page(browser: Browser) -> None:
    """Its parameters are filled in, its text, its calls and its actors are seen."""
    async with opened(browser, "report", [report]):
        await browser.fill("#parameter-topics", '["actors", "doubt", "wires"]')
        await browser.click("#run")
        await browser.wait("document.querySelector('.streaming')")
        await browser.wait_text("#status", "complete")
        await browser.wait_text(
            "#text", "actors: wires: all of it told in a few words."
        )
        assert await steps(browser) == ["complete", "complete", "complete", "failed"]
        assert await count(browser, ".external") == 2
        assert await count(browser, "#network .edge") > 5
        await browser.wait_text("#term", "λ topics quick.")
        assert await browser.complaints() == []
        if path := os.environ.get("EPIC_ACTORS_SCREENSHOT"):
            await browser.screenshot(Path(path))


async def test_every_state_of_a_call_is_seen(browser: Browser) -> None:
    """Started, streaming, complete, failed, cancelled: each has a colour of its own."""
    async with opened(browser, "every_state", [every_state]):
        await browser.click("#run")
        states = ["cancelled", "complete", "failed", "started", "streaming"]
        while await steps(browser) != states:  # noqa: ASYNC110 - in the browser
            await trio.sleep(0.02)
        for scheme in ("light", "dark"):
            await browser.prefer(scheme)
            colours = await browser.script(
                "return [...document.querySelectorAll('#bars g > rect:last-of-type')]"
                ".map(r => getComputedStyle(r).fill)"
            )
            assert len(set(colours)) == len(states)
        await browser.click("#cancel")
        await browser.wait_text("#status", "cancelled")


async def test_text_is_seen_while_it_streams(browser: Browser) -> None:
    """The first half is there before the second exists."""
    async with opened(browser, "meet"):
        await begin(browser)
        await see_the_rest(browser)


async def test_output_is_seen(browser: Browser) -> None:
    """What the script emits has a place of its own."""
    async with opened(browser, "announce"):
        await browser.fill("#parameter-names", '["a", "b"]')
        await browser.click("#run")
        await browser.wait_text("#emitted", "hello a\nhello b\n")
        await browser.wait_text("#text", "2")


async def test_a_run_is_cancelled_from_the_page(browser: Browser) -> None:
    """Its call is shown as cancelled, and the reason is said."""
    async with opened(browser, "wait"):
        await browser.click("#run")
        await browser.wait("document.querySelector('#bars g[data-step=started]')")
        assert await count(browser, ".active") == 1
        await browser.click("#cancel")
        await browser.wait_text("#problem", "a client asked for it")
        await browser.wait("document.querySelector('#bars g[data-step=cancelled]')")


async def test_errors_are_said(browser: Browser) -> None:
    """Those of the script, and those of the form."""
    async with opened(browser, "fail"):
        await browser.fill("#parameter-message", "oh no")
        await browser.click("#run")
        await browser.wait_text("#problem", "ValueError: oh no")
        await choose(browser, "items")
        await browser.fill("#parameter-count", "1.5")
        await browser.script("document.getElementById('form').noValidate = true")
        await browser.click("#run")
        await browser.wait_text("#problem", "count is to be int")


async def test_a_reloaded_page_attaches_to_its_run(browser: Browser) -> None:
    """It shows the run from its beginning, and follows it to its end."""
    async with opened(browser, "meet"):
        await begin(browser)
        await browser.wait("location.hash.startsWith('#run=')")
        await browser.script("location.reload()")
        await browser.wait_text("#status", "running")
        await browser.wait_text("#text", "before ")
        await see_the_rest(browser)


async def test_a_page_that_lost_its_connection_goes_on(browser: Browser) -> None:
    """It connects again and misses nothing."""
    async with opened(browser, "meet"):
        await begin(browser)
        await browser.script("connection.socket.close()")
        await browser.wait_text("#connection", "lost")
        await see_the_rest(browser)


async def test_a_page_that_was_left_holds_no_connection(browser: Browser) -> None:
    """Not even if the browser keeps the page; going back to it, it goes on."""
    async with opened(browser, "meet") as server:
        await begin(browser)
        await browser.go("about:blank")
        while (await server.health())["connections"] > 1:  # noqa: ASYNC110
            await trio.sleep(0.02)
        await browser.back()
        await browser.wait("document.getElementById('connection')")
        await browser.wait_text("#connection", "connected")
        await see_the_rest(browser)


async def test_the_page_asks_for_a_token(browser: Browser) -> None:
    """It is typed once and kept for the session."""
    async with opened(browser, token="sesame"):
        await browser.wait("!document.getElementById('access').hidden")
        await browser.fill("#token", "sesame")
        await browser.press(ENTER)
        await browser.wait_text("#connection", "connected")


async def test_a_token_typed_while_another_is_refused_is_taken(
    browser: Browser,
) -> None:
    """The refusal that comes late says nothing of the connection there is by now."""
    async with opened(browser, token="sesame"):
        await browser.wait("!document.getElementById('access').hidden")
        await browser.fill("#token", "sesame")
        await browser.script(
            "connection.open(); document.getElementById('connect').click()"
        )
        await browser.wait_text("#connection", "connected")
        await trio.sleep(0.2)  # the refusal may come until then
        await browser.wait_text("#connection", "connected")


async def test_the_page_is_used_by_keyboard(browser: Browser) -> None:
    """Every control has a name and is reached by Tab; Enter runs the script."""
    async with opened(browser, "greet", [greet]):
        await browser.script("document.getElementById('script').focus()")
        await browser.press(TAB, *"you", TAB, TAB, TAB, ENTER)
        await browser.wait_text("#text", "hello you")
        unnamed = await browser.script(
            "return [...document.querySelectorAll('input, select, textarea, button')]"
            ".filter(e => e.checkVisibility() && !e.labels?.length && !e.textContent)"
            ".map(e => e.id)"
        )
        assert unnamed == []


async def test_a_run_is_cancelled_by_keyboard(browser: Browser) -> None:
    """The focus goes from Run to Cancel and back, so Enter is enough."""
    async with opened(browser, "wait", [wait]):
        await browser.script("document.getElementById('run').focus()")
        await browser.press(ENTER)
        await browser.wait("document.activeElement.id === 'cancel'")
        await browser.press(ENTER)
        await browser.wait_text("#status", "cancelled")
        await browser.wait("document.activeElement.id === 'run'")


# All texts that stand out from what is behind them by less than WCAG 2 asks for (AA).
FAINT = """
const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
const light = (colour) => parts(colour).slice(0, 3).map(c => c / 255)
  .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
const behind = (e) => {
  const colour = getComputedStyle(e).backgroundColor;
  return parts(colour)[3] === 0 ? behind(e.parentElement) : colour;
};
const ratio = (e) => {
  const style = getComputedStyle(e);
  const both = [light(e instanceof SVGElement ? style.fill : style.color), light(behind(e))];
  return (Math.max(...both) + .05) / (Math.min(...both) + .05);
};
return [...document.querySelectorAll('body *')]
  .filter(e => e.checkVisibility() && !e.disabled && !['SCRIPT', 'OPTION'].includes(e.tagName))
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .filter(e => ratio(e) < 4.5).map(e => `${e.tagName} ${e.id} ${ratio(e)}`);
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_stands_out_in_dark_and_light(browser: Browser, scheme: str) -> None:
    """All of it, in both, by the ratio that WCAG asks for."""
    async with opened(browser, "fail"):
        await browser.prefer(scheme)
        await browser.fill("#parameter-message", "oh no")
        await browser.click("#run")
        await browser.wait_text("#problem", "ValueError: oh no")
        assert await browser.script(FAINT) == []
        back = await browser.script(
            "return getComputedStyle(document.body).backgroundColor"
        )
        assert (back == "rgb(23, 24, 26)") is (scheme == "dark")


async def test_page_and_client_follow_the_same_run(browser: Browser) -> None:
    """A run that a program started is opened by its name."""
    async with served(limits=LIMITS) as server, connect_runs(server.url) as client:
        async with client.start("meet") as run:
            assert await anext(aiter(run)) == "before "
            await browser.go(f"http://127.0.0.1:{server.port}/#run={run.id}")
            await browser.wait_text("#text", "before ")
            await see_the_rest(browser)
            assert await run.result() == "before after"
        await browser.go("about:blank")
