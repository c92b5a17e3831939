"""What is kept of customers who wait for a person, and of who is there to answer them?"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Key


class Reason(StrEnum):
    """Why a person is needed."""

    ASKED = "asked"
    MISUNDERSTOOD = "misunderstood"
    CORRECTION_ABOVE_LIMIT = "correction_above_limit"
    DISCOUNT_ABOVE_LIMIT = "discount_above_limit"
    REFUND_ABOVE_LIMIT = "refund_above_limit"
    LOCKED_IDENTITY = "locked_identity"
    DISTRESS = "distress"
    LEGAL_THREAT = "legal_threat"
    TURN_FAILED = "turn_failed"
    UNSUPPORTED = "unsupported"


class State(StrEnum):
    """Where a case is on its way; waiting and with_agent are open."""

    WAITING = "waiting"
    WITH_AGENT = "with_agent"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Case(Base):
    """One time that a person was needed in a conversation."""

    __tablename__ = "support_case"
    __table_args__ = (
        Index(
            "uq_support_case_open",
            "conversation_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'with_agent')"),
        ),
        Index(
            "ix_support_case_line",
            "priority",
            "number",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_support_case_closed", "closed_at", postgresql_where=text("state = 'closed'")),
    )

    id: Mapped[Key]
    # The order of arrival (clocks may be moved), and what agents call the case by.
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    customer_id: Mapped[UUID | None] = mapped_column(index=True)
    reason: Mapped[Reason] = mapped_column(String(32))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    priority: Mapped[int] = mapped_column(Integer)  # lower is sooner
    state: Mapped[State] = mapped_column(String(12), default=State.WAITING)
    agent_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # The customer need not stay: we call or write when it is their turn. The place is kept.
    callback_at: Mapped[datetime | None]
    # A call back is not made before; later than `callback_at` outside working hours, or when
    # nobody was reached.
    callback_due: Mapped[datetime | None]
    # The conversation in which a person was asked for, when the case has moved to another one: a
    # caller goes on in writing, or was called back.
    begun_in: Mapped[UUID | None] = mapped_column(ForeignKey("conversation.id"))
    # What a waiting customer was last told of the place and wait, and when.
    announced: Mapped[dict[str, Any] | None]
    announced_at: Mapped[datetime | None]
    # When the talk by phone with the agent ended; the agent may still have something to do.
    spoken_at: Mapped[datetime | None]
    # What agents wrote down: [{"at": ..., "by": ..., "text": ...}].
    notes: Mapped[list[Any]] = mapped_column(default=list)
    # When the customer last heard that their words were passed on.
    acknowledged_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(32))
    agreed: Mapped[str | None] = mapped_column(Text)
    # What the agent gave: [{"kind": "discount" | "correction" | "extension", ...}].
    granted: Mapped[list[Any]] = mapped_column(default=list)


class CallbackState(StrEnum):
    """How far one try to call a customer back is; all but `calling` are its end."""

    CALLING = "calling"
    ACCEPTED = "accepted"  # somebody pressed the key and waits for an agent
    DECLINED = "declined"
    UNANSWERED = "unanswered"  # somebody or something answered and pressed no key
    MACHINE = "machine"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    LOST = "lost"  # nobody ever told how it ended


class CallbackAttempt(Base):
    """One try to call a customer back."""

    __tablename__ = "callback_attempt"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        # Never two calls at once for one customer.
        Index(
            "uq_callback_attempt_calling",
            "case_id",
            unique=True,
            postgresql_where=text("state = 'calling'"),
        ),
    )

    id: Mapped[Key]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("support_case.id"))
    number: Mapped[int] = mapped_column(Integer)  # of the case's tries, from 1
    state: Mapped[CallbackState] = mapped_column(String(12), default=CallbackState.CALLING)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AgentPresence(Base):
    """Whether an agent is at the desk: seen lately, in the database's real time."""

    __tablename__ = "agent_presence"

    agent_id: Mapped[UUID] = mapped_column(primary_key=True)
    available: Mapped[bool] = mapped_column(default=True)
    # The demo's agents count as present without anybody sitting there.
    always: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class QueuePolicyRow(Base):
    """The one row that says when people are on duty; without it the defaults hold."""

    __tablename__ = "queue_policy"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hours: Mapped[str] = mapped_column(Text)
    zone: Mapped[str] = mapped_column(String(64))
    closed_on: Mapped[list[Any]] = mapped_column(default=list)  # ISO dates
    handling_seconds: Mapped[int] = mapped_column(Integer)
