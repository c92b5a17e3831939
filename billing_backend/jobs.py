"""What does billing do by itself each day, and how is the demo company founded?"""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import discounts, identity, plans
from billing_backend.clock import business_date
from billing_backend.demo import Cast, seed
from billing_backend.dunning import service as dunning
from billing_backend.dunning.restoring import restore_paid
from billing_backend.invoices.announcing import announce
from billing_backend.invoices.run import Parked, RunPage, issue_due, pages
from billing_backend.plans.announcing import announce_due
from billing_backend.policy import Policy


@dataclass(frozen=True, slots=True)
class DayDone:
    """What the daily job did, counted; `parked` are accounts that could not be billed."""

    arrangements_broken: int
    late_fees: int
    offers_expired: int
    invoices_issued: int
    parked: tuple[Parked, ...]
    reminders: int = 0
    suspended: int = 0
    restored: int = 0
    announced: int = 0


async def run_day(session: AsyncSession, *, now: datetime, policy: Policy) -> DayDone:
    """Everything that falls due on the business day of `now`; running it again does nothing.

    In this order: an arrangement noticed as broken protects nothing any more, and a late fee
    that falls due today is on an invoice issued today. Days that were missed are caught up.
    """
    today = business_date(now, policy.zone)
    broken = await plans.mark_broken(session, today, now=now)
    restored = await restore_paid(session, now=now, policy=policy)
    followed = await dunning.run(session, today=today, now=now, policy=policy)
    expired = await discounts.expire_offers(session, now)
    issued, parked = await issue_today(session, now=now, policy=policy)
    await discounts.settle_promises(session, now=now)
    told = await announce(session, today=today, now=now, policy=policy)
    told += await announce_due(session, today=today, now=now, policy=policy)
    await identity.drop_history(session, now=now)
    return DayDone(
        arrangements_broken=broken,
        late_fees=followed.late_fees,
        offers_expired=expired,
        invoices_issued=issued,
        parked=parked,
        reminders=followed.reminders,
        suspended=followed.suspended,
        restored=restored,
        announced=told,
    )


async def issue_today(
    session: AsyncSession, *, now: datetime, policy: Policy
) -> tuple[int, tuple[Parked, ...]]:
    """The invoices of every account whose period has begun; how many, and who is parked."""
    today = business_date(now, policy.zone)

    async def issue(session: AsyncSession, after: UUID | None) -> RunPage:
        return await issue_due(
            session,
            as_of=today,
            issued_on=today,
            now=now,
            policy=policy,
            discounts_due=discounts.lines_for_period,
            after=after,
        )

    issued, parked = 0, list[Parked]()
    async for page in pages(lambda: nullcontext(session), issue):
        issued += page.issued
        parked += page.parked
    return issued, tuple(parked)


async def found_demo(session: AsyncSession, *, now: datetime, policy: Policy) -> Cast:
    """Founds the demo company in empty tables, with what every room adds to its past."""

    async def elenas_discount(session: AsyncSession, account_id: UUID, on: date) -> None:
        await discounts.record_past_grant(
            session, account_id, on, percent_bp=1_000, months=1, policy=policy
        )

    cast = await seed(
        session,
        now=now,
        policy=policy,
        discounts_due=discounts.lines_for_period,
        past_grants=elenas_discount,
    )
    await discounts.settle_promises(session, now=now)
    return cast
