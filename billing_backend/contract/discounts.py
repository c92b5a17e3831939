"""Which discounts are offered, granted and held?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract.authority import Authority, Tier
from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class GrantSummary:
    """A discount that the customer holds."""

    grant_id: UUID
    percent_bp: int | None
    months: int
    months_left: int
    worth: Money  # at most, over its whole life
    granted_on: date
    granted_by: str  # "assistant" or the agent's name


@dataclass(frozen=True, slots=True)
class DiscountOffer:
    """Reserved in the budget before anyone hears of it."""

    offer_id: UUID
    rule_id: str
    percent_bp: int | None  # None: a fixed amount
    amount: Money  # at most, over all months
    monthly_amount: Money
    months: int
    starts: str  # "open_invoice" (first month as a credit note now) or "next_invoice"
    expires_at: datetime
    tier: Tier


@dataclass(frozen=True, slots=True)
class DiscountRefused:
    """`reason` is the first failed condition: no_rule, cooldown, yearly_cap, budget_exhausted,
    already_discounted, arrears, above_authority. `conditions` keeps all failed ones (reason,
    field, actual, needed, nearest, rule_id) with the nearest change that would pass. The customer
    hears only a true, plain reason. Who is held out by the experiment gets `no_rule`: only the
    decision that auditors read says more. `needs` is set where a higher tier could give it."""

    reason: str
    conditions: tuple[dict[str, Any], ...] = ()
    needs: Tier | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    grant_id: UUID
    offer: DiscountOffer
    credit_note_number: str | None
    balance_due: Money


@dataclass(frozen=True, slots=True)
class OfferGone:
    """The offer cannot be accepted: reason expired, refused, already_accepted, not_yours."""

    reason: str


class Discounts(Protocol):
    """Offers and grants."""

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
        """reason: price_increase, too_expensive, competitor, leaving."""
        ...

    async def allowed_offers(
        self, session: AsyncSession, account_id: UUID, *, authority: Authority, now: datetime
    ) -> Sequence[DiscountOffer | DiscountRefused]:
        """What the authority could grant now, for the desk; reserves nothing."""
        ...

    async def accept_offer(
        self,
        session: AsyncSession,
        account_id: UUID,
        offer_id: UUID,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Granted | OfferGone: ...

    async def refuse_offer(
        self, session: AsyncSession, account_id: UUID, offer_id: UUID, *, key: str, now: datetime
    ) -> None: ...

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
        """An agent's own grant: within the tier's amounts, else refused with who may."""
        ...
