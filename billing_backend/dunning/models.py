"""How is kept what was done about a debt, and when a service was suspended for it?"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Key


class DunningStep(Base):
    """A step that was done about an invoice. The key keeps it from being done twice in a round;
    rounds are counted from 0."""

    __tablename__ = "dunning_step"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(primary_key=True)
    done_on: Mapped[date]
    done_at: Mapped[datetime]


class Suspension(Base):
    """The account's service did not work from a day until another, for a debt.

    Rows are the history; the service is suspended while one has no `restored_on`.
    """

    __tablename__ = "suspension"
    __table_args__ = (
        CheckConstraint("restored_on >= suspended_on", name="in_order"),
        Index(
            "uq_suspension_running",
            "account_id",
            unique=True,
            postgresql_where=text("restored_on IS NULL"),
        ),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"))
    suspended_on: Mapped[date]
    suspended_at: Mapped[datetime]
    restored_on: Mapped[date | None]
    restored_at: Mapped[datetime | None]
    # paid, or not_owed: disputed, credited or arranged instead.
    restored_because: Mapped[str | None]
