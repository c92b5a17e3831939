"""How are the books kept?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Currency, Key, Minor


class JournalEntry(Base):
    """Something that happened to money. Rows are only added."""

    __tablename__ = "journal_entry"
    __table_args__ = (Index(None, "account_id", "posted_at"),)

    id: Mapped[Key]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]  # invoice_issued, payment_received, credit_note, credit_used, ...
    document: Mapped[str]  # the number of the invoice, credit note, payment or grant behind it
    key: Mapped[str] = mapped_column(unique=True)
    posted_at: Mapped[datetime]


class JournalTransfer(Base):
    """One amount from one account of the books to another."""

    __tablename__ = "journal_transfer"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        CheckConstraint("debit <> credit", name="two_accounts"),
    )

    id: Mapped[Key]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entry.id"), index=True)
    debit: Mapped[str]
    credit: Mapped[str]
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
