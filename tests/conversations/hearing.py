"""Does a text say that amount, that day, those words? In the way of its language and channel."""

from __future__ import annotations

import re
from datetime import date

from billing_backend.money import Money
from bot import wording
from tests.conversations.facts import Facts
from tests.conversations.format import Said
from tests.journeys.figures import ron

_PERCENT = re.compile(r"(\d+) ?%")
_CHANNELS = {"phone": wording.VOICE}
# What a customer must never read: names of responses, unfilled places, values of programs.
_RAW = re.compile(r"utter_|\{\w*\}|\bNone\b|\bnull\b|\[code\]|\[pin\]|••")


def says(text: str, thing: Said, facts: Facts, *, language: str, channel: str) -> bool:
    """Whether the text names a figure, or words that fit a pattern."""
    if isinstance(thing, dict):
        thing = thing[language]  # type: ignore[index] - checked when the file was read
    if isinstance(thing, date):
        return names_day(text, thing, language, channel)
    value = facts.value(thing)
    match value:
        case Money():
            return names_amount(text, value, language, channel)
        case date():
            return names_day(text, value, language, channel)
        case str():
            return value in text
    if percent := _PERCENT.fullmatch(thing):
        said = wording.percent(int(percent[1]) * 100, language, _channel(channel))
        return said in text
    return re.search(thing, text, re.IGNORECASE) is not None


def names_amount(text: str, amount: Money, language: str, channel: str) -> bool:
    if channel == "phone":
        said = rf"(?<!\w){re.escape(wording.money(amount, language, wording.VOICE))}(?!\w)"
    else:
        said = rf"(?<![\d.,]){re.escape(ron(amount.minor, language))}(?![\d,.]\d|\d)"
    return re.search(said, text) is not None


def names_day(text: str, day: date, language: str, channel: str) -> bool:
    """With or without its weekday, short or long."""
    forms = (wording.day, wording.short_day, wording.dated)
    said = {form(day, language, _channel(channel)) for form in forms}
    return any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text) for form in said)


def raw(text: str) -> str | None:
    """Something of the machinery that shows through."""
    found = _RAW.search(text)
    return found[0] if found else None


def _channel(name: str) -> str:
    return _CHANNELS.get(name, name)
