"""What does Telegram's Bot API answer, when the simulator plays it?

The methods that a private-chat bot calls, with Telegram's own checks and error sentences
(https://core.telegram.org/bots/api). What is sent appears on the person's device.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.simulator.faults import Fault, FaultKind, Faults
from bot.channels.simulator.telegram_call import (
    ApiError,
    Params,
    Upload,
    inline_keyboard,
    integer,
    markup,
    read_params,
    words,
)
from bot.channels.simulator.telegram_chats import Chat, Chats, StoredFile, titles
from bot.channels.simulator.telegram_device import TelegramDevice
from bot.channels.simulator.telegram_updates import SUPERGROUP

TEXT_LIMIT = 4_096  # UTF-16 units
CAPTION_LIMIT = 1_024
FILE_LIMIT = 20 * 2**20  # bytes that a bot may fetch
LONGEST_POLL = 50  # seconds
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class TelegramApi:
    """The Bot API of one bot. `token` is the only one that it lets in."""

    def __init__(
        self,
        token: str,
        bot: dict[str, Any],
        chats: Chats,
        device: TelegramDevice,
        faults: Faults,
    ) -> None:
        self._token = token
        self._bot = bot
        self._chats = chats
        self._device = device
        self._faults = faults
        self._methods: dict[str, Callable[[Params], Awaitable[Any]]] = {
            "getme": self._get_me,
            "sendmessage": self._send_message,
            "senddocument": self._send_document,
            "sendphoto": self._send_photo,
            "answercallbackquery": self._answer_callback_query,
            "editmessagereplymarkup": self._edit_reply_markup,
            "sendchataction": self._send_chat_action,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
            "getupdates": self._get_updates,
            "getfile": self._get_file,
            "setmycommands": self._set_my_commands,
        }

    async def call(self, token: str, method: str, request: Request) -> Response:
        """One method call, as HTTP answers it."""
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return _refusal(ApiError(401, "Unauthorized"))
        handler = self._methods.get(method.lower())
        if handler is None:
            return _refusal(ApiError(404, "Not Found: method not found"))
        params = await read_params(request)
        fault = (
            self._faults.take("telegram", str(params.get("chat_id")))
            if method.lower().startswith("send") and method.lower() != "sendchataction"
            else None
        )
        try:
            _fail(fault)
            result = await handler(params) if fault is None or fault.taken else True
        except ApiError as error:
            return _refusal(error)
        if fault is not None:
            await self._faults.hold(request, fault.seconds)
        return JSONResponse({"ok": True, "result": result})

    # --- methods ----------------------------------------------------------------------------

    async def _get_me(self, params: Params) -> dict[str, Any]:
        return self._bot | {
            "can_join_groups": False,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def _send_message(self, params: Params) -> dict[str, Any]:
        chat = self._chat(params)
        text = words(params, "text", TEXT_LIMIT, "message is too long").strip()
        if not text:
            raise ApiError(400, "Bad Request: message text is empty")
        return self._show(chat, params, text, {"text": text})

    async def _send_document(self, params: Params) -> dict[str, Any]:
        chat = self._chat(params)
        stored, file = self._upload(chat, params, "document")
        names = {"file_name": file["name"], "mime_type": file["mime"]}
        return self._show_file(chat, params, {"document": stored | names}, file)

    async def _send_photo(self, params: Params) -> dict[str, Any]:
        chat = self._chat(params)
        stored, file = self._upload(chat, params, "photo")
        content = {"photo": [stored | {"width": 800, "height": 600}]}
        return self._show_file(chat, params, content, file)

    async def _answer_callback_query(self, params: Params) -> bool:
        query_id = str(params.get("callback_query_id"))
        chat = self._chats.asked(query_id)
        if chat is None:
            raise ApiError(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        del chat.queries[query_id]
        if params.get("text"):
            chat.screen.show(**{"from": "bot"}, text=str(params["text"]), notice=True)
        return True

    async def _edit_reply_markup(self, params: Params) -> dict[str, Any]:
        chat = self._chat(params)
        message_id = integer(params, "message_id", "message to edit not found")
        shown = chat.shown.get(message_id)
        if shown is None:
            raise ApiError(400, "Bad Request: message to edit not found")
        number, sent = shown
        keyboard = inline_keyboard(markup(params))
        if keyboard == (chat.inline[message_id][1] if message_id in chat.inline else []):
            raise ApiError(400, "Bad Request: message is not modified")
        if keyboard:
            chat.set_inline(message_id, number, keyboard)
        else:
            chat.inline.pop(message_id)
        chat.screen.touch()
        bare = {key: sent[key] for key in sent if key != "reply_markup"}
        return bare | ({"reply_markup": {"inline_keyboard": keyboard}} if keyboard else {})

    async def _send_chat_action(self, params: Params) -> bool:
        chat = self._chat(params)
        chat.typing = True
        chat.screen.touch()
        return True

    async def _set_webhook(self, params: Params) -> bool:
        self._device.route.url = str(params.get("url") or "")
        self._device.route.secret = str(params.get("secret_token") or "")
        allowed = params.get("allowed_updates") or []
        self._device.route.allowed = json.loads(allowed) if isinstance(allowed, str) else allowed
        self._device.route.last_error = {}
        return True

    async def _delete_webhook(self, params: Params) -> bool:
        self._device.route.url = ""
        return True

    async def _get_webhook_info(self, params: Params) -> dict[str, Any]:
        route = self._device.route
        return {
            "url": route.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._device.pending),
            **({"allowed_updates": route.allowed} if route.allowed else {}),
            **route.last_error,
        }

    async def _get_updates(self, params: Params) -> list[dict[str, Any]]:
        if self._device.route.url:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        pending, offset = self._device.pending, int(params.get("offset") or 0)
        while pending and pending[0]["update_id"] < offset:
            pending.popleft()
        if not pending:
            self._device.arrived.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(float(params.get("timeout") or 0), LONGEST_POLL)):
                    await self._device.arrived.wait()
        return list(pending)[: int(params.get("limit") or 100)]

    async def _get_file(self, params: Params) -> dict[str, Any]:
        file_id = str(params.get("file_id"))
        stored = self._chats.file(file_id)
        if stored is None:
            raise ApiError(400, "Bad Request: invalid file_id")
        size = len(stored.content)
        if size > FILE_LIMIT:
            raise ApiError(400, "Bad Request: file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": file_id[:16],
            "file_size": size,
            "file_path": f"files/{file_id}",
        }

    def file(self, token: str, file_id: str) -> StoredFile:
        """What `getFile` gave the address of. Raises ApiError."""
        stored = self._chats.file(file_id)
        if not hmac.compare_digest(token.encode(), self._token.encode()) or stored is None:
            raise ApiError(404, "Not Found")
        return stored

    async def _set_my_commands(self, params: Params) -> bool:
        told = params.get("commands") or "[]"
        commands = json.loads(told) if isinstance(told, str) else told
        if not all(_COMMAND.fullmatch(str(one.get("command"))) for one in commands):
            raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        self._chats.commands[str(params.get("language_code") or "")] = commands
        return True

    # --- what they share --------------------------------------------------------------------

    def _chat(self, params: Params) -> Chat:
        user_id = integer(params, "chat_id", "chat not found")
        if user_id == SUPERGROUP and self._chats.in_group is not None:
            return self._chats.in_group
        if user_id <= 0 or not (chat := self._chats.of(user_id)).started:
            raise ApiError(400, "Bad Request: chat not found")
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat

    def _upload(
        self, chat: Chat, params: Params, field: str
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """(as Telegram describes it, as the device shows it); links are not supported."""
        upload = params.get(field)
        if isinstance(upload, str) and upload.startswith("attach://"):
            upload = params.get(upload.removeprefix("attach://"))
        if not isinstance(upload, Upload):
            raise ApiError(400, f"Bad Request: there is no {field} in the request")
        if not upload.content:
            raise ApiError(400, "Bad Request: file must be non-empty")
        file_id = self._chats.keep_file(upload.name, upload.mime, upload.content)
        size = len(upload.content)
        url = f"/simulator/telegram/{chat.user_id}/files/{file_id}"
        return (
            {"file_id": file_id, "file_unique_id": file_id[:16], "file_size": size},
            {"name": upload.name, "mime": upload.mime, "url": url},
        )

    def _show_file(
        self, chat: Chat, params: Params, content: dict[str, Any], file: dict[str, str]
    ) -> dict[str, Any]:
        caption = words(params, "caption", CAPTION_LIMIT, "message caption is too long")
        if caption:
            content = content | {"caption": caption}
        return self._show(chat, params, caption, content, [file])

    def _show(
        self,
        chat: Chat,
        params: Params,
        text: str,
        content: dict[str, Any],
        files: list[dict[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Put the message on the device; answers it as Telegram's Message."""
        asked = markup(params)
        keyboard = inline_keyboard(asked)
        asks = _reply_keyboard(chat, asked)
        chat.typing = False
        message_id = self._chats.next_message_id()
        number = chat.screen.show(
            **{"from": "bot"},
            text=text,
            buttons=titles(keyboard),
            button_rows=[titles([row]) for row in keyboard],
            files=files or [],
            request_contact=asks,
            message_id=message_id,
            **({"group": True} if str(params.get("chat_id")) == str(SUPERGROUP) else {}),
        )
        message = {
            "message_id": message_id,
            "from": self._bot,
            "chat": chat.chat(),
            "date": self._chats.seconds(),
            **content,
            **({"reply_markup": {"inline_keyboard": keyboard}} if keyboard else {}),
        }
        chat.remember(message_id, number, message)
        if keyboard:
            chat.set_inline(message_id, number, keyboard)
        return message


