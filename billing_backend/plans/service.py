"""How does a customer get more time to pay?"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.clock import business_date
from billing_backend.contract import (
    ArrangementSummary,
    Authority,
    ExtensionChoices,
    ExtensionRefused,
)
from billing_backend.customers.repository import lock_account
from billing_backend.errors import NotFound
from billing_backend.idempotency import once
from billing_backend.money import Money
from billing_backend.plans import repository, rules
from billing_backend.plans.models import Arrangement
from billing_backend.plans.rules import PastArrangement
from billing_backend.policy import Policy

_ANSWER: TypeAdapter[ArrangementSummary | ExtensionRefused] = TypeAdapter(
    ArrangementSummary | ExtensionRefused
)


async def extension_choices(
    session: AsyncSession, account_id: UUID, *, today: date, policy: Policy
) -> ExtensionChoices | ExtensionRefused:
    """What could be paid later and until when; reads only."""
    invoices = await repository.open_invoices(session, account_id)
    past = await _past(session, account_id, today)
    return rules.choices([row.invoice for row in invoices], past, today, policy)


async def arrange_extension(
    session: AsyncSession,
    account_id: UUID,
    pay_by: date,
    *,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> ArrangementSummary | ExtensionRefused:
    """Agrees on a day for everything that `extension_choices` names, once per key.

    Refuses days that the rules don't allow, whoever asks. NotFound without such an account.
    """

    async def work() -> ArrangementSummary | ExtensionRefused:
        if await lock_account(session, account_id) is None:
            raise NotFound("account", account_id)
        return await _arrange(session, account_id, pay_by, authority, now, policy)

    request = {"do": "arrange_extension", "account": account_id, "pay_by": pay_by}
    return await once(session, key, request, _ANSWER, work)


async def arrangements(
    session: AsyncSession, account_id: UUID, *, today: date
) -> tuple[ArrangementSummary, ...]:
    """Every arrangement of the account, newest first."""
    return tuple(each.summary for each in await _past(session, account_id, today))


async def current_arrangement(
    session: AsyncSession, account_id: UUID, *, today: date
) -> ArrangementSummary | None:
    """The one that matters for the balance: open, or broken and still unpaid."""
    for each in await _past(session, account_id, today):
        if each.summary.status == "open" or (each.summary.status == "broken" and each.owed):
            return each.summary
    return None


async def mark_broken(session: AsyncSession, today: date, *, now: datetime) -> int:
    """Notices the arrangements that were not paid by yesterday; answers how many are new."""
    broken = await repository.mark_broken(session, today)
    for arrangement_id, account_id in broken:
        await audit.record(
            session,
            actor="system",
            action="arrangement.broken",
            subject=f"account:{account_id}",
            details={"arrangement": str(arrangement_id)},
            now=now,
        )
    return len(broken)


async def accounts_with_kept_arrangement(session: AsyncSession, today: date) -> set[UUID]:
    """Accounts that have an arrangement in force. Late fees go by invoice: they leave out
    `protected_invoices(today)`."""
    return await repository.accounts_in_force(session, today)


async def _arrange(
    session: AsyncSession,
    account_id: UUID,
    pay_by: date,
    authority: Authority,
    now: datetime,
    policy: Policy,
) -> ArrangementSummary | ExtensionRefused:
    today = business_date(now, policy.zone)
    rows = await repository.open_invoices(session, account_id)
    invoices = [row.invoice for row in rows]
    past = await _past(session, account_id, today)
    allowed = rules.choices(invoices, past, today, policy)
    if isinstance(allowed, ExtensionRefused):
        return allowed
    if refused := rules.refuse_day(pay_by, invoices, allowed, today):
        return refused
    arrangement = Arrangement(
        account_id=account_id,
        amount_minor=allowed.amount.minor,
        currency=allowed.amount.currency,
        made_on=today,
        made_at=now,
        made_by=authority.name,
        pay_by=pay_by,
    )
    covered = [row for row in rows if row.invoice.number in allowed.invoice_numbers]
    await repository.add(session, arrangement, covered)
    await audit.record(
        session,
        actor=authority.name,
        action="arrangement.made",
        subject=f"account:{account_id}",
        details={
            "arrangement": str(arrangement.id),
            "amount_minor": allowed.amount.minor,
            "pay_by": pay_by.isoformat(),
            "invoices": list(allowed.invoice_numbers),
        },
        now=now,
    )
    return _summary(arrangement, allowed.amount, today)


async def _past(session: AsyncSession, account_id: UUID, today: date) -> list[PastArrangement]:
    return [
        PastArrangement(_summary(row, owed, today), row.made_on, owed)
        for row, owed in await repository.of_account(session, account_id)
    ]


def _summary(row: Arrangement, owed: Money, today: date) -> ArrangementSummary:
    return ArrangementSummary(
        arrangement_id=row.id,
        amount=Money(row.amount_minor, row.currency),
        pay_by=row.pay_by,
        status=rules.status(row.pay_by, owed, row.broken_on, today),
    )
