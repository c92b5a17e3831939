"""How are responses put into words outside Rasa: announcements, notices, what waits in the outbox?

The texts are the same data/responses/*.yml that Rasa speaks from, chosen by the same rule
(bot/nlu/choosing.py). Values in a part are plain, or say what they are and are worded for the
language and channel:
    {"money": 12345, "currency": "RON"}   {"date": "2026-12-04"}   {"moment": "2026-...+02:00"}
    {"time": "09:00"}
    {"response": "utter_...", "values": {...}}   {"secret": "<vault id>"}
    {"document": "<invoice id>"}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from billing_backend.money import Money
from bot import wording
from bot.nlu import choosing

HIDDEN = "••••••"


@dataclass(frozen=True, slots=True)
class Words:
    """A message in words: text, (title, payload) choices and what the channel should do."""

    text: str
    choices: tuple[tuple[str, str], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


class Texts:
    """Every response of the product, by name."""

    def __init__(self, folder: Path, *, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._responses: dict[str, list[dict[str, Any]]] = {}
        for file in sorted(folder.glob("*.yml")):
            self._responses |= YAML(typ="safe").load(file).get("responses", {})

    @property
    def responses(self) -> Mapping[str, list[dict[str, Any]]]:
        return self._responses

    def say(
        self,
        name: str,
        language: str,
        channel: str,
        values: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> Words:
        """One response in words. `secrets` resolves vault ids and documents (to their links);
        without it they stay hidden.

        Raises LookupError for an unknown response or a value that is missing.
        """
        worded = {
            key: self._value(value, language, channel, secrets or {})
            for key, value in (values or {}).items()
        }
        variation = choosing.choose(self._responses[name], language, channel)
        said = choosing.fill(variation, worded)
        return Words(
            text=said.get("text", "").strip(),
            choices=tuple(
                (button["title"], button["payload"]) for button in said.get("buttons", [])
            ),
            options=said.get("custom", {}),
        )

    def join(
        self,
        parts: Sequence[Mapping[str, Any]],
        language: str,
        channel: str,
        secrets: Mapping[str, str] | None = None,
    ) -> Words:
        """Several parts ({"response", "values"}) as one message."""
        return merge(
            [
                self.say(part["response"], language, channel, part.get("values"), secrets)
                for part in parts
            ],
            channel,
        )

    def _value(self, value: Any, language: str, channel: str, secrets: Mapping[str, str]) -> str:
        match value:
            case {"money": int(minor)}:
                currency = str(value.get("currency", "RON"))
                return wording.money(Money(minor, currency), language, channel)
            case {"date": str(day)}:
                return wording.day(date.fromisoformat(day), language, channel)
            case {"moment": str(moment)}:
                local = datetime.fromisoformat(moment).astimezone(self._zone)
                return wording.moment(local, language, channel)
            case {"time": str(at)}:
                return wording.time_of_day(time.fromisoformat(at), language, channel)
            case {"response": str(name)}:
                return self.say(name, language, channel, value.get("values"), secrets).text
            case {"secret": str(reference)} | {"document": str(reference)}:
                return secrets.get(reference, HIDDEN)
            case _:
                return str(value)


def merge(messages: Sequence[Words], channel: str) -> Words:
    """Consecutive words as one message: lines on a screen, sentences on the phone."""
    between = " " if channel == "voice" else "\n"
    options: dict[str, Any] = {}
    for message in messages:
        options |= message.options
    return Words(
        text=between.join(message.text for message in messages if message.text),
        choices=tuple(choice for message in messages for choice in message.choices),
        options=options,
    )
