"""Who is let in: tokens, origins, encryption, and what plain HTTP gets."""

import base64
import shutil
import ssl
from pathlib import Path

import pytest
import trio

from epic_actors.errors import UsageError
from epic_actors.service import AccessRefused, connect_runs, serve_runs
from epic_actors.service.protocol import PROTOCOL
from tests.service.scripts import SCRIPTS, greet
from tests.service.serving import HANDSHAKE, served


TOKEN = "open-sesame"


def as_subprotocol(token: str) -> str:
    return "bearer." + base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")


async def test_the_right_token_is_let_in() -> None:
    """Programs say it in a header."""
    async with served(token=TOKEN) as server:
        async with connect_runs(server.url, token=TOKEN) as client:
            assert await client.scripts()


@pytest.mark.parametrize("token", [None, "open", TOKEN + "!"])
async def test_without_the_right_token_nobody_is_let_in(token: str | None) -> None:
    """The connection is refused before it is a websocket."""
    async with served(token=TOKEN) as server:
        with pytest.raises(AccessRefused, match="401 a valid token is needed"):
            async with connect_runs(server.url, token=token):
                pass


@pytest.mark.parametrize("token", ["", " ", "a b", "é", "a\r\nb"])
async def test_a_token_has_to_fit_into_a_header(token: str) -> None:
    """Whoever sets one that cannot be said is told so."""
    with pytest.raises(UsageError, match="visible ASCII"):
        await serve_runs(SCRIPTS, token=token)
    with pytest.raises(UsageError, match="visible ASCII"):
        async with connect_runs("ws://127.0.0.1:1", token=token):
            pass


async def test_browsers_say_the_token_in_a_subprotocol() -> None:
    """They cannot set headers."""
    async with served(token=TOKEN) as server:
        offered = [PROTOCOL, as_subprotocol(TOKEN)]
        async with server.peer(subprotocols=offered) as peer:
            assert await peer.ask("scripts")
            assert peer.socket.subprotocol == PROTOCOL
        for wrong in (as_subprotocol("open"), "bearer.", "bearer.%%%", "bearer.é"):
            head, _ = await server.ask(
                f"{HANDSHAKE}Sec-WebSocket-Protocol: {PROTOCOL}, {wrong}\r\n\r\n"
            )
            assert head.startswith("HTTP/1.1 401 ")


async def test_pages_from_elsewhere_are_turned_away() -> None:
    """Browsers say where a page is from; programs say nothing."""
    async with served(origins=["https://friend.example"]) as server:
        own = f"http://localhost:{server.port}"
        for origin, status in [
            ("https://evil.example", 403),
            (f"http://evil.example:{server.port}", 403),
            ("null", 403),
            ("", 403),
            (f"{own}\r\nOrigin: https://evil.example", 403),
            (own, 101),
            ("https://Friend.example", 101),
        ]:
            request = f"{HANDSHAKE}Origin: {origin}\r\n\r\n".encode()
            async with await trio.open_tcp_stream("127.0.0.1", server.port) as stream:
                await stream.send_all(request)
                head = await stream.receive_some(1000)
            assert head.startswith(f"HTTP/1.1 {status} ".encode())


async def test_a_server_for_others_takes_a_token() -> None:
    """Without one only this machine is served."""
    for options in ({"host": "0.0.0.0"}, {"host": "example.org"}, {"token": ""}):
        with pytest.raises(UsageError, match="token"):
            await serve_runs(SCRIPTS, **options)  # type: ignore[arg-type]


async def test_what_is_served_has_to_be_scripts_with_names() -> None:
    """Mistakes are found before anything is served."""
    for scripts, wrong in [
        ([], "no script"),
        ([greet, greet], "two scripts"),
        ([1], "1"),
    ]:
        with pytest.raises(UsageError, match=wrong):
            await serve_runs(scripts)


async def test_the_page_comes_with_a_strict_policy() -> None:
    """It may load nothing, and run only what stands in it."""
    async with served() as server:
        head, body = await server.get("/")

    assert head.startswith("HTTP/1.1 200 OK")
    assert "text/html" in head
    policy = head.partition("Content-Security-Policy: ")[2].partition("\r\n")[0]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert body.startswith("<!doctype html>")
    assert "http://" not in body.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in body


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200),
        ("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", 200),
        ("GET /healthz?x=1 HTTP/1.0\r\n\r\n", 200),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 405),
        ("GET /etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        ("GET /runs HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        ("GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("nonsense\r\n\r\n", 400),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nA: " + "x" * 100_000, 431),
        (HANDSHAKE.replace("/runs", "/") + "\r\n", 404),
        (HANDSHAKE.replace("GET", "POST") + "\r\n", 400),
        (HANDSHAKE + "Content-Length: 3\r\n\r\nabc", 400),
        (HANDSHAKE.replace("Version: 13", "Version: 8") + "\r\n", 426),
        (HANDSHAKE.replace("AAAA", "") + "\r\n", 400),
        (HANDSHAKE.replace("Connection: Upgrade", "Connection: x") + "\r\n", 400),
        (HANDSHAKE.replace("localhost", "xn--\xff") + "\r\n", 400),
    ],
)
async def test_plain_http_gets_a_plain_answer(request_: str, status: int) -> None:
    """Two pages, and an error for everything else; then the connection ends."""
    async with served() as server:
        head, body = await server.ask(request_)

    assert head.startswith(f"HTTP/1.1 {status} ")
    assert "Connection: close" in head
    assert bool(body) is not request_.startswith("HEAD")


@pytest.mark.slow
async def test_runs_can_be_served_over_tls(tmp_path: Path) -> None:
    """With a certificate; who speaks without TLS is not served."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("making a certificate takes the command openssl")
    files = {"-keyout": tmp_path / "key.pem", "-out": tmp_path / "cert.pem"}
    command = f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
    alternative = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    places = [str(part) for pair in files.items() for part in pair]
    made = [*command.split(), *alternative, *places]
    await trio.run_process(made, capture_stdout=True, capture_stderr=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files["-out"], files["-keyout"])
    trusting = ssl.create_default_context(cafile=str(files["-out"]))

    async with served(ssl_context=context) as server:
        url = f"wss://localhost:{server.port}"
        async with connect_runs(url, ssl_context=trusting) as client:
            async with client.start("greet", "you") as run:
                assert await run.result() == ["hello you"]
        with pytest.raises(AccessRefused):
            async with connect_runs(server.url):
                pass
        with pytest.raises(AccessRefused):
            async with connect_runs(url):
                pass
