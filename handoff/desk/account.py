"""What may an agent change on the account of the customer they are talking with?

Billing decides; the desk names the agent's authority, keeps the key of the click and remembers
what was given.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from billing_backend.contract import (
    AboveLimit,
    AccountSummary,
    AlreadyCorrected,
    ArrangementSummary,
    CancellationUndone,
    ChangeDone,
    ChangePreview,
    ChangeRefused,
    Corrected,
    DiscountRefused,
    ExtensionRefused,
    Granted,
    Identification,
    LinkRefused,
    PaymentLinkFacts,
    ScheduledChange,
    UndoRefused,
    Wish,
)
from handoff.conversations import Author, Conversation, Draft, Part, accounts, write
from handoff.conversations.bell import WAKE_DESK, ring
from handoff.conversations.inbox import open_conversation
from handoff.desk.cases import Refused
from handoff.desk.clicks import Account, on_their_account


@on_their_account
async def grant(
    account: Account, *, percent_bp: int, months: int, reason: str
) -> Granted | DiscountRefused:
    """A discount within the agent's authority; above it a refusal that says who may."""
    result = await account.billing.grant_discount(
        account.session,
        account.id,
        percent_bp=percent_bp,
        months=months,
        reason=reason,
        conversation_id=account.held.conversation.id,
        **account.signed("grant"),
    )
    if isinstance(result, Granted):
        offer = result.offer
        await account.remember("discount", offer.amount, percent_bp=percent_bp, months=offer.months)
    return result


@on_their_account
async def correct(
    account: Account, *, finding_id: str
) -> Corrected | AboveLimit | AlreadyCorrected:
    """Put right an error that the account review proved. Raises billing's NotFound when it no
    longer finds it."""
    result = await account.billing.correct(
        account.session, account.id, finding_id, **account.signed("correct")
    )
    if isinstance(result, Corrected):
        await account.remember("correction", result.amount, invoice=result.invoice_number)
    return result


@on_their_account
async def extend(account: Account, *, pay_by: date) -> ArrangementSummary | ExtensionRefused:
    """More time to pay, by billing's rule."""
    result = await account.billing.arrange_extension(
        account.session, account.id, pay_by, **account.signed("extend")
    )
    if isinstance(result, ArrangementSummary):
        await account.remember("extension", result.amount, pay_by=result.pay_by.isoformat())
    return result


@on_their_account
async def send_payment_link(account: Account) -> PaymentLinkFacts | LinkRefused | Refused:
    """Says a link to pay what is due in the conversation; to a caller it goes by SMS."""
    held, signed = account.held, account.signed("payment_link")
    if held.conversation.channel == "voice" and not account.customer.phone:
        return Refused("no_customer_phone", {})
    reads = await _where_it_is_read(account)
    result = await account.billing.payment_link(
        account.session,
        account.id,
        language=held.conversation.language,
        conversation_id=reads.id,
        **signed,
    )
    if isinstance(result, PaymentLinkFacts):
        await write(
            account.session,
            reads,
            Draft(parts=[_link_part(result, reads)]),
            author=Author.AGENT,
            agent_name=account.click.agent.name,
            key=signed["key"],
            now=signed["now"],
        )
        await ring(account.session, WAKE_DESK, str(held.conversation.id))
    return result


@on_their_account
async def preview_change(account: Account, wish: Wish) -> ChangePreview | ChangeRefused:
    """What a change of services would do; changes nothing."""
    return await account.billing.preview_change(
        account.session, account.id, wish, now=account.click.now
    )


@on_their_account
async def change_services(
    account: Account, wish: Wish, *, promise: str
) -> ChangeDone | ChangeRefused:
    """Exactly what the preview of that promise said."""
    result = await account.billing.change_services(
        account.session,
        account.id,
        wish,
        promise=promise,
        channel="desk",
        **account.signed("change"),
    )
    if isinstance(result, ChangeDone):
        preview = result.preview
        about = preview.new or preview.old
        await account.remember(
            f"service_{wish.kind}",
            name=about.name if about else {},
            from_day=preview.from_day.isoformat(),
            last_day=preview.last_day.isoformat(),
        )
    return result


@on_their_account
async def call_off(account: Account, *, change_id: UUID) -> ScheduledChange | ChangeRefused:
    """A scheduled change never was."""
    return await account.billing.cancel_change(
        account.session, account.id, change_id, **account.signed("call_off")
    )


@on_their_account
async def undo_cancellation(account: Account) -> CancellationUndone | UndoRefused:
    """The service goes on as it was."""
    return await account.billing.undo_cancellation(
        account.session, account.id, **account.signed("undo_cancellation")
    )


@on_their_account
async def choose_account(account: Account, *, account_id: UUID) -> AccountSummary | Refused:
    """From now on the case, its changes, and the assistant afterwards speak of this account."""
    for each in account.customer.accounts:
        if each.account_id == account_id:
            accounts.choose(account.held.conversation, account.customer, account_id)
            return each
    return Refused("not_their_account", {})


def customer_of(identified: Identification, held_customer: UUID | None) -> UUID | None:
    """Whose account the desk shows: the identified one, else who it was when the case began."""
    return identified.customer_id or held_customer


async def _where_it_is_read(account: Account) -> Conversation:
    """The conversation itself, or the text messages of the number on file for a caller."""
    conversation, phone = account.held.conversation, account.customer.phone
    if conversation.channel != "voice":
        return conversation
    return await open_conversation(
        account.session,
        channel="sms",
        address=phone,
        sender=phone,
        phone=phone,
        language_hint=conversation.language,
        now=account.click.now,
    )


def _link_part(link: PaymentLinkFacts, reads: Conversation) -> Part:
    values = {
        "amount": {"money": link.amount.minor, "currency": link.amount.currency},
        "link": link.url,
    }
    if reads.channel == "sms":
        return Part("utter_sms_payment_link", values)
    return Part("utter_payment_link", {**values, "until": {"moment": link.expires_at.isoformat()}})
