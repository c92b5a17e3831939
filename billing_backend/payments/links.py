"""How is a customer given a link to pay, and what becomes of it when it is opened?

A link is ours and short. It leads to a page of the payment provider, which is opened when the
payer comes, so that giving a link needs no provider and what was paid meanwhile is noticed.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.catalogue.words import standing
from billing_backend.contract import (
    Authority,
    LinkRefused,
    PaymentLinkFacts,
    PaymentProgress,
)
from billing_backend.customers.repository import lock_account
from billing_backend.errors import CurrencyMismatch, NotFound
from billing_backend.idempotency import once
from billing_backend.money import Money, total
from billing_backend.payments import link_repository as links
from billing_backend.payments import repository
from billing_backend.payments.gateway import CheckoutOpened, CheckoutWanted
from billing_backend.payments.models import Checkout, PaymentLink
from billing_backend.payments.rules import OpenInvoice, amount_to_pay
from billing_backend.policy import Policy

_RESULT: TypeAdapter[PaymentLinkFacts | LinkRefused] = TypeAdapter(PaymentLinkFacts | LinkRefused)
# A link is given again only while there is time to use it.
_TIME_TO_PAY = timedelta(hours=1)
# An opening that the provider never answered is given up after this; the next one has a new key.
_OPENING = timedelta(minutes=10)
# 12 of these: nobody guesses them, an SMS holds them, and no phone cuts a sign off their end.
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Visit:
    """What somebody finds who opens a link.

    `state`: go (to `url`), open (ask the provider for `wanted` first), paid, processing, expired,
    nothing_due, or changed (less is due by now). `language` and `amount` are the link's.
    """

    state: str
    language: str
    amount: Money
    url: str = ""
    checkout_id: UUID | None = None
    wanted: CheckoutWanted | None = None


async def payment_link(
    session: AsyncSession,
    account_id: UUID,
    *,
    address: str,
    amount: Money | None,
    invoice_number: str | None,
    language: str,
    conversation_id: UUID | None,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> PaymentLinkFacts | LinkRefused:
    """A link at `address` to pay what is due, or of it so much, or one invoice.

    An open link for the same is answered again. NotFound for an invoice that is not open on the
    account; CurrencyMismatch for an amount in another currency than the account's.
    """

    async def work() -> PaymentLinkFacts | LinkRefused:
        wanted = await _wanted(session, account_id, amount, invoice_number, policy)
        if isinstance(wanted, LinkRefused):
            return wanted
        wanted.language, wanted.conversation_id = language, conversation_id
        link = await _given_again(session, wanted, now)
        if link is None:
            link = await _new(session, wanted, authority, now, policy)
        return _facts(link, address, invoice_number)

    request = {
        "do": "payment_link",
        "account": account_id,
        "amount": None if amount is None else (amount.minor, amount.currency),
        "invoice": invoice_number,
    }
    return await once(session, key, request, _RESULT, work)


async def progress(
    session: AsyncSession, account_id: UUID, *, address: str, now: datetime
) -> PaymentProgress:
    """What is on its way, what can still be paid, and whether the newest try failed."""
    on_its_way = await links.processing(session, account_id)
    paid = [Money(link.amount_minor, link.currency) for link in on_its_way]
    due = await _due(session, account_id, None)
    open_links = await links.open_links(session, account_id, now=now)
    # One for more than is due was paid otherwise meanwhile.
    newest = next((link for link in open_links if link.amount_minor <= due), None)
    return PaymentProgress(
        processing=total(paid) if paid else None,
        open_link=None if newest is None else await _shown(session, newest, address),
        failed_at=await links.last_failure(session, account_id),
    )


async def visit(
    session: AsyncSession, token: str, *, address: str, now: datetime, policy: Policy
) -> Visit | None:
    """What the link leads to now; None for a token that was never given.

    For `open` a checkout is reserved: whoever comes at the same time asks the provider for the
    same one. Tell the answer to `opened`.
    """
    link = await links.by_token(session, token)
    if link is None:
        return None
    tried = await links.checkouts(session, link.id)
    amount = Money(link.amount_minor, link.currency)
    due = await _due(session, link.account_id, await _of_link(session, link))
    on_its_way = await _on_its_way(session, link.account_id)
    over = _over(link, tried, due, on_its_way, now)
    if over is not None:
        return Visit(over, link.language, amount)
    newest = tried[0] if tried else None
    if newest is not None and newest.state == "open" and newest.expires_at > now:
        return Visit("go", link.language, amount, url=newest.url)
    checkout = await _reserved(session, link, newest, now, policy)
    wanted = CheckoutWanted(
        link_id=link.id,
        amount=amount,
        language=link.language,
        title=standing("payment")[link.language],
        expires_at=checkout.expires_at,
        done_url=f"{address}/{token}?back=done",
        back_url=f"{address}/{token}?back=cancelled",
        key=f"checkout:{link.id}:{checkout.number}",
    )
    return Visit("open", link.language, amount, checkout_id=checkout.id, wanted=wanted)


async def opened(session: AsyncSession, checkout_id: UUID, answer: CheckoutOpened) -> None:
    """The provider has opened a reserved checkout; told twice, or after an event, is all right."""
    checkout = await session.get_one(Checkout, checkout_id, with_for_update=True)
    checkout.provider_id, checkout.url = answer.provider_id, answer.url
    if checkout.state == "opening":
        checkout.state = "open"


def _over(
    link: PaymentLink, tried: list[Checkout], due: int, on_its_way: int, now: datetime
) -> str | None:
    """Why a link leads to no payment any more; None when it does."""
    if any(checkout.state == "paid" for checkout in tried):
        return "paid"
    if on_its_way and link.amount_minor > due - on_its_way:
        return "processing"
    if link.expires_at <= now:
        return "expired"
    if due <= 0:
        return "nothing_due"
    return "changed" if link.amount_minor > due else None


async def _reserved(
    session: AsyncSession, link: PaymentLink, newest: Checkout | None, now: datetime, policy: Policy
) -> Checkout:
    """The checkout that is being opened, or the next one."""
    if newest is not None and newest.state == "opening" and now < newest.opened_at + _OPENING:
        return newest
    if newest is not None and newest.state in ("opening", "open"):
        newest.state = "expired"
    checkout = Checkout(
        id=uuid4(),
        link_id=link.id,
        number=1 if newest is None else newest.number + 1,
        state="opening",
        opened_at=now,
        expires_at=now + policy.checkout_lifetime,
    )
    session.add(checkout)
    await session.flush()
    return checkout


async def _wanted(
    session: AsyncSession,
    account_id: UUID,
    amount: Money | None,
    invoice_number: str | None,
    policy: Policy,
) -> PaymentLink | LinkRefused:
    """What is to be paid on the account, which stays locked; or why nothing is."""
    account = await lock_account(session, account_id)
    if account is None:
        raise NotFound("account", account_id)
    if amount is not None and amount.currency != account.currency:
        raise CurrencyMismatch(amount.currency, account.currency)
    invoice = await _named(session, account_id, invoice_number)
    due, least = await _due(session, account_id, invoice), policy.payment_minimum.minor
    minor, refused = amount_to_pay(
        None if amount is None else amount.minor,
        due,
        least,
        await _on_its_way(session, account_id),
    )
    if refused is not None:
        return LinkRefused(refused, Money(due, account.currency), Money(least, account.currency))
    return PaymentLink(
        account_id=account_id,
        invoice_id=None if invoice is None else invoice.invoice_id,
        amount_minor=minor,
        currency=account.currency,
    )


async def _named(
    session: AsyncSession, account_id: UUID, invoice_number: str | None
) -> OpenInvoice | None:
    """The open invoice with this number; NotFound when the account has none."""
    if invoice_number is None:
        return None
    for invoice in await _open(session, account_id):
        if invoice.number == invoice_number:
            return invoice
    raise NotFound("open invoice", invoice_number)


async def _of_link(session: AsyncSession, link: PaymentLink) -> OpenInvoice | None:
    """The invoice that the link is for; one that is paid has nothing outstanding."""
    if link.invoice_id is None:
        return None
    for invoice in await _open(session, link.account_id):
        if invoice.invoice_id == link.invoice_id:
            return invoice
    day = link.created_at.date()
    return OpenInvoice(link.invoice_id, "", day, day, outstanding=0)


async def _due(session: AsyncSession, account_id: UUID, invoice: OpenInvoice | None) -> int:
    if invoice is not None:
        return invoice.outstanding
    return sum(each.outstanding for each in await _open(session, account_id))


async def _open(session: AsyncSession, account_id: UUID) -> list[OpenInvoice]:
    return (await repository.open_invoices(session, [account_id])).get(account_id, [])


async def _on_its_way(session: AsyncSession, account_id: UUID) -> int:
    return sum(link.amount_minor for link in await links.processing(session, account_id))


async def _given_again(
    session: AsyncSession, wanted: PaymentLink, now: datetime
) -> PaymentLink | None:
    """An open link for the same; from now on the payer is told where it was asked for last."""
    for link in await links.open_links(session, wanted.account_id, now=now + _TIME_TO_PAY):
        same = (link.invoice_id, link.amount_minor, link.language)
        if same == (wanted.invoice_id, wanted.amount_minor, wanted.language):
            link.conversation_id = wanted.conversation_id or link.conversation_id
            return link
    return None


async def _new(
    session: AsyncSession, link: PaymentLink, authority: Authority, now: datetime, policy: Policy
) -> PaymentLink:
    link.id = uuid4()
    link.token = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    link.created_by, link.created_at = authority.name, now
    link.expires_at = now + policy.payment_link_lifetime
    session.add(link)
    await session.flush()
    await audit.record(
        session,
        actor=authority.name,
        action="payment_link.given",
        subject=f"account:{link.account_id}",
        details={"link": str(link.id), "minor": link.amount_minor, "currency": link.currency},
        now=now,
    )
    return link


async def _shown(session: AsyncSession, link: PaymentLink, address: str) -> PaymentLinkFacts:
    number = None
    if link.invoice_id is not None:
        number = await links.invoice_number(session, link.invoice_id)
    return _facts(link, address, number)


def _facts(link: PaymentLink, address: str, invoice_number: str | None) -> PaymentLinkFacts:
    return PaymentLinkFacts(
        link_id=link.id,
        url=f"{address}/{link.token}",
        amount=Money(link.amount_minor, link.currency),
        expires_at=link.expires_at,
        invoice_number=invoice_number,
    )
