"""Does Telegram know our bot as it is set up here?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.channels import telegram
from bot.channels.telegram.client import ALLOWED_UPDATES, TELEGRAM
from limpede import keys
from limpede.findings import Found
from limpede.settings import Settings

# Telegram tells the last error for ever: an older one is over.
_RECENT = timedelta(hours=1)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def findings(chosen: Settings, token: str) -> list[Found]:
    """What Telegram knows of the bot with this token."""
    return asyncio.run(look(chosen, token))


async def look(chosen: Settings, token: str) -> list[Found]:
    """What is right and wrong; ends where Telegram cannot be asked any further."""
    bot = telegram.make_bot(token, chosen.telegram_api_url or TELEGRAM)
    found: list[Found] = []
    try:
        async for each in _asked(bot, chosen):
            found.append(each)
    except InvalidToken:
        found.append(Found(False, "TELEGRAM_BOT_TOKEN is not a token that Telegram knows"))
    except TelegramError as error:
        # The text of an error may hold the address, and the address holds the token.
        found.append(Found(False, f"Telegram does not answer ({type(error).__name__})"))
    finally:
        await bot.shutdown()
    return found


async def _asked(bot: Bot, chosen: Settings) -> AsyncIterator[Found]:
    await bot.initialize()
    me = bot.bot
    yield Found(True, f"token: it is the bot @{me.username} ({me.full_name})")
    yield _groups(may_join=bool(me.can_join_groups), reads=bool(me.can_read_all_group_messages))
    info = await bot.get_webhook_info()
    yield _address(info, chosen)
    if chosen.telegram_webhook_url is not None:
        yield _secret(chosen)
        yield _updates(info)
    yield _deliveries(info)


def _groups(*, may_join: bool, reads: bool) -> Found:
    if reads:
        return Found(
            False,
            "privacy: the bot reads everything that is said in groups; turn privacy mode on with"
            " @BotFather (/setprivacy)",
        )
    groups = "may be taken into groups, which it refuses there" if may_join else "stays out"
    return Found(True, f"groups: privacy mode is on; the bot {groups}")


def _address(info: WebhookInfo, chosen: Settings) -> Found:
    wanted = chosen.telegram_webhook_url or ""
    if info.url == wanted:
        return Found(
            True, f"webhook: {wanted}" if wanted else "webhook: none, messages are fetched"
        )
    if not wanted:
        return Found(
            False,
            f"webhook: {info.url} is registered, but TELEGRAM_WEBHOOK_URL is not set: messages go"
            " there until the app is started",
        )
    there = info.url or "none"
    return Found(
        False,
        f"webhook: {there} is registered instead of {wanted}; it is registered when the app starts",
    )


def _secret(chosen: Settings) -> Found:
    secret = keys.load(chosen).telegram_webhook_secret
    if not _SECRET.fullmatch(secret):
        return Found(
            False, "TELEGRAM_WEBHOOK_SECRET may hold letters, digits, _ and -, at most 256 of them"
        )
    given = "given" if chosen.telegram_webhook_secret else "made, kept in keys.json"
    return Found(True, f"secret: set ({given})")


def _updates(info: WebhookInfo) -> Found:
    missing = set(ALLOWED_UPDATES) - set(info.allowed_updates)
    if missing:
        names = ", ".join(sorted(missing))
        return Found(False, f"updates: Telegram does not send {names}; start the app again")
    return Found(True, "updates: all that are needed are sent")


def _deliveries(info: WebhookInfo) -> Found:
    pending = f"{info.pending_update_count} waiting"
    if info.last_error_date is None:
        return Found(True, f"deliveries: {pending}, no error")
    words = f"{info.last_error_message} at {info.last_error_date:%Y-%m-%d %H:%M} UTC"
    if datetime.now(UTC) - info.last_error_date < _RECENT:
        return Found(False, f"deliveries: {pending}; the last one failed: {words}")
    return Found(True, f"deliveries: {pending}; the last error is over: {words}")
