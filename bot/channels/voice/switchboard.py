"""What does the phone line ask of the house about agents' phones and calls back?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Ending(StrEnum):
    """How a call back ended without a talk."""

    DECLINED = "declined"
    UNANSWERED = "unanswered"
    MACHINE = "machine"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class CalledBack:
    """Who is called back: their language, and whether the call is still wanted."""

    language: str
    wanted: bool


class Switchboard(Protocol):
    async def news(self, conversation_id: UUID) -> None:
        """A caller waits: how the line stands becomes due words, if that is news."""
        ...

    async def whisper(self, call_sid: str) -> Sentence | None:
        """Who is calling and why, for the agent whose phone was called; None: for nobody."""
        ...

    async def take(self, call_sid: str) -> bool:
        """The agent takes the call; False when it is too late."""
        ...

    async def put_down(self, conversation_id: UUID) -> None:
        """The agent's phone is put down, or nobody took it."""
        ...

    async def called_back(self, attempt: UUID) -> CalledBack | None:
        """Whom this try is for; None for an unknown one."""
        ...

    async def accept(self, attempt: UUID, *, call_sid: str, phone: str | None) -> bool:
        """Somebody answered and wants the talk: they wait from now on, in this call."""
        ...

    async def ended(self, attempt: UUID, ending: Ending) -> bool:
        """The try is over; told twice, it counts once. True: there was a talk, and it is over."""
        ...
