"""What does a client's call to the Bot API ask for, and is it well formed?

Values come from the address, a form or JSON; refusals carry Telegram's own sentences.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.channels.simulator.telegram_chats import Keyboard

BUTTON_DATA_LIMIT = 64  # bytes

Params = Mapping[str, Any]


class ApiError(Exception):
    """The Bot API refuses; `parameters` as Telegram gives them (retry_after)."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    mime: str
    content: bytes = field(repr=False)


async def read_params(request: Request) -> Params:
    """The call's values from the address, a form or JSON, uploads read into memory."""
    params: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        with suppress(ValueError):
            body = await request.json()
            params |= body if isinstance(body, dict) else {}
        return params
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                mime = value.content_type or "application/octet-stream"
                params[name] = Upload(value.filename or name, mime, await value.read())
            else:
                params[name] = value
    return params


def words(params: Params, name: str, limit: int, complaint: str) -> str:
    if params.get("parse_mode"):
        raise ApiError(400, "Bad Request: the simulator shows plain text, without parse_mode")
    value = str(params.get(name) or "")
    if len(value.encode("utf-16-le", "surrogatepass")) // 2 > limit:
        raise ApiError(400, f"Bad Request: {complaint}")
    return value


def integer(params: Params, name: str, complaint: str) -> int:
    try:
        return int(params.get(name) or 0)
    except ValueError:
        raise ApiError(400, f"Bad Request: {complaint}") from None


def markup(params: Params) -> dict[str, Any]:
    value = params.get("reply_markup") or {}
    try:
        value = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ApiError(400, "Bad Request: can't parse reply keyboard markup JSON object")
    return value


def inline_keyboard(asked: dict[str, Any]) -> Keyboard:
    keyboard: Keyboard = asked.get("inline_keyboard") or []
    for button in (button for row in keyboard for button in row):
        data = button.get("callback_data")
        if not button.get("text"):
            raise ApiError(400, "Bad Request: inline keyboard button text is empty")
        if data is None and not button.get("url"):
            raise ApiError(400, "Bad Request: text buttons are unallowed in the inline keyboard")
        if data is not None and not 1 <= len(str(data).encode()) <= BUTTON_DATA_LIMIT:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return keyboard
