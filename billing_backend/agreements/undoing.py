"""How is a scheduled change called off, and how does a service go on that was cancelled?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
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
    CancellationUndone,
    ChangeRefused,
    ScheduledChange,
    UndoRefused,
)
from billing_backend.customers.repository import lock_account
from billing_backend.errors import NotFound
from billing_backend.idempotency import once
from billing_backend.policy import Policy

_CALLED_OFF: TypeAdapter[ScheduledChange | ChangeRefused] = TypeAdapter(
    ScheduledChange | ChangeRefused
)
_UNDONE: TypeAdapter[CancellationUndone | UndoRefused] = TypeAdapter(
    CancellationUndone | UndoRefused
)


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


async def undo_cancellation(
    session: AsyncSession,
    account_id: UUID,
    *,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> CancellationUndone | UndoRefused:
    """The end of the service is called off before its last day is over, once per key. NotFound
    without such an account."""

    async def work() -> CancellationUndone | UndoRefused:
        standing = await _held(session, account_id, business_date(now, policy.zone))
        for pending in standing.pending:
            if pending.told.kind == "cancel":
                await _call_off(session, account_id, pending, authority, now)
                return CancellationUndone(pending.told.from_day - timedelta(days=1))
        over = rules.cancelled_on(standing)
        return UndoRefused("nothing_to_undo") if over is None else UndoRefused("ended", day=over)

    request = {"do": "undo_cancellation", "account": account_id}
    return await once(session, key, request, _UNDONE, work)


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
