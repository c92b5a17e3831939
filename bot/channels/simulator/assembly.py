"""How are the simulator's parts put together?"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from fastapi import APIRouter

from billing_backend.clock import SystemClock
from bot.channels.simulator.faults import Faults
from bot.channels.simulator.page_routes import make_page_routes
from bot.channels.simulator.people import Cast, People
from bot.channels.simulator.screen import Screens
from bot.channels.simulator.sms_phone import Line, SmsPhones
from bot.channels.simulator.sms_routes import make_sms_routes
from bot.channels.simulator.stripe_account import StripeAccount
from bot.channels.simulator.stripe_api import StripeApi, make_stripe_api
from bot.channels.simulator.stripe_deliveries import Deliveries, Endpoint
from bot.channels.simulator.stripe_page import PATH as STRIPE_PAGE
from bot.channels.simulator.stripe_page import make_stripe_page
from bot.channels.simulator.stripe_routes import StripeConsole, make_stripe_routes
from bot.channels.simulator.telegram_api import TelegramApi, make_telegram_api
from bot.channels.simulator.telegram_chats import Chats
from bot.channels.simulator.telegram_device import Route, TelegramDevice
from bot.channels.simulator.telegram_routes import make_telegram_routes
from bot.channels.simulator.twilio_account import TwilioAccount, make_twilio_account
from bot.channels.simulator.twilio_api import TwilioApi, make_twilio_api
from bot.channels.simulator.voice_line import VoiceLine
from bot.channels.simulator.voice_phone import VoicePhones
from bot.channels.simulator.voice_routes import Patience, make_voice_routes
from bot.channels.simulator.world_routes import MovableClock, World, make_world_routes

REAL_NOW = SystemClock().now
NEW_YEAR_2026 = 1_767_225_600  # seconds; Telegram's numbers count from there


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """The accounts that the doubles play, the same that the app's own clients and webhooks use.

    `app_url` is the address at which the providers reach the app (its public one: signatures
    cover it). `company` stands on the payment page. `pace`: seconds of real time that a pause or
    a round in a queue takes at most. `receipt_delay`: seconds after which an SMS's receipts follow.
    """

    app_url: str
    telegram_token: str = field(repr=False)
    telegram_secret: str = field(repr=False)
    twilio_account_sid: str
    twilio_auth_token: str = field(repr=False)
    sms_number: str
    voice_number: str
    stripe_api_key: str = field(repr=False)
    stripe_webhook_secret: str = field(repr=False)
    company: str
    messaging_service: str | None = None
    telegram_path: str = "/webhooks/telegram"
    sms_path: str = "/webhooks/sms"
    voice_path: str = "/webhooks/voice/incoming"
    voice_status_path: str = "/webhooks/voice/status"
    stripe_path: str = "/webhooks/stripe"
    pace: float = 1.0
    receipt_delay: float = 0.3
    patience: Patience = field(default_factory=Patience)

    def at(self, path: str) -> str:
        return self.app_url.rstrip("/") + path


@dataclass(frozen=True, slots=True)
class Simulator:
    """Include `router` in the app; close it when the app stops."""

    router: APIRouter
    sms: SmsPhones
    voice: VoicePhones
    stripe: Deliveries
    http: httpx.AsyncClient
    screens: tuple[Screens, ...]
    # The menu of commands that the app has told Telegram, by language.
    commands: Mapping[str, list[dict[str, str]]]

    def let_go(self) -> None:
        """Answer at once who waits at a screen: the app is about to stop."""
        for screens in self.screens:
            screens.close()

    async def close(self) -> None:
        self.voice.clear()
        await self.sms.close()
        await self.stripe.settle()
        await self.http.aclose()


def make_simulator(
    settings: SimulatorSettings,
    *,
    clock: MovableClock,
    reset: Callable[[], Awaitable[None]],
    cast: Cast,
    clock_moved: Callable[[], Awaitable[None]] | None = None,
    http: httpx.AsyncClient | None = None,
    real_now: Callable[[], datetime] = REAL_NOW,
    first_id: int | None = None,
) -> Simulator:
    """Three providers, three devices for everybody, the HTTP API and the page.

    `reset` makes the demo company afresh, at the clock's present; `cast` answers lists of people
    (name, phone, telegram_id, customer_number, pin); `clock_moved` runs what is due after the
    clock was moved. The clients' base addresses are `{app}/simulator/telegram-api/bot`,
    `{app}/simulator/twilio-api` and `{app}/simulator/stripe-api`. Never call this beside real
    credentials.
    """
    http = http or httpx.AsyncClient(trust_env=False)
    people, faults = People(cast), Faults()
    numbers = _first_number() if first_id is None else first_id
    chats = Chats(people, clock.now, first_id=numbers)
    bot = _bot(settings.telegram_token)
    route = Route(settings.at(settings.telegram_path), settings.telegram_secret)
    device = TelegramDevice(chats, people, route, http, bot)
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token
    sms = SmsPhones(
        Line(sid, token, settings.sms_number, settings.at(settings.sms_path)),
        http,
        clock.now,
        receipt_delay=settings.receipt_delay,
    )
    voice_line = VoiceLine(
        sid,
        token,
        settings.voice_number,
        settings.at(settings.voice_path),
        settings.at(settings.voice_status_path),
    )
    voice = VoicePhones(voice_line, http, clock.now, pace=settings.pace)
    account = StripeAccount(clock.now)
    endpoint = Endpoint(settings.at(settings.stripe_path), settings.stripe_webhook_secret)
    deliveries = Deliveries(endpoint, http, clock.now)
    stripe = StripeApi(account, deliveries, faults, settings.at(STRIPE_PAGE))
    console = StripeConsole(account, deliveries)

    def clear() -> None:
        faults.clear()
        voice.clear()
        sms.clear()
        chats.clear()
        device.pending.clear()
        account.clear()
        deliveries.clear()
        stripe.clear()

    async def time_passed() -> None:
        if clock_moved is not None:
            await clock_moved()
        await deliveries.send(account.expire_due())

    world = World(
        clock,
        cast,
        faults,
        reset=reset,
        clear=clear,
        clock_moved=time_passed,
        real_now=real_now,
    )
    router = APIRouter()
    for part in (
        make_telegram_api(TelegramApi(settings.telegram_token, bot, chats, device, faults)),
        make_twilio_api(TwilioApi(sms, voice, faults), sid, token),
        make_twilio_account(
            TwilioAccount(sms, settings.voice_number, settings.messaging_service), sid, token
        ),
        make_world_routes(world),
        make_telegram_routes(chats, device),
        make_sms_routes(sms),
        make_voice_routes(voice, settings.patience),
        make_stripe_api(stripe, settings.stripe_api_key),
        make_stripe_routes(console),
        make_stripe_page(console, settings.company),
        make_page_routes(),
    ):
        router.include_router(part)
    return Simulator(
        router,
        sms,
        voice,
        deliveries,
        http,
        (chats.screens, sms.screens, voice.screens),
        chats.commands,
    )


def _bot(token: str) -> dict[str, Any]:
    """The bot as Telegram's User; its id is the part of the token before the colon."""
    number = token.partition(":")[0]
    return {
        "id": int(number) if number.isdigit() else 1,
        "is_bot": True,
        "first_name": "Limpede",
        "username": "limpede_bot",
    }


def _first_number() -> int:
    """Later than any number given out by an earlier start of the program, and still small:
    sixteen numbers for every second of real time."""
    return (int(time.time()) - NEW_YEAR_2026) * 16
