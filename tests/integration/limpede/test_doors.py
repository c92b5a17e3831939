"""Every address of the app asks who is there, but for those that are meant for everybody."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from bot.channels.bodies import MAX_BODY
from limpede.app import build
from limpede.settings import Settings

# Open to all, each with its reason.
PUBLIC = {
    "/": "the start page: a name and links",
    "/health": "whether the app works",
    "/health/live": "whether the app works",
    "/health/ready": "whether the app works",
    "/openapi.json": "what the API can do",
    "/docs": "what the API can do",
    "/docs/oauth2-redirect": "part of the page before",
    "/redoc": "what the API can do",
    "/desk": "sends to the sign-in page",
    "/desk/reviews": "sends to the sign-in page",
    "/desk/sign-in": "where agents sign in",
    "/desk/api/sign-in": "where agents sign in",
    "/desk/static/{name}": "styles and scripts",
    "/documents/{token:path}": "the link itself is the proof",
    "/pay/{token}": "the link itself is the proof",
    "/pay/style/pay.css": "styles",
}
REFUSED = {401, 403}
NOBODY = "7b0cbbf4-3b0e-4a55-9c58-6c7ba1b0c0de"
_PART = re.compile(r"\{[^}]+\}")


class NeverClosing:
    now = False


@pytest.fixture
async def app(database_url: str, tmp_path: Path) -> FastAPI:
    settings = Settings(
        var=tmp_path,
        database_url=database_url,
        telegram_bot_token="1:x",
        telegram_webhook_url="https://limpede.example/webhooks/telegram",
        twilio_account_sid="AC1",
        twilio_auth_token="x",
        twilio_number="+40310000000",
        stripe_api_key="sk_test_x",
        stripe_webhook_secret="whsec_x",
        public_url="https://limpede.example",
    )
    return build(settings, NeverClosing())


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without any key."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://limpede.example") as one:
        yield one


def doors(app: FastAPI) -> list[tuple[str, str]]:
    return [
        (method, door.path)
        for door in iter_route_contexts(app.routes)
        for method in sorted(getattr(door, "methods", None) or ())
    ]


async def test_a_stranger_is_refused_at_every_door_that_is_not_for_everybody(
    app: FastAPI, stranger: httpx.AsyncClient
) -> None:
    open_doors = []
    for method, path in doors(app):
        if path in PUBLIC:
            continue
        answer = await stranger.request(method, _PART.sub(NOBODY, path))
        # The webhooks' voice is TwiML, the API's problem+json: what counts is that it is a no.
        if answer.status_code not in REFUSED:
            open_doors.append(f"{method} {path}: {answer.status_code}")
    assert open_doors == []


async def test_there_are_doors_to_be_refused_at(app: FastAPI) -> None:
    closed = {path for _, path in doors(app)} - set(PUBLIC)
    for path in ("/actions", "/metrics", "/webhooks/telegram", "/webhooks/sms", "/webhooks/stripe"):
        assert path in closed
    assert len([path for path in closed if path.startswith("/api/billing/v1")]) > 30
    assert len([path for path in closed if path.startswith("/desk/api")]) > 10


async def test_the_simulator_is_no_door_of_a_real_installation(app: FastAPI) -> None:
    assert not [path for _, path in doors(app) if path.startswith("/simulator")]


@pytest.mark.parametrize(
    "path", ["/desk/api/sign-in", "/api/billing/v1/payments", "/webhooks/telegram", "/webhooks/sms"]
)
async def test_nobody_can_fill_the_memory_at_a_door(stranger: httpx.AsyncClient, path: str) -> None:
    """Also where nobody is asked who they are; a webhook looks at the secret before the body."""
    answer = await stranger.post(path, content=b"x" * (MAX_BODY + 1))
    assert answer.status_code in (403, 413)
    assert answer.headers["x-content-type-options"] == "nosniff"
