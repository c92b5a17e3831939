"""A body that is too large is refused before anybody reads it, with or without its length."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from limpede.sizes import SmallBodies

LIMIT = 1000


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()

    async def how_much(request: Request) -> int:
        return len(await request.body())

    for path in ("/desk/api/sign-in", "/api/billing/v1/payments", "/webhooks/sms"):
        app.post(path)(how_much)
    app.add_middleware(SmallBodies, limit=LIMIT)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://limpede") as client:
        yield client


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 100):
        yield b"x" * 100


@pytest.mark.parametrize("path", ["/desk/api/sign-in", "/api/billing/v1/payments"])
@pytest.mark.parametrize("size", [0, 100, LIMIT])
async def test_what_is_small_enough_arrives_whole(
    client: httpx.AsyncClient, path: str, size: int
) -> None:
    assert (await client.post(path, content=b"x" * size)).json() == size
    assert (await client.post(path, content=in_pieces(size))).json() == size


@pytest.mark.parametrize("path", ["/desk/api/sign-in", "/api/billing/v1/payments"])
async def test_what_is_too_large_is_refused_with_or_without_its_length(
    client: httpx.AsyncClient, path: str
) -> None:
    for body in (b"x" * (LIMIT + 1), in_pieces(LIMIT + 100)):
        answer = await client.post(path, content=body)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] == "the body is larger than 1000 bytes"


async def test_a_body_without_an_end_is_not_read_to_its_end() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 100
            yield b"x" * 100

    app = SmallBodies(FastAPI(), limit=LIMIT)
    sent: list[int] = []
    pieces = endless()

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": await anext(pieces), "more_body": True}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            sent.append(int(str(message["status"])))

    scope = {"type": "http", "method": "POST", "path": "/desk/api/sign-in", "headers": []}
    await app(scope, receive, send)  # type: ignore[arg-type]
    assert sent == [413]
    assert read == LIMIT + 100


async def test_the_webhooks_refuse_in_their_own_terms(client: httpx.AsyncClient) -> None:
    assert (await client.post("/webhooks/sms", content=b"x" * 5000)).json() == 5000
