"""Who is talking, and how is that proved?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


class Level(StrEnum):
    UNKNOWN = "unknown"
    RECOGNISED = "recognised"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Identification:
    """What is known of the person in one conversation.

    `customer_id` is set from `recognised` up. A `recognised` customer must still be proved
    before amounts are told; `fresh` says that the proof is young enough to change money.
    """

    level: Level
    customer_id: UUID | None = None
    method: str | None = None  # "telegram_contact", "caller_number", "code", "pin"
    verified_at: datetime | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class CodeIssued:
    """A one-time code to deliver. `phone` is None for a customer number that nobody has:
    then nothing is sent, and the words said must be the same as for a real one."""

    phone: str | None
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Verified:
    customer_id: UUID
    first_name: str


@dataclass(frozen=True, slots=True)
class WrongSecret:
    """The code or PIN is not right (or expired, or there is none: the words are the same)."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class LockedOut:
    until: datetime


class Identity(Protocol):
    """`address` is the channel's own (phone or Telegram id), for lockouts."""

    async def recognise(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        *,
        phone: str,
        method: str,
        now: datetime,
    ) -> Identification: ...

    async def identification(
        self, session: AsyncSession, conversation_id: UUID, *, now: datetime
    ) -> Identification: ...

    async def proved_in(self, session: AsyncSession, customer_id: UUID) -> Sequence[UUID]:
        """The conversations in which this customer proved who they are, also those that are over;
        the latest proof first."""
        ...

    async def name_customer(
        self, session: AsyncSession, conversation_id: UUID, number: str, *, now: datetime
    ) -> None:
        """The person says which customer they are; unknown numbers behave like known ones."""
        ...

    async def issue_code(
        self, session: AsyncSession, conversation_id: UUID, *, address: str, now: datetime
    ) -> CodeIssued | LockedOut: ...

    async def check_code(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        code: str,
        *,
        address: str,
        now: datetime,
    ) -> Verified | WrongSecret | LockedOut: ...

    async def check_pin(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        pin: str,
        *,
        address: str,
        now: datetime,
    ) -> Verified | WrongSecret | LockedOut: ...

    async def lockout(
        self, session: AsyncSession, conversation_id: UUID, *, address: str, now: datetime
    ) -> LockedOut | None: ...

    async def forget_identification(self, session: AsyncSession, conversation_id: UUID) -> None: ...
