"""How are late debts followed up each day, and what does an account's service depend on?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import Fees, ServiceState
from billing_backend.dunning import repository
from billing_backend.dunning.doing import Planned, carry_out
from billing_backend.dunning.repository import LateInvoice
from billing_backend.dunning.rules import after, next_step, suspends_on
from billing_backend.dunning.table import Action
from billing_backend.invoices.vat import standard_rate
from billing_backend.money import Money, total
from billing_backend.policy import Policy

PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Followed:
    """What a day's dunning did, counted."""

    reminders: int = 0
    late_fees: int = 0
    suspended: int = 0

    def __add__(self, other: Followed) -> Followed:
        return Followed(
            self.reminders + other.reminders,
            self.late_fees + other.late_fees,
            self.suspended + other.suspended,
        )


async def run(
    session: AsyncSession, *, today: date, now: datetime, policy: Policy, page: int = PAGE
) -> Followed:
    """Does the step that is due about each late invoice, page by page.

    Steps that are written down are not done again: stopped, or run twice, it goes on where it
    was. What is disputed or arranged is left alone.
    """
    done, last = Followed(), None
    while late := await repository.late_page(session, today, after=last, limit=page):
        last = late[-1].invoice_id
        steps = await carry_out(session, plan(late, today, policy), today, now, policy)
        done += Followed(
            reminders=sum(action in _TOLD for action in steps),
            late_fees=steps.count(Action.LATE_FEE),
            suspended=steps.count(Action.SUSPENSION),
        )
    return done


def plan(late: Sequence[LateInvoice], today: date, policy: Policy) -> list[Planned]:
    """The steps that are due today about these invoices."""
    planned: list[Planned] = []
    for invoice in late:
        debt, table = invoice.debt, policy.dunning_on(invoice.due_on)
        while (action := next_step(debt, table, today)) is not None:
            planned.append(Planned(invoice, action))
            debt = after(debt, action, today)
    return planned


async def service_state(
    session: AsyncSession, account_id: UUID, *, today: date, policy: Policy
) -> ServiceState:
    """Whether the service is suspended for debt or about to be, and what must be paid."""
    suspension = await repository.running(session, account_id)
    late = [
        each
        for each in await repository.late_of_account(session, today, account_id)
        if each.debt.dunnable
    ]
    return ServiceState(
        state="active" if suspension is None else "suspended",
        since=None if suspension is None else suspension.suspended_on,
        to_pay=total((each.debt.dunnable for each in late), policy.currency),
        invoice_numbers=tuple(each.number for each in late),
        suspends_on=None if suspension is not None else _announced(late, policy),
        reconnection_fee=fees(today=today, policy=policy).reconnection_fee,
    )


def fees(*, today: date, policy: Policy) -> Fees:
    """What it costs by today's table, with tax where there is any on it."""
    table = policy.dunning_on(today)
    return Fees(
        late_fee=table.late_fee,
        late_fee_on_day=table.late_fee_on_day or 0,
        reconnection_fee=with_tax(table.reconnection_fee, today),
        early_termination_bp=policy.termination_fee_bp,
    )


def with_tax(net: Money | None, on: date) -> Money | None:
    return None if net is None else net + net.share(standard_rate(on))


def _announced(late: Sequence[LateInvoice], policy: Policy) -> date | None:
    """The day on which the service will be suspended, if that was announced."""
    days = [
        suspends_on(announced, policy.dunning_on(each.due_on))
        for each in late
        if (announced := each.debt.done.get(Action.SUSPENSION_NOTICE)) is not None
        and Action.SUSPENSION not in each.debt.done
    ]
    return min(days, default=None)


_TOLD = (Action.REMINDER_1, Action.REMINDER_2, Action.SUSPENSION_NOTICE)
