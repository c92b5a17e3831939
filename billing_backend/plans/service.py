"""How does a customer get more time to pay?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, notices
from billing_backend.clock import business_date
from billing_backend.contract import (
    ArrangementSummary,
    Authority,
    ExtensionChoices,
    ExtensionRefused,
    Instalment,
    InstalmentChoices,
)
from billing_backend.customers.repository import lock_account
from billing_backend.errors import NotFound
from billing_backend.idempotency import once
from billing_backend.money import Money, total
from billing_backend.notices import NewNotice
from billing_backend.plans import repository, rules
from billing_backend.plans.instalments import instalment_choices as choices_in_parts
from billing_backend.plans.models import Arrangement
from billing_backend.plans.repository import OpenRow
from billing_backend.plans.rules import PastArrangement
from billing_backend.policy import Policy

_ANSWER: TypeAdapter[ArrangementSummary | ExtensionRefused] = TypeAdapter(
    ArrangementSummary | ExtensionRefused
)


async def extension_choices(
    session: AsyncSession, account_id: UUID, *, today: date, policy: Policy
) -> ExtensionChoices | ExtensionRefused:
    """What could be paid later and until when; reads only. What is disputed is left out."""
    rows = await repository.open_invoices(session, account_id, today)
    return await _choices(session, account_id, rows, today, policy)


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


async def instalment_choices(
    session: AsyncSession, account_id: UUID, *, today: date, policy: Policy
) -> InstalmentChoices | ExtensionRefused:
    """What could be paid in parts, and in how many; reads only. What is disputed is left out."""
    rows = await repository.open_invoices(session, account_id, today)
    return await _choices_in_parts(session, account_id, rows, today, policy)


async def arrange_instalments(
    session: AsyncSession,
    account_id: UUID,
    parts: int,
    *,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> ArrangementSummary | ExtensionRefused:
    """Agrees on so many parts for everything that `instalment_choices` names, once per key."""

    async def work() -> ArrangementSummary | ExtensionRefused:
        if await lock_account(session, account_id) is None:
            raise NotFound("account", account_id)
        return await _in_parts(session, account_id, parts, authority, now, policy)

    request = {"do": "arrange_instalments", "account": account_id, "parts": parts}
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
    """Notices the arrangements of which something was not paid by yesterday and lets their
    customers know; answers how many are new."""
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
        await _tell_broken(session, arrangement_id, account_id, today, now)
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
    rows = await repository.open_invoices(session, account_id, today)
    invoices = [row.invoice for row in rows]
    allowed = await _choices(session, account_id, rows, today, policy)
    if isinstance(allowed, ExtensionRefused):
        return allowed
    if refused := rules.refuse_day(pay_by, invoices, allowed, today):
        return refused
    covered = [row for row in rows if row.invoice.number in allowed.invoice_numbers]
    made = [Instalment(pay_by, allowed.amount)]
    return await _keep(session, account_id, covered, made, authority, now, today)


async def _in_parts(
    session: AsyncSession,
    account_id: UUID,
    parts: int,
    authority: Authority,
    now: datetime,
    policy: Policy,
) -> ArrangementSummary | ExtensionRefused:
    today = business_date(now, policy.zone)
    rows = await repository.open_invoices(session, account_id, today)
    allowed = await _choices_in_parts(session, account_id, rows, today, policy)
    if isinstance(allowed, ExtensionRefused):
        return allowed
    for plan in allowed.plans:
        if len(plan) == parts:
            return await _keep(session, account_id, rows, plan, authority, now, today)
    return ExtensionRefused("parts")


async def _choices(
    session: AsyncSession,
    account_id: UUID,
    rows: Sequence[OpenRow],
    today: date,
    policy: Policy,
) -> ExtensionChoices | ExtensionRefused:
    if not rows and await repository.owes(session, account_id):
        return ExtensionRefused("disputed")
    past = await _past(session, account_id, today)
    return rules.choices([row.invoice for row in rows], past, today, policy)


async def _choices_in_parts(
    session: AsyncSession,
    account_id: UUID,
    rows: Sequence[OpenRow],
    today: date,
    policy: Policy,
) -> InstalmentChoices | ExtensionRefused:
    if not rows and await repository.owes(session, account_id):
        return ExtensionRefused("disputed")
    past = await _past(session, account_id, today)
    return choices_in_parts([row.invoice for row in rows], past, today, policy)


async def _keep(
    session: AsyncSession,
    account_id: UUID,
    covered: Sequence[OpenRow],
    parts: Sequence[Instalment],
    authority: Authority,
    now: datetime,
    today: date,
) -> ArrangementSummary:
    """Writes the arrangement down; one part is a day for the whole."""
    amount = total(part.amount for part in parts)
    arrangement = Arrangement(
        account_id=account_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        made_on=today,
        made_at=now,
        made_by=authority.name,
        pay_by=parts[-1].due_on,
    )
    kept = tuple(parts) if len(parts) > 1 else ()
    await repository.add(session, arrangement, covered, kept)
    await audit.record(
        session,
        actor=authority.name,
        action="arrangement.made",
        subject=f"account:{account_id}",
        details={
            "arrangement": str(arrangement.id),
            "amount_minor": amount.minor,
            "pay_by": arrangement.pay_by.isoformat(),
            "parts": [[part.due_on.isoformat(), part.amount.minor] for part in kept],
            "invoices": [row.invoice.number for row in covered],
        },
        now=now,
    )
    return _summary(arrangement, amount, kept, today)


async def _tell_broken(
    session: AsyncSession, arrangement_id: UUID, account_id: UUID, today: date, now: datetime
) -> None:
    [broken] = [
        each
        for each in await _past(session, account_id, today)
        if each.summary.arrangement_id == arrangement_id
    ]
    values = {"amount": notices.money(broken.owed), "due": notices.day(broken.summary.pay_by)}
    kind = "instalment_missed" if broken.summary.parts else "extension_missed"
    notice = NewNotice(account_id, kind, f"arrangement:{arrangement_id}:broken", values)
    await notices.write(session, notice, now=now)


async def _past(session: AsyncSession, account_id: UUID, today: date) -> list[PastArrangement]:
    return [
        PastArrangement(_summary(row, owed, parts, today), row.made_on, owed)
        for row, owed, parts in await repository.of_account(session, account_id)
    ]


def _summary(
    row: Arrangement, owed: Money, parts: tuple[Instalment, ...], today: date
) -> ArrangementSummary:
    return ArrangementSummary(
        arrangement_id=row.id,
        amount=Money(row.amount_minor, row.currency),
        pay_by=row.pay_by,
        status=rules.status(row.pay_by, owed, row.broken_on, today, parts),
        parts=parts,
        owed=owed,
    )
