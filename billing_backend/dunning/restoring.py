"""How does a service that was suspended for a debt come back?"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, notices
from billing_backend.catalogue.words import standing
from billing_backend.clock import business_date
from billing_backend.customers.repository import lock_accounts
from billing_backend.dunning import repository
from billing_backend.dunning.models import Suspension
from billing_backend.dunning.service import with_tax
from billing_backend.invoices.models import Charge
from billing_backend.money import Money
from billing_backend.notices import NewNotice
from billing_backend.policy import Policy


async def restore_paid(
    session: AsyncSession, *, now: datetime, policy: Policy, account_id: UUID | None = None
) -> int:
    """Restores every service (or this account's) whose debt is gone; answers how many.

    Paid, credited, arranged or disputed: whatever may not be asked for any more suspends
    nobody. The reconnection fee is only for debts that had to be paid.
    """
    today = business_date(now, policy.zone)
    minimum = policy.dunning_on(today).minimum
    only = None if account_id is None else [account_id]
    found = await repository.restorable(session, today, minimum, only)
    if not found:
        return 0
    accounts = sorted({each.account_id for each in found})
    await lock_accounts(session, accounts)
    # Again under the lock: somebody else may have restored it, a payment may have bounced.
    certain = await repository.restorable(session, today, minimum, accounts)
    for suspension in certain:
        await _restore(session, suspension, today, now, policy)
    return len(certain)


async def _restore(
    session: AsyncSession, suspension: Suspension, today: date, now: datetime, policy: Policy
) -> None:
    paid = await repository.paid_since(session, suspension, today)
    because = "paid" if paid else "not_owed"
    await repository.restore(
        session,
        suspension.id,
        {"restored_on": today, "restored_at": now, "restored_because": because},
    )
    fee = policy.dunning_on(today).reconnection_fee if paid else None
    if fee is not None:
        session.add(_charge(suspension.account_id, fee, today))
    await audit.record(
        session,
        actor="system",
        action="service.restored",
        subject=f"account:{suspension.account_id}",
        details={"because": because, "fee_minor": fee.minor if fee else 0},
        now=now,
    )
    key = f"restored:{suspension.id}"
    gross = with_tax(fee, today)
    notice = NewNotice(suspension.account_id, "service_restored", key)
    if gross is not None:
        values = {"fee": notices.money(gross)}
        notice = NewNotice(suspension.account_id, "service_restored_with_fee", key, values)
    await notices.write(session, notice, now=now)


def _charge(account_id: UUID, fee: Money, today: date) -> Charge:
    """On the next invoice."""
    return Charge(
        account_id=account_id,
        kind="one_off",
        description=standing("reconnection_fee"),
        net_minor=fee.minor,
        currency=fee.currency,
        supplied_on=today,
    )
