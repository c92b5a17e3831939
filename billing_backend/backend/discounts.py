"""Which discounts are offered and granted?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import discounts
from billing_backend.backend.base import Base
from billing_backend.contract import Authority, DiscountOffer, DiscountRefused, Granted, OfferGone


class BuiltInDiscounts(Base):
    async def propose_discount(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        reason: str,
        conversation_id: UUID,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DiscountOffer | DiscountRefused:
        return await discounts.propose_discount(
            session,
            account_id,
            reason=reason,
            conversation_id=conversation_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def allowed_offers(
        self, session: AsyncSession, account_id: UUID, *, authority: Authority, now: datetime
    ) -> Sequence[DiscountOffer | DiscountRefused]:
        return await discounts.allowed_offers(
            session, account_id, authority=authority, now=now, policy=self.policy
        )

    async def accept_offer(
        self,
        session: AsyncSession,
        account_id: UUID,
        offer_id: UUID,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Granted | OfferGone:
        return await discounts.accept_offer(
            session,
            account_id,
            offer_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def refuse_offer(
        self, session: AsyncSession, account_id: UUID, offer_id: UUID, *, key: str, now: datetime
    ) -> None:
        await discounts.refuse_offer(session, account_id, offer_id, key=key, now=now)

    async def grant_discount(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        percent_bp: int,
        months: int,
        reason: str,
        conversation_id: UUID | None,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Granted | DiscountRefused:
        return await discounts.grant_discount(
            session,
            account_id,
            percent_bp=percent_bp,
            months=months,
            reason=reason,
            conversation_id=conversation_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )
