"""Which agreed days are near, so that customers are reminded of them in time?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import notices
from billing_backend.contract import Instalment
from billing_backend.notices import NewNotice
from billing_backend.plans import repository
from billing_backend.plans.instalments import next_part
from billing_backend.policy import Policy


async def announce_due(session: AsyncSession, *, today: date, now: datetime, policy: Policy) -> int:
    """Tells of each part, or of the whole, that is to be paid within the policy's days; each once.
    Answers how many notices that were."""
    until = today + timedelta(days=policy.arrangement_due_days)
    found = []
    for arrangement_id, account_id in await repository.falling_due(session, today, until):
        for row, owed, parts in await repository.of_account(session, account_id):
            if row.id != arrangement_id:
                continue
            due = next_part(parts or (Instalment(row.pay_by, owed),), owed)
            if due is not None and today < due.due_on <= until:
                kind = "instalment_due" if parts else "extension_due"
                values = {"amount": notices.money(due.amount), "due": notices.day(due.due_on)}
                key = f"arrangement:{row.id}:{due.due_on.isoformat()}"
                found.append(NewNotice(account_id, kind, key, values))
    await notices.write_many(session, found, now=now)
    return len(found)
