"""How are credit notes kept?"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Currency, Key, Minor


class CreditNote(Base):
    """Money given back on an issued invoice. Amounts are positive, in the customer's favour.

    `reason` is a code of reasons.py; `note` is what a person wrote to it. `finding_id` is
    unique: one error is credited once, whoever tries.
    """

    __tablename__ = "credit_note"
    __table_args__ = (
        UniqueConstraint("series", "year", "serial"),
        UniqueConstraint("account_id", "finding_id"),
        CheckConstraint("net_minor + tax_minor = total_minor", name="adds_up"),
        CheckConstraint("total_minor > 0", name="positive"),
        # What the statistics read.
        Index(None, "issued_on"),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    series: Mapped[str]
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    issued_on: Mapped[date]
    issued_by: Mapped[str]
    net_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    total_minor: Mapped[Minor]
    currency: Mapped[Currency]
    finding_id: Mapped[str | None]
    grant_id: Mapped[UUID | None]


class CreditNoteLine(Base):
    """What is credited, of which invoice line (None: of the invoice as a whole), at which rate."""

    __tablename__ = "credit_note_line"

    id: Mapped[Key]
    credit_note_id: Mapped[UUID] = mapped_column(ForeignKey("credit_note.id"), index=True)
    invoice_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice_line.id"), index=True)
    description: Mapped[dict[str, Any]]
    net_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    tax_rate_bp: Mapped[int]
