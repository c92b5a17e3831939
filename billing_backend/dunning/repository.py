"""Which queries find late debts, keep what was done about them, and suspend and restore?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.disputes.models import Dispute
from billing_backend.disputes.repository import held, held_invoices
from billing_backend.dunning.models import DunningStep, Suspension
from billing_backend.dunning.rules import Debt
from billing_backend.dunning.table import Action
from billing_backend.invoices.models import Charge, Invoice
from billing_backend.money import Money
from billing_backend.payments.models import Allocation
from billing_backend.payments.repository import outstanding
from billing_backend.plans import protected_invoices
from billing_backend.plans.models import Arrangement, ArrangementInvoice


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """An invoice past its due date, with the round that its steps are counted in."""

    invoice_id: UUID
    account_id: UUID
    number: str
    due_on: date
    round: int
    debt: Debt


async def late_page(
    session: AsyncSession, today: date, *, after: UUID | None, limit: int
) -> list[LateInvoice]:
    """The next late invoices by id, whoever owes them."""
    condition = Invoice.id > after if after is not None else None
    return await _late(session, today, condition, limit)


async def late_of_account(
    session: AsyncSession, today: date, account_id: UUID
) -> list[LateInvoice]:
    found = await _late(session, today, Invoice.account_id == account_id, None)
    return sorted(found, key=lambda late: (late.due_on, late.number))


async def late_by_id(
    session: AsyncSession, today: date, invoice_ids: Sequence[UUID]
) -> list[LateInvoice]:
    return await _late(session, today, Invoice.id.in_(invoice_ids), None)


async def keep_steps(
    session: AsyncSession, rows: Sequence[Mapping[str, Any]]
) -> set[tuple[UUID, str]]:
    """Writes steps down; answers (invoice, action) of those that nobody had done before."""
    done = await session.execute(
        insert(DunningStep)
        .values(list(rows))
        .on_conflict_do_nothing()
        .returning(DunningStep.invoice_id, DunningStep.action)
    )
    return {(invoice_id, action) for invoice_id, action in done}


async def suspend(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> list[Suspension]:
    """Suspends the accounts that are not suspended yet; answers the new suspensions."""
    found = await session.scalars(
        insert(Suspension)
        .values(list(rows))
        .on_conflict_do_nothing(
            index_elements=[Suspension.account_id],
            index_where=Suspension.restored_on.is_(None),
        )
        .returning(Suspension)
    )
    return list(found)


async def running(session: AsyncSession, account_id: UUID) -> Suspension | None:
    """The account's suspension that is not over."""
    return await session.scalar(
        select(Suspension).where(
            Suspension.account_id == account_id, Suspension.restored_on.is_(None)
        )
    )


async def history(session: AsyncSession, account_id: UUID) -> Sequence[Suspension]:
    """The account's suspensions, newest first."""
    query = (
        select(Suspension)
        .where(Suspension.account_id == account_id)
        .order_by(Suspension.suspended_at.desc())
    )
    return (await session.scalars(query)).all()


async def restorable(
    session: AsyncSession, today: date, minimum: Money, account_ids: Sequence[UUID] | None = None
) -> list[Suspension]:
    """Running suspensions of accounts that owe less than the minimum of what may be asked for."""
    left = func.greatest(outstanding() - held(today), 0)
    asked_for = (
        select(func.coalesce(func.sum(left), 0))
        .where(
            Invoice.account_id == Suspension.account_id,
            Invoice.due_on < today,
            Invoice.id.not_in(protected_invoices(today)),
        )
        .correlate(Suspension)
        .scalar_subquery()
    )
    query = select(Suspension).where(Suspension.restored_on.is_(None), asked_for < minimum.minor)
    if account_ids is not None:
        query = query.where(Suspension.account_id.in_(account_ids))
    return list(await session.scalars(query))


