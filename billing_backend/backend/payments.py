"""How is a bill paid by link, and how does money go back?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.backend.base import Base
from billing_backend.contract import (
    AboveLimit,
    Authority,
    LinkRefused,
    PaymentFacts,
    PaymentLinkFacts,
    PaymentProgress,
    RefundFacts,
    RefundRefused,
    RefundsRequested,
)
from billing_backend.money import Money
from billing_backend.payments import history, links, refunds


class BuiltInPayments(Base):
    @property
    def takes_payments(self) -> bool:
        return self._pay_address is not None

    async def payment_link(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        amount: Money | None = None,
        invoice_number: str | None = None,
        language: str,
        conversation_id: UUID | None,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> PaymentLinkFacts | LinkRefused:
        if self._pay_address is None:
            nothing = Money(0, self.policy.currency)
            return LinkRefused("not_offered", nothing, self.policy.payment_minimum)
        return await links.payment_link(
            session,
            account_id,
            address=self._pay_address,
            amount=amount,
            invoice_number=invoice_number,
            language=language,
            conversation_id=conversation_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def payment_progress(
        self, session: AsyncSession, account_id: UUID, *, now: datetime
    ) -> PaymentProgress:
        if self._pay_address is None:
            return PaymentProgress()
        return await links.progress(session, account_id, address=self._pay_address, now=now)

    async def payments(
        self, session: AsyncSession, account_id: UUID, *, limit: int = 6
    ) -> Sequence[PaymentFacts]:
        return await history.payments(session, account_id, limit=limit)

    async def refunds(
        self, session: AsyncSession, account_id: UUID, *, limit: int = 6
    ) -> Sequence[RefundFacts]:
        return await refunds.refunds(session, account_id, limit=limit, policy=self.policy)

    async def refund_credit(
        self,
        session: AsyncSession,
        account_id: UUID,
        amount: Money,
        *,
        reason: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> RefundsRequested | RefundRefused | AboveLimit:
        return await refunds.refund_credit(
            session,
            account_id,
            amount,
            reason=reason,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )
