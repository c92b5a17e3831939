"""Which channels are connected, to whom: the real providers or the simulator?"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from fastapi import APIRouter
from telegram import Bot
from telegram.error import TelegramError
from twilio.rest import Client

from bot.busy import Typing
from bot.callbacks import Ring
from bot.channels import sms, telegram, voice
from bot.channels.message import Channel, Sender
from bot.channels.simulator import Simulator, SimulatorSettings, make_simulator
from bot.channels.telegram.client import TELEGRAM
from bot.channels.twilio_api import make_client
from bot.deep_links import DeepLinks, Linked
from bot.switchboard import HouseSwitchboard
from handoff.desk import Closing, Files
from limpede import demo, twilio_account
from limpede.jobs import Job
from limpede.settings import ROOT

if TYPE_CHECKING:
    from limpede.app import Parts

_TWILIO_CHOOSES = "auto"
_CONNECT_AGAIN_SECONDS = 5.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outside:
    """The ways in and out: webhooks, senders, and jobs that keep them open; what shows that an
    answer is on its way, what fetches the files that customers sent, and what calls them back."""

    routers: Sequence[APIRouter] = ()
    senders: Mapping[Channel, Sender] = field(default_factory=dict)
    jobs: Mapping[str, Job] = field(default_factory=dict)
    typing: Mapping[Channel, Typing] = field(default_factory=dict)
    files: Mapping[str, Files] = field(default_factory=dict)
    call_back: Ring | None = None
    bot: Bot | None = None
    simulator: Simulator | None = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Connections last as long as the block."""
        try:
            yield
        finally:
            if self.simulator is not None:
                await self.simulator.close()
            if self.bot is not None:
                await self.bot.shutdown()


def connect(parts: Parts, closing: Closing) -> Outside:
    """The channels that the settings give credentials for, or all of them on the simulator."""
    routers: list[APIRouter] = []
    senders: dict[Channel, Sender] = {}
    jobs: dict[str, Job] = {}
    typing: dict[Channel, Typing] = {}
    files: dict[str, Files] = {}
    settings = parts.settings
    bot, call_back = None, None
    if settings.simulator or settings.telegram_bot_token is not None:
        bot = telegram.make_bot(parts.keys.telegram_bot_token, _telegram_url(parts))
        sender = telegram.TelegramSender(bot, parts.words)
        senders[Channel.TELEGRAM] = sender
        typing[Channel.TELEGRAM] = sender.show_typing
        files[Channel.TELEGRAM] = telegram.TelegramFiles(bot)
        routers.append(
            telegram.make_router(
                door=parts.intake,
                secret=parts.keys.telegram_webhook_secret,
                answer_button=sender.answer_button,
            )
        )
        jobs["telegram"] = lambda: _keep_telegram(parts, bot, sender)
    if settings.simulator or settings.twilio_auth_token is not None:
        senders[Channel.SMS] = _sms_sender(parts)
        files[Channel.SMS] = sms.SmsFiles(
            twilio_account.account(settings),
            parts.keys.twilio_auth_token,
            twilio_account.api_url(settings),
        )
        routers += _twilio_routers(parts)
        call_back = _calls(parts).call_back
    simulator = _simulator(parts) if settings.simulator else None
    if simulator is not None:
        routers.append(simulator.router)
        jobs["simulator"] = lambda: _let_go(simulator, closing)
    return Outside(routers, senders, jobs, typing, files, call_back, bot, simulator)


async def _keep_telegram(parts: Parts, bot: Bot, sender: telegram.TelegramSender) -> None:
    """Connect, again and again until Telegram answers; then fetch updates if nobody brings them.

    Without TELEGRAM_WEBHOOK_URL updates are fetched by long polling, so that a machine without
    a public address can serve Telegram. The simulator always brings them.
    """
    settings = parts.settings
    while True:
        try:
            await bot.initialize()
            if settings.telegram_webhook_url is not None:
                await telegram.register_webhook(
                    bot, settings.telegram_webhook_url, parts.keys.telegram_webhook_secret
                )
            break
        except TelegramError as error:
            log.warning("Telegram does not answer", reason=type(error).__name__)
            await asyncio.sleep(_CONNECT_AGAIN_SECONDS)
    await _list_commands(parts, bot)
    if settings.telegram_webhook_url is None and not settings.simulator:
        await telegram.poll(
            bot,
            lambda update: telegram.receive_and_answer(
                update, door=parts.intake, answer_button=sender.answer_button
            ),
        )
    await asyncio.Event().wait()


