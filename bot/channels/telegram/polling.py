"""How do updates arrive when Telegram cannot reach us: no public address, only a token?"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram.client import ALLOWED_UPDATES

HOLD = 25  # seconds that Telegram keeps a question open while nothing happens
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0

Handle = Callable[[dict[str, Any]], Awaitable[None]]
Pause = Callable[[float], Awaitable[None]]

log = structlog.get_logger(__name__)


async def poll(bot: Bot, handle: Handle, *, pause: Pause = asyncio.sleep) -> None:
    """Fetch updates (decoded JSON) and hand them in, in order, until cancelled.

    An update is confirmed to Telegram only after `handle` took it: after a crash or a failing
    database it comes again, with the same message id. A failure waits and tries again, twice as
    long each time up to a minute.
    """
    offset: int | None = None
    wait = _FIRST_PAUSE
    ready = False
    while True:
        try:
            if not ready:
                await bot.delete_webhook()  # Telegram refuses polling beside a webhook
                ready = True
            for update in await bot.get_updates(
                offset, timeout=HOLD, allowed_updates=ALLOWED_UPDATES
            ):
                await handle(update.to_dict())
                offset = update.update_id + 1
            wait = _FIRST_PAUSE
        except TelegramError as error:
            log.warning("telegram_polling_failed", error=type(error).__name__, retry_in=wait)
            await pause(wait)
            wait = min(wait * 2, _LONGEST_PAUSE)
        except Exception as error:
            # whatever failed in the door, the channel outlives it
            log.exception("telegram_update_not_stored", error=type(error).__name__, retry_in=wait)
            await pause(wait)
            wait = min(wait * 2, _LONGEST_PAUSE)
