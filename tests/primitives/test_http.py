"""Requests over HTTP, against a server on a port of this machine."""

import json
import pickle
from typing import Any

import pytest
import trio

import epic_actors as epic
from epic_actors.errors import UsageError
from epic_actors.primitives import http
from epic_actors.primitives.http import HttpBusyError, HttpError
from epic_actors.testing.http_server import Exchange, Request
from tests.primitives.site import one_by_one, open_site, say, stream


async def mirror(request: Request, exchange: Exchange) -> None:
    """Say what was asked."""
    said = {
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "body": request.body.decode(),
        "type": request.headers.get("content-type"),
        "x": request.headers.get("x"),
    }
    await exchange.answer(200, "application/json", json.dumps(said).encode())


async def test_reading_an_address() -> None:
    """Text, bytes and JSON; the query and headers go along."""
    async with open_site(mirror) as site:
        found = await http.get_json(
            site.url + "/a", params={"q": "x y"}, headers={"x": "1"}
        )
        text = await http.get(site.url + "/a")
        assert (await http.get_bytes(site.url + "/a")).decode() == text
    assert (found["path"], found["query"], found["x"]) == ("/a", "q=x+y", "1")


@pytest.mark.parametrize("name", ["post", "put", "patch", "delete"])
async def test_sending_to_an_address(name: str) -> None:
    """JSON, a form, or text as it is."""
    send = getattr(http, name)
    async with open_site(mirror) as site:
        sent = [
            json.loads(await send(site.url, **body))
            for body in ({"json": {"a": 1}}, {"form": {"a": "ü"}}, {"data": "text"})
        ]
        found = await http.post_json(site.url, json=1)
    assert {each["method"] for each in sent} == {name.upper()}
    assert [each["body"] for each in sent] == ['{"a":1}', "a=%C3%BC", "text"]
    assert (sent[0]["type"], found["body"]) == ("application/json", "1")


async def test_a_whole_response_has_any_status() -> None:
    """`request` leaves the judging to the script."""
    async with open_site(say(404, "not here")) as site:
        found = await http.request("GET", site.url)
    assert (found.status, found.text, found.headers["content-type"]) == (
        404,
        "not here",
        "text/plain",
    )


@pytest.mark.parametrize(("status", "kind"), [(404, HttpError), (503, HttpBusyError)])
async def test_a_refusal_is_a_typed_error(status: int, kind: type[HttpError]) -> None:
    """It knows where and why, without credentials and query, and can be pickled."""
    async with open_site(say(status, "no " * 200)) as site:
        url = site.url.replace("//", "//me:s3cret@") + "/a?key=s3cret"
        with pytest.raises(HttpError, match=f"status {status}: no no") as caught:
            await http.get(url, retry=0)
    error = pickle.loads(pickle.dumps(caught.value))
    assert (type(error), error.status, error.url) == (kind, status, site.url + "/a")
    assert "s3cret" not in str(error)
    assert len(str(error)) < 300


async def test_reading_is_tried_again() -> None:
    """A busy server is asked again after its time; one that is gone is an error."""
    async with open_site(one_by_one(say(503, ""), say(200, "ok"))) as site:
        assert await http.get(site.url) == "ok"
        assert len(site.requests) == 2
    with pytest.raises(HttpBusyError, match="No answer from"):
        await http.get(site.url, retry=0)


async def test_sending_is_not_tried_again_unasked() -> None:
    """What was sent may have had its effect."""
    async with open_site(one_by_one(say(503, ""), say(200, "ok"))) as site:
        with pytest.raises(HttpBusyError):
            await http.post(site.url)
        assert len(site.requests) == 1
        assert await http.post(site.url, retry=1) == "ok"


async def test_a_request_has_a_time() -> None:
    """A server that says nothing is given up."""

    async def silent(request: Request, exchange: Exchange) -> None:
        await trio.sleep_forever()

    async with open_site(silent) as site:
        with pytest.raises(HttpBusyError, match="timeout="):
            await http.get(site.url, timeout=0.1)


