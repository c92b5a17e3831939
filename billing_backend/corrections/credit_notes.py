"""How is money given back on an issued invoice, in the books and on the account?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, journal
from billing_backend.bulk import copy_rows
from billing_backend.catalogue.words import standing
from billing_backend.clock import business_date
from billing_backend.contract import Credited
from billing_backend.corrections.amounts import spread, too_much
from billing_backend.corrections.credit_repository import credits_on
from billing_backend.corrections.facts import CreditLine
from billing_backend.corrections.models import CreditNote, CreditNoteLine
from billing_backend.corrections.reasons import Kind, Reason, kind_of, ledger_of
from billing_backend.customers.repository import lock_account
from billing_backend.errors import CreditAboveInvoice, NotFound
from billing_backend.invoices import repository as invoices
from billing_backend.invoices.numbering import take_numbers
from billing_backend.invoices.service import balance
from billing_backend.invoices.views import InvoiceView
from billing_backend.journal import Ledger, Transfer
from billing_backend.money import Money, total
from billing_backend.payments.service import allocate_credit_note
from billing_backend.policy import Policy

# What stands on a credit note that names no line, by kind of reason.
_NAMES = {
    Kind.ERROR: "error_correction",
    Kind.DISCOUNT: "granted_discount",
    Kind.GOODWILL: "goodwill",
    Kind.CANCELLATION: "cancellation",
}


async def credit_invoice(
    session: AsyncSession,
    invoice_id: UUID,
    amount: Money,
    *,
    reason: str,
    actor: str,
    now: datetime,
    policy: Policy,
    grant_id: UUID | None = None,
) -> Credited:
    """Gives back a gross amount of an invoice as a whole: a discount or goodwill.

    The amount is shared over what is left at the invoice's tax rates, in proportion. Not
    idempotent by itself: callers guard with `idempotency.once`. Raises NotFound, or
    CreditAboveInvoice.
    """
    invoice = await invoices.by_id(session, invoice_id)
    if invoice is None:
        raise NotFound("invoice", invoice_id)
    await lock_account(session, invoice.account_id)
    given = await credits_on(session, invoice_id)
    return await issue(
        session,
        invoice,
        spread(invoice, amount, name_of(reason), given),
        reason=reason,
        actor=actor,
        now=now,
        policy=policy,
        grant_id=grant_id,
    )


async def issue(
    session: AsyncSession,
    invoice: InvoiceView,
    lines: Sequence[CreditLine],
    *,
    reason: str,
    actor: str,
    now: datetime,
    policy: Policy,
    note: str = "",
    finding_id: str | None = None,
    grant_id: UUID | None = None,
) -> Credited:
    """A numbered credit note: it pays its invoice first, then others, then lies on the account.

    Raises CreditAboveInvoice when all credit notes together would exceed the invoice.
    """
    account_id, today = invoice.account_id, business_date(now, policy.zone)
    await lock_account(session, account_id)
    amount = total((line.gross for line in lines), invoice.total.currency)
    given = await credits_on(session, invoice.invoice_id)
    if amount.minor <= 0 or too_much(invoice, lines, given):
        raise CreditAboveInvoice(invoice.number)
    [number] = await take_numbers(session, policy.credit_note_series, today.year, 1)
    credit_note = CreditNote(
        id=uuid4(),
        account_id=account_id,
        invoice_id=invoice.invoice_id,
        series=number.series,
        year=number.year,
        serial=number.serial,
        number=str(number),
        reason=Reason(reason),
        note=note,
        issued_on=today,
        issued_by=actor,
        net_minor=sum(line.net.minor for line in lines),
        tax_minor=sum(line.tax.minor for line in lines),
        total_minor=amount.minor,
        currency=amount.currency,
        finding_id=finding_id,
        grant_id=grant_id,
    )
    session.add(credit_note)
    rows = [_line_row(credit_note.id, line) for line in lines]
    await copy_rows(session, CreditNoteLine, rows)
    left_over = await allocate_credit_note(
        session,
        account_id,
        credit_note_id=credit_note.id,
        invoice_id=invoice.invoice_id,
        amount=amount,
        now=now,
    )
    await _book(session, credit_note, left_over, now)
    await _audit(session, credit_note, invoice, actor, now)
    return await _credited(session, credit_note, invoice, policy, now)


def name_of(reason: str) -> dict[str, str]:
    """What is on a credit note for this reason that names no line, by language."""
    return standing(_NAMES[kind_of(reason)])


def _line_row(note_id: UUID, line: CreditLine) -> dict[str, object]:
    return {
        "id": uuid4(),
        "credit_note_id": note_id,
        "invoice_line_id": line.invoice_line_id,
        "description": line.description,
        "net_minor": line.net.minor,
        "tax_minor": line.tax.minor,
        "tax_rate_bp": line.tax_rate_bp,
    }


async def _book(session: AsyncSession, note: CreditNote, left_over: Money, now: datetime) -> None:
    """Against revenue and tax; what no invoice takes is owed to the customer."""
    await journal.post(
        session,
        account_id=note.account_id,
        kind="credit_note",
        lines=[
            Transfer(
                ledger_of(note.reason), Ledger.RECEIVABLE, Money(note.net_minor, note.currency)
            ),
            Transfer(Ledger.VAT, Ledger.RECEIVABLE, Money(note.tax_minor, note.currency)),
            Transfer(Ledger.RECEIVABLE, Ledger.CUSTOMER_CREDIT, left_over),
        ],
        key=f"credit_note:{note.number}",
        document=note.number,
        now=now,
    )


async def _audit(
    session: AsyncSession, note: CreditNote, invoice: InvoiceView, actor: str, now: datetime
) -> None:
    await audit.record(
        session,
        actor=actor,
        action="credit_note.issued",
        subject=f"account:{note.account_id}",
        details={
            "credit_note": note.number,
            "invoice": invoice.number,
            "reason": note.reason,
            "minor": note.total_minor,
            "currency": note.currency,
            "finding": note.finding_id,
            "grant": str(note.grant_id) if note.grant_id else None,
        },
        now=now,
    )


async def _credited(
    session: AsyncSession, note: CreditNote, invoice: InvoiceView, policy: Policy, now: datetime
) -> Credited:
    after = await invoices.by_id(session, invoice.invoice_id)
    assert after is not None
    today = business_date(now, policy.zone)
    owed = await balance(session, note.account_id, today=today, policy=policy)
    return Credited(
        number=note.number,
        amount=Money(note.total_minor, note.currency),
        invoice_number=invoice.number,
        new_total=after.total - after.paid,
        balance_due=owed.due,
    )
