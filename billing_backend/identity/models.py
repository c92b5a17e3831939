"""What is kept of a person's identity: who they are taken for, codes, PINs, wrong tries?"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Key


class IdentificationRow(Base):
    """Who one conversation's person is taken for.

    `claimed_number` is what they say; `customer_id` is set from `recognised` up.
    """

    __tablename__ = "identification"

    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    claimed_number: Mapped[str | None] = mapped_column(String(32))
    customer_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), index=True
    )
    method: Mapped[str | None] = mapped_column(String(32))
    verified_at: Mapped[datetime | None]


class OneTimeCode(Base):
    """A code that was issued, as a keyed digest; also for numbers that nobody has."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        Index("ix_one_time_code_subject", "subject", "issued_at"),
        Index("ix_one_time_code_address", "address", "issued_at"),
    )

    id: Mapped[Key]
    conversation_id: Mapped[UUID] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(128))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Pin(Base):
    """A customer's PIN, as an argon2id hash."""

    __tablename__ = "pin"

    customer_id: Mapped[UUID] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True
    )
    hash: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime]


class FailedTry(Base):
    """One wrong code or PIN: counted for the customer it aimed at and for its address.

    `forgiven_at` is set when the same address later proves to be the same customer: it was a
    typing error. Others' tries at that customer stay counted.
    """

    __tablename__ = "failed_try"
    __table_args__ = (
        Index("ix_failed_try_subject", "subject", "failed_at"),
        Index("ix_failed_try_address", "address", "failed_at"),
    )

    id: Mapped[Key]
    subject: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(128))
    failed_at: Mapped[datetime]
    forgiven_at: Mapped[datetime | None]
