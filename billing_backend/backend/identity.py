"""Who is talking, and how is that proved?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import identity
from billing_backend.backend.base import Base
from billing_backend.contract import CodeIssued, Identification, LockedOut, Verified, WrongSecret


class BuiltInIdentity(Base):
    async def recognise(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        *,
        phone: str,
        method: str,
        now: datetime,
    ) -> Identification:
        return await identity.recognise(
            session, conversation_id, phone=phone, method=method, now=now, policy=self.policy
        )

    async def identification(
        self, session: AsyncSession, conversation_id: UUID, *, now: datetime
    ) -> Identification:
        return await identity.identification(session, conversation_id, now=now, policy=self.policy)

    async def proved_in(self, session: AsyncSession, customer_id: UUID) -> Sequence[UUID]:
        return await identity.proved_in(session, customer_id)

    async def name_customer(
        self, session: AsyncSession, conversation_id: UUID, number: str, *, now: datetime
    ) -> None:
        await identity.name_customer(session, conversation_id, number, now=now)

    async def issue_code(
        self, session: AsyncSession, conversation_id: UUID, *, address: str, now: datetime
    ) -> CodeIssued | LockedOut:
        return await identity.issue_code(
            session,
            conversation_id,
            address=address,
            now=now,
            policy=self.policy,
            code_key=self._code_key,
        )

    async def check_code(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        code: str,
        *,
        address: str,
        now: datetime,
    ) -> Verified | WrongSecret | LockedOut:
        return await identity.check_code(
            session,
            conversation_id,
            code,
            address=address,
            now=now,
            policy=self.policy,
            code_key=self._code_key,
        )

    async def check_pin(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        pin: str,
        *,
        address: str,
        now: datetime,
    ) -> Verified | WrongSecret | LockedOut:
        return await identity.check_pin(
            session, conversation_id, pin, address=address, now=now, policy=self.policy
        )

    async def lockout(
        self, session: AsyncSession, conversation_id: UUID, *, address: str, now: datetime
    ) -> LockedOut | None:
        return await identity.lockout(
            session, conversation_id, address=address, now=now, policy=self.policy
        )

    async def forget_identification(self, session: AsyncSession, conversation_id: UUID) -> None:
        await identity.forget_identification(session, conversation_id)
