"""What does an account have, what would a change do, and how is it made?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.agreements import repository, rules
from billing_backend.agreements.applying import apply
from billing_backend.agreements.facts import Decided, Standing
from billing_backend.agreements.previews import offering, preview, summary
from billing_backend.clock import business_date
from billing_backend.contract import (
    Authority,
    ChangeDone,
    ChangePreview,
    ChangeRefused,
    Offering,
    Services,
    Wish,
)
from billing_backend.customers.repository import lock_account
from billing_backend.errors import NotFound
from billing_backend.idempotency import once
from billing_backend.invoices.run import DiscountsDue
from billing_backend.invoices.service import balance
from billing_backend.money import Money
from billing_backend.policy import Policy

_ANSWER: TypeAdapter[ChangeDone | ChangeRefused] = TypeAdapter(ChangeDone | ChangeRefused)


async def plans_on_sale(
    session: AsyncSession, *, today: date, account_id: UUID | None, policy: Policy
) -> Sequence[Offering]:
    """Plans, then add-ons, cheapest first; for an account those that it could take instead of,
    or beside, its plan."""
    currency = policy.currency
    families: set[str] | None = None
    if account_id is not None:
        account = await repository.standing(session, account_id, today=today)
        currency = account.account.currency
        families = {held.family for held in account.running("plan", today)}
    found = [
        offering(product, today, currency)
        for product in (await repository.offered(session, currency)).values()
        if product.is_on_sale(today) and product.prices and product.prices[0][0] <= today
        if families is None
        or (product.kind == "plan" and product.family in families)
        or (product.kind == "add_on" and any(product.fits(family) for family in families))
    ]
    return sorted(found, key=lambda each: (each.kind != "plan", each.net.minor, each.code))


async def services(session: AsyncSession, account_id: UUID, *, today: date) -> Services:
    """Raises NotFound without such an account."""
    account = await repository.standing(session, account_id, today=today)
    currency = account.account.currency
    plan = rules.main_plan(account)
    return Services(
        plan=summary(plan, today, currency) if plan else None,
        add_ons=tuple(summary(held, today, currency) for held in account.running("add_on", today)),
        scheduled=tuple(each.told for each in account.pending),
        period_start=account.period.start,
        period_end=account.period.end,
        cancelled_on=rules.cancelled_on(account),
        suspended_on=account.suspended_on,
    )


async def preview_change(
    session: AsyncSession,
    account_id: UUID,
    wish: Wish,
    *,
    now: datetime,
    policy: Policy,
    discounts_due: DiscountsDue | None,
) -> ChangePreview | ChangeRefused:
    """What the change would do; reads only. NotFound without such an account."""
    today = business_date(now, policy.zone)
    standing = await repository.standing(
        session, account_id, today=today, discounts_due=discounts_due
    )
    decided = await _decide(session, wish, standing, policy)
    if isinstance(decided, ChangeRefused):
        return decided
    return await _preview(session, wish, decided, standing, policy)


async def change_services(
    session: AsyncSession,
    account_id: UUID,
    wish: Wish,
    *,
    promise: str | None,
    channel: str,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
    discounts_due: DiscountsDue | None,
) -> ChangeDone | ChangeRefused:
    """Makes the change, once per key, as the preview of that `promise` said; else refuses."""

    async def work() -> ChangeDone | ChangeRefused:
        if await lock_account(session, account_id) is None:
            raise NotFound("account", account_id)
        today = business_date(now, policy.zone)
        standing = await repository.standing(
            session, account_id, today=today, discounts_due=discounts_due
        )
        decided = await _decide(session, wish, standing, policy)
        if isinstance(decided, ChangeRefused):
            return decided
        told = await _preview(session, wish, decided, standing, policy)
        if promise is not None and promise != told.promise:
            return ChangeRefused("preview_outdated")
        change_id = await apply(
            session, account_id, decided, told, channel=channel, authority=authority, now=now
        )
        await audit.record(
            session,
            actor=authority.name,
            action=f"service.{decided.kind}",
            subject=f"account:{account_id}",
            details=_details(change_id, decided, told),
            now=now,
        )
        return ChangeDone(change_id, told)

    request = {
        "do": "change_services",
        "account": account_id,
        "kind": wish.kind,
        "product": wish.product_code,
        "on": wish.on,
        "promise": promise,
    }
    return await once(session, key, request, _ANSWER, work)


async def _decide(
    session: AsyncSession, wish: Wish, standing: Standing, policy: Policy
) -> Decided | ChangeRefused:
    offered = await repository.offered(session, standing.account.currency)
    return rules.decide(wish, standing, offered.get(wish.product_code or ""), policy)


async def _preview(
    session: AsyncSession, wish: Wish, decided: Decided, standing: Standing, policy: Policy
) -> ChangePreview:
    owed = await balance(session, standing.account.account_id, today=standing.today, policy=policy)
    return preview(
        wish,
        decided,
        standing,
        balance=owed.due - owed.credit,
        zero=Money(0, standing.account.currency),
    )


def _details(change_id: UUID, decided: Decided, told: ChangePreview) -> dict[str, object]:
    return {
        "change": str(change_id),
        "from_day": decided.from_day.isoformat(),
        "old": [held.facts.product_code for held in decided.ends],
        "new": decided.start.product.code if decided.start else None,
        "net_minor": decided.start.net.minor if decided.start else None,
        "fee_net_minor": decided.fee.minor if decided.fee else 0,
        "withdrawn": [str(each.told.change_id) for each in decided.withdraws],
        "reason": told.wish.reason,
    }
