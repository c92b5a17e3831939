"""How are payments kept, what they paid, and how they were asked for and given back?"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Currency, Key, Minor

# The words of the payer's note, whatever stands between them; the index has the same expression.
_NOTE_WORDS = "regexp_split_to_array(payer_note, '[^A-Za-z0-9-]+')"


def note_words() -> ColumnElement[list[str]]:
    """Of the Payment of the query around it."""
    return literal_column(_NOTE_WORDS)


class Payment(Base):
    """Money received. Without an account it waits until somebody finds whose it is.

    `reference` is the bank's or provider's own, unique: the same payment reported twice is one.
    `payer_note` is what the payer wrote: often an invoice or customer number.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        # Finds payments by a number that the payer wrote, among millions.
        Index("ix_payment_note_words", text(_NOTE_WORDS), postgresql_using="gin"),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    received_on: Mapped[date]
    method: Mapped[str]  # "card", "bank_transfer", "cash"
    reference: Mapped[str] = mapped_column(unique=True)
    payer_note: Mapped[str] = mapped_column(default="")
    # The day on which it turned out not to have come (bounced, recalled): it pays nothing.
    reversed_on: Mapped[date | None]


class Allocation(Base):
    """So much of a payment or credit note pays so much of an invoice.

    `from_credit`: it lay on the account as credit when the invoice was issued, and was used then.
    A reversed payment's allocations stay, each with its opposite below zero.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="not_zero"),
        CheckConstraint("num_nonnulls(payment_id, credit_note_id) = 1", name="one_source"),
    )

    id: Mapped[Key]
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"), index=True)
    credit_note_id: Mapped[UUID | None] = mapped_column(ForeignKey("credit_note.id"), index=True)
    amount_minor: Mapped[Minor]
    allocated_at: Mapped[datetime]
    from_credit: Mapped[bool] = mapped_column(default=False)


class PaymentLink(Base):
    """An invitation to pay so much, reached by its token until it expires.

    Whether it was paid is derived from its checkouts. `conversation_id` is where the payer is
    told; no foreign key: billing doesn't know how conversations are kept.
    """

    __tablename__ = "payment_link"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="positive"),)

    id: Mapped[Key]
    token: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice.id"))
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    language: Mapped[str] = mapped_column(String(2))
    conversation_id: Mapped[UUID | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Checkout(Base):
    """One time that a link was opened at the payment provider.

    state: opening (the provider was not reached yet), open, processing (paid by a method whose
    money is still on its way), paid, failed, expired. `failed_at` and `failure` tell of the last
    try that did not succeed; a card may be declined and the checkout stay open.
    """

    __tablename__ = "payment_checkout"
    __table_args__ = (
        UniqueConstraint("link_id", "number"),
        CheckConstraint(
            "state in ('opening', 'open', 'processing', 'paid', 'failed', 'expired')",
            name="state",
        ),
    )

    id: Mapped[Key]
    link_id: Mapped[UUID] = mapped_column(ForeignKey("payment_link.id"))
    number: Mapped[int]
    state: Mapped[str]
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    url: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    payment_reference: Mapped[str | None] = mapped_column(unique=True)
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]


class ProviderEvent(Base):
    """An event of the payment provider that was applied: none is applied twice."""

    __tablename__ = "payment_provider_event"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    received_at: Mapped[datetime]


class Refund(Base):
    """So much of a payment or credit note goes back to the customer.

    `method`: provider (back to the card, by the payment provider) or bank_transfer (a person
    makes it). `state`: requested, sent or failed; a failed one is the customer's credit again.
    `attempts` and the times of tries are the sender's, in the machine's own time.
    """

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("num_nonnulls(payment_id, credit_note_id) = 1", name="one_source"),
        CheckConstraint("method in ('provider', 'bank_transfer')", name="method"),
        CheckConstraint("state in ('requested', 'sent', 'failed')", name="state"),
        Index("ix_refund_requested", "requested_at", postgresql_where=text("state = 'requested'")),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(unique=True)
    # None: the money was nobody's, and goes back where it came from.
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"), index=True)
    credit_note_id: Mapped[UUID | None] = mapped_column(ForeignKey("credit_note.id"), index=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    method: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str]
    requested_at: Mapped[datetime]
    requested_by: Mapped[str]
    settled_at: Mapped[datetime | None]
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    failure: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    first_try_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    next_try_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
