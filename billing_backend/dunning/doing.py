"""How is a step about a late invoice done: written down once, charged, told, suspended?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, notices
from billing_backend.customers.repository import lock_accounts
from billing_backend.dunning import repository
from billing_backend.dunning.repository import LateInvoice
from billing_backend.dunning.rules import next_step, suspends_on
from billing_backend.dunning.table import Action
from billing_backend.invoices.late_fees import charge_late_fees
from billing_backend.invoices.models import Invoice
from billing_backend.notices import NewNotice
from billing_backend.policy import Policy


@dataclass(frozen=True, slots=True)
class Planned:
    invoice: LateInvoice
    action: Action


async def carry_out(
    session: AsyncSession,
    planned: Sequence[Planned],
    today: date,
    now: datetime,
    policy: Policy,
) -> list[Action]:
    """Does these steps, a few statements for all of them; answers those that were done."""
    certain = await _still_owed(session, planned, today, policy)
    if not certain:
        return []
    new = await repository.keep_steps(session, [_row(each, today, now) for each in certain])
    mine = [each for each in certain if (each.invoice.invoice_id, each.action) in new]
    await _charge(session, mine, today, now, policy)
    await _suspend(session, mine, today, now)
    await notices.write_many(
        session,
        [_told(each, today, policy) for each in mine if each.action in _KINDS],
        now=now,
    )
    await audit.record_many(
        session,
        actor="system",
        action="dunning.step",
        subjects=[_audited(each) for each in mine if each.action is not Action.LATE_FEE],
        now=now,
    )
    return [each.action for each in mine]


async def _still_owed(
    session: AsyncSession, planned: Sequence[Planned], today: date, policy: Policy
) -> list[Planned]:
    """The steps without suspensions of those who have just paid: looked at again under the
    account's lock, because a payment may come at this very moment."""
    about_to_suspend = [each.invoice for each in planned if each.action is Action.SUSPENSION]
    if not about_to_suspend:
        return list(planned)
    await lock_accounts(session, sorted({each.account_id for each in about_to_suspend}))
    owed = {
        each.invoice_id
        for each in await repository.late_by_id(
            session, today, [each.invoice_id for each in about_to_suspend]
        )
        if next_step(each.debt, policy.dunning_on(each.due_on), today) is not None
    }
    return [
        each
        for each in planned
        if each.action is not Action.SUSPENSION or each.invoice.invoice_id in owed
    ]


async def _charge(
    session: AsyncSession, planned: Sequence[Planned], today: date, now: datetime, policy: Policy
) -> None:
    for table in policy.dunning:
        late = [
            each.invoice.invoice_id
            for each in planned
            if each.action is Action.LATE_FEE and policy.dunning_on(each.invoice.due_on) is table
        ]
        if late and table.late_fee is not None:
            await charge_late_fees(session, [Invoice.id.in_(late)], table.late_fee, today, now)


async def _suspend(
    session: AsyncSession, planned: Sequence[Planned], today: date, now: datetime
) -> None:
    """One suspension for an account, however many of its invoices are late."""
    rows = {
        each.invoice.account_id: {
            "id": uuid4(),
            "account_id": each.invoice.account_id,
            "invoice_id": each.invoice.invoice_id,
            "suspended_on": today,
            "suspended_at": now,
        }
        for each in planned
        if each.action is Action.SUSPENSION
    }
    if not rows:
        return
    new = await repository.suspend(session, list(rows.values()))
    numbers = {each.invoice.invoice_id: each.invoice for each in planned}
    await notices.write_many(
        session,
        [
            NewNotice(
                account_id=each.account_id,
                kind="service_suspended",
                key=f"suspension:{each.id}",
                values=_values(numbers[each.invoice_id]),
                about_invoice_id=each.invoice_id,
            )
            for each in new
        ],
        now=now,
    )


def _row(planned: Planned, today: date, now: datetime) -> dict[str, Any]:
    return {
        "invoice_id": planned.invoice.invoice_id,
        "round": planned.invoice.round,
        "action": str(planned.action),
        "done_on": today,
        "done_at": now,
    }


def _told(planned: Planned, today: date, policy: Policy) -> NewNotice:
    invoice = planned.invoice
    values = _values(invoice)
    if planned.action is Action.SUSPENSION_NOTICE:
        table = policy.dunning_on(invoice.due_on)
        values["suspends_on"] = notices.day(suspends_on(today, table))
    return NewNotice(
        account_id=invoice.account_id,
        kind=_KINDS[planned.action],
        key=f"dunning:{invoice.invoice_id}:{invoice.round}:{planned.action}",
        values=values,
        about_invoice_id=invoice.invoice_id,
    )


def _values(invoice: LateInvoice) -> dict[str, Any]:
    return {
        "amount": notices.money(invoice.debt.dunnable),
        "invoice": invoice.number,
        "due": notices.day(invoice.debt.counts_from),
    }


def _audited(planned: Planned) -> tuple[str, dict[str, Any]]:
    details = {"invoice": planned.invoice.number, "step": str(planned.action)}
    return f"account:{planned.invoice.account_id}", details


# The late fee is told on the invoice that carries it, the suspension once for the account.
_KINDS = {
    Action.REMINDER_1: "reminder_1",
    Action.REMINDER_2: "reminder_2",
    Action.SUSPENSION_NOTICE: "suspension_notice",
}
