"""What does an event of the payment provider change, once, in whatever order events come?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import business_date
from billing_backend.contract import NotPaid, PaidByLink
from billing_backend.customers.models import Account
from billing_backend.customers.repository import lock_account
from billing_backend.invoices.service import balance
from billing_backend.money import Money
from billing_backend.payments import link_repository as links
from billing_backend.payments import refund_repository
from billing_backend.payments.gateway import (
    CheckoutNews,
    ProviderCall,
    RefundedSoFar,
    RefundNews,
    TryFailed,
)
from billing_backend.payments.models import Checkout, PaymentLink, Refund
from billing_backend.payments.refunds import locked, of_payment, request, settle
from billing_backend.payments.rules import goes_on
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

ACTOR = "payment provider"
# A refund that somebody made in the provider's own console.
AT_PROVIDER = "at_provider"


@dataclass(frozen=True, slots=True)
class Applied:
    """`outcome`: applied, repeated (the same event), late (it changes nothing any more), ignored
    (not ours)."""

    outcome: str
    told: PaidByLink | NotPaid | None = None


async def apply(
    session: AsyncSession, call: ProviderCall, *, now: datetime, policy: Policy
) -> Applied:
    """Applies an event in the caller's transaction; the same event a second time does nothing."""
    if call.news is None:
        return Applied("ignored")
    if not await links.first_time(session, call.event_id, call.kind, now):
        return Applied("repeated")
    match call.news:
        case CheckoutNews():
            return await _checkout(session, call.news, now, policy)
        case TryFailed():
            return await _try_failed(session, call.news, now)
        case RefundNews():
            return await _refund(session, call.news, now)
        case RefundedSoFar():
            return await _refunded_so_far(session, call.news, now, policy)


async def _checkout(
    session: AsyncSession, news: CheckoutNews, now: datetime, policy: Policy
) -> Applied:
    link = await _link(session, news.link_id)
    checkout = None if link is None else await _known(session, link, news.provider_id, now)
    if checkout is not None:
        if not goes_on(checkout.state, news.state):
            return Applied("late")
        checkout.state = news.state
        checkout.payment_reference = news.payment_reference
        if news.state == "failed":
            checkout.failed_at, checkout.failure = now, "not_paid"
        await session.flush()
    if news.state == "paid" and news.paid is not None:
        reference = news.payment_reference or news.provider_id
        await _received(session, link, news.link_id, reference, news.paid, now, policy)
        return Applied("applied", await _paid(session, link, reference, news.paid, now, policy))
    return Applied("applied", _not_paid(link, news) if news.state == "failed" else None)


async def _link(session: AsyncSession, link_id: UUID) -> PaymentLink | None:
    """The link, after its account: whoever changes both takes them in this order."""
    link = await session.get(PaymentLink, link_id)
    if link is None:
        return None
    await lock_account(session, link.account_id)
    return await links.by_id(session, link_id)


async def _known(
    session: AsyncSession, link: PaymentLink, provider_id: str, now: datetime
) -> Checkout:
    """The checkout that the event is about, also when we never heard that it was opened."""
    found = await links.checkout(session, provider_id)
    if found is not None:
        return found
    others = await links.checkouts(session, link.id)
    if others and others[0].state == "opening":
        others[0].provider_id = provider_id
        return others[0]
    unheard = Checkout(
        id=uuid4(),
        link_id=link.id,
        number=others[0].number + 1 if others else 1,
        state="opening",
        provider_id=provider_id,
        opened_at=now,
        expires_at=now,
    )
    session.add(unheard)
    await session.flush()
    return unheard


async def _received(
    session: AsyncSession,
    link: PaymentLink | None,
    link_id: UUID,
    reference: str,
    paid: Money,
    now: datetime,
    policy: Policy,
) -> None:
    """Books what truly came. Without the link, or in a currency that the account is not billed
    in, nobody's: it waits in suspense for a person."""
    account = None if link is None else await session.get(Account, link.account_id)
    ours = link is not None and account is not None and account.currency == paid.currency
    payment = Received(
        account_id=link.account_id if ours and link is not None else None,
        amount=paid,
        received_on=business_date(now, policy.zone),
        method="card",
        reference=reference,
        payer_note=f"payment link {link_id}",
        named_invoice_id=link.invoice_id if ours and link is not None else None,
        # Whoever got the link in a conversation hears of it there.
        announce=link is None or link.conversation_id is None,
    )
    await receive(session, [payment], now=now, policy=policy)


async def _paid(
    session: AsyncSession,
    link: PaymentLink | None,
    reference: str,
    amount: Money,
    now: datetime,
    policy: Policy,
) -> PaidByLink | None:
    if link is None or link.conversation_id is None:
        return None
    today = business_date(now, policy.zone)
    owed = await balance(session, link.account_id, today=today, policy=policy)
    return PaidByLink(link.conversation_id, reference, amount, owed.due)


def _not_paid(link: PaymentLink | None, news: CheckoutNews) -> NotPaid | None:
    if link is None or link.conversation_id is None:
        return None
    amount = Money(link.amount_minor, link.currency)
    return NotPaid(link.conversation_id, news.provider_id, amount)


async def _try_failed(session: AsyncSession, news: TryFailed, now: datetime) -> Applied:
    link = await links.by_id(session, news.link_id)
    tried = [] if link is None else await links.checkouts(session, link.id)
    if not tried or any(checkout.state == "paid" for checkout in tried):
        return Applied("late")
    tried[0].failed_at, tried[0].failure = now, news.failure
    return Applied("applied")


async def _refund(session: AsyncSession, news: RefundNews, now: datetime) -> Applied:
    refund = await _told_of(session, news)
    if refund is None:
        return Applied("ignored")
    refund.provider_id = news.provider_id
    changed = await settle(
        session, refund, news.state, actor=ACTOR, now=now, failure=news.failure or ""
    )
    return Applied("applied" if changed else "late")


async def _told_of(session: AsyncSession, news: RefundNews) -> Refund | None:
    if news.refund_id is not None:
        return await refund_repository.by_id(session, news.refund_id)
    return await refund_repository.by_provider_id(session, news.provider_id)


async def _refunded_so_far(
    session: AsyncSession, news: RefundedSoFar, now: datetime, policy: Policy
) -> Applied:
    """What was refunded without us is booked as sent; the payment itself first, if its own event
    is still to come."""
    link = await _link(session, news.link_id)
    reference = news.payment_reference
    await _received(session, link, news.link_id, reference, news.paid, now, policy)
    payment = await locked(session, reference)
    known = await refund_repository.refunded_of(session, payment.id)
    missing = min(news.refunded.minor, payment.amount_minor) - known
    if missing <= 0 or payment.reversed_on is not None:
        return Applied("late")
    source = await of_payment(session, payment, Money(missing, payment.currency), now)
    refund = await request(session, source, AT_PROVIDER, ACTOR, now)
    await settle(session, refund, "sent", actor=ACTOR, now=now)
    return Applied("applied")
