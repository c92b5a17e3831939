"""How is kept what a customer is to be told?"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Key


class NoticeRow(Base):
    """One thing to tell, until it is on its way or there is nowhere to tell it.

    `about_invoice_id`: it is about a debt, and is not told any more once that is paid.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_waiting", "created_at", postgresql_where=text("handled_at IS NULL")),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    # What the words need: plain values, {"money": minor, "currency"} or {"date": ISO}.
    values: Mapped[dict[str, Any]]
    key: Mapped[str] = mapped_column(unique=True)
    about_invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice.id"))
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    # told, nowhere (no conversation where it may be told), paid or unwanted
    outcome: Mapped[str | None]
    conversation_id: Mapped[UUID | None]


class NoticeChoice(Base):
    """What a customer said about one topic of notices, and where; the last word counts."""

    __tablename__ = "notice_choice"

    customer_id: Mapped[UUID] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True
    )
    topic: Mapped[str] = mapped_column(primary_key=True)
    wanted: Mapped[bool]
    stated_in: Mapped[str]  # telegram, sms, voice, desk
    stated_at: Mapped[datetime]
