"""How are payments and what they paid kept?"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, literal_column, text
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
