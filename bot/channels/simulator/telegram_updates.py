"""Which update does Telegram make of what a person does on the device?

Pure: a chat and a deed in, the update's content out (without its number). Shapes as in
https://core.telegram.org/bots/api, only the fields that always come.
"""

from __future__ import annotations

from typing import Any

from bot.channels.simulator.people import People
from bot.channels.simulator.telegram_chats import Chat

SUPERGROUP = -1001000000001

Stored = dict[str, Any]  # a file as Telegram tells of it: file_id, file_unique_id, file_size


def message(chat: Chat, message_id: int, date: int, **content: Any) -> dict[str, Any]:
    """A private message of any kind."""
    return {
        "message_id": message_id,
        "from": chat.user(),
        "chat": chat.chat(),
        "date": date,
        **content,
    }


def text(words: str) -> dict[str, Any]:
    """Typed words; a command carries its entity."""
    if not words.startswith("/"):
        return {"text": words}
    length = len(words.split(maxsplit=1)[0])
    return {"text": words, "entities": [{"type": "bot_command", "offset": 0, "length": length}]}


def contact(chat: Chat, phone: str, people: People) -> dict[str, Any]:
    """A shared contact. `user_id` is there when the contact has Telegram, and only Telegram
    can say that it is the sender's own."""
    if phone == chat.person.phone:
        owner, user_id = chat.person, chat.user_id
    else:
        found = people.with_phone(phone)
        owner, user_id = found or chat.person, (found.telegram_id or 0) if found else 0
    card: dict[str, Any] = {
        "phone_number": phone.removeprefix("+"),
        "first_name": owner.first_name or phone,
    }
    if owner.last_name:
        card["last_name"] = owner.last_name
    if user_id:
        card["user_id"] = user_id
    return {"contact": card}


def photo(file: Stored, caption: str) -> dict[str, Any]:
    sizes = [file | {"width": width, "height": width * 4 // 3} for width in (90, 320, 800)]
    return {"photo": sizes, **_caption(caption)}


def document(file: Stored, name: str, mime: str, caption: str) -> dict[str, Any]:
    return {"document": file | {"file_name": name, "mime_type": mime}, **_caption(caption)}


def voice_note(file: Stored, seconds: int) -> dict[str, Any]:
    return {"voice": file | {"duration": seconds, "mime_type": "audio/ogg"}}


def video_note(file: Stored, seconds: int) -> dict[str, Any]:
    return {"video_note": file | {"duration": seconds, "length": 240}}


def sticker(file: Stored, emoji: str) -> dict[str, Any]:
    shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
    return {"sticker": file | shape | {"type": "regular", "emoji": emoji}}


def location(latitude: float, longitude: float) -> dict[str, Any]:
    return {"location": {"latitude": latitude, "longitude": longitude}}


def callback_query(
    chat: Chat, query_id: str, message_id: int, date: int, data: str, bot: dict[str, Any]
) -> dict[str, Any]:
    """A pressed inline button; `message` is the bot's own that carried it."""
    return {
        "callback_query": {
            "id": query_id,
            "from": chat.user(),
            "chat_instance": str(chat.user_id),
            "data": data,
            "message": {
                "message_id": message_id,
                "from": bot,
                "chat": chat.chat(),
                "date": date,
            },
        }
    }


def membership(chat: Chat, date: int, *, blocked: bool, bot: dict[str, Any]) -> dict[str, Any]:
    """The person blocked the bot, or let it in again."""
    member = {"user": bot, "status": "member"}
    kicked = {"user": bot, "status": "kicked", "until_date": 0}
    old, new = (member, kicked) if blocked else (kicked, member)
    return {
        "my_chat_member": {
            "chat": chat.chat(),
            "from": chat.user(),
            "date": date,
            "old_chat_member": old,
            "new_chat_member": new,
        }
    }


def added_to_group(chat: Chat, date: int, bot: dict[str, Any]) -> dict[str, Any]:
    """The person took the bot into a group."""
    group = {"id": SUPERGROUP, "type": "supergroup", "title": "Limpede"}
    return {
        "my_chat_member": {
            "chat": group,
            "from": chat.user(),
            "date": date,
            "old_chat_member": {"user": bot, "status": "left"},
            "new_chat_member": {"user": bot, "status": "member"},
        }
    }


def in_group(update: dict[str, Any]) -> dict[str, Any]:
    """The same message, written in a group that the bot is in."""
    group = {"id": SUPERGROUP, "type": "supergroup", "title": "Limpede"}
    return {"message": update["message"] | {"chat": group}}


def _caption(caption: str) -> dict[str, Any]:
    return {"caption": caption} if caption else {}
