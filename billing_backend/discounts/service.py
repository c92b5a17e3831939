"""How does a customer hear of a discount, and what becomes of the offer?

Everything that decides or changes holds the customer's row first: one customer's discounts are
decided one after another. The budget is taken last, in one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, true
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.contract import Authority, DiscountOffer, DiscountRefused, Tier
from billing_backend.discounts import repository
from billing_backend.discounts.deciding import (
    Decided,
    decide,
    out_of_budget,
    refused,
    this_month,
    write_down,
)
from billing_backend.discounts.facts import REASONS
from billing_backend.discounts.models import OfferRow
from billing_backend.discounts.rules import Refusal
from billing_backend.discounts.terms import Terms
from billing_backend.idempotency import once
from billing_backend.money import Money
from billing_backend.policy import Policy

Answer = DiscountOffer | DiscountRefused
_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)
_NOTHING: TypeAdapter[None] = TypeAdapter(None)
# What is not reserved has no reference yet.
_NOT_RESERVED = UUID(int=0)


async def propose_discount(
    session: AsyncSession,
    account_id: UUID,
    *,
    reason: str,
    conversation_id: UUID,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> Answer:
    """Decides, and reserves an offer in the budget before anyone hears of it.

    While an offer is open, asking again (in other words, on another channel) gets that offer.
    NotFound without such an account.
    """

    async def work() -> Answer:
        await repository.hold_customer(session, account_id)
        open_offer = await repository.open_offer(session, account_id, now)
        if open_offer is not None:
            return as_value(open_offer)
        decided = await decide(
            session, account_id, reason=reason, authority=authority.tier, now=now, policy=policy
        )
        return await _offer(session, decided, conversation_id, authority, now, policy)

    request = {
        "do": "propose_discount",
        "account": account_id,
        "reason": reason,
        "conversation": conversation_id,
    }
    return await once(session, key, request, _ANSWER, work)


async def allowed_offers(
    session: AsyncSession, account_id: UUID, *, authority: Authority, now: datetime, policy: Policy
) -> Sequence[Answer]:
    """What the authority could propose now, for each reason; each answer once.

    Reserves nothing: an offer that is not open yet has the reference 0.
    """
    open_offer = await repository.open_offer(session, account_id, now)
    if open_offer is not None:
        return [as_value(open_offer)]
    answers: dict[str, Answer] = {}
    for reason in REASONS:
        decided = await decide(
            session, account_id, reason=reason, authority=authority.tier, now=now, policy=policy
        )
        answer = await _preview(session, decided, authority, now, policy)
        what = answer.reason if isinstance(answer, DiscountRefused) else answer.rule_id
        answers.setdefault(what, answer)
    return list(answers.values())


async def refuse_offer(
    session: AsyncSession, account_id: UUID, offer_id: UUID, *, key: str, now: datetime
) -> None:
    """The customer does not want it: its budget is free again. Nothing happens to an offer that
    is not open, or not this account's."""

    async def work() -> None:
        condition = (OfferRow.id == offer_id) & (OfferRow.account_id == account_id)
        closed = await repository.close_offers(session, "refused", condition, now)
        for offer in closed:
            await _audit(session, "customer", "discount.refused", offer, now)

    request = {"do": "refuse_offer", "account": account_id, "offer": offer_id}
    await once(session, key, request, _NOTHING, work)


async def expire_offers(session: AsyncSession, now: datetime) -> int:
    """Closes what nobody answered in time and frees its budget; answers how many."""
    return await _expire(session, true(), now)


def as_value(row: OfferRow) -> DiscountOffer:
    return DiscountOffer(
        offer_id=row.id,
        rule_id=row.rule_id,
        percent_bp=row.percent_bp,
        amount=Money(row.amount_minor, row.currency),
        monthly_amount=Money(row.monthly_minor, row.currency),
        months=row.months,
        starts=row.starts,
        expires_at=row.expires_at,
        tier=Tier(row.tier),
    )


