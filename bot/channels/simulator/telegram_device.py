"""What happens when a person does something on their Telegram?

The update is made, shown on the device, and delivered to the app as Telegram would: posted to
the webhook, or kept for getUpdates when the app has taken its webhook away.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from bot.channels.simulator import telegram_updates as updates
from bot.channels.simulator.people import People
from bot.channels.simulator.problem import Refused
from bot.channels.simulator.telegram_chats import Chat, Chats, StoredFile
from bot.channels.simulator.webhooks import telegram_call

_PAGE = Path(__file__).parent / "page"
_PHOTO, _STICKER = _PAGE / "photo.jpg", _PAGE / "sticker.webp"
_LETTER = "O scrisoare despre factura mea.\n"
# Heads without a body: what was recorded is for whoever sends a file of their own.
_NO_SOUND = b"OggS" + bytes(24)
_NO_FILM = b"\x00\x00\x00\x18ftypisom" + bytes(12)


@dataclass(slots=True)
class Route:
    """Where updates go; `url` empty means that the app asks for them (getUpdates)."""

    url: str
    secret: str
    allowed: list[str] = field(default_factory=list)
    last_error: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """`status` is the app's answer; None when the update waits for getUpdates."""

    status: int | None
    update_id: int
    last: int


class TelegramDevice:
    def __init__(
        self,
        chats: Chats,
        people: People,
        route: Route,
        http: httpx.AsyncClient,
        bot: dict[str, Any],
    ) -> None:
        self._chats = chats
        self._people = people
        self._http = http
        self._bot = bot
        self.route = route
        self.pending: deque[dict[str, Any]] = deque(maxlen=1_000)
        self.arrived = asyncio.Event()

    async def write(self, chat: Chat, words: str, *, group: bool = False) -> Sent:
        """Type words and send them; `group` writes them in a group that the bot is in."""
        update = self._message(chat, **updates.text(words))
        self._show(chat, text=words)
        if group:
            self._chats.in_group = chat
        return await self._deliver(chat, updates.in_group(update) if group else update)

    async def edit(self, chat: Chat, words: str) -> Sent:
        """Change the words of the message sent last."""
        before = (chat.last_update or {}).get("message")
        if not before or "text" not in before:
            raise Refused("Nothing was typed yet that could be edited.")
        edited = before | updates.text(words) | {"edit_date": self._chats.seconds()}
        self._show(chat, text=words, edited=True)
        return await self._deliver(chat, {"edited_message": edited})

    async def share_contact(self, chat: Chat, phone: str) -> Sent:
        """Share a contact card: `own`, or another number in E.164."""
        number = chat.person.phone if phone == "own" else phone
        if number is None:
            raise Refused("This person has no number in the cast: give the number instead of own.")
        self._show(chat, text="", contact=number)
        return await self._deliver(
            chat, self._message(chat, **updates.contact(chat, number, self._people))
        )

    async def press(self, chat: Chat, title: str) -> Sent:
        """Press a button by its text: an inline one (the newest with it), or of the keyboard."""
        if title == chat.contact_button:
            return await self.share_contact(chat, "own")
        if title in chat.reply_buttons:
            return await self.write(chat, title)
        found = chat.find_button(title)
        if found is None:
            shown = [one for titles in chat.pressable().values() for one in titles]
            offer = ", ".join(dict.fromkeys(shown)) or "none"
            raise Refused(f"No button “{title}” is shown; the buttons shown are: {offer}.")
        message_id, button = found
        if "callback_data" not in button:
            raise Refused(f"The button “{title}” opens a link; it sends nothing to the bot.")
        query_id = str(uuid4().int)[:18]
        chat.ask(query_id)
        self._show(chat, text=title, pressed=True)
        query = updates.callback_query(
            chat, query_id, message_id, self._chats.seconds(), button["callback_data"], self._bot
        )
        return await self._deliver(chat, query)

    async def send_photo(self, chat: Chat, caption: str, file: StoredFile | None) -> Sent:
        file = file or StoredFile("photo.jpg", "image/jpeg", _PHOTO.read_bytes())
        stored = self._keep(chat, file, text=caption, media="photo")
        return await self._deliver(chat, self._message(chat, **updates.photo(stored, caption)))

    async def send_document(self, chat: Chat, caption: str, file: StoredFile | None) -> Sent:
        file = file or StoredFile("scrisoare.txt", "text/plain", _LETTER.encode())
        stored = self._keep(chat, file, text=caption, media="document")
        content = updates.document(stored, file.name, file.mime, caption)
        return await self._deliver(chat, self._message(chat, **content))

    async def send_voice_note(self, chat: Chat, file: StoredFile | None) -> Sent:
        file = file or StoredFile("voice.ogg", "audio/ogg", _NO_SOUND)
        stored = self._keep(chat, file, text="", media="voice_note")
        return await self._deliver(chat, self._message(chat, **updates.voice_note(stored, 4)))

    async def send_video_note(self, chat: Chat, file: StoredFile | None) -> Sent:
        file = file or StoredFile("video.mp4", "video/mp4", _NO_FILM)
        stored = self._keep(chat, file, text="", media="video_note")
        return await self._deliver(chat, self._message(chat, **updates.video_note(stored, 4)))

    async def send_sticker(self, chat: Chat, file: StoredFile | None) -> Sent:
        file = file or StoredFile("sticker.webp", "image/webp", _STICKER.read_bytes())
        stored = self._keep(chat, file, text="👍", media="sticker")
        return await self._deliver(chat, self._message(chat, **updates.sticker(stored, "👍")))

    async def send_location(self, chat: Chat, latitude: float, longitude: float) -> Sent:
        self._show(chat, text=f"{latitude}, {longitude}", media="location")
        content = updates.location(latitude, longitude)
        return await self._deliver(chat, self._message(chat, **content))

    async def add_to_group(self, chat: Chat) -> Sent:
        """Take the bot into a group."""
        self._chats.in_group = chat
        update = updates.added_to_group(chat, self._chats.seconds(), self._bot)
        return await self._deliver(chat, update)

    async def block(self, chat: Chat, blocked: bool) -> Sent:
        """Block the bot, or let it in again."""
        chat.blocked = blocked
        update = updates.membership(chat, self._chats.seconds(), blocked=blocked, bot=self._bot)
        return await self._deliver(chat, update)

    async def repeat(self, chat: Chat) -> Sent:
        """Telegram delivers the last update once more, number and all."""
        if chat.last_update is None:
            raise Refused("Nothing was sent from this device yet that could be repeated.")
        return await self._post(chat, chat.last_update)

    def _keep(self, chat: Chat, file: StoredFile, **what: Any) -> updates.Stored:
        """Telegram keeps the file, and the device shows what was sent."""
        file_id = self._chats.keep_file(file.name, file.mime, file.content)
        url = f"/simulator/telegram/{chat.user_id}/files/{file_id}"
        self._show(chat, **what, files=[{"name": file.name, "mime": file.mime, "url": url}])
        size = len(file.content)
        return {"file_id": file_id, "file_unique_id": file_id[:16], "file_size": size}

    def _message(self, chat: Chat, **content: Any) -> dict[str, Any]:
        chat.started = True
        message_id = self._chats.next_message_id()
        return {"message": updates.message(chat, message_id, self._chats.seconds(), **content)}

    def _show(self, chat: Chat, **what: Any) -> None:
        chat.screen.show(**{"from": "customer"}, **what)

    async def _deliver(self, chat: Chat, content: dict[str, Any]) -> Sent:
        chat.last_update = {"update_id": self._chats.next_update_id(), **content}
        return await self._post(chat, chat.last_update)

    async def _post(self, chat: Chat, update: dict[str, Any]) -> Sent:
        number = int(update["update_id"])
        if not self.route.url:
            self.pending.append(update)
            self.arrived.set()
            return Sent(None, number, chat.screen.last)
        call = telegram_call(self.route.url, self.route.secret, update)
        answer = await call.make(self._http)
        if answer.status_code != httpx.codes.OK:
            self.route.last_error = {
                "last_error_date": int(time.time()),
                "last_error_message": f"Wrong response from the webhook: {answer.status_code}",
            }
        return Sent(answer.status_code, number, chat.screen.last)
