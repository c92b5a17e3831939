"""How is everything issued that is due until a day, by an operator and not by the calendar?"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import discounts
from billing_backend.clock import Clock, business_date
from billing_backend.db import Sessions, transaction
from billing_backend.invoices import run_repository
from billing_backend.invoices.run import Parked, RunPage, issue_due, pages
from billing_backend.policy import Policy

# Accounts of one transaction: few enough to lose little in a crash and to keep memory flat, and
# enough that its round trips do not count.
PAGE = 2_000
# Told after each page: accounts seen so far, and how many there are at most.
Tell = Callable[[int, int], None]


class InTheFuture(ValueError):
    """An invoice is not issued before its period begins: choose a day until today."""


@dataclass(slots=True)
class Summary:
    """What a run did, or a preview would do. Amounts in minor units, by currency."""

    issued: int = 0
    total_minor: Counter[str] = field(default_factory=Counter)
    parked: list[Parked] = field(default_factory=list)

    def add(self, page: RunPage) -> None:
        self.issued += page.issued
        self.total_minor.update(page.total_minor)
        self.parked += page.parked


async def run(
    sessions: Sessions, *, until: date, clock: Clock, policy: Policy, tell: Tell, page: int = PAGE
) -> Summary:
    """Issue every invoice whose period begins until that day, a page in a transaction.

    Killed at any point it leaves whole pages behind, and the next run goes on with the rest.
    Invoices are dated today. Raises InTheFuture.
    """
    today = business_date(clock.now(), policy.zone)
    if until > today:
        raise InTheFuture(f"{until} lies in the future: choose a day until {today}, or preview it")
    summary = await _issue(lambda: transaction(sessions), until, clock, policy, tell, page)
    async with transaction(sessions) as session:
        await discounts.settle_promises(session, now=clock.now())
    return summary


async def preview(
    sessions: Sessions, *, until: date, clock: Clock, policy: Policy, tell: Tell, page: int = PAGE
) -> Summary:
    """What `run` would do, worked out by doing it and undoing all of it; no other run can be at
    work meanwhile. `until` may lie in the future."""
    async with sessions() as session:

        @asynccontextmanager
        async def undone_later() -> AsyncIterator[AsyncSession]:
            yield session

        try:
            return await _issue(undone_later, until, clock, policy, tell, page)
        finally:
            await session.rollback()


async def _issue(
    unit: Callable[[], AbstractAsyncContextManager[AsyncSession]],
    until: date,
    clock: Clock,
    policy: Policy,
    tell: Tell,
    limit: int,
) -> Summary:
    """Page by page, each in a unit of work of its own."""

    async def issue(day: date, session: AsyncSession, after: UUID | None) -> RunPage:
        now = clock.now()
        return await issue_due(
            session,
            as_of=day,
            issued_on=business_date(now, policy.zone),
            now=now,
            policy=policy,
            discounts_due=discounts.lines_for_period,
            after=after,
            limit=limit,
        )

    summary, seen = Summary(), 0
    async with unit() as session:
        days = await _days(session, until)
        expected = len(days) * await run_repository.count_accounts(session)
    for day in days:
        async with unit() as session:
            await run_repository.refresh_statistics(session)
        async for page in pages(unit, partial(issue, day)):
            summary.add(page)
            seen += page.seen
            tell(seen, expected)
    return summary


async def _days(session: AsyncSession, until: date) -> list[date]:
    """`until`, and the last day of each month before it that has something to bill, oldest
    first: a period of any billing day holds the last day of the month that it begins in.

    The month before is always among them: what has ended since may have a last bill to come.
    """
    first = await run_repository.first_day_to_bill(session, until)
    days = [until]
    while len(days) < 2 or (first is not None and days[-1] >= first):
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return days[::-1]