@pytest.mark.parametrize("url", ["nowhere", "ftp://x", "http://"])
async def test_an_address_is_checked(url: str) -> None:
    """What is no URL is the caller's fault."""
    with pytest.raises(UsageError, match="no http or https URL"):
        await http.get(url)
    with pytest.raises(UsageError, match="no option 'param' of a request"):
        await http.get("http://127.0.0.1:1", param={})


async def test_what_is_no_json_is_quoted() -> None:
    """An HTML page in place of JSON is an error that shows it."""
    async with open_site(say(200, "<html>")) as site:
        with pytest.raises(HttpError, match=r"no JSON.*<html>"):
            await http.get_json(site.url)


async def test_redirects_are_followed() -> None:
    """To the end, unless they have none."""

    async def pages(request: Request, exchange: Exchange) -> None:
        if request.path == "/end":
            await exchange.answer(200, "text/plain", b"here")
        else:
            to = "/end" if request.path == "/start" else request.path
            await exchange.answer(302, "text/plain", b"", [("Location", to)])

    async with open_site(pages) as site:
        assert await http.get(site.url + "/start") == "here"
        with pytest.raises(HttpError, match="redirect"):
            await http.get(site.url + "/circle")


async def test_lines_come_while_they_arrive() -> None:
    """However they are cut and end; half a character waits for its other half."""
    cut = [b"on", b"e\r\ntw", "o ü".encode()[:-1], "ü".encode()[1:], b"\n\nend"]

    async def pages(request: Request, exchange: Exchange) -> None:
        await exchange.start(200, "text/plain; charset=utf-8")
        for piece in cut:
            await exchange.piece(piece)
        await exchange.end()

    async with open_site(pages) as site:
        lines = [line async for line in http.get_lines(site.url)]
    assert lines == ["one", "two ü", "", "end"]


async def test_lines_may_break_off() -> None:
    """What has come is kept, and the rest is an error; before that it is tried again."""
    pages = one_by_one(stream(None), stream("one\ntwo", None))
    seen: list[str] = []
    async with open_site(pages) as site:
        with pytest.raises(HttpBusyError):
            async for line in http.get_lines(site.url):
                seen.append(line)
    assert (seen, len(site.requests)) == (["one"], 2)


def test_a_script_goes_on_with_the_first_line() -> None:
    """While the others are on their way."""
    asked = trio.Event()

    async def pages(request: Request, exchange: Exchange) -> None:
        if request.path != "/lines":
            asked.set()
            await exchange.answer(200, "text/plain", request.path.encode())
            return
        await exchange.start(200, "text/plain")
        await exchange.piece(b"/a\n")
        await asked.wait()
        await exchange.piece(b"/b\n")
        await exchange.end()

    def script(url: Any) -> Any:
        return [http.get(url + line) for line in http.get_lines(url + "/lines")]

    async def main() -> Any:
        async with open_site(pages) as site:
            return await epic.evaluate(script, site.url)

    assert trio.run(main) == ["/a", "/b"]


async def test_reads_overlap_and_see_what_was_written() -> None:
    """Two reads meet at the server; one behind a write comes after it."""
    log: list[str] = []
    met = trio.Event()

    async def pages(request: Request, exchange: Exchange) -> None:
        log.append(request.method + request.path)
        if request.path == "/both":
            if log.count("GET/both") == 2:
                met.set()
            await met.wait()
        await exchange.answer(200, "text/plain", b"ok")

    def script(url: Any) -> Any:
        both = [http.get(url + "/both"), http.get(url + "/both")]
        http.post(url + "/note", data="x")
        return [*both, http.get(url + "/after")]

    async with open_site(pages) as site:
        assert await epic.evaluate(script, site.url) == ["ok"] * 3
        assert site.connections <= 3
    assert log == ["GET/both", "GET/both", "POST/note", "GET/after"]
