"""What does each person's chat with the bot look like now: messages, buttons, keyboards, files?

The one state behind Telegram's double: the Bot API writes what the bot sends, the device reads
it and writes what the person sends.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bot.channels.simulator.people import People, Person
from bot.channels.simulator.screen import Now, Screen, Screens

KEPT_FILES = 100
KEPT_KEYBOARDS = 50
KEPT_MESSAGES = 200

Keyboard = list[list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class StoredFile:
    name: str
    mime: str
    content: bytes


@dataclass(slots=True)
class Chat:
    """One person's private chat with the bot."""

    user_id: int
    person: Person
    screen: Screen
    language: str = "ro"
    started: bool = False
    blocked: bool = False
    contact_button: str | None = None
    reply_buttons: tuple[str, ...] = ()
    typing: bool = False
    last_update: dict[str, Any] | None = None
    inline: OrderedDict[int, tuple[int, Keyboard]] = field(default_factory=OrderedDict)
    # What the bot sent, by message id: the entry's number and Telegram's Message.
    shown: OrderedDict[int, tuple[int, dict[str, Any]]] = field(default_factory=OrderedDict)
    # Presses of buttons that the bot may still answer, by callback query id.
    queries: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def user(self) -> dict[str, Any]:
        """The person as Telegram's User."""
        user: dict[str, Any] = {
            "id": self.user_id,
            "is_bot": False,
            "first_name": self.person.first_name or str(self.user_id),
            "language_code": self.language,
        }
        if self.person.last_name:
            user["last_name"] = self.person.last_name
        return user

    def chat(self) -> dict[str, Any]:
        user = self.user()
        names: dict[str, Any] = {k: user[k] for k in ("first_name", "last_name") if k in user}
        return {"id": self.user_id, "type": "private", **names}

    def set_inline(self, message_id: int, number: int, keyboard: Keyboard) -> None:
        self.inline[message_id] = (number, keyboard)
        while len(self.inline) > KEPT_KEYBOARDS:
            self.inline.popitem(last=False)

    def remember(self, message_id: int, number: int, message: dict[str, Any]) -> None:
        self.shown[message_id] = (number, message)
        while len(self.shown) > KEPT_MESSAGES:
            self.shown.popitem(last=False)

    def ask(self, query_id: str) -> None:
        self.queries[query_id] = None
        while len(self.queries) > KEPT_MESSAGES:
            self.queries.popitem(last=False)

    def pressable(self) -> dict[str, list[str]]:
        """The buttons that can be pressed now, by the number of the entry that shows them."""
        return {
            str(number): titles(keyboard)
            for number, keyboard in self.inline.values()
            if titles(keyboard)
        }

    def find_button(self, title: str) -> tuple[int, dict[str, Any]] | None:
        """(message id, button) of the newest inline button with that text."""
        for message_id, (_, keyboard) in reversed(self.inline.items()):
            for button in _buttons(keyboard):
                if button.get("text") == title:
                    return message_id, button
        return None


class Chats:
    """All chats, and the numbers that Telegram gives out.

    Message and update numbers begin at `first_id` and never repeat: give a later one to every
    start of the program, or the app would take new messages for repeated old ones.
    """

    def __init__(self, people: People, now: Now, *, first_id: int) -> None:
        self._people = people
        self._now = now
        self.screens = Screens(now)
        self._chats: OrderedDict[int, Chat] = OrderedDict()
        self._files: OrderedDict[str, StoredFile] = OrderedDict()
        # Who last did something in the group: their device shows what the bot says there.
        self.in_group: Chat | None = None
        # What stands in the menu beside the field, by the profile's language.
        self.commands: dict[str, list[dict[str, str]]] = {}
        self._message_ids = itertools.count(first_id)
        self._update_ids = itertools.count(first_id)

    @property
    def life(self) -> str:
        return self.screens.life

    def of(self, user_id: int) -> Chat:
        chat = self._chats.get(user_id)
        if chat is None:
            person = self._people.with_telegram_id(user_id) or Person("", "", None, user_id)
            chat = self._chats[user_id] = Chat(user_id, person, self.screens.of(str(user_id)))
            # Whoever is in the cast may have talked with the bot before this program started.
            chat.started = bool(person.first_name)
            while len(self._chats) > 500:
                self._chats.popitem(last=False)
        self._chats.move_to_end(user_id)
        chat.screen = self.screens.of(str(user_id))
        return chat

    def asked(self, query_id: str) -> Chat | None:
        """The chat in which that button press (callback query) happened."""
        return next((chat for chat in self._chats.values() if query_id in chat.queries), None)

    def seconds(self) -> int:
        return int(self._now().timestamp())

    def next_message_id(self) -> int:
        return next(self._message_ids)

    def next_update_id(self) -> int:
        return next(self._update_ids)

    def keep_file(self, name: str, mime: str, content: bytes) -> str:
        file_id = uuid4().hex
        self._files[file_id] = StoredFile(name, mime, content)
        while len(self._files) > KEPT_FILES:
            self._files.popitem(last=False)
        return file_id

    def file(self, file_id: str) -> StoredFile | None:
        return self._files.get(file_id)

    def clear(self) -> None:
        """Forget every chat; the numbers go on."""
        self._chats.clear()
        self._files.clear()
        self.in_group = None
        self.screens.clear()


def titles(keyboard: Keyboard) -> list[str]:
    return [str(button.get("text", "")) for button in _buttons(keyboard)]


def _buttons(keyboard: Sequence[Sequence[Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    for row in keyboard:
        yield from (dict(button) for button in row)
