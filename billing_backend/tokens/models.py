"""How are the tokens of programs kept?"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Key


class ApiToken(Base):
    """A program's token, as its SHA-256: whoever reads the table cannot use it.

    A fast hash is enough, because a token is 256 random bits and nothing that can be guessed.
    """

    __tablename__ = "api_token"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    scopes: Mapped[list[Any]]
    tier: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
