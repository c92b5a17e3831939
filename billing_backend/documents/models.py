"""How is it kept to whom an account's invoices are made out?"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base


class BillingDetails(Base):
    """Name and address on an account's documents, from a day on. Rows are only added: a document
    goes by its day of issue, so that a removal does not change what was issued before.

    `tax_id` is a company's CUI, with RO when it is registered for VAT; a person has none. The
    lengths are those of CIUS-RO (BR-RO-L200, L150, L050, L020).
    """

    __tablename__ = "billing_details"
    __table_args__ = (CheckConstraint("county <> 'RO-B' or city ~ '^Sector [1-6]$'", name="city"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    tax_id: Mapped[str | None] = mapped_column(String(12))
    registration: Mapped[str | None] = mapped_column(String(40))
    street: Mapped[str] = mapped_column(String(150))
    city: Mapped[str] = mapped_column(String(50))
    county: Mapped[str] = mapped_column(String(6))
    postal_code: Mapped[str] = mapped_column(String(20), default="")
    country: Mapped[str] = mapped_column(String(2), default="RO")
