"""How are disputes kept?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Currency, Key, Minor


class Dispute(Base):
    """A customer does not agree with so much of an invoice.

    `words` are the customer's own, `evidence` what the account review found at the opening.
    After a rejection, or where only a part was upheld, the rest is due again on `due_again_on`.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("credited_minor between 0 and amount_minor", name="credited"),
        CheckConstraint(
            "state in ('open', 'under_review', 'upheld', 'rejected', 'withdrawn')", name="state"
        ),
        CheckConstraint(
            "(answered_on is null) = (state in ('open', 'under_review'))", name="answered"
        ),
        Index("ix_dispute_unanswered", "answer_by", postgresql_where=text("answered_on IS NULL")),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    reason: Mapped[str]
    words: Mapped[str]
    evidence: Mapped[dict[str, Any]]
    state: Mapped[str]
    opened_on: Mapped[date]
    answer_by: Mapped[date]
    answered_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(default="")
    credited_minor: Mapped[Minor] = mapped_column(default=0)
    credit_note_number: Mapped[str | None]
    due_again_on: Mapped[date | None]


class DisputeLine(Base):
    """A line that is disputed. Without any, it is the invoice as a whole."""

    __tablename__ = "dispute_line"

    dispute_id: Mapped[UUID] = mapped_column(ForeignKey("dispute.id"), primary_key=True)
    invoice_line_id: Mapped[UUID] = mapped_column(
        ForeignKey("invoice_line.id"), primary_key=True, index=True
    )


class DisputeEvent(Base):
    """A change of a dispute's state: by whom and when. Rows are only added."""

    __tablename__ = "dispute_event"

    dispute_id: Mapped[UUID] = mapped_column(ForeignKey("dispute.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 1
    at: Mapped[datetime]
    by: Mapped[str]
    state: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
