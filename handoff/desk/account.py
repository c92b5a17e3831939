"""What may an agent change on the account of the customer they are talking with?

Billing decides; the desk names the agent's authority, keeps the key of the click and remembers
what was given. A customer who was only recognised gets no change: a number can be forged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import (
    AboveLimit,
    AccountSummary,
    ArrangementSummary,
    Billing,
    ChangeDone,
    ChangePreview,
    ChangeRefused,
    Corrected,
    CustomerFacts,
    DiscountRefused,
    ExtensionRefused,
    Granted,
    Identification,
    Level,
    Restored,
    RestoreRefused,
    ScheduledChange,
    Wish,
)
from handoff.conversations import accounts
from handoff.desk.cases import Held, Refused, hold, remember_granted
from handoff.desk.models import Agent


@dataclass(frozen=True, slots=True)
class Click:
    """One agent's wish to change one case, once: the same `key` again changes nothing."""

    agent: Agent
    case_id: UUID
    key: str
    now: datetime

    def named(self, purpose: str) -> str:
        return f"desk:{self.case_id}:{purpose}:{self.key}"


async def grant(
    session: AsyncSession,
    billing: Billing,
    click: Click,
    *,
    percent_bp: int,
    months: int,
    reason: str,
) -> Granted | DiscountRefused | Refused:
    """A discount within the agent's authority; above it a refusal that says who may."""
    held = await hold(session, click.agent, click.case_id)
    customer = await _proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    result = await billing.grant_discount(
        session,
        customer.account_id,
        percent_bp=percent_bp,
        months=months,
        reason=reason,
        conversation_id=held.conversation.id,
        authority=click.agent.authority,
        key=click.named("grant"),
        now=click.now,
    )
    if isinstance(result, Granted):
        offer = result.offer
        await remember_granted(
            session,
            held,
            {
                "kind": "discount",
                "key": click.key,
                "percent_bp": percent_bp,
                "months": offer.months,
                "amount": {"minor": offer.amount.minor, "currency": offer.amount.currency},
            },
        )
    return result


async def correct(
    session: AsyncSession, billing: Billing, click: Click, *, finding_id: str
) -> Corrected | AboveLimit | Refused:
    """Credit an error that the account review proved. Raises billing's NotFound when it no
    longer finds it."""
    held = await hold(session, click.agent, click.case_id)
    customer = await _proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    result = await billing.correct(
        session,
        customer.account_id,
        finding_id,
        authority=click.agent.authority,
        key=click.named("correct"),
        now=click.now,
    )
    if isinstance(result, Corrected):
        await remember_granted(
            session,
            held,
            {
                "kind": "correction",
                "key": click.key,
                "invoice": result.invoice_number,
                "amount": {"minor": result.amount.minor, "currency": result.amount.currency},
            },
        )
    return result


async def extend(
    session: AsyncSession, billing: Billing, click: Click, *, pay_by: date
) -> ArrangementSummary | ExtensionRefused | Refused:
    """More time to pay, by billing's rule."""
    held = await hold(session, click.agent, click.case_id)
    customer = await _proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    result = await billing.arrange_extension(
        session,
        customer.account_id,
        pay_by,
        authority=click.agent.authority,
        key=click.named("extend"),
        now=click.now,
    )
    if isinstance(result, ArrangementSummary):
        await remember_granted(
            session,
            held,
            {
                "kind": "extension",
                "key": click.key,
                "pay_by": result.pay_by.isoformat(),
                "amount": {"minor": result.amount.minor, "currency": result.amount.currency},
            },
        )
    return result


async def preview_change(
    session: AsyncSession, billing: Billing, click: Click, wish: Wish
) -> ChangePreview | ChangeRefused | Refused:
    """What a change of services would do; changes nothing."""
    held = await hold(session, click.agent, click.case_id)
    customer = await _proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    return await billing.preview_change(session, customer.account_id, wish, now=click.now)


async def change_services(
    session: AsyncSession, billing: Billing, click: Click, wish: Wish, *, promise: str
) -> ChangeDone | ChangeRefused | Refused:
    """Exactly what the preview of that promise said."""
    held = await hold(session, click.agent, click.case_id)
    customer = await _proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    result = await billing.change_services(
        session,
        customer.account_id,
        wish,
        promise=promise,
        channel="desk",
        authority=click.agent.authority,
        key=click.named("change"),
        now=click.now,
    )
    if isinstance(result, ChangeDone):
        preview = result.preview
        about = preview.new or preview.old
        await remember_granted(
            session,
            held,
            {
                "kind": f"service_{wish.kind}",
                "key": click.key,
                "name": about.name if about else {},
                "from_day": preview.from_day.isoformat(),
                "last_day": preview.last_day.isoformat(),
            },
        )
    return result


async def call_off(
    session: AsyncSession, billing: Billing, click: Click, *, change_id: UUID
) -> ScheduledChange | ChangeRefused | Refused:
    """A scheduled change never was."""
    held = await hold(session, click.agent, click.case_id)
    customer = await _proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    return await billing.cancel_change(
        session,
        customer.account_id,
        change_id,
        authority=click.agent.authority,
        key=click.named("call_off"),
        now=click.now,
    )


async def restore(
    session: AsyncSession, billing: Billing, click: Click
) -> Restored | RestoreRefused | Refused:
    """The service goes on: a cancellation is undone, or a suspension lifted."""
    held = await hold(session, click.agent, click.case_id)
    customer = await _proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    return await billing.restore_service(
        session,
        customer.account_id,
        authority=click.agent.authority,
        key=click.named("restore"),
        now=click.now,
    )


async def choose_account(
    session: AsyncSession, billing: Billing, click: Click, *, account_id: UUID
) -> AccountSummary | Refused:
    """From now on the case, its changes, and the assistant afterwards speak of this account."""
    held = await hold(session, click.agent, click.case_id)
    customer = await _proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    for account in customer.accounts:
        if account.account_id == account_id:
            accounts.choose(held.conversation, customer, account_id)
            return account
    return Refused("not_their_account", {})


def customer_of(identified: Identification, held_customer: UUID | None) -> UUID | None:
    """Whose account the desk shows: the identified one, else who it was when the case began."""
    return identified.customer_id or held_customer


async def _proved_customer(
    session: AsyncSession, billing: Billing, held: Held, now: datetime
) -> CustomerFacts | Refused:
    identified = await billing.identification(session, held.conversation.id, now=now)
    if identified.level != Level.VERIFIED or identified.customer_id is None:
        return Refused("not_verified", {})
    customer = await billing.customer(session, identified.customer_id)
    return accounts.spoken_of(held.conversation, customer)
