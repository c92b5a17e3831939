"""How is it written down what the product does, without a word of what customers say?"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot import masking

# httpx's INFO lines carry addresses, and Telegram's addresses carry the bot's token.
_SILENCED = ("httpx", "httpcore", "telegram", "twilio", "stripe", "rasa_sdk")
# Each step of a start is told once, by `limpede up`.
_TOLD_OTHERWISE = ("uvicorn", "alembic")


def configure(log_format: str) -> None:
    """Structured lines on stderr; "console" for people, "json" for machines."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _mask,
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Tracebacks show values of SQL parameters: their words are masked as well.
                structlog.processors.format_exc_info,
                _mask,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in (*_SILENCED, *_TOLD_OTHERWISE):
        logging.getLogger(name).setLevel(logging.WARNING)


def _mask(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Phone numbers, card numbers and personal codes never reach a log line."""
    for name, value in event.items():
        if isinstance(value, str) and name not in ("timestamp", "level", "message_id"):
            event[name] = masking.mask_for_logs(value)
    return event
