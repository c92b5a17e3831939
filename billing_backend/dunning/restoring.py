"""How does a service that was suspended for a debt come back?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, notices
from billing_backend.catalogue.words import standing
from billing_backend.clock import business_date
from billing_backend.contract import Restored
from billing_backend.customers.repository import lock_accounts
from billing_backend.dunning import repository
from billing_backend.dunning.models import Suspension
from billing_backend.dunning.service import with_tax
from billing_backend.invoices.models import Charge
from billing_backend.money import Money
from billing_backend.notices import NewNotice
from billing_backend.policy import Policy


async def restore_paid(session: AsyncSession, *, now: datetime, policy: Policy) -> int:
    """Restores every service whose debt is gone and lets the customers know; answers how many.

    Paid, credited, arranged or disputed: whatever may not be asked for any more suspends
    nobody. The reconnection fee is only for debts that had to be paid.
    """
    restored = await _restore_these(session, None, now, policy)
    await notices.write_many(
        session, [_told(suspension, fee) for suspension, fee in restored], now=now
    )
    return len(restored)


async def restore_account(
    session: AsyncSession, account_id: UUID, *, now: datetime, policy: Policy
) -> Restored | None:
    """The same for one account whose customer is told by the caller."""
    for _, fee in await _restore_these(session, [account_id], now, policy):
        return Restored(fee)
    return None


async def _restore_these(
    session: AsyncSession, accounts: Sequence[UUID] | None, now: datetime, policy: Policy
) -> list[tuple[Suspension, Money | None]]:
    """The suspensions that are over now, each with the fee to come, tax included."""
    today = business_date(now, policy.zone)
    minimum = policy.dunning_on(today).minimum
    found = await repository.restorable(session, today, minimum, accounts)
    if not found:
        return []
    theirs = sorted({each.account_id for each in found})
    await lock_accounts(session, theirs)
    # Again under the lock: somebody else may have restored it, a payment may have bounced.
    certain = await repository.restorable(session, today, minimum, theirs)
    return [(each, await _restore(session, each, today, now, policy)) for each in certain]


async def _restore(
    session: AsyncSession, suspension: Suspension, today: date, now: datetime, policy: Policy
) -> Money | None:
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
    return with_tax(fee, today)


def _told(suspension: Suspension, fee: Money | None) -> NewNotice:
    key = f"restored:{suspension.id}"
    if fee is None:
        return NewNotice(suspension.account_id, "service_restored", key)
    values = {"fee": notices.money(fee)}
    return NewNotice(suspension.account_id, "service_restored_with_fee", key, values)


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
