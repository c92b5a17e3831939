"""The phone, by Twilio."""

from bot.channels.voice.client import Calls
from bot.channels.voice.render import Style, Tongue
from bot.channels.voice.vocabulary import Vocabulary
from bot.channels.voice.webhook import PREFIX, make_router

__all__ = ["PREFIX", "Calls", "Style", "Tongue", "Vocabulary", "make_router"]