def chat_link(bot: Bot | None, links: DeepLinks, invoice: str) -> str | None:
    """The address that opens a customer's chat with the bot on an invoice; None without a bot, or
    before Telegram has said what it is called."""
    carried = links.carry(Linked("explain_bill", invoice))
    try:
        return f"https://t.me/{bot.username}?start={carried}" if bot and carried else None
    except RuntimeError:
        return None


async def _list_commands(parts: Parts, bot: Bot) -> None:
    """The menu of commands; the bot works without it."""
    try:
        await telegram.register_commands(bot, parts.words)
    except TelegramError as error:
        log.warning("Telegram does not take the commands", reason=type(error).__name__)


async def _let_go(simulator: Simulator, closing: Closing) -> None:
    """Send the readers of its screens home when the server is about to stop."""
    await closing.wait()
    simulator.let_go()
    await asyncio.Event().wait()


def _sms_sender(parts: Parts) -> Sender:
    settings = parts.settings
    return sms.SmsSender(
        twilio_client(parts),
        twilio_account.origin(settings),
        settings.base_url + sms.STATUS_PATH,
        sms.Diacritics(settings.sms_diacritics),
    )


def twilio_client(parts: Parts) -> Client:
    settings = parts.settings
    return make_client(
        twilio_account.account(settings),
        parts.keys.twilio_auth_token,
        twilio_account.api_url(settings),
    )


def _twilio_routers(parts: Parts) -> list[APIRouter]:
    token, address = parts.keys.twilio_auth_token, parts.settings.base_url
    return [
        sms.make_router(door=parts.intake, auth_token=token, public_url=address),
        voice.make_router(
            door=parts.intake,
            switchboard=_switchboard(parts),
            auth_token=token,
            public_url=address,
            words=parts.words,
            style=_style(parts),
            hints=voice.Vocabulary(ROOT / "data").hints,
        ),
    ]


def _switchboard(parts: Parts) -> HouseSwitchboard:
    return HouseSwitchboard(
        parts.sessions, parts.clock, parts.billing, parts.word, zone=parts.settings.zone
    )


def _calls(parts: Parts) -> voice.Calls:
    number, base = twilio_account.number(parts.settings), parts.settings.base_url
    return voice.Calls(twilio_client(parts), number, base + voice.PREFIX)


def _style(parts: Parts) -> voice.Style:
    """How the phone sounds and what it hears best."""
    settings = parts.settings
    return voice.Style(
        tongues={
            "ro": _tongue("ro-RO", settings.voice_romanian, settings.speech_model_romanian),
            "en": _tongue("en-US", settings.voice_english, settings.speech_model_english),
        },
        pause=settings.speech_pause_seconds,
        ringing=settings.ringing_seconds,
        music=settings.hold_music_url,
        number=twilio_account.number(settings),
    )


def _tongue(locale: str, named: str, model: str) -> voice.Tongue:
    return voice.Tongue(locale, named, None if model == _TWILIO_CHOOSES else model)


def _simulator(parts: Parts) -> Simulator:
    clock = parts.demo_clock
    assert clock is not None
    return make_simulator(
        SimulatorSettings(
            app_url=parts.settings.base_url,
            telegram_token=parts.keys.telegram_bot_token,
            telegram_secret=parts.keys.telegram_webhook_secret,
            twilio_account_sid=twilio_account.account(parts.settings),
            twilio_auth_token=parts.keys.twilio_auth_token,
            sms_number=twilio_account.number(parts.settings),
            voice_number=twilio_account.number(parts.settings),
            stripe_api_key=parts.keys.stripe_api_key,
            stripe_webhook_secret=parts.keys.stripe_webhook_secret,
            company=parts.settings.company,
        ),
        clock=clock,
        reset=lambda: demo.reset(parts.sessions, clock, parts.policy),
        cast=demo.cast,
        clock_moved=parts.days.catch_up,
    )


def _telegram_url(parts: Parts) -> str:
    if parts.settings.simulator:
        return f"{parts.settings.local_url}/simulator/telegram-api"
    return parts.settings.telegram_api_url or TELEGRAM
