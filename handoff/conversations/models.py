"""What is kept of a conversation: who owns it, what came in, what goes out?"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Key


class Owner(StrEnum):
    """Whose turn it is to speak: exactly one at a time."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"


class Author(StrEnum):
    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    NOTICE = "notice"


class Status(StrEnum):
    """Where an outgoing message is on its way."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"  # the provider may have taken it: never sent again blindly
    DROPPED = "dropped"  # the bot's late words: somebody else owns the conversation by now


# What somebody at the desk should know of.
UNDELIVERED = (Status.FAILED, Status.UNKNOWN)

# Both directions draw from one sequence, so that history has one order.
message_position = Sequence("message_position", metadata=Base.metadata)


class Conversation(Base):
    """One customer's exchange on one channel address; a call is a conversation of its own."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index(
            "uq_conversation_open",
            "channel",
            "address",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(String(64))
    phone: Mapped[str | None] = mapped_column(String(20))
    # Which of our numbers they wrote to: answers come from there.
    line: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2), default="ro")
    # How sure we are of the language: "default", "hint", "guessed", "profile", "detected" or
    # "chosen" (bot/language.py).
    language_source: Mapped[str] = mapped_column(String(10), default="default")
    owner: Mapped[Owner] = mapped_column(String(8), default=Owner.BOT)
    agent_id: Mapped[UUID | None]
    # Raised by every change of owner: words stamped with an older epoch are late.
    epoch: Mapped[int] = mapped_column(Integer, default=1)
    expects: Mapped[str | None] = mapped_column(String(32))
    # Dialogue state that must be believed: what to resume after verification, what a "yes"
    # would confirm, how often we did not understand. Written by the bot's actions only.
    dialogue: Mapped[dict[str, Any]] = mapped_column(default=dict)
    turns_in_session: Mapped[int] = mapped_column(Integer, default=0)
    lease_token: Mapped[UUID | None]
    # Leases are the machine's business: real time of the database, not the product's clock.
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    # Since when this address wants no notices (STOP); answers to questions it still gets.
    opted_out_at: Mapped[datetime | None]
    # Since when the provider refuses this address for good (blocked, no such number), until the
    # customer writes from it again.
    unreachable_at: Mapped[datetime | None]


class InboundMessage(Base):
    """One thing a customer said or did, masked, stored before it is answered."""

    __tablename__ = "inbound_message"
    __table_args__ = (
        UniqueConstraint("channel", "provider_message_id"),
        Index(
            "ix_inbound_message_waiting",
            "conversation_id",
            "position",
            postgresql_where=text("handled_at IS NULL"),
        ),
        Index("ix_inbound_message_history", "conversation_id", "position"),
    )

    id: Mapped[Key]
    position: Mapped[int] = mapped_column(BigInteger, message_position, unique=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    channel: Mapped[str] = mapped_column(String(16))
    provider_message_id: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text, default="")
    # The rest of what the provider told, by name: caption, contact_phone, confidence ...
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # How it ended: answered, to_desk, menu, failed, ignored.
    outcome: Mapped[str | None] = mapped_column(String(16))
    # An action that failed leaves its name here; the turn then ends in an apology and a person.
    failure: Mapped[str | None] = mapped_column(String(200))
    # What the provider was answered (TwiML), for a repeated delivery.
    answer: Mapped[str | None] = mapped_column(Text)
    # What the bot took the words for, likeliest first: [{"intent", "confidence"}]. NULL for what
    # was no words to understand: buttons, keys, secrets, words for an agent.
    understood: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    # What the bot had asked when these words came.
    asked: Mapped[str | None] = mapped_column(String(32))


class OutboundMessage(Base):
    """One message to a customer, from the moment it is due until its delivery is known."""

    __tablename__ = "outbound_message"
    __table_args__ = (
        Index(
            "ix_outbound_message_due",
            "channel",
            "position",
            postgresql_where=text("status IN ('queued', 'sending')"),
        ),
        Index("ix_outbound_message_history", "conversation_id", "position"),
        Index("ix_outbound_message_receipt", "channel", "provider_message_id"),
        Index(
            "ix_outbound_message_undelivered",
            "created_at",
            postgresql_where=text("status IN ('failed', 'unknown') AND attended_at IS NULL"),
        ),
        UniqueConstraint("key"),
    )

    id: Mapped[Key]
    position: Mapped[int] = mapped_column(BigInteger, message_position, unique=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    channel: Mapped[str] = mapped_column(String(16))
    in_reply_to: Mapped[UUID | None]
    # Given when the same words must never be written twice (a notice, an agent's click).
    key: Mapped[str | None] = mapped_column(String(160))
    author: Mapped[Author] = mapped_column(String(8))
    agent_name: Mapped[str | None] = mapped_column(String(80))
    epoch: Mapped[int] = mapped_column(Integer)
    # Either words, or the names of responses that are put into words at the moment of sending:
    # [{"response": "utter_...", "values": {...}}]. Values may be {"secret": "<vault id>"} or
    # {"document": "<invoice id>"}: a link to it.
    text: Mapped[str | None] = mapped_column(Text)
    parts: Mapped[list[Any]] = mapped_column(default=list)
    buttons: Mapped[list[Any]] = mapped_column(default=list)  # [{"title", "token"}]
    # asks, ask_contact, hang_up, must_hear, aside, document
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[Status] = mapped_column(String(10), default=Status.QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    claimed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    provider_message_id: Mapped[str | None] = mapped_column(String(160))
    failure: Mapped[str | None] = mapped_column(String(80))
    # What the provider reported of each part it took, by the part's number: receipts.py.
    receipts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    segments: Mapped[int | None] = mapped_column(Integer)  # of an SMS: what it cost
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    # Undelivered, and somebody at the desk has dealt with it.
    attended_at: Mapped[datetime | None]


class SendPace(Base):
    """How far ahead of its pace a way out is, and until when it is paused: pacing.py.

    One row for each chat that was written to a moment ago, and one for each of our own lines
    (the empty address where a channel has a single one).
    """

    __tablename__ = "send_pace"

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    ours: Mapped[bool] = mapped_column(Boolean, primary_key=True)  # a line of ours, not a chat
    # When the pace is kept again; real time of the database, as leases.
    ready_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    paused_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ButtonToken(Base):
    """What a shown button means; only the token ever leaves the house."""

    __tablename__ = "button_token"

    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    message_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[int] = mapped_column(Integer)  # its place, for "reply 1 or 2"
    title: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    # Of all buttons of a message at once: one press uses them up.
    pressed_at: Mapped[datetime | None]


class VaultedSecret(Base):
    """A code or PIN on its way, encrypted, for minutes."""

    __tablename__ = "vaulted_secret"

    id: Mapped[Key]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    # Set when a customer's message carried it; one secret a message.
    message_id: Mapped[UUID | None] = mapped_column(unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
