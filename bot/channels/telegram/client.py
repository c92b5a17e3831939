"""How do we reach Telegram, and what does a failure there mean for a message?"""

import logging
import os
from collections.abc import Awaitable

import httpx
import structlog
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    Message,
)
from telegram.constants import ChatAction
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

from bot.channels.message import (
    Delivered,
    DeliveryFailed,
    Outbound,
    Pressed,
    Receipt,
    Use,
)
from bot.channels.telegram.payloads import Press
from bot.channels.telegram.render import Call, Words, render

log = structlog.get_logger(__name__)

TELEGRAM = "https://api.telegram.org"
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
_CONNECTIONS = 64
_CHOSEN = "✓ {title}"
_NOTICES = {Use.USED: "utter_button_used", Use.UNKNOWN: "utter_button_unknown"}
_COMMANDS = {
    "start": "utter_command_start",
    "help": "utter_command_help",
    "language": "utter_command_language",
    "notices": "utter_command_notices",
    "stop": "utter_command_stop",
}
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

    async def answer_button(self, press: Press, receipt: Receipt | None) -> None:
        """Stop the spinner on a pressed button, say why it did nothing if so, and leave only the
        chosen one. Nothing depends on it: the press is stored, and is used up by now."""
        pressed = receipt.pressed if receipt else Pressed(Use.UNKNOWN, press.language or "ro")
        notice = _NOTICES.get(pressed.use) if pressed else None
        words = self._words(notice, pressed.language) if notice and pressed else None
        # An old query that Telegram no longer knows (a repeated delivery) is no failure of ours.
        await _tried("answer", self._bot.answer_callback_query(press.query_id, text=words))
        if pressed is not None and pressed.use is Use.COUNTS:
            await self._mark(press, pressed.title)

    async def show_typing(self, address: str) -> None:
        """Show "typing" for five seconds, or until a message comes. Nothing depends on it."""
        await _tried("typing", self._bot.send_chat_action(address, ChatAction.TYPING))

    async def _mark(self, press: Press, title: str) -> None:
        """One button is left, which says what was chosen; pressed again it means nothing."""
        if press.chat_id is None or press.message_id is None:
            return
        chosen = InlineKeyboardButton(_CHOSEN.format(title=title), callback_data=press.token)
        await _tried(
            "mark",
            self._bot.edit_message_reply_markup(
                press.chat_id, press.message_id, reply_markup=InlineKeyboardMarkup([[chosen]])
            ),
        )

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


async def register_commands(bot: Bot, words: Words) -> None:
    """What stands in the menu beside the field where customers write, in both languages; whose
    Telegram speaks neither sees English. Raises TelegramError."""
    for code, language in (("ro", "ro"), ("en", "en"), (None, "en")):
        listed = [BotCommand(name, words(says, language)) for name, says in _COMMANDS.items()]
        await bot.set_my_commands(listed, language_code=code)


async def _tried(what: str, call: Awaitable[object]) -> None:
    try:
        await call
    except TelegramError as error:
        log.info("telegram_not_done", what=what, reason=_meaning(error).reason)


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
