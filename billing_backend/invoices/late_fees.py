"""Which unpaid invoices cost a late fee today, and how is it charged?"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Select, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.catalogue.words import standing
from billing_backend.invoices.models import Charge, Invoice
from billing_backend.money import Money
from billing_backend.payments.repository import outstanding
from billing_backend.policy import Policy


async def apply_late_fees(
    session: AsyncSession,
    *,
    today: date,
    now: datetime,
    policy: Policy,
    spared: Select[UUID] | None = None,
) -> int:
    """Charges the late fee once for each invoice that is late by so many days as its table says.

    One statement for each table, however many invoices; for whoever has a whole past to catch
    up with. The daily job goes by dunning's own rule, step by step. `spared` selects the ids of
    invoices on which none may fall due. Answers how many fell due.
    """
    count, until = 0, date.max
    for table in policy.dunning:
        if table.late_fee is not None and table.late_fee_on_day is not None:
            latest = today - timedelta(days=table.late_fee_on_day)
            late = [
                Invoice.due_on >= table.valid_from,
                Invoice.due_on < until,
                Invoice.due_on <= latest,
                outstanding() >= table.minimum.minor,
            ]
            if spared is not None:
                late.append(Invoice.id.not_in(spared))
            count += len(await charge_late_fees(session, late, table.late_fee, today, now))
        until = table.valid_from
    return count


async def charge_late_fees(
    session: AsyncSession,
    which: Sequence[ColumnElement[bool]],
    fee: Money,
    today: date,
    now: datetime,
) -> list[UUID]:
    """Charges the fee for the invoices of these conditions that have none yet.

    It is on the account's next invoice. Answers the invoices.
    """
    late = select(
        func.gen_random_uuid(),
        Invoice.account_id,
        literal("late_fee"),
        literal(standing("late_fee"), JSONB),
        literal(fee.minor, Integer),
        literal(fee.currency),
        literal(today, Date),
        Invoice.id,
    ).where(*which)
    charged = await session.execute(
        insert(Charge)
        .from_select(
            [
                "id",
                "account_id",
                "kind",
                "description",
                "net_minor",
                "currency",
                "supplied_on",
                "late_for_invoice_id",
            ],
            late,
        )
        .on_conflict_do_nothing(index_elements=[Charge.late_for_invoice_id])
        .returning(Charge.account_id, Charge.late_for_invoice_id)
    )
    rows = charged.all()
    await audit.record_many(
        session,
        actor="system",
        action="late_fee.charged",
        subjects=[
            (f"account:{row.account_id}", {"invoice_id": str(row.late_for_invoice_id)})
            for row in rows
        ],
        now=now,
    )
    return [row.late_for_invoice_id for row in rows if row.late_for_invoice_id is not None]
