"""Does Telegram know our bot as it is set up here?"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.channels import telegram
from bot.channels.telegram.client import ALLOWED_UPDATES, TELEGRAM
from limpede import keys
from limpede.settings import Settings, SettingsWrong

# Telegram tells the last error for ever: an older one is over.
_RECENT = timedelta(hours=1)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


async def check(chosen: Settings, say: Callable[[str], None]) -> None:
    """Says a line for each thing that is right; raises SettingsWrong at the first that is not."""
    if chosen.telegram_bot_token is None:
        raise SettingsWrong("TELEGRAM_BOT_TOKEN is not set: Telegram is off")
    token = chosen.telegram_bot_token.get_secret_value()
    try:
        bot = telegram.make_bot(token, chosen.telegram_api_url or TELEGRAM)
    except InvalidToken:
        raise SettingsWrong("TELEGRAM_BOT_TOKEN has not the shape of a token") from None
    try:
        async for line in _findings(bot, chosen):
            say(line)
    except InvalidToken:
        raise SettingsWrong("TELEGRAM_BOT_TOKEN is not a token that Telegram knows") from None
    except TelegramError as error:
        # The text of an error may hold the address, and the address holds the token.
        raise SettingsWrong(f"Telegram does not answer ({type(error).__name__})") from None
    finally:
        await bot.shutdown()


async def _findings(bot: Bot, chosen: Settings) -> AsyncIterator[str]:
    await bot.initialize()
    me = bot.bot
    yield f"token: right, it is the bot @{me.username} ({me.full_name})"
    yield _groups(may_join=bool(me.can_join_groups), reads=bool(me.can_read_all_group_messages))
    info = await bot.get_webhook_info()
    yield _address(info, chosen)
    if chosen.telegram_webhook_url is not None:
        yield _secret(chosen)
        yield _updates(info)
    yield _deliveries(info)


def _groups(*, may_join: bool, reads: bool) -> str:
    if reads:
        raise SettingsWrong(
            "privacy: the bot reads everything that is said in groups; turn privacy mode on with"
            " @BotFather (/setprivacy)"
        )
    groups = "may be taken into groups, which it refuses there" if may_join else "stays out"
    return f"groups: privacy mode is on; the bot {groups}"


def _address(info: WebhookInfo, chosen: Settings) -> str:
    wanted = chosen.telegram_webhook_url or ""
    if info.url == wanted:
        return f"webhook: {wanted}" if wanted else "webhook: none, messages are fetched"
    if not wanted:
        raise SettingsWrong(
            f"webhook: {info.url} is registered, but TELEGRAM_WEBHOOK_URL is not set: messages go"
            " there until the app is started"
        )
    there = info.url or "none"
    raise SettingsWrong(
        f"webhook: {there} is registered instead of {wanted}; it is registered when the app starts"
    )


def _secret(chosen: Settings) -> str:
    secret = keys.load(chosen).telegram_webhook_secret
    if not _SECRET.fullmatch(secret):
        raise SettingsWrong(
            "TELEGRAM_WEBHOOK_SECRET may hold letters, digits, _ and -, at most 256 of them"
        )
    given = "given" if chosen.telegram_webhook_secret else "made, kept in keys.json"
    return f"secret: set ({given})"


def _updates(info: WebhookInfo) -> str:
    missing = set(ALLOWED_UPDATES) - set(info.allowed_updates)
    if missing:
        raise SettingsWrong(
            f"updates: Telegram does not send {', '.join(sorted(missing))}; start the app again"
        )
    return "updates: all that are needed are sent"


def _deliveries(info: WebhookInfo) -> str:
    pending = f"{info.pending_update_count} waiting"
    if info.last_error_date is None:
        return f"deliveries: {pending}, no error"
    words = f"{info.last_error_message} at {info.last_error_date:%Y-%m-%d %H:%M} UTC"
    if datetime.now(UTC) - info.last_error_date < _RECENT:
        raise SettingsWrong(f"deliveries: {pending}; the last one failed: {words}")
    return f"deliveries: {pending}; the last error is over: {words}"
