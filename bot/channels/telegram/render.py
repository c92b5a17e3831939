"""How does a message look as calls to Telegram's sendMessage and sendDocument?

Plain text, no parse mode: an invoice line with an underscore or a "<" must arrive as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.channels.message import Button, File, Outbound
from bot.channels.splitting import split, utf16_units

LIMIT = 4096  # of one message, in UTF-16 units
CAPTION_LIMIT = 1024
SHARE_CONTACT = "utter_telegram_share_contact"  # the words on the contact button

Words = Callable[[str, str], str]
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove
_ROW = 24  # characters of titles that fit side by side on a small phone


@dataclass(frozen=True, slots=True)
class Call:
    """One sendMessage, or with a `file` one sendDocument with the text as its caption. `markup`
    stands under the last piece of a message only."""

    chat_id: str
    text: str
    markup: Markup | None
    file: File | None = None


def render(message: Outbound, words: Words) -> list[Call]:
    """The calls that show a message, in order; none for a blank text without a file."""
    if message.file is not None:
        return _with_file(message, message.file, words)
    pieces = split(message.text, LIMIT, utf16_units)
    last = len(pieces) - 1
    return [
        Call(message.address, piece, _markup(message, words) if at == last else None)
        for at, piece in enumerate(pieces)
    ]


def _with_file(message: Outbound, file: File, words: Words) -> list[Call]:
    """The file with its caption; what is too long for a caption is said before it."""
    *before, caption = split(message.text, CAPTION_LIMIT, utf16_units) or [""]
    calls = [Call(message.address, piece, None) for piece in before]
    return [*calls, Call(message.address, caption, _markup(message, words), file)]


def _markup(message: Outbound, words: Words) -> Markup:
    if message.ask_contact:
        share = KeyboardButton(words(SHARE_CONTACT, message.language), request_contact=True)
        return ReplyKeyboardMarkup([[share]], resize_keyboard=True, one_time_keyboard=True)
    if message.buttons:
        return InlineKeyboardMarkup(_rows(message.buttons))
    # Takes a contact keyboard away when there is one; Telegram ignores it otherwise.
    return ReplyKeyboardRemove()


def _rows(buttons: tuple[Button, ...]) -> list[list[InlineKeyboardButton]]:
    """Short answers side by side, long ones below each other."""
    rows: list[list[Button]] = []
    for button in buttons:
        if rows and sum(len(b.title) for b in rows[-1]) + len(button.title) <= _ROW:
            rows[-1].append(button)
        else:
            rows.append([button])
    return [[InlineKeyboardButton(b.title, callback_data=b.token) for b in row] for row in rows]
