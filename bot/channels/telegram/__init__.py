"""Telegram: private chats, by webhook or long polling."""

from bot.channels.telegram.client import (
    TelegramSender,
    make_bot,
    register_commands,
    register_webhook,
)
from bot.channels.telegram.files import TelegramFiles
from bot.channels.telegram.polling import poll
from bot.channels.telegram.webhook import make_router, receive_and_answer

__all__ = [
    "TelegramFiles",
    "TelegramSender",
    "make_bot",
    "make_router",
    "poll",
    "receive_and_answer",
    "register_commands",
    "register_webhook",
]
