"""SMS, by Twilio."""

from bot.channels.sms.client import From, SmsSender
from bot.channels.sms.files import SmsFiles
from bot.channels.sms.segments import Diacritics
from bot.channels.sms.webhook import PATH, STATUS_PATH, make_router

__all__ = [
    "PATH",
    "STATUS_PATH",
    "Diacritics",
    "From",
    "SmsFiles",
    "SmsSender",
    "make_router",
]
