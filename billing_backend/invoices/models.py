"""How are invoices kept?"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Currency, Key, Minor


class NumberSeries(Base):
    """The last number given in a series and year; its row lock keeps the numbers gapless."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Invoice(Base):
    """An issued invoice; it never changes. Paid or overdue is derived, not stored."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("account_id", "period_start"),
        UniqueConstraint("series", "year", "serial"),
        CheckConstraint("net_minor + tax_minor = total_minor", name="adds_up"),
        Index(None, "account_id", "issued_on"),
        Index(None, "due_on"),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    series: Mapped[str]
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    period_start: Mapped[date]
    period_end: Mapped[date]  # included
    issued_on: Mapped[date]
    due_on: Mapped[date]
    issued_at: Mapped[datetime | None]  # the moment of the run, as credit used then has it
    net_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    total_minor: Mapped[Minor]
    currency: Mapped[Currency]


class ParkedAccount(Base):
    """An account whose invoice could not be drawn up, until one is issued.

    `reason` and `detail` are those of CannotBill.
    """

    __tablename__ = "parked_account"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    period_start: Mapped[date]
    reason: Mapped[str]
    detail: Mapped[str]
    parked_at: Mapped[datetime]


class InvoiceLine(Base):
    """One line; the taxes of a rate's lines sum to the invoice's tax of that rate."""

    __tablename__ = "invoice_line"

    id: Mapped[Key]
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    description: Mapped[dict[str, Any]]
    quantity: Mapped[int]
    net_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    tax_rate_bp: Mapped[int]
    period_start: Mapped[date]
    period_end: Mapped[date]
    product_code: Mapped[str | None] = mapped_column(ForeignKey("product.code"))
    subscription_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscription.id"), index=True)
    promotion_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreed_promotion.id"))
    # The discount's grant; no foreign key: invoices don't know how discounts are kept.
    grant_id: Mapped[UUID | None] = mapped_column(index=True)
    charge_id: Mapped[UUID | None] = mapped_column(ForeignKey("charge.id"), unique=True)


class Charge(Base):
    """Something to be put on the account's next invoice: a late fee or a one-off.

    It is billed when an invoice line points to it. `late_for_invoice_id` is unique: a late fee
    comes once per invoice.
    """

    __tablename__ = "charge"
    __table_args__ = (CheckConstraint("kind in ('late_fee', 'one_off')", name="kind"),)

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    description: Mapped[dict[str, Any]]
    net_minor: Mapped[Minor]
    currency: Mapped[Currency]
    supplied_on: Mapped[date]
    late_for_invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice.id"), unique=True)
