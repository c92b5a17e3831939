"""How are disputes opened and answered?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.backend.base import Base
from billing_backend.contract import (
    AboveLimit,
    Authority,
    DisputeOpened,
    DisputeRefused,
    DisputeSummary,
    DisputeUpheld,
)
from billing_backend.disputes import answering
from billing_backend.disputes import service as disputes
from billing_backend.money import Money


class BuiltInDisputes(Base):
    async def disputes(self, session: AsyncSession, account_id: UUID) -> Sequence[DisputeSummary]:
        return await disputes.list_disputes(session, account_id)

    async def open_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        invoice_number: str,
        *,
        line_ids: Sequence[UUID] = (),
        amount: Money | None = None,
        reason: str,
        words: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeOpened | DisputeRefused:
        return await disputes.open_dispute(
            session,
            account_id,
            invoice_number,
            disputes.Wanted(tuple(line_ids), amount, reason, words),
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def review_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeSummary | DisputeRefused:
        return await answering.review_dispute(
            session, account_id, number, authority=authority, key=key, now=now
        )

    async def uphold_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        amount: Money | None = None,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeUpheld | DisputeRefused | AboveLimit:
        return await answering.uphold_dispute(
            session,
            account_id,
            number,
            amount=amount,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def reject_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        answer: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeSummary | DisputeRefused:
        return await answering.reject_dispute(
            session,
            account_id,
            number,
            answer=answer,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def withdraw_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeSummary | DisputeRefused:
        return await answering.withdraw_dispute(
            session,
            account_id,
            number,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )
