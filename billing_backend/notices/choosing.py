"""Which notices does a customer want, and where?"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.contract import NoticeChoices
from billing_backend.customers.models import Customer
from billing_backend.customers.repository import lock_customer
from billing_backend.errors import NotFound, WrongValue
from billing_backend.notices import repository, rules

CHANNELS = ("telegram", "sms")


async def choices(session: AsyncSession, customer_id: UUID) -> NoticeChoices:
    """Raises NotFound."""
    customer = await session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("customer", customer_id)
    return await _choices(session, customer)


async def choose(
    session: AsyncSession,
    customer_id: UUID,
    *,
    topic: str | None,
    wanted: bool,
    stated_in: str,
    now: datetime,
) -> NoticeChoices:
    """From now on notices of the topic (None: of all) are told, or not. Raises NotFound and
    WrongValue."""
    if topic is not None and topic not in rules.TOPICS:
        raise WrongValue("topic", f"is one of {', '.join(rules.TOPICS)}")
    customer = await _locked(session, customer_id)
    topics = list(rules.TOPICS) if topic is None else [topic]
    await repository.state(
        session, customer_id, topics, wanted=wanted, stated_in=stated_in, now=now
    )
    details = {"topics": topics, "wanted": wanted, "stated_in": stated_in}
    await _record(session, customer_id, "notices.chosen", details, now)
    return await _choices(session, customer)


async def choose_channel(
    session: AsyncSession, customer_id: UUID, channel: str, *, stated_in: str, now: datetime
) -> NoticeChoices:
    """From now on notices are told there, as long as there is somewhere. Raises NotFound and
    WrongValue."""
    if channel not in CHANNELS:
        raise WrongValue("channel", f"is one of {', '.join(CHANNELS)}")
    customer = await _locked(session, customer_id)
    customer.notice_channel = channel
    details = {"channel": channel, "stated_in": stated_in}
    await _record(session, customer_id, "notices.channel_chosen", details, now)
    return await _choices(session, customer)


async def _locked(session: AsyncSession, customer_id: UUID) -> Customer:
    customer = await lock_customer(session, customer_id)
    if customer is None:
        raise NotFound("customer", customer_id)
    return customer


async def _choices(session: AsyncSession, customer: Customer) -> NoticeChoices:
    said = (await repository.stated(session, [customer.id]))[customer.id]
    wanted = {topic: rules.wanted(topic, customer.wants_notices, said) for topic in rules.TOPICS}
    return NoticeChoices(wanted, customer.notice_channel)


async def _record(
    session: AsyncSession, customer_id: UUID, action: str, details: dict[str, Any], now: datetime
) -> None:
    await audit.record(
        session,
        actor="customer",
        action=action,
        subject=f"customer:{customer_id}",
        details=details,
        now=now,
    )
