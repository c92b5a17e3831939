"""How is a scheduled change called off, and how does a service go on that was cancelled or cut?"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.agreements import repository, rules
from billing_backend.agreements.applying import withdraw
from billing_backend.agreements.facts import Pending, Standing
from billing_backend.clock import business_date
from billing_backend.contract import (
    Authority,
    ChangeRefused,
    Restored,
    RestoreRefused,
    ScheduledChange,
)
from billing_backend.customers.repository import lock_account
from billing_backend.errors import NotFound
from billing_backend.idempotency import once
from billing_backend.invoices.service import balance
from billing_backend.policy import Policy

_CALLED_OFF: TypeAdapter[ScheduledChange | ChangeRefused] = TypeAdapter(
    ScheduledChange | ChangeRefused
)
_RESTORED: TypeAdapter[Restored | RestoreRefused] = TypeAdapter(Restored | RestoreRefused)


async def cancel_change(
    session: AsyncSession,
    account_id: UUID,
    change_id: UUID,
    *,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> ScheduledChange | ChangeRefused:
    """Calls a change off before its day, once per key. NotFound without such an account."""

    async def work() -> ScheduledChange | ChangeRefused:
        standing = await _held(session, account_id, business_date(now, policy.zone))
        for pending in standing.pending:
            if pending.told.change_id == change_id:
                if refused := _others_build_on_it(pending, standing):
                    return refused
                await _call_off(session, account_id, pending, authority, now)
                return pending.told
        change = await repository.change(session, account_id, change_id)
        if change is None or change.withdrawn_at is not None:
            return ChangeRefused("unknown_change")
        return ChangeRefused("change_begun", day=change.from_day)

    request = {"do": "cancel_change", "account": account_id, "change": change_id}
    return await once(session, key, request, _CALLED_OFF, work)


async def restore_service(
    session: AsyncSession,
    account_id: UUID,
    *,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> Restored | RestoreRefused:
    """A cancellation is undone before its last day is over; a suspension is lifted once nothing
    is overdue. NotFound without such an account."""

    async def work() -> Restored | RestoreRefused:
        today = business_date(now, policy.zone)
        standing = await _held(session, account_id, today)
        for pending in standing.pending:
            if pending.told.kind == "cancel":
                await _call_off(session, account_id, pending, authority, now)
                return Restored("cancellation")
        if standing.suspended_on is not None:
            return await _lift(session, account_id, authority, now, today, policy)
        over = rules.cancelled_on(standing)
        if over is not None:
            return RestoreRefused("ended", day=over)
        return RestoreRefused("nothing_to_restore")

    request = {"do": "restore_service", "account": account_id}
    return await once(session, key, request, _RESTORED, work)


async def _held(session: AsyncSession, account_id: UUID, today: date) -> Standing:
    if await lock_account(session, account_id) is None:
        raise NotFound("account", account_id)
    return await repository.standing(session, account_id, today=today)


def _others_build_on_it(pending: Pending, standing: Standing) -> ChangeRefused | None:
    """A change that begins what another one ends again is called off after that one."""
    for other in standing.pending:
        if other is not pending and set(pending.started) & set(other.ended):
            return ChangeRefused("already_scheduled", other.told.from_day, other.told)
    return None


async def _call_off(
    session: AsyncSession, account_id: UUID, pending: Pending, authority: Authority, now: datetime
) -> None:
    await withdraw(session, pending, by=authority.name, now=now)
    await audit.record(
        session,
        actor=authority.name,
        action="service.change_called_off",
        subject=f"account:{account_id}",
        details={"change": str(pending.told.change_id), "kind": pending.told.kind},
        now=now,
    )


async def _lift(
    session: AsyncSession,
    account_id: UUID,
    authority: Authority,
    now: datetime,
    today: date,
    policy: Policy,
) -> Restored | RestoreRefused:
    owed = await balance(session, account_id, today=today, policy=policy)
    if owed.overdue:
        return RestoreRefused("debt", amount=owed.overdue)
    await repository.lift_suspension(session, account_id)
    await audit.record(
        session,
        actor=authority.name,
        action="service.suspension_lifted",
        subject=f"account:{account_id}",
        details={},
        now=now,
    )
    return Restored("suspension")