def make_telegram_api(api: TelegramApi) -> APIRouter:
    """The Bot API's routes; the base address for clients ends in `/bot`."""
    router = APIRouter(prefix="/simulator/telegram-api", include_in_schema=False)

    @router.api_route("/bot{token}/{method}", methods=["GET", "POST"])
    async def bot_method(token: str, method: str, request: Request) -> Response:
        return await api.call(token, method, request)

    @router.get("/file/bot{token}/files/{file_id}")
    async def bot_file(token: str, file_id: str) -> Response:
        try:
            stored = api.file(token, file_id)
        except ApiError as error:
            return _refusal(error)
        return Response(stored.content, media_type="application/octet-stream")

    return router


def _reply_keyboard(chat: Chat, markup: dict[str, Any]) -> bool:
    """Show or take away the keyboard under the chat; says whether it asks for the number."""
    if markup.get("remove_keyboard"):
        chat.contact_button, chat.reply_buttons = None, ()
    if "keyboard" not in markup:
        return False
    buttons = [button for row in markup["keyboard"] for button in row]
    named = [({"text": one} if isinstance(one, str) else one) for one in buttons]
    asking = [str(one["text"]) for one in named if one.get("request_contact")]
    chat.contact_button = asking[0] if asking else None
    chat.reply_buttons = tuple(str(one["text"]) for one in named if not one.get("request_contact"))
    return bool(asking)


def _fail(fault: Fault | None) -> None:
    """Raises what the fault asks for; a time-out is the caller's to act out."""
    if fault is None or fault.kind is FaultKind.TIMEOUT:
        return
    if fault.kind is FaultKind.RATE_LIMITED:
        seconds = fault.retry_after
        raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
    if fault.kind is FaultKind.BLOCKED:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    raise ApiError(500, "Internal Server Error")


def _refusal(error: ApiError) -> JSONResponse:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": error.code,
        "description": error.description,
    }
    if error.parameters:
        body["parameters"] = error.parameters
    return JSONResponse(body, status_code=error.code)
