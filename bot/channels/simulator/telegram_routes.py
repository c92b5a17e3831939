"""How does a script, or the page, use a person's Telegram?"""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from starlette.responses import Response

from bot.channels.simulator.problem import ProblemRoute, Refused
from bot.channels.simulator.telegram_chats import Chat, Chats, StoredFile
from bot.channels.simulator.telegram_device import Sent, TelegramDevice

E164 = r"^\+[1-9]\d{6,14}$"
DEEDS = (
    "text", "contact", "button", "photo", "document", "voice_note", "video_note", "sticker",
    "location", "edited_text", "group_text", "added_to_group", "blocked", "repeat_last",
)  # fmt: skip
WITH_FILE = ("photo", "document", "voice_note", "video_note", "sticker")

UserId = Annotated[int, Path(ge=1, lt=2**52, description="Telegram's number of the person")]
After = Annotated[int, Query(ge=0, description="only what came after this entry's number")]
Wait = Annotated[float, Query(ge=0, le=60, description="seconds to wait for something new")]


def _decoded(given: object) -> bytes:
    if not isinstance(given, str):
        raise ValueError("give the content in base64")
    return base64.b64decode(given, validate=True)


class SentFile(BaseModel):
    """A file of the person's own, at most 20 MB."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field("file", min_length=1, max_length=200)
    mime: str = Field("application/octet-stream", pattern=r"^[a-z]+/[a-z0-9.+-]+$")
    content: Annotated[bytes, BeforeValidator(_decoded)] = Field(max_length=20 * 2**20)


class Place(BaseModel):
    model_config = ConfigDict(extra="forbid")
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class TelegramDeed(BaseModel):
    """Exactly one of the deeds; `file` goes with those that send one. `language` is the one that
    the person's Telegram is set to."""

    model_config = ConfigDict(extra="forbid")
    text: str | None = Field(None, max_length=20_000)
    contact: Literal["own"] | Annotated[str, Field(pattern=E164)] | None = None
    button: str | None = None
    photo: bool | Annotated[str, Field(max_length=1_024)] | None = None
    document: bool | Annotated[str, Field(max_length=1_024)] | None = None
    voice_note: Literal[True] | None = None
    video_note: Literal[True] | None = None
    sticker: Literal[True] | None = None
    location: Place | None = None
    edited_text: str | None = Field(None, max_length=20_000)
    group_text: str | None = Field(None, max_length=20_000)
    added_to_group: Literal[True] | None = None
    blocked: bool | None = None
    repeat_last: Literal[True] | None = None
    file: SentFile | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]+)?$")] | None = None

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if sum(getattr(self, deed) is not None for deed in DEEDS) != 1:
            raise ValueError(f"give exactly one of {', '.join(DEEDS)}")
        if self.file and not any(getattr(self, deed) for deed in WITH_FILE):
            raise ValueError(f"a file goes with one of {', '.join(WITH_FILE)}")
        return self


def make_telegram_routes(chats: Chats, device: TelegramDevice) -> APIRouter:
    router = APIRouter(prefix="/simulator/telegram", tags=["simulator"], route_class=ProblemRoute)

    @router.post("/{user_id}/send")
    async def send(user_id: UserId, deed: TelegramDeed) -> dict[str, Any]:
        """Do something on the device; answers after the app's webhook, with its status."""
        chat = chats.of(user_id)
        if deed.language:
            chat.language = deed.language
        return asdict(await _do(device, chat, deed))

    @router.get("/{user_id}/messages")
    async def messages(user_id: UserId, after: After = 0, wait: Wait = 0) -> dict[str, Any]:
        """Everything shown on the device after entry number `after`."""
        chat = chats.of(user_id)
        await chat.screen.wait(after, wait)
        chat = chats.of(user_id)
        return {
            "messages": chat.screen.after(after),
            "last": chat.screen.last,
            "life": chats.life,
            "pressable": chat.pressable(),
            "contact_button": chat.contact_button,
            "keyboard": list(chat.reply_buttons),
            "typing": chat.typing,
            "blocked": chat.blocked,
        }

    @router.get("/{user_id}/files/{file_id}")
    async def file(user_id: UserId, file_id: str) -> Response:
        """A document or photo that the bot sent."""
        stored = chats.file(file_id)
        if stored is None:
            raise Refused("There is no such file on this device.", 404)
        # A PDF opens in the browser; nothing else that a bot sends is run there.
        how = "inline" if stored.mime == "application/pdf" else "attachment"
        name = quote(stored.name)
        return Response(
            stored.content,
            media_type=stored.mime,
            headers={
                "Content-Disposition": f"{how}; filename*=UTF-8''{name}",
                "X-Content-Type-Options": "nosniff",
            },
        )

    return router


async def _do(device: TelegramDevice, chat: Chat, deed: TelegramDeed) -> Sent:
    match deed:
        case TelegramDeed(text=str(words)):
            return await device.write(chat, words)
        case TelegramDeed(group_text=str(words)):
            return await device.write(chat, words, group=True)
        case TelegramDeed(edited_text=str(words)):
            return await device.edit(chat, words)
        case TelegramDeed(contact=str(phone)):
            return await device.share_contact(chat, phone)
        case TelegramDeed(button=str(title)):
            return await device.press(chat, title)
        case TelegramDeed(location=Place(latitude=latitude, longitude=longitude)):
            return await device.send_location(chat, latitude, longitude)
        case TelegramDeed(added_to_group=True):
            return await device.add_to_group(chat)
        case TelegramDeed(blocked=bool(blocked)):
            return await device.block(chat, blocked)
        case TelegramDeed(repeat_last=True):
            return await device.repeat(chat)
    return await _send_file(device, chat, deed)


async def _send_file(device: TelegramDevice, chat: Chat, deed: TelegramDeed) -> Sent:
    own = deed.file
    file = StoredFile(own.name, own.mime, own.content) if own else None
    match deed:
        case TelegramDeed(voice_note=True):
            return await device.send_voice_note(chat, file)
        case TelegramDeed(video_note=True):
            return await device.send_video_note(chat, file)
        case TelegramDeed(sticker=True):
            return await device.send_sticker(chat, file)
        case TelegramDeed(photo=None):
            return await device.send_document(chat, _caption(deed.document), file)
    return await device.send_photo(chat, _caption(deed.photo), file)


def _caption(given: bool | str | None) -> str:
    return given if isinstance(given, str) else ""
