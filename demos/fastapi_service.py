"""A FastAPI service whose endpoints are scripts: `uvicorn demos.fastapi_service:app`."""

from collections.abc import AsyncIterator
from typing import Annotated

import trio
from fastapi import FastAPI, Query
from fastapi.responses import StreamingResponse

import epic_actors as epic
from epic_actors.service.asyncio import run, stream


app = FastAPI()


@epic.unordered
async def look_up(topic: str) -> str:
    await trio.sleep(0.05)
    return f"all about {topic}"


@epic.unordered
async def tell(topic: str) -> AsyncIterator[str]:
    for word in ("a ", "story ", "about "):
        await trio.sleep(0.01)
        yield word
    yield topic


@epic.script
def report(topics: list[str]) -> dict[str, str]:
    """All topics at once, though it says one after the other."""
    return {topic: look_up(topic) for topic in topics}


@epic.script
def story(topic: str) -> str:
    told: str = tell(topic)
    return told.strip()


@app.get("/report")
async def get_report(topics: Annotated[list[str], Query()]) -> dict[str, str]:
    found: dict[str, str] = await run(report, topics)
    return found


@app.get("/story")
async def get_story(topic: str) -> StreamingResponse:
    """The pieces of a run, as they come; a client that goes cancels the run."""

    async def pieces() -> AsyncIterator[str]:
        async with stream(story, topic) as told:
            async for piece in told:
                yield piece

    return StreamingResponse(pieces(), media_type="text/plain")
