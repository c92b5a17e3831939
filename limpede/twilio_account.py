"""Which account, numbers and paces are ours at Twilio and Telegram, as the settings say?"""

from __future__ import annotations

from bot.channels.message import Channel
from bot.channels.sms import From
from bot.channels.twilio_api import TWILIO
from handoff.conversations.pacing import Lane, Pace, at_most
from limpede.settings import Settings

# What the simulator's provider calls our account and numbers; they belong to nobody.
_DEMO_ACCOUNT = "ACdemo00000000000000000000000000de"
DEMO_NUMBER = "+40310000000"
# Telegram asks for at most one message a second in a chat and bears short bursts:
# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
_TELEGRAM_CHAT = Pace(every=1.0, burst=3)


def api_url(settings: Settings) -> str:
    if settings.simulator:
        return f"{settings.local_url}/simulator/twilio-api"
    return settings.twilio_api_url or TWILIO


def account(settings: Settings) -> str:
    return settings.twilio_account_sid or _DEMO_ACCOUNT


def number(settings: Settings) -> str:
    """The one that calls come to and, by default, SMS go from."""
    return settings.twilio_number or DEMO_NUMBER


def origin(settings: Settings) -> From:
    """Who SMS are from."""
    numbers = settings.sms_numbers or (DEMO_NUMBER,)
    return From(numbers, settings.twilio_messaging_service_sid)


def lanes(settings: Settings) -> list[Lane]:
    """The ways out with their paces. The simulator has no limits: it is nobody's network."""
    if settings.simulator:
        return [Lane(Channel.TELEGRAM), Lane(Channel.SMS)]
    telegram = Lane(Channel.TELEGRAM, at_most(settings.telegram_per_second), chat=_TELEGRAM_CHAT)
    sms = at_most(settings.sms_per_second)
    if settings.twilio_messaging_service_sid is not None:
        return [telegram, Lane(Channel.SMS, sms)]
    numbers = settings.sms_numbers
    return [telegram, *(Lane(Channel.SMS, sms, line=one, lines=numbers) for one in numbers)]
