"""How are agreements to pay later kept?"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Currency, Key, Minor


class Arrangement(Base):
    """The customer may pay these invoices until `pay_by`.

    Paid whole by then, or in parts (ArrangementPart) of which that is the last. Kept or open is
    derived from what is still owed. `broken_on` is the day on which it was noticed that they, or
    a part, were not paid: paying afterwards does not undo that.
    """

    __tablename__ = "arrangement"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("broken_on > made_on", name="broken_after"),
        # What late fees and the daily job look at.
        Index("ix_arrangement_unbroken", "pay_by", postgresql_where=text("broken_on IS NULL")),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    made_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    pay_by: Mapped[date]
    broken_on: Mapped[date | None]


class ArrangementInvoice(Base):
    """An invoice that an arrangement covers, and what was owed on it then."""

    __tablename__ = "arrangement_invoice"

    arrangement_id: Mapped[UUID] = mapped_column(
        ForeignKey("arrangement.id", ondelete="CASCADE"), primary_key=True
    )
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), primary_key=True, index=True)
    amount_minor: Mapped[Minor]


class ArrangementPart(Base):
    """An instalment: so much of the arrangement's amount is to be paid by then."""

    __tablename__ = "arrangement_part"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="positive"),)

    arrangement_id: Mapped[UUID] = mapped_column(
        ForeignKey("arrangement.id", ondelete="CASCADE"), primary_key=True
    )
    due_on: Mapped[date] = mapped_column(primary_key=True)
    amount_minor: Mapped[Minor]
