"""SMS, by Twilio."""

from bot.channels.sms.client import SmsSender
from bot.channels.sms.webhook import STATUS_PATH, make_router

__all__ = ["STATUS_PATH", "SmsSender", "make_router"]
