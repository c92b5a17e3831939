"""How does a decided change become orders and subscriptions, and how is it taken back?

The orders say who asked for what and stay for ever; a subscription that was called off before
its first day never was.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.agreements import repository
from billing_backend.agreements.facts import Decided, Held, Pending, Start
from billing_backend.agreements.models import ServiceChange
from billing_backend.catalogue.words import standing as standing_name
from billing_backend.contract import Authority, ChangePreview, Tier
from billing_backend.customers.models import ServiceOrder, Subscription
from billing_backend.invoices.models import Charge


async def apply(
    session: AsyncSession,
    account_id: UUID,
    decided: Decided,
    told: ChangePreview,
    *,
    channel: str,
    authority: Authority,
    now: datetime,
) -> UUID:
    """Writes everything down; answers the change's id. The caller holds the account."""
    taken = _Taken(account_id, channel, authority, now, decided.from_day)
    for pending in decided.withdraws:
        await withdraw(session, pending, by=authority.name, now=now)
    for held in decided.ends:
        order = taken.order("end", held.facts.product_code, held.facts.quantity, None)
        await repository.add(session, order)
        await repository.end(session, held.subscription_id, decided.last_day, order.id)
    started = await _start(session, decided.start, taken) if decided.start else None
    charge = await _charge(session, decided, account_id)
    change = ServiceChange(
        id=uuid4(),
        account_id=account_id,
        kind=decided.kind,
        from_day=decided.from_day,
        old_code=told.old.code if told.old else None,
        new_code=decided.start.product.code if decided.start else None,
        reason=told.wish.reason,
        ordered_at=now,
        ordered_by=taken.ordered_by,
        taken_by=authority.name,
        channel=channel,
        promise=told.promise,
        charge_id=charge,
        undo={
            "ended": [_ended(held, decided) for held in decided.ends],
            "started": [str(started)] if started else [],
        },
    )
    session.add(change)
    await session.flush()
    return change.id


async def withdraw(session: AsyncSession, pending: Pending, *, by: str, now: datetime) -> None:
    """As if it had not been ordered: what it ended goes on, what it was to begin never was."""
    for subscription_id, ends_on in pending.ended.items():
        await repository.end(session, subscription_id, ends_on, None)
    await repository.never_began(session, pending.started)
    await repository.mark_withdrawn(session, pending.told.change_id, by=by, now=now)
    if pending.charge_id is not None:
        await repository.take_back_charge(session, pending.charge_id)


class _Taken:
    """One order-taking: who, where, when, for which day."""

    def __init__(
        self, account_id: UUID, channel: str, authority: Authority, now: datetime, from_day: date
    ) -> None:
        self.account_id = account_id
        self.ordered_by = "customer" if authority.tier is Tier.ASSISTANT else "agent"
        self._channel = channel
        self._authority = authority
        self._now = now
        self.from_day = from_day

    def order(
        self, action: str, product: str, quantity: int, net_minor: int | None
    ) -> ServiceOrder:
        return ServiceOrder(
            id=uuid4(),
            account_id=self.account_id,
            action=action,
            product_code=product,
            quantity=quantity,
            ordered_at=self._now,
            ordered_by=self.ordered_by,
            channel=self._channel,
            taken_by=self._authority.name,
            effective_on=self.from_day,
            promised_net_minor=net_minor,
        )


async def _start(session: AsyncSession, start: Start, taken: _Taken) -> UUID:
    order = taken.order("start", start.product.code, 1, start.net.minor)
    subscription = Subscription(
        id=uuid4(),
        account_id=taken.account_id,
        product_code=start.product.code,
        quantity=1,
        starts_on=taken.from_day,
        minimum_term_until=start.minimum_term_until,
        agreed_net_minor=start.net.minor,
        agreed_until=start.agreed_until,
        start_order_id=order.id,
    )
    await repository.add(session, order, subscription)
    return subscription.id


async def _charge(session: AsyncSession, decided: Decided, account_id: UUID) -> UUID | None:
    if not decided.fee:
        return None
    charge = Charge(
        id=uuid4(),
        account_id=account_id,
        kind="one_off",
        description=standing_name("early_termination_fee"),
        net_minor=decided.fee.minor,
        currency=decided.fee.currency,
        supplied_on=decided.from_day,
    )
    await repository.add(session, charge)
    return charge.id


def _ended(held: Held, decided: Decided) -> dict[str, str | None]:
    """The subscription and the last day that it had, once what is called off is out of the way."""
    before = held.facts.ends_on
    for pending in decided.withdraws:
        before = pending.ended.get(held.subscription_id, before)
    return {
        "subscription": str(held.subscription_id),
        "ends_on": before.isoformat() if before else None,
    }