async def _offer(
    session: AsyncSession,
    decided: Decided,
    conversation_id: UUID,
    authority: Authority,
    now: datetime,
    policy: Policy,
) -> Answer:
    reserved = await _reserve(session, decided, conversation_id, authority, now, policy)
    write_down(
        session,
        decided,
        authority=authority,
        conversation_id=conversation_id,
        now=now,
        refusal=reserved if isinstance(reserved, Refusal) else None,
        offer_id=reserved.id if isinstance(reserved, OfferRow) else None,
    )
    await session.flush()
    if isinstance(reserved, Refusal):
        return refused(reserved)
    await _audit(session, authority.name, "discount.offered", reserved, now)
    return as_value(reserved)


async def _reserve(
    session: AsyncSession,
    decided: Decided,
    conversation_id: UUID,
    authority: Authority,
    now: datetime,
    policy: Policy,
) -> OfferRow | Refusal:
    if isinstance(decided.outcome, Refusal):
        return decided.outcome
    terms, month = decided.outcome, this_month(now, policy)
    for _ in range(2):
        budget_id = await repository.reserve(
            session, terms.rule_id, month, terms.amount, policy.discount_budget
        )
        if budget_id is not None:
            row = _row(terms, decided, authority, now)
            row.budget_id, row.conversation_id, row.episode = budget_id, conversation_id, month
            session.add(row)
            await session.flush()
            return row
        # What lapsed since the last daily job still lies in the budget: free it and look again.
        # Of this budget only: whoever holds one budget never waits for another.
        lapsed = (OfferRow.rule_id == terms.rule_id) & (OfferRow.episode == month)
        if not await _expire(session, lapsed, now):
            break
    left = await repository.budget_left(session, terms.rule_id, month, policy.discount_budget)
    return out_of_budget(left, terms.amount, month)


async def _expire(session: AsyncSession, which: ColumnElement[bool], now: datetime) -> int:
    over = which & (OfferRow.expires_at <= now)
    # Those that somebody is just answering are left to them.
    expired = await repository.close_offers(session, "expired", over, now, wait=False)
    for offer in expired:
        await _audit(session, "system", "discount.expired", offer, now)
    return len(expired)


async def _preview(
    session: AsyncSession, decided: Decided, authority: Authority, now: datetime, policy: Policy
) -> Answer:
    if isinstance(decided.outcome, Refusal):
        return refused(decided.outcome)
    terms, month = decided.outcome, this_month(now, policy)
    left = await repository.budget_left(session, terms.rule_id, month, policy.discount_budget)
    if terms.amount > left:
        return refused(out_of_budget(left, terms.amount, month))
    row = _row(terms, decided, authority, now)
    row.id = _NOT_RESERVED
    return as_value(row)


def _row(terms: Terms, decided: Decided, authority: Authority, now: datetime) -> OfferRow:
    """The offer, but for where its money comes from."""
    return OfferRow(
        id=uuid4(),
        account_id=decided.known.customer.account_id,
        customer_id=decided.known.customer.customer_id,
        number=decided.offer_number,
        rule_id=terms.rule_id,
        rule_version=decided.rule_version,
        percent_bp=terms.percent_bp,
        monthly_net_minor=terms.monthly_net.minor,
        monthly_minor=terms.monthly.minor,
        months=terms.months,
        amount_minor=terms.amount.minor,
        currency=terms.amount.currency,
        starts=terms.starts,
        tier=str(terms.tier),
        proposed_by=authority.name,
        proposed_at=now,
        expires_at=now + terms.open_for,
    )


async def _audit(
    session: AsyncSession, actor: str, action: str, offer: OfferRow, now: datetime
) -> None:
    await audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"account:{offer.account_id}",
        details={
            "offer": str(offer.id),
            "rule": offer.rule_id,
            "amount_minor": offer.amount_minor,
            "months": offer.months,
        },
        now=now,
    )
