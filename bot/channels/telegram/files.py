"""How is a file fetched that a customer sent, when somebody wants to see it?"""

from __future__ import annotations

import structlog
from telegram import Bot
from telegram.error import TelegramError

log = structlog.get_logger(__name__)

_PATIENCE = 60  # seconds that Telegram may be silent in the middle of a file


class TelegramFiles:
    """The desk's `Files`: Telegram keeps them, we keep none."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def fetch(self, file_id: str, *, at_most: int) -> bytes | None:
        """The file; None when it is larger than so many bytes, or Telegram does not give it.

        The address of a file holds the bot's token, so it goes nowhere: not to the caller, not to
        logs.
        """
        try:
            file = await self._bot.get_file(file_id)
            if (file.file_size or 0) > at_most:
                return None
            content = bytes(await file.download_as_bytearray(read_timeout=_PATIENCE))
        except TelegramError as error:
            log.info("telegram_file_not_given", reason=type(error).__name__)
            return None
        return content if len(content) <= at_most else None
