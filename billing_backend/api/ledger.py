"""How do drafts, rows of the books, credit notes and payments become the API's answers?"""

from collections.abc import Sequence

from billing_backend.api.schemas import (
    CreditNoteLineOut,
    CreditNoteOut,
    DraftOut,
    InvoiceLineOut,
    JournalEntryOut,
    MoneyOut,
    PaymentOut,
    TransferOut,
)
from billing_backend.corrections.models import CreditNote, CreditNoteLine
from billing_backend.corrections.reasons import kind_of
from billing_backend.invoices.drafts import DraftInvoice
from billing_backend.invoices.periods import Period
from billing_backend.journal.models import JournalEntry, JournalTransfer
from billing_backend.payments.models import Payment


def entry_out(entry: JournalEntry, transfers: Sequence[JournalTransfer]) -> JournalEntryOut:
    return JournalEntryOut(
        entry_id=entry.id,
        kind=entry.kind,
        document=entry.document,
        posted_at=entry.posted_at,
        transfers=[
            TransferOut(
                debit=each.debit,
                credit=each.credit,
                amount=MoneyOut(minor=each.amount_minor, currency=each.currency),
            )
            for each in transfers
        ],
    )


def credit_note_out(
    note: CreditNote, invoice_number: str, lines: Sequence[CreditNoteLine]
) -> CreditNoteOut:
    def money(minor: int) -> MoneyOut:
        return MoneyOut(minor=minor, currency=note.currency)

    return CreditNoteOut(
        number=note.number,
        invoice_number=invoice_number,
        kind=kind_of(note.reason),
        reason=note.reason,
        note=note.note,
        issued_on=note.issued_on,
        issued_by=note.issued_by,
        net=money(note.net_minor),
        tax=money(note.tax_minor),
        total=money(note.total_minor),
        lines=[
            CreditNoteLineOut(
                description=line.description,
                net=money(line.net_minor),
                tax=money(line.tax_minor),
                tax_rate_bp=line.tax_rate_bp,
            )
            for line in lines
        ],
    )


def draft_out(period: Period, draft: DraftInvoice) -> DraftOut:
    return DraftOut(
        period_start=period.start,
        period_end=period.end,
        net=MoneyOut.model_validate(draft.net),
        tax=MoneyOut.model_validate(draft.tax),
        total=MoneyOut.model_validate(draft.total),
        lines=[
            InvoiceLineOut(
                kind=line.kind,
                description=line.description,
                net=MoneyOut.model_validate(line.net),
                tax=MoneyOut.model_validate(tax),
                gross=MoneyOut.model_validate(line.net + tax),
                tax_rate_bp=line.tax_rate_bp,
                period_start=line.period.start,
                period_end=line.period.end,
            )
            for line, tax in draft.lines
        ],
    )


def payment_out(payment: Payment) -> PaymentOut:
    return PaymentOut(
        reference=payment.reference,
        amount=MoneyOut(minor=payment.amount_minor, currency=payment.currency),
        received_on=payment.received_on,
        method=payment.method,
        reversed_on=payment.reversed_on,
    )
