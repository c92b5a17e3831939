"""How is Rasa asked: one message in, its replies out?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import httpx

from bot.texts import Words


class NoAnswer(Exception):
    """Rasa could not be reached or did not answer in time: the turn may be tried again."""


class BadAnswer(Exception):
    """Rasa answered that it failed: the turn has failed and is not run again."""


@dataclass(frozen=True, slots=True)
class Guess:
    """An intent that a message may have, and how sure the model is of it, from 0 to 1."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What Rasa said to a message, and what it took it for: likeliest first, the first acted on."""

    replies: list[Words]
    understood: tuple[Guess, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    conversation_id: UUID
    message_id: UUID
    text: str
    channel: str
    language: str
    expects: str | None
    today: date


class Dialogue:
    """The HTTP client of Rasa's input channel (bot/nlu/channel.py) and of its events API."""

    def __init__(self, url: str, *, key: str, token: str, timeout: float) -> None:
        """`timeout` in seconds must be shorter than a turn's lease."""
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout)
        self._key = key
        self._token = token

    async def ask(self, question: Question) -> Answer:
        """The replies to one message, in order; none when Rasa said nothing."""
        body = {
            "sender": str(question.conversation_id),
            "message": question.text,
            "input_channel": question.channel,
            "metadata": {
                "message_id": str(question.message_id),
                "conversation_id": str(question.conversation_id),
                "language": question.language,
                "expects": question.expects,
                "today": question.today.isoformat(),
            },
        }
        try:
            response = await self._client.post(
                "/webhooks/limpede/webhook", json=body, headers={"X-Limpede-Key": self._key}
            )
        except httpx.TransportError as error:
            raise NoAnswer(type(error).__name__) from error
        if response.status_code != httpx.codes.OK:
            raise BadAnswer(f"status {response.status_code}")
        told = response.json()
        return Answer(
            [words_of(reply) for reply in told["replies"]], guesses_of(told.get("understood"))
        )

    async def open_session(self, conversation_id: UUID) -> None:
        """Begin a new Rasa session, so that the cost of a turn does not grow with its past.

        No slot is carried over: what the dialogue must remember lies on our conversation.
        """
        events = [
            {"event": "action", "name": "action_session_start"},
            {"event": "session_started"},
            {"event": "action", "name": "action_listen"},
        ]
        try:
            response = await self._client.post(
                f"/conversations/{conversation_id}/tracker/events",
                params={"token": self._token},
                json=events,
            )
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise NoAnswer(type(error).__name__) from error

    async def ready(self) -> bool:
        """Whether a model is loaded (`/` would answer 200 without one)."""
        try:
            response = await self._client.get("/status", params={"token": self._token})
        except httpx.TransportError:
            return False
        return response.status_code == httpx.codes.OK and bool(response.json().get("model_file"))

    async def close(self) -> None:
        await self._client.aclose()


def words_of(reply: dict[str, Any]) -> Words:
    """A reply of Rasa's (or a bot event's data) as words."""
    return Words(
        text=(reply.get("text") or "").strip(),
        choices=tuple(
            (button["title"], button["payload"]) for button in reply.get("buttons") or []
        ),
        options=reply.get("custom") or {},
    )


def guesses_of(ranking: Any) -> tuple[Guess, ...]:
    """Rasa's ranking of intents; it has none for a message that it could not read."""
    return tuple(
        Guess(each["name"], float(each["confidence"])) for each in ranking or [] if each.get("name")
    )
