"""The phone, by Twilio."""

from bot.channels.voice.client import Calls
from bot.channels.voice.render import Style
from bot.channels.voice.webhook import make_router

__all__ = ["Calls", "Style", "make_router"]
