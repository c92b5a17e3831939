"""How do we reach Telegram, and what does a failure there mean for a message?"""

import logging
import os

import httpx
import structlog
from telegram import Bot, InputFile, Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.channels.message import Delivered, DeliveryFailed, Outbound
from bot.channels.telegram.render import Call, Words, render

log = structlog.get_logger(__name__)

TELEGRAM = "https://api.telegram.org"
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
_CONNECTIONS = 64
# Why a NetworkError was raised when certainly nothing was shown: no connection, or an answer with
# an error status (no cause, or one that says that the answer's page could not be parsed).
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    TelegramError,
    type(None),
)
_UNKNOWN_CHAT = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")


def make_bot(token: str, base_url: str = TELEGRAM) -> Bot:
    """python-telegram-bot's client; `base_url` is without a trailing /bot.

    The caller awaits initialize() before use (one getMe) and shutdown() at the end.
    """
    _keep_the_token_out_of_logs()
    # Opts in to the coming type of RetryAfter.retry_after; without it the library warns.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    return Bot(
        token,
        base_url=f"{base_url.rstrip('/')}/bot",
        base_file_url=f"{base_url.rstrip('/')}/file/bot",
        request=HTTPXRequest(connection_pool_size=_CONNECTIONS, read_timeout=10, pool_timeout=5),
        get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=40),
    )


class TelegramSender:
    """A `Sender`: shows messages in private chats."""

    def __init__(self, bot: Bot, words: Words) -> None:
        self._bot = bot
        self._words = words

    async def send(self, message: Outbound) -> Delivered:
        """Raises DeliveryFailed. A long message is several; once the first is shown a failure
        is `uncertain`, because sending again would show the beginning twice."""
        calls = render(message, self._words)
        if not calls:
            raise DeliveryFailed("rejected", permanent=True)
        delivered = await self._show(calls[0])
        for call in calls[1:]:
            try:
                delivered = await self._show(call)
            except DeliveryFailed as failure:
                raise DeliveryFailed(failure.reason, uncertain=True) from failure
        return delivered

    async def answer_button(self, query_id: str) -> None:
        """Stop the spinner on a pressed button. Nothing depends on it: an old query that
        Telegram no longer knows (a repeated delivery) is not a failure of ours."""
        try:
            await self._bot.answer_callback_query(query_id)
        except TelegramError as error:
            log.info("telegram_button_not_answered", reason=_meaning(error).reason)

    async def _show(self, call: Call) -> Delivered:
        try:
            shown = await self._call(call)
        except TelegramError as error:
            raise _meaning(error) from error
        return Delivered(f"{shown.chat_id}:{shown.message_id}")

    async def _call(self, call: Call) -> Message:
        if call.file is None:
            return await self._bot.send_message(call.chat_id, call.text, reply_markup=call.markup)
        return await self._bot.send_document(
            call.chat_id,
            InputFile(call.file.content, filename=call.file.name),
            caption=call.text,
            reply_markup=call.markup,
        )


async def register_webhook(bot: Bot, url: str, secret: str) -> None:
    """Tell Telegram where updates go, and the secret that its calls will carry.

    Raises TelegramError: no message's delivery is at stake here.
    """
    await bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)


def _meaning(error: TelegramError) -> DeliveryFailed:
    """Telegram's errors in our words; an answered 5xx says that nothing was shown."""
    match error:
        case RetryAfter():
            return DeliveryFailed("rate_limited", retry_after=_seconds(error))
        case Forbidden():
            return DeliveryFailed("blocked", permanent=True)
        case ChatMigrated():
            return DeliveryFailed("invalid_address", permanent=True)
        case BadRequest():
            unknown = any(words in error.message.lower() for words in _UNKNOWN_CHAT)
            return DeliveryFailed("invalid_address" if unknown else "rejected", permanent=True)
        case InvalidToken():  # right again once the setting is
            return DeliveryFailed("rejected")
        case NetworkError() if isinstance(error.__cause__, _NOT_SENT):
            return DeliveryFailed("unreachable")
    return DeliveryFailed("timeout", uncertain=True)


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return float(after) if isinstance(after, int) else after.total_seconds()


def _keep_the_token_out_of_logs() -> None:
    """httpx logs every address at INFO, and Telegram's addresses hold the bot's token."""
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
