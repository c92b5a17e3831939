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
    # When the customer last heard that their words were passed on.
    acknowledged_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(32))
    agreed: Mapped[str | None] = mapped_column(Text)
    # What the agent gave: [{"kind": "discount" | "correction" | "extension", ...}].
    granted: Mapped[list[Any]] = mapped_column(default=list)


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
