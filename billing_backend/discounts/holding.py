"""Which discounts does an account hold, and what do they take off its invoices?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import journal
from billing_backend.catalogue.words import standing
from billing_backend.contract import GrantSummary
from billing_backend.discounts import repository
from billing_backend.discounts.months import first_of_month, months_left
from billing_backend.invoices.facts import DiscountDue
from billing_backend.journal import Ledger, NewEntry, Transfer
from billing_backend.money import Money


async def grants(session: AsyncSession, account_id: UUID, today: date) -> tuple[GrantSummary, ...]:
    """The discounts that the account holds, i.e. with months to come; newest first."""
    del today  # a month is given when its invoice is issued, not when a day comes
    return tuple(each for each in await grant_history(session, account_id) if each.months_left > 0)


async def grant_history(session: AsyncSession, account_id: UUID) -> tuple[GrantSummary, ...]:
    """Every discount that the account ever had, newest first."""
    billed = await repository.billed_month(session, account_id)
    return tuple(
        GrantSummary(
            grant_id=row.id,
            percent_bp=row.percent_bp,
            months=row.months,
            months_left=months_left(row.first_month, row.months, billed),
            worth=Money(row.amount_minor, row.currency),
            granted_on=row.granted_on,
            granted_by=row.granted_by,
        )
        for row in await repository.grants_of_account(session, account_id)
    )


async def lines_for_period(
    session: AsyncSession, account_ids: Sequence[UUID], period_start: date
) -> dict[UUID, list[DiscountDue]]:
    """What grants take off the invoices of the period that begins then: for the billing run."""
    due: dict[UUID, list[DiscountDue]] = {}
    month = first_of_month(period_start)
    for grant in await repository.grants_due(session, account_ids, month):
        line = DiscountDue(
            grant_id=grant.id,
            description=standing("granted_discount"),
            percent_bp=None,  # the amount that was promised, also when the plan's price changes
            net=Money(grant.monthly_net_minor, grant.currency),
        )
        due.setdefault(grant.account_id, []).append(line)
    return due


async def settle_promises(session: AsyncSession, *, now: datetime) -> int:
    """Takes what invoices have given since the last time out of the books' open promises;
    answers how many months. For the daily job."""
    given = await repository.months_given(session)
    entries = [
        kept_promise(grant_id, account_id, Money(minor, currency), document, month)
        for grant_id, account_id, minor, currency, document, month in given
    ]
    await journal.post_many(session, entries, now=now)
    return len(entries)


def kept_promise(
    grant_id: UUID, account_id: UUID, amount: Money, document: str, month: date
) -> NewEntry:
    """One month of a grant was given by this document."""
    return NewEntry(
        account_id=account_id,
        kind="discount_given",
        transfers=(Transfer(Ledger.MEMO_DISCOUNTS_OPEN, Ledger.MEMO_DISCOUNTS_PROMISED, amount),),
        key=f"grant:{grant_id}:{month.isoformat()[:7]}",
        document=document,
    )
