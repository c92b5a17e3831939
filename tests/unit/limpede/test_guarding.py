"""Every answer carries the security headers, and too much work at once is put off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Response

from limpede.guarding import HEADERS, Guard


@pytest.fixture
def go_on() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def client(go_on: asyncio.Event) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()

    @app.get("/plain")
    async def plain() -> str:
        return "plain"

    @app.get("/strict")
    async def strict() -> Response:
        return Response(headers={"Content-Security-Policy": "default-src 'none'"})

    @app.get("/api/slow")
    async def slow() -> str:
        await go_on.wait()
        return "done"

    app.add_middleware(Guard, https=True, most_at_once=2)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://limpede") as client:
        yield client


@pytest.mark.parametrize("path", ["/plain", "/nowhere"])
async def test_every_answer_has_the_headers(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_what_a_room_sets_itself_stays(client: httpx.AsyncClient) -> None:
    answer = await client.get("/strict")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"


async def test_the_pages_on_the_api_may_load_their_script(client: httpx.AsyncClient) -> None:
    assert "Content-Security-Policy" not in (await client.get("/docs")).headers


async def test_more_than_can_be_finished_is_put_off_and_pages_still_come(
    client: httpx.AsyncClient, go_on: asyncio.Event
) -> None:
    under_way = [asyncio.create_task(client.get("/api/slow")) for _ in range(2)]
    await asyncio.sleep(0)  # both are taken on before the third asks
    refused = await client.get("/api/slow")
    page = await client.get("/plain")
    go_on.set()
    answers = await asyncio.gather(*under_way)
    again = await client.get("/api/slow")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert page.status_code == 200
    assert [answer.status_code for answer in [*answers, again]] == [200, 200, 200]
