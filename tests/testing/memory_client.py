"""An HTTP client for one connection in memory, to see responses and their timing."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import attrs
import h11
import trio
import trio.testing

from epic_actors.testing.simulated_model import SimulatedModel


HELLO: dict[str, Any] = {
    "model": "simulated",
    "messages": [{"role": "user", "content": "hello"}],
}


@attrs.frozen
class Response:
    """A whole response; `events` are its pieces, each with when it came."""

    status: int
    headers: dict[str, str]
    pieces: list[tuple[float, bytes]]

    @property
    def json(self) -> Any:
        return json.loads(b"".join(piece for _, piece in self.pieces))

    @property
    def text(self) -> str:
        answer = self.json["choices"][0]["message"]["content"]
        assert isinstance(answer, str)
        return answer

    @property
    def events(self) -> list[tuple[float, Any]]:
        read = [(time, piece.removeprefix(b"data: ")) for time, piece in self.pieces]
        return [
            (time, data.strip().decode() if b"[DONE]" in data else json.loads(data))
            for time, data in read
        ]


@attrs.define(eq=False)
class Client:
    """Sends one request after another over one connection."""

    stream: trio.StapledStream[Any, Any]
    http: h11.Connection = attrs.field(factory=lambda: h11.Connection(h11.CLIENT))

    async def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> Response:
        await self.send(method, path, body, **headers)
        response = await self.receive()
        if self.http.our_state is self.http.their_state is h11.DONE:
            self.http.start_next_cycle()
        return response

    async def chat(self, **fields: Any) -> Response:
        body = json.dumps(HELLO | fields).encode()
        return await self.ask("POST", "/v1/chat/completions", body)

    async def send(self, method: str, path: str, body: bytes, **headers: str) -> None:
        fields = {"Host": "simulated", "Content-Length": str(len(body))} | headers
        head = h11.Request(method=method, target=path, headers=list(fields.items()))
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            await self.stream.send_all(self.http.send(event) or b"")

    async def receive(self) -> Response:
        pieces = []
        head = await self._next()
        assert isinstance(head, h11.Response), head
        while isinstance(event := await self._next(), h11.Data):
            pieces.append((trio.current_time(), bytes(event.data)))
        fields = {name.decode(): value.decode() for name, value in head.headers}
        return Response(head.status_code, fields, pieces)

    async def _next(self) -> object:
        while (event := self.http.next_event()) is h11.NEED_DATA:
            self.http.receive_data(bytes(await self.stream.receive_some()))
        return event


@asynccontextmanager
async def open_client(model: SimulatedModel) -> AsyncIterator[Client]:
    """A client of a model at the other end of a pair of memory streams."""
    ours, theirs = trio.testing.memory_stream_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(model.serve, theirs)
        yield Client(ours)
        nursery.cancel_scope.cancel()
