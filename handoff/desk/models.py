"""What is kept of the people at the desk: who they are, and who is signed in?"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.contract import Authority, Tier
from billing_backend.db import Base, Key


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"


class Agent(Base):
    """A person who answers customers."""

    __tablename__ = "desk_agent"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(254), unique=True)  # in small letters
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(Text)  # argon2id
    role: Mapped[Role] = mapped_column(String(12), default=Role.AGENT)
    # Where calls are put through to, in E.164.
    phone: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2), default="en")
    disabled_at: Mapped[datetime | None]

    @property
    def authority(self) -> Authority:
        """How much the agent may give, and the name that the audit log keeps."""
        tier = Tier.SUPERVISOR if self.role == Role.SUPERVISOR else Tier.AGENT
        return Authority(tier=tier, name=self.name)

    @property
    def first_name(self) -> str:
        """What customers are told."""
        return self.name.split()[0]


class DeskSession(Base):
    """One sign-in; of its token only the hash is kept. Real time, not the product's clock."""

    __tablename__ = "desk_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("desk_agent.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SignInTries(Base):
    """Wrong passwords for one e-mail address, whether an agent has it or not."""

    __tablename__ = "desk_sign_in_tries"

    email_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    tries: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(index=True)
