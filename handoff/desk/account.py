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
    AlreadyCorrected,
    ArrangementSummary,
    Billing,
    CancellationUndone,
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
    LinkRefused,
    PaymentLinkFacts,
    ScheduledChange,
    UndoRefused,
    Wish,
)
from handoff.conversations import Author, Conversation, Draft, Part, accounts, write
from handoff.conversations.bell import WAKE_DESK, ring
from handoff.conversations.inbox import open_conversation
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
    customer = await proved_customer(session, billing, held, click.now)
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
) -> Corrected | AboveLimit | AlreadyCorrected | Refused:
    """Put right an error that the account review proved. Raises billing's NotFound when it no
    longer finds it."""
    held = await hold(session, click.agent, click.case_id)
    customer = await proved_customer(session, billing, held, click.now)
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
    customer = await proved_customer(session, billing, held, click.now)
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


async def send_payment_link(
    session: AsyncSession, billing: Billing, click: Click
) -> PaymentLinkFacts | LinkRefused | Refused:
    """Says a link to pay what is due in the conversation; to a caller it goes by SMS."""
    held = await hold(session, click.agent, click.case_id)
    customer = await proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    if held.conversation.channel == "voice" and not customer.phone:
        return Refused("no_customer_phone", {})
    reads = await _where_it_is_read(session, held, customer, click.now)
    result = await billing.payment_link(
        session,
        customer.account_id,
        language=held.conversation.language,
        conversation_id=reads.id,
        authority=click.agent.authority,
        key=click.named("payment_link"),
        now=click.now,
    )
    if isinstance(result, PaymentLinkFacts):
        await write(
            session,
            reads,
            Draft(parts=[_link_part(result, reads)]),
            author=Author.AGENT,
            agent_name=click.agent.name,
            key=click.named("payment_link"),
            now=click.now,
        )
        await ring(session, WAKE_DESK, str(held.conversation.id))
    return result


async def preview_change(
    session: AsyncSession, billing: Billing, click: Click, wish: Wish
) -> ChangePreview | ChangeRefused | Refused:
    """What a change of services would do; changes nothing."""
    held = await hold(session, click.agent, click.case_id)
    customer = await proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    return await billing.preview_change(session, customer.account_id, wish, now=click.now)


async def change_services(
    session: AsyncSession, billing: Billing, click: Click, wish: Wish, *, promise: str
) -> ChangeDone | ChangeRefused | Refused:
    """Exactly what the preview of that promise said."""
    held = await hold(session, click.agent, click.case_id)
    customer = await proved_customer(session, billing, held, click.now)
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
    customer = await proved_customer(session, billing, held, click.now)
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


async def undo_cancellation(
    session: AsyncSession, billing: Billing, click: Click
) -> CancellationUndone | UndoRefused | Refused:
    """The service goes on as it was."""
    held = await hold(session, click.agent, click.case_id)
    customer = await proved_customer(session, billing, held, click.now)
    if isinstance(customer, Refused):
        return customer
    return await billing.undo_cancellation(
        session,
        customer.account_id,
        authority=click.agent.authority,
        key=click.named("undo_cancellation"),
        now=click.now,
    )


async def choose_account(
    session: AsyncSession, billing: Billing, click: Click, *, account_id: UUID
) -> AccountSummary | Refused:
    """From now on the case, its changes, and the assistant afterwards speak of this account."""
    held = await hold(session, click.agent, click.case_id)
    customer = await proved_customer(session, billing, held, click.now)
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


async def proved_customer(
    session: AsyncSession, billing: Billing, held: Held, now: datetime
) -> CustomerFacts | Refused:
    identified = await billing.identification(session, held.conversation.id, now=now)
    if identified.level != Level.VERIFIED or identified.customer_id is None:
        return Refused("not_verified", {})
    customer = await billing.customer(session, identified.customer_id)
    return accounts.spoken_of(held.conversation, customer)


async def _where_it_is_read(
    session: AsyncSession, held: Held, customer: CustomerFacts, now: datetime
) -> Conversation:
    """The conversation itself, or the text messages of the number on file for a caller."""
    if held.conversation.channel != "voice":
        return held.conversation
    return await open_conversation(
        session,
        channel="sms",
        address=customer.phone,
        sender=customer.phone,
        phone=customer.phone,
        language_hint=held.conversation.language,
        now=now,
    )


def _link_part(link: PaymentLinkFacts, reads: Conversation) -> Part:
    values = {
        "amount": {"money": link.amount.minor, "currency": link.amount.currency},
        "link": link.url,
    }
    if reads.channel == "sms":
        return Part("utter_sms_payment_link", values)
    return Part("utter_payment_link", {**values, "until": {"moment": link.expires_at.isoformat()}})
