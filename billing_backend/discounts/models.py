"""How are offers, grants, their budgets and the decisions behind them kept?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Currency, Key, Minor


class DiscountBudget(Base):
    """What one rule may give in one calendar month. The check is the last line of defence."""

    __tablename__ = "discount_budget"
    __table_args__ = (
        UniqueConstraint("rule_id", "month"),
        CheckConstraint("reserved_minor >= 0 and spent_minor >= 0", name="not_negative"),
        CheckConstraint("reserved_minor + spent_minor <= limit_minor", name="not_overshot"),
    )

    id: Mapped[Key]
    rule_id: Mapped[str]
    month: Mapped[date]  # its first day
    limit_minor: Mapped[Minor]
    reserved_minor: Mapped[Minor] = mapped_column(default=0)  # by open offers
    spent_minor: Mapped[Minor] = mapped_column(default=0)  # by grants
    currency: Mapped[Currency]


class OfferRow(Base):
    """An offer that was made. Its amount is reserved in the budget while it is open.

    `number` counts the account's offers of a month; the table refuses a third.
    """

    __tablename__ = "discount_offer"
    __table_args__ = (
        UniqueConstraint("account_id", "episode", "number"),
        CheckConstraint("number between 1 and 9", name="number"),
        CheckConstraint("amount_minor = monthly_minor * months", name="adds_up"),
        CheckConstraint(
            "state in ('open', 'accepted', 'refused', 'expired', 'withdrawn')", name="state"
        ),
        Index("ix_discount_offer_open", "expires_at", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    conversation_id: Mapped[UUID | None]
    episode: Mapped[date]  # the first day of its month
    number: Mapped[int]
    rule_id: Mapped[str]
    rule_version: Mapped[str]
    percent_bp: Mapped[int | None]
    monthly_net_minor: Mapped[Minor]
    monthly_minor: Mapped[Minor]
    months: Mapped[int]
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    starts: Mapped[str]
    tier: Mapped[str]
    budget_id: Mapped[UUID] = mapped_column(ForeignKey("discount_budget.id"))
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    closed_at: Mapped[datetime | None]


class Grant(Base):
    """A discount that a customer has: a fixed net amount in each of `months` periods.

    The first period is that which begins in the month of `first_month`. Which of them have been
    given is derived from invoices and credit notes, where lines point to the grant.
    """

    __tablename__ = "discount_grant"
    __table_args__ = (
        CheckConstraint("amount_minor = monthly_minor * months", name="adds_up"),
        CheckConstraint("extract(day from first_month) = 1", name="first_day"),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("discount_offer.id"), unique=True)
    rule_id: Mapped[str]
    percent_bp: Mapped[int | None]
    monthly_net_minor: Mapped[Minor]
    monthly_minor: Mapped[Minor]
    months: Mapped[int]
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    first_month: Mapped[date]
    # The first month was given on an invoice that had been issued before.
    credited: Mapped[bool] = mapped_column(default=False)
    granted_by: Mapped[str]
    granted_at: Mapped[datetime]
    granted_on: Mapped[date]


class Decision(Base):
    """Why an offer was made or not: facts, rule, everything that failed. Rows are only added.

    `held_out` marks those whom the experiment left without an offer that they would have got;
    `breach` a person's grant to somebody held out. Auditors see both, nobody else.
    """

    __tablename__ = "discount_decision"
    __table_args__ = (Index(None, "customer_id", "decided_at"),)

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    conversation_id: Mapped[UUID | None]
    decided_at: Mapped[datetime]
    actor: Mapped[str]
    tier: Mapped[str]
    facts: Mapped[dict[str, Any]]
    rule_id: Mapped[str]
    rule_version: Mapped[str]
    outcome: Mapped[str]  # "offered", "granted", "refused"
    reason: Mapped[str | None]  # of a refusal
    conditions: Mapped[list[Any]]
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("discount_offer.id"))
    grant_id: Mapped[UUID | None] = mapped_column(ForeignKey("discount_grant.id"))
    held_out: Mapped[bool] = mapped_column(default=False)
    breach: Mapped[bool] = mapped_column(default=False)
