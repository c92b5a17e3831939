"""Which unpaid invoices cost a late fee today?"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Date, Integer, Select, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.catalogue.words import standing
from billing_backend.invoices.models import Charge, Invoice
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
    """Charges the late fee once for each invoice that is late by more than the days of grace.

    One statement, however many invoices. `spared` selects the ids of invoices on which none may
    fall due (an arrangement is kept, a dispute is open). The fee is on the account's next
    invoice. Answers how many fell due.
    """
    late_before = today - timedelta(days=policy.late_fee_after_days)
    late = select(
        func.gen_random_uuid(),
        Invoice.account_id,
        literal("late_fee"),
        literal(standing("late_fee"), JSONB),
        literal(policy.late_fee.minor, Integer),
        literal(policy.late_fee.currency),
        literal(today, Date),
        Invoice.id,
    ).where(Invoice.due_on < late_before, outstanding() > 0)
    if spared is not None:
        late = late.where(Invoice.id.not_in(spared))
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
    return len(rows)
