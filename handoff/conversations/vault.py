"""Where do codes and PINs rest for the minutes they are needed, so that nothing else keeps them?"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from cryptography.fernet import Fernet
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.models import VaultedSecret

LIFETIME = timedelta(minutes=10)


class Vault:
    """Encrypts with a key that is not in the database (LIMPEDE_SECRET_KEY)."""

    def __init__(self, key: bytes) -> None:
        self._cipher = Fernet(key)

    async def put(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        secret: str,
        *,
        message_id: UUID | None = None,
    ) -> UUID:
        """Keep a secret; `message_id` when a customer's message carried it."""
        reference = uuid4()
        await session.execute(
            insert(VaultedSecret).values(
                id=reference,
                conversation_id=conversation_id,
                message_id=message_id,
                sealed=self._cipher.encrypt(secret.encode()),
                expires_at=func.clock_timestamp() + LIFETIME,
            )
        )
        return reference

    async def of_message(self, session: AsyncSession, message_id: UUID) -> str | None:
        """What the customer's message carried; None if nothing or expired."""
        return await self._open(session, VaultedSecret.message_id == message_id)

    async def resolve(self, session: AsyncSession, reference: UUID) -> str | None:
        """A secret to be put into an outgoing message now; None when it has expired."""
        return await self._open(session, VaultedSecret.id == reference)

    async def forget(self, session: AsyncSession, message_id: UUID) -> None:
        await session.execute(delete(VaultedSecret).where(VaultedSecret.message_id == message_id))

    async def _open(self, session: AsyncSession, condition: object) -> str | None:
        sealed = await session.scalar(
            select(VaultedSecret.sealed).where(
                condition,  # type: ignore[arg-type]
                VaultedSecret.expires_at > func.clock_timestamp(),
            )
        )
        return None if sealed is None else self._cipher.decrypt(sealed).decode()


async def forget_expired(session: AsyncSession) -> None:
    await session.execute(
        delete(VaultedSecret).where(VaultedSecret.expires_at <= func.clock_timestamp())
    )
