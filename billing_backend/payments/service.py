"""What happens when money comes in, and when credit on an account meets an open invoice?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, journal, notices
from billing_backend.customers.repository import lock_accounts
from billing_backend.errors import CurrencyMismatch, NotFound, WrongValue
from billing_backend.fields import check_text
from billing_backend.journal import Ledger, NewEntry, Transfer
from billing_backend.money import Money
from billing_backend.notices import NewNotice
from billing_backend.payments import repository
from billing_backend.payments.refund_repository import refunded_of
from billing_backend.payments.repository import Unused
from billing_backend.payments.rules import (
    LONGEST_NOTE,
    LONGEST_REFERENCE,
    OpenInvoice,
    Share,
    allocate,
    left_open,
)
from billing_backend.policy import Policy


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came in. `account_id` None: nobody knows yet whose it is.

    `named_invoice_id`: the payer said which invoice; `reference` is the bank's, unique.
    `announce`: the customer is to be told that it came, because they do not hear it otherwise.
    """

    account_id: UUID | None
    amount: Money
    received_on: date
    method: str
    reference: str
    payer_note: str = ""
    named_invoice_id: UUID | None = None
    announce: bool = False


async def receive(
    session: AsyncSession, payments: Sequence[Received], *, now: datetime, policy: Policy
) -> int:
    """Books the payments and allocates them, oldest invoice first; answers how many were new.

    A reference that is known already changes nothing. What is left over stays on the account
    as credit. A few queries for all of them together. Raises WrongValue, NotFound (account) and
    CurrencyMismatch before anything is written.
    """
    account_ids = sorted({each.account_id for each in payments if each.account_id is not None})
    currencies = await lock_accounts(session, account_ids)
    for payment in payments:
        _check(payment, currencies)
    known = await repository.known_references(session, [each.reference for each in payments])
    new = {each.reference: each for each in payments if each.reference not in known}.values()
    open_invoices = await repository.open_invoices(session, account_ids)
    rows, allocations, entries, told = [], [], [], []
    for payment in new:
        payment_id, shares, left = uuid4(), list[Share](), payment.amount.minor
        if payment.account_id is not None:
            invoices = open_invoices.get(payment.account_id, [])
            shares, left = allocate(left, invoices, payment.named_invoice_id)
            open_invoices[payment.account_id] = left_open(invoices, shares)
            if payment.announce:
                told.append(_told(payment, payment.account_id, open_invoices[payment.account_id]))
        rows.append(_payment_row(payment_id, payment))
        allocations += [allocation_row(share, now, payment_id=payment_id) for share in shares]
        entries.append(_payment_entry(payment, left, policy))
    await repository.add_payments(session, rows)
    await repository.add_allocations(session, allocations)
    await journal.post_many(session, entries, now=now)
    await audit.record_many(
        session,
        actor="system",
        action="payment.received",
        subjects=[_audited(payment) for payment in new],
        now=now,
    )
    await notices.write_many(session, told, now=now)
    return len(rows)


def _told(payment: Received, account_id: UUID, still_open: Sequence[OpenInvoice]) -> NewNotice:
    """That it came, and what is left to pay after it."""
    currency = payment.amount.currency
    due = Money(sum(invoice.outstanding for invoice in still_open), currency)
    return NewNotice(
        account_id,
        "payment_received" if due else "payment_received_all",
        f"payment:{payment.reference}",
        {"amount": notices.money(payment.amount), "due": notices.money(due)},
    )


def _check(payment: Received, currencies: Mapping[UUID, str]) -> None:
    if payment.amount.minor <= 0:
        raise WrongValue("amount", "must be above zero")
    check_text("reference", payment.reference, most=LONGEST_REFERENCE)
    check_text("payer_note", payment.payer_note, most=LONGEST_NOTE, least=0)
    if payment.account_id is None:
        return
    if payment.account_id not in currencies:
        raise NotFound("account", payment.account_id)
    if payment.amount.currency != currencies[payment.account_id]:
        raise CurrencyMismatch(payment.amount.currency, currencies[payment.account_id])


async def claim(
    session: AsyncSession, payment_id: UUID, account_id: UUID, *, now: datetime
) -> bool:
    """A payment that was on no account is this one's, and pays what is open there.

    False when it is on an account already. The caller holds the account's lock.
    """
    payment = await repository.give(session, payment_id, account_id)
    if payment is None:
        return False
    # What was nobody's and is on its way back to where it came from stays out of it.
    minor = payment.amount_minor - await refunded_of(session, payment.id)
    amount = Money(minor, payment.currency)
    await journal.post(
        session,
        account_id=account_id,
        kind="payment_claimed",
        lines=[Transfer(Ledger.SUSPENSE, Ledger.CUSTOMER_CREDIT, amount)],
        # Not unique by reference: a payment may be moved from one account to another.
        key=f"claim:{payment.reference}:{uuid4()}",
        document=payment.reference,
        now=now,
    )
    await use_credit(session, [account_id], now=now)
    return True


