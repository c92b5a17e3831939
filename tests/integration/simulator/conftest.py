"""What do the simulator's tests share? A small business on loopback that records who calls it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from twilio.request_validator import RequestValidator

from billing_backend.clock import FixedClock
from bot.channels.simulator import Simulator, SimulatorSettings, make_simulator
from bot.channels.simulator.voice_routes import Patience

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SECRET = "telegram-secret"
ACCOUNT = "AC" + "0" * 32
AUTH = "twilio-auth-token"
SMS_NUMBER = "+40312345678"
VOICE_NUMBER = "+40312345679"
SERVICE = "MG" + "0" * 32
STRIPE_KEY = "sk_test_of_the_tests"
STRIPE_SECRET = "whsec_of_the_tests"
NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

ANA, CARMEN, MIHAI = 1001, 1003, 1006
ANA_PHONE, CARMEN_PHONE = "+40700000001", "+40700000003"


class MovingClock(FixedClock):
    def move_to(self, moment: datetime) -> None:
        self.moment = moment


@dataclass
class Business:
    """The app as the providers see it: every request is checked as the real app would, recorded
    and answered with what the test has prepared."""

    url: str = ""
    status: int = 200
    updates: list[dict[str, Any]] = field(default_factory=list)
    sms: list[dict[str, str]] = field(default_factory=list)
    receipts: list[dict[str, str]] = field(default_factory=list)
    voice: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    ends: list[dict[str, str]] = field(default_factory=list)
    twiml: dict[str, list[str]] = field(default_factory=dict)
    sms_answer: str = "<Response/>"
    resets: list[datetime] = field(default_factory=list)
    moves: list[datetime] = field(default_factory=list)

    def says(self, path: str, *documents: str) -> None:
        """Answers at a path, in this order; the last one again and again."""
        self.twiml[path] = [f"<Response>{one}</Response>" for one in documents]

    def next_twiml(self, path: str) -> str:
        waiting = self.twiml[path]
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


@dataclass
class World:
    """A simulator, its business, and a client that scripts it from outside."""

    business: Business
    simulator: Simulator
    api: httpx.AsyncClient
    clock: MovingClock

    async def shown(self, device: str, after: int = 0) -> list[dict[str, Any]]:
        kind = "transcript" if device.startswith("voice") else "messages"
        answer = await self.api.get(f"/simulator/{device}/{kind}", params={"after": after})
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    async def post(self, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self.api.post(f"/simulator/{path}", json=body)


@asynccontextmanager
async def serving(make_app: Callable[[str], FastAPI]) -> AsyncIterator[str]:
    """Serves an app, made for its address, on a free port of loopback."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        make_app(url), log_level="warning", ws="none", lifespan="off", access_log=False
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    yield url
    server.should_exit = True
    await task


@pytest.fixture(scope="session")
async def served() -> AsyncIterator[World]:
    """One server for all tests: only its start takes time."""
    business, clock = Business(), MovingClock(NOON)
    simulators: list[Simulator] = []

    def make_app(url: str) -> FastAPI:
        business.url = url
        app = FastAPI()
        simulators.append(_simulator(business, clock))
        app.include_router(simulators[0].router)
        _webhooks(app, business)
        return app

    async with (
        serving(make_app) as url,
        httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as api,
    ):
        yield World(business, simulators[0], api, clock)
        await simulators[0].close()


@pytest.fixture
async def world(served: World) -> World:
    """Everything as on the first day."""
    await served.post("reset")
    webhook = {"url": f"{served.business.url}/webhooks/telegram", "secret_token": SECRET}
    await served.api.post(f"/simulator/telegram-api/bot{TOKEN}/setWebhook", json=webhook)
    vars(served.business).update(vars(Business(served.business.url)))
    return served


def settings_at(url: str) -> SimulatorSettings:
    return SimulatorSettings(
        app_url=url,
        telegram_token=TOKEN,
        telegram_secret=SECRET,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=AUTH,
        sms_number=SMS_NUMBER,
        voice_number=VOICE_NUMBER,
        stripe_api_key=STRIPE_KEY,
        stripe_webhook_secret=STRIPE_SECRET,
        company="Demo Telecom",
        messaging_service=SERVICE,
        pace=0.01,
        receipt_delay=0.0,
        patience=Patience(listening=2, settling=2),
    )


def _simulator(business: Business, clock: MovingClock) -> Simulator:
    people = [
        {"name": "Ana Munteanu", "phone": ANA_PHONE, "telegram_id": ANA},
        {"name": "Carmen Ilie", "phone": CARMEN_PHONE, "telegram_id": CARMEN, "pin": "4821"},
    ]

    async def reset() -> None:
        business.resets.append(clock.now())

    async def clock_moved() -> None:
        business.moves.append(clock.now())

    return make_simulator(
        settings_at(business.url),
        clock=clock,
        reset=reset,
        cast=lambda: {"cast": people, "customers": []},
        clock_moved=clock_moved,
        real_now=lambda: NOON,
        first_id=500,
    )


def _webhooks(app: FastAPI, business: Business) -> None:
    async def signed(request: Request) -> dict[str, str]:
        """The form of a request that Twilio signed for its full address."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        address = business.url + request.url.path
        address += f"?{request.url.query}" if request.url.query else ""
        signature = request.headers["X-Twilio-Signature"]
        assert RequestValidator(AUTH).validate(address, form, signature)
        return form

    @app.post("/webhooks/telegram")
    async def telegram(request: Request) -> Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
            return Response(status_code=403)
        business.updates.append(await request.json())
        return Response(status_code=business.status)

    @app.post("/webhooks/sms")
    async def sms(request: Request) -> Response:
        business.sms.append(await signed(request))
        return Response(business.sms_answer, business.status, media_type="text/xml")

    @app.post("/webhooks/sms/status")
    async def receipt(request: Request) -> Response:
        business.receipts.append(await signed(request))
        return Response(status_code=204)

    @app.post("/webhooks/voice/status")
    async def end(request: Request) -> Response:
        business.ends.append(await signed(request))
        return Response(status_code=204)

    @app.api_route("/webhooks/voice/{step}", methods=["GET", "POST"])
    async def voice(step: str, request: Request) -> Response:
        form = await signed(request)
        business.voice.append((step, form or dict(request.query_params)))
        return Response(business.next_twiml(step), business.status, media_type="text/xml")
