"""What is wrong on an account, and how is it given back?"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.backend.base import Base
from billing_backend.contract import (
    AboveLimit,
    AlreadyCorrected,
    Authority,
    Corrected,
    Credited,
    CreditRefused,
    Finding,
)
from billing_backend.corrections import crediting
from billing_backend.corrections import service as corrections
from billing_backend.money import Money


class BuiltInCorrections(Base):
    async def review(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> Sequence[Finding]:
        return await corrections.review(session, account_id, today=today, policy=self.policy)

    async def correct(
        self,
        session: AsyncSession,
        account_id: UUID,
        finding_id: str,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Corrected | AboveLimit | AlreadyCorrected:
        return await corrections.correct(
            session,
            account_id,
            finding_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def credit(
        self,
        session: AsyncSession,
        invoice_number: str,
        *,
        line: int | None,
        amount: Money | None,
        reason: str,
        note: str,
        authority: Authority,
        key: str,
        now: datetime,
        expected_left: Money | None = None,
    ) -> Credited | AboveLimit | CreditRefused:
        return await crediting.credit(
            session,
            invoice_number,
            line=line,
            amount=amount,
            reason=reason,
            note=note,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
            expected_left=expected_left,
        )