async def take_back(session: AsyncSession, payment_id: UUID, *, now: datetime) -> int:
    """Gives what a payment has paid its opposite; answers how much it was, in minor units.

    The caller holds the account's lock and posts the entry.
    """
    paid = [part for part in await repository.paid_by(session, payment_id) if part.minor]
    await repository.add_allocations(
        session,
        [
            allocation_row(
                Share(part.invoice_id, -part.minor),
                now,
                payment_id=payment_id,
                from_credit=part.from_credit,
            )
            for part in paid
        ],
    )
    return sum(part.minor for part in paid)


async def use_credit(session: AsyncSession, account_ids: Sequence[UUID], *, now: datetime) -> None:
    """Lets what is left of payments and credit notes pay what is open, oldest first."""
    with_credit = sorted(
        {each.account_id for each in await repository.unused(session, account_ids)}
    )
    if not with_credit:
        return
    await lock_accounts(session, with_credit)
    # Read again under the lock: a payment may just have used it.
    credits_ = await repository.unused(session, with_credit)
    open_invoices = await repository.open_invoices(session, account_ids)
    allocations: list[dict[str, Any]] = []
    entries: list[NewEntry] = []
    for credit in credits_:
        invoices = open_invoices.get(credit.account_id, [])
        shares, _ = allocate(credit.minor, invoices)
        open_invoices[credit.account_id] = left_open(invoices, shares)
        used = [
            allocation_row(
                share,
                now,
                payment_id=credit.payment_id,
                credit_note_id=credit.credit_note_id,
                from_credit=True,
            )
            for share in shares
        ]
        allocations += used
        entries += _credit_entries(credit, used, invoices)
    await repository.add_allocations(session, allocations)
    await journal.post_many(session, entries, now=now)


async def allocate_credit_note(
    session: AsyncSession,
    account_id: UUID,
    *,
    credit_note_id: UUID,
    invoice_id: UUID,
    amount: Money,
    now: datetime,
) -> Money:
    """Lets a credit note pay its own invoice first, then the others; answers what is left over.

    The caller holds the account's lock and posts the entry.
    """
    open_invoices = await repository.open_invoices(session, [account_id])
    shares, left = allocate(amount.minor, open_invoices.get(account_id, []), named=invoice_id)
    await repository.add_allocations(
        session, [allocation_row(share, now, credit_note_id=credit_note_id) for share in shares]
    )
    return Money(left, amount.currency)


def _payment_row(payment_id: UUID, payment: Received) -> dict[str, Any]:
    return {
        "id": payment_id,
        "account_id": payment.account_id,
        "amount_minor": payment.amount.minor,
        "currency": payment.amount.currency,
        "received_on": payment.received_on,
        "method": payment.method,
        "reference": payment.reference,
        "payer_note": payment.payer_note,
    }


def allocation_row(
    share: Share,
    now: datetime,
    *,
    payment_id: UUID | None = None,
    credit_note_id: UUID | None = None,
    from_credit: bool = False,
) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "invoice_id": share.invoice_id,
        "payment_id": payment_id,
        "credit_note_id": credit_note_id,
        "amount_minor": share.minor,
        "allocated_at": now,
        "from_credit": from_credit,
    }


def _audited(payment: Received) -> tuple[str, dict[str, Any]]:
    subject = f"payment:{payment.reference}"
    if payment.account_id is not None:
        subject = f"account:{payment.account_id}"
    return subject, {"reference": payment.reference, "minor": payment.amount.minor}


def _payment_entry(payment: Received, left: int, policy: Policy) -> NewEntry:
    currency = payment.amount.currency
    rest = Ledger.SUSPENSE if payment.account_id is None else Ledger.CUSTOMER_CREDIT
    return NewEntry(
        account_id=payment.account_id,
        kind="payment_received",
        transfers=(
            Transfer(Ledger.CASH, Ledger.RECEIVABLE, Money(payment.amount.minor - left, currency)),
            Transfer(Ledger.CASH, rest, Money(left, currency)),
        ),
        key=f"payment:{payment.reference}",
        document=payment.reference,
        at=datetime.combine(payment.received_on, time(12), ZoneInfo(policy.zone)),
    )


def _credit_entries(
    credit: Unused, used: Sequence[Mapping[str, Any]], invoices: Sequence[OpenInvoice]
) -> list[NewEntry]:
    """An entry for each allocation: after a reversal one document may pay an invoice again."""
    numbers = {invoice.invoice_id: invoice.number for invoice in invoices}
    return [
        NewEntry(
            account_id=credit.account_id,
            kind="credit_used",
            transfers=(
                Transfer(
                    Ledger.CUSTOMER_CREDIT,
                    Ledger.RECEIVABLE,
                    Money(each["amount_minor"], credit.currency),
                ),
            ),
            key=f"credit:{credit.document}:{numbers[each['invoice_id']]}:{each['id']}",
            document=numbers[each["invoice_id"]],
        )
        for each in used
    ]