async def paid_since(session: AsyncSession, suspension: Suspension, today: date) -> bool:
    """Whether money came for the debt behind a suspension; not when it was only credited,
    disputed or arranged."""
    spared = held_invoices(today).union(protected_invoices(today))
    came = await session.scalar(
        select(func.sum(Allocation.amount_minor)).where(
            Allocation.invoice_id == suspension.invoice_id,
            Allocation.payment_id.is_not(None),
            Allocation.allocated_at >= suspension.suspended_at,
            Allocation.invoice_id.not_in(spared),
        )
    )
    return bool(came and came > 0)


async def restore(session: AsyncSession, suspension_id: UUID, values: Mapping[str, Any]) -> None:
    await session.execute(update(Suspension).where(Suspension.id == suspension_id).values(**values))


async def _late(
    session: AsyncSession, today: date, condition: ColumnElement[bool] | None, limit: int | None
) -> list[LateInvoice]:
    query = (
        select(
            Invoice.id,
            Invoice.account_id,
            Invoice.number,
            Invoice.due_on,
            Invoice.currency,
            outstanding().label("outstanding"),
            held(today).label("held"),
            Invoice.id.in_(protected_invoices(today)).label("arranged"),
            _late_fee_charged().label("charged"),
            _suspended().label("suspended"),
            _due_again(today).label("due_again"),
            (_answered(today) + _broken()).label("round"),
        )
        .where(Invoice.due_on < today, outstanding() > 0)
        .order_by(Invoice.id)
        .limit(limit)
    )
    if condition is not None:
        query = query.where(condition)
    rows = (await session.execute(query)).all()
    done = await _done(session, {row.id: int(row.round) for row in rows})
    return [
        LateInvoice(
            invoice_id=row.id,
            account_id=row.account_id,
            number=row.number,
            due_on=row.due_on,
            round=int(row.round),
            debt=Debt(
                counts_from=max(row.due_on, row.due_again or row.due_on),
                outstanding=Money(int(row.outstanding), row.currency),
                disputed=Money(int(row.held), row.currency),
                held=int(row.held) > 0,
                arranged=row.arranged,
                late_fee_charged=row.charged,
                suspended=row.suspended,
                done=done[row.id],
            ),
        )
        for row in rows
    ]


async def _done(
    session: AsyncSession, rounds: Mapping[UUID, int]
) -> dict[UUID, dict[Action, date]]:
    """The steps of each invoice's present round."""
    found: dict[UUID, dict[Action, date]] = defaultdict(dict)
    query = select(DunningStep).where(DunningStep.invoice_id.in_(rounds))
    for step in await session.scalars(query):
        if step.round == rounds[step.invoice_id]:
            found[step.invoice_id][Action(step.action)] = step.done_on
    return found


def _late_fee_charged() -> ColumnElement[bool]:
    return (
        select(Charge.id)
        .where(Charge.late_for_invoice_id == Invoice.id)
        .correlate(Invoice)
        .exists()
    )


def _suspended() -> ColumnElement[bool]:
    return (
        select(Suspension.id)
        .where(Suspension.account_id == Invoice.account_id, Suspension.restored_on.is_(None))
        .correlate(Invoice)
        .exists()
    )


def _fresh_days_over(today: date) -> ColumnElement[bool]:
    return and_(Dispute.invoice_id == Invoice.id, Dispute.due_again_on < today)


def _due_again(today: date) -> ScalarSelect[date | None]:
    return (
        select(func.max(Dispute.due_again_on))
        .where(_fresh_days_over(today))
        .correlate(Invoice)
        .scalar_subquery()
    )


def _answered(today: date) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Dispute)
        .where(_fresh_days_over(today))
        .correlate(Invoice)
        .scalar_subquery()
    )


def _broken() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(ArrangementInvoice)
        .join(Arrangement, Arrangement.id == ArrangementInvoice.arrangement_id)
        .where(ArrangementInvoice.invoice_id == Invoice.id, Arrangement.broken_on.is_not(None))
        .correlate(Invoice)
        .scalar_subquery()
    )
