"""What is kept of a message that the assistant should learn from?"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Key


class Why(StrEnum):
    """Why a message is on the list."""

    NOT_UNDERSTOOD = "not_understood"
    LED_TO_PERSON = "led_to_person"
    FAILED = "failed"


class MessageReview(Base):
    """One message, once, without who was meant in it. It goes when its message or conversation
    goes. Decided and without an intent: dismissed."""

    __tablename__ = "message_review"
    __table_args__ = (
        CheckConstraint("(decided_at is null) = (decided_by is null)", name="decided"),
        CheckConstraint("intent is null or decided_at is not null", name="intent"),
        CheckConstraint("exported_at is null or decided_at is not null", name="exported"),
        Index("ix_message_review_open", "position", postgresql_where=text("decided_at IS NULL")),
        Index(
            "ix_message_review_decided",
            "decided_at",
            postgresql_where=text("decided_at IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("inbound_message.id", ondelete="CASCADE"), unique=True
    )
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    # The message's place among all: the order of the list.
    position: Mapped[int] = mapped_column(BigInteger, unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]
    why: Mapped[Why] = mapped_column(String(16))
    understood: Mapped[list[Any]] = mapped_column(default=list)  # [{"intent", "confidence"}]
    asked: Mapped[str | None] = mapped_column(String(32))
    intent: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    # When it was written to a file of training examples that a person means to commit.
    exported_at: Mapped[datetime | None]
