"""How does a discount become a customer's own?"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import business_date
from billing_backend.contract import (
    Authority,
    DiscountOffer,
    DiscountRefused,
    Granted,
    OfferGone,
    Tier,
)
from billing_backend.discounts import repository
from billing_backend.discounts.deciding import (
    AGENTS_GRANT,
    Decided,
    decide_grant,
    out_of_budget,
    refused,
    this_month,
    write_down,
)
from billing_backend.discounts.giving import give, promise
from billing_backend.discounts.knowing import Known, know
from billing_backend.discounts.models import Grant, OfferRow
from billing_backend.discounts.months import first_of_month
from billing_backend.discounts.rules import Refusal
from billing_backend.discounts.service import as_value
from billing_backend.discounts.terms import Terms, with_tax
from billing_backend.errors import ImpossibleDiscount
from billing_backend.idempotency import once
from billing_backend.invoices.periods import period_of
from billing_backend.money import BASIS_POINTS
from billing_backend.policy import Policy

MOST_MONTHS = 24
# How long a hold-out counts: who was left without an offer and gets a grant breaks the experiment.
_EXPERIMENT = timedelta(days=365)
_ACCEPTED: TypeAdapter[Granted | OfferGone] = TypeAdapter(Granted | OfferGone)
_GRANTED: TypeAdapter[Granted | DiscountRefused] = TypeAdapter(Granted | DiscountRefused)


async def accept_offer(
    session: AsyncSession,
    account_id: UUID,
    offer_id: UUID,
    *,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> Granted | OfferGone:
    """Turns an open offer into a grant, once.

    The first month is a credit note on the newest invoice when the offer starts there and that
    much of it is still to be paid; otherwise it begins with the next invoice.
    """

    async def work() -> Granted | OfferGone:
        await repository.hold_customer(session, account_id)
        offer = await repository.offer_to_answer(session, offer_id)
        if offer is None or offer.account_id != account_id:
            return OfferGone("not_yours")
        if gone := _gone(offer, now):
            return gone
        offer.state, offer.closed_at = "accepted", now
        await repository.spend(session, offer.budget_id, offer.amount_minor)
        grant = _grant_of_offer(offer, authority, now, policy)
        return await give(session, grant, as_value(offer), authority, now, policy)

    request = {"do": "accept_offer", "account": account_id, "offer": offer_id}
    return await once(session, key, request, _ACCEPTED, work)


async def grant_discount(
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
    policy: Policy,
) -> Granted | DiscountRefused:
    """A person's own grant, from the next invoice on: within their tier's amounts, the
    customer's year and the budget. An offer that is still open is withdrawn.

    ImpossibleDiscount for figures that are none; NotFound without such an account.
    """
    if not 1 <= percent_bp <= BASIS_POINTS or not 1 <= months <= MOST_MONTHS:
        raise ImpossibleDiscount(percent_bp, months)

    async def work() -> Granted | DiscountRefused:
        await repository.hold_customer(session, account_id)
        decided = await decide_grant(
            session,
            account_id,
            percent_bp=percent_bp,
            months=months,
            reason=reason,
            authority=authority.tier,
            now=now,
            policy=policy,
        )
        return await _grant_own(session, decided, conversation_id, authority, now, policy)

    request = {
        "do": "grant_discount",
        "account": account_id,
        "percent_bp": percent_bp,
        "months": months,
        "reason": reason,
    }
    return await once(session, key, request, _GRANTED, work)


async def record_past_grant(
    session: AsyncSession,
    account_id: UUID,
    on: date,
    *,
    percent_bp: int,
    months: int,
    policy: Policy,
) -> None:
    """A discount from before this system kept them: from the period that `on` falls in.

    No budget is touched and nothing is credited now; invoices of those periods that are still to
    be issued carry it.
    """
    known = await know(session, account_id, on, policy)
    first = period_of(await repository.billing_day(session, account_id), on).start
    monthly_net = known.fee.share(percent_bp)
    monthly = with_tax(monthly_net, known.tax_rate_bp)
    grant = Grant(
        id=uuid4(),
        account_id=account_id,
        customer_id=known.customer.customer_id,
        rule_id="past",
        percent_bp=percent_bp,
        monthly_net_minor=monthly_net.minor,
        monthly_minor=monthly.minor,
        months=months,
        amount_minor=monthly.minor * months,
        currency=monthly.currency,
        first_month=first_of_month(first),
        granted_by=str(Tier.ASSISTANT),
        granted_at=datetime.combine(on, time(9), ZoneInfo(policy.zone)),
        granted_on=on,
    )
    session.add(grant)
    await session.flush()
    await promise(session, grant, grant.granted_at)


async def _grant_own(
    session: AsyncSession,
    decided: Decided,
    conversation_id: UUID | None,
    authority: Authority,
    now: datetime,
    policy: Policy,
) -> Granted | DiscountRefused:
    outcome = decided.outcome
    if isinstance(outcome, Terms):
        outcome = await _spend_own(session, outcome, now, policy) or outcome
    if isinstance(outcome, Refusal):
        write_down(
            session,
            decided,
            authority=authority,
            conversation_id=conversation_id,
            now=now,
            refusal=outcome,
        )
        return refused(outcome)
    customer = decided.known.customer
    own_open = OfferRow.account_id == customer.account_id
    await repository.close_offers(session, "withdrawn", own_open, now)
    grant = _grant_of_terms(outcome, decided.known, authority, now, policy)
    given = await give(session, grant, _as_offer(grant, outcome, now), authority, now, policy)
    write_down(
        session,
        decided,
        authority=authority,
        conversation_id=conversation_id,
        now=now,
        refusal=None,
        grant_id=grant.id,
        breach=await repository.was_held_out(session, customer.customer_id, now - _EXPERIMENT),
    )
    await session.flush()
    return given


async def _spend_own(
    session: AsyncSession, terms: Terms, now: datetime, policy: Policy
) -> Refusal | None:
    month = this_month(now, policy)
    budget_id = await repository.reserve(
        session, AGENTS_GRANT, month, terms.amount, policy.discount_budget
    )
    if budget_id is None:
        left = await repository.budget_left(session, AGENTS_GRANT, month, policy.discount_budget)
        return out_of_budget(left, terms.amount, month)
    await repository.spend(session, budget_id, terms.amount.minor)
    return None


def _gone(offer: OfferRow, now: datetime) -> OfferGone | None:
    """Why the offer cannot be accepted any more. One that a person's grant replaced counts as
    refused."""
    if offer.state == "open":
        return OfferGone("expired") if offer.expires_at <= now else None
    reasons = {"accepted": "already_accepted", "expired": "expired"}
    return OfferGone(reasons.get(offer.state, "refused"))


def _grant_of_offer(offer: OfferRow, authority: Authority, now: datetime, policy: Policy) -> Grant:
    return Grant(
        id=uuid4(),
        account_id=offer.account_id,
        customer_id=offer.customer_id,
        offer_id=offer.id,
        rule_id=offer.rule_id,
        percent_bp=offer.percent_bp,
        monthly_net_minor=offer.monthly_net_minor,
        monthly_minor=offer.monthly_minor,
        months=offer.months,
        amount_minor=offer.amount_minor,
        currency=offer.currency,
        granted_by=authority.name,
        granted_at=now,
        granted_on=business_date(now, policy.zone),
    )


def _grant_of_terms(
    terms: Terms, known: Known, authority: Authority, now: datetime, policy: Policy
) -> Grant:
    return Grant(
        id=uuid4(),
        account_id=known.customer.account_id,
        customer_id=known.customer.customer_id,
        rule_id=terms.rule_id,
        percent_bp=terms.percent_bp,
        monthly_net_minor=terms.monthly_net.minor,
        monthly_minor=terms.monthly.minor,
        months=terms.months,
        amount_minor=terms.amount.minor,
        currency=terms.amount.currency,
        granted_by=authority.name,
        granted_at=now,
        granted_on=business_date(now, policy.zone),
    )


def _as_offer(grant: Grant, terms: Terms, now: datetime) -> DiscountOffer:
    """A person's grant needs no offer; its own reference stands in for one."""
    return DiscountOffer(
        offer_id=grant.id,
        rule_id=terms.rule_id,
        percent_bp=terms.percent_bp,
        amount=terms.amount,
        monthly_amount=terms.monthly,
        months=terms.months,
        starts=terms.starts,
        expires_at=now + terms.open_for,
        tier=terms.tier,
    )
