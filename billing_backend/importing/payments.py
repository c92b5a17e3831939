"""How do payments of an older system come in? They pay what is open, as if they came today."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Table, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.customers.models import Account
from billing_backend.importing import columns as c
from billing_backend.importing.columns import Values
from billing_backend.importing.kinds import Check, Context, Kind, Query, Wrong
from billing_backend.importing.staging import differing, pages, repeated
from billing_backend.invoices.models import Invoice
from billing_backend.money import Money
from billing_backend.payments.models import Payment
from billing_backend.payments.rules import LONGEST_NOTE, LONGEST_REFERENCE
from billing_backend.payments.service import Received, receive


def _row(values: Values, today: date) -> Iterable[Wrong]:
    if values["received_on"] > today:
        yield "received_on", "is in the future"
    if values["invoice"] is not None and values["account"] is None:
        yield "account", "is empty, but an invoice is named"


def _unknown_account(staged: Table) -> Query:
    there = select(Account.id).where(Account.reference == staged.c.account).exists()
    return select(staged.c.line, literal("is not known; import its customer first")).where(
        staged.c.account.is_not(None), ~there
    )


def _other_currency(staged: Table) -> Query:
    return (
        select(staged.c.line, func.concat("is not the account's, which is ", Account.currency))
        .join(Account, Account.reference == staged.c.account)
        .where(Account.currency != staged.c.currency)
    )


def _not_its_invoice(staged: Table) -> Query:
    return (
        select(staged.c.line, literal("is not an invoice of the account"))
        .join(Account, Account.reference == staged.c.account)
        .outerjoin(Invoice, Invoice.number == staged.c.invoice)
        .where(
            staged.c.invoice.is_not(None),
            or_(Invoice.id.is_(None), Invoice.account_id != Account.id),
        )
    )


def _known(staged: Table) -> Query:
    differs = differing(
        [
            ("amount", staged.c.amount, Payment.amount_minor),
            ("currency", staged.c.currency, Payment.currency),
            ("received_on", staged.c.received_on, Payment.received_on),
            # A person may have found meanwhile whose money it was.
            ("account", func.coalesce(staged.c.account, Account.reference), Account.reference),
        ]
    )
    return (
        select(staged.c.line, differs.label("differs_in"))
        .join(Payment, Payment.reference == staged.c.reference)
        .outerjoin(Account, Account.id == Payment.account_id)
    )


async def _write(session: AsyncSession, staged: Table, context: Context) -> None:
    done = 0
    async for page in pages(session, _rows(staged)):
        payments = [_received(row) for row in page]
        await receive(session, payments, now=context.now, policy=context.policy)
        done += len(page)
        context.tell(done)


def _rows(staged: Table) -> Query:
    """Oldest first: in this order they paid."""
    return (
        select(staged, Account.id.label("account_id"), Invoice.id.label("invoice_id"))
        .outerjoin(Account, Account.reference == staged.c.account)
        .outerjoin(Invoice, Invoice.number == staged.c.invoice)
        .order_by(staged.c.received_on, staged.c.line)
    )


def _received(row: Any) -> Received:
    return Received(
        account_id=row.account_id,
        amount=Money(row.amount, row.currency),
        received_on=row.received_on,
        method=row.method,
        reference=row.reference,
        payer_note=row.note or "",
        named_invoice_id=row.invoice_id,
    )


PAYMENTS = Kind(
    name="payments",
    columns=(
        c.text("reference", "the bank's or provider's own, unique", longest=LONGEST_REFERENCE),
        c.text(
            "account",
            "your own identifier of the account; empty: nobody knows yet whose it is",
            longest=64,
            required=False,
        ),
        c.amount("amount", "what came in, above zero", least=1),
        c.currency(),
        c.day("received_on", "when it came in"),
        c.choice("method", "how it came", ("card", "bank_transfer", "cash")),
        c.text("invoice", "number of the invoice that it is for", longest=64, required=False),
        c.text("note", "what the payer wrote", longest=LONGEST_NOTE, required=False),
    ),
    row=_row,
    checks=(
        Check("reference", lambda staged: repeated(staged, "reference")),
        Check("account", _unknown_account),
        Check("currency", _other_currency),
        Check("invoice", _not_its_invoice),
    ),
    known=_known,
    write=_write,
)
