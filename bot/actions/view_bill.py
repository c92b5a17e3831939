"""What does a bill say: its total, date and lines? And may I have it?"""

from __future__ import annotations

from collections.abc import Sequence

from billing_backend.contract import InvoiceFacts
from bot import wording
from bot.actions.bill_lines import say_lines
from bot.actions.explain_bill import asked_month
from bot.actions.job import Job
from bot.actions.proof import verified
from bot.actions.send_document import asks_for_document, send_document

_AS_DOCUMENT = "as_document"


async def view_bill(job: Job) -> None:
    """In words, and as a document: on Telegram always, elsewhere when it is asked for."""
    if job.channel == "telegram" or asks_for_document(job.message.text):
        # An entity, so that the wish is still known after the code was asked for and given.
        job.entities[_AS_DOCUMENT] = "yes"
    await _show(job)


@verified
async def _show(job: Job) -> None:
    customer = await job.customer()
    invoices = await job.billing.invoices(job.session, customer.account_id, today=job.today)
    invoice = _asked(job, invoices)
    # Also of one that there is not: its month is asked for, and a month is the answer.
    job.remember(topic="action_view_bill")
    if invoice is None:
        job.say("utter_bill_not_found" if invoices else "utter_no_invoice_yet")
        return
    job.say(
        "utter_bill",
        number=invoice.number,
        month=wording.month(invoice.issued_on, job.language, job.channel),
        total=invoice.total,
        date=invoice.due_on,
    )
    say_lines(job, invoice)
    if invoice.outstanding:
        job.say("utter_bill_outstanding", amount=invoice.outstanding)
    else:
        job.say("utter_bill_paid")
    if _AS_DOCUMENT in job.entities:
        await send_document(job, customer, invoice)


def _asked(job: Job, invoices: Sequence[InvoiceFacts]) -> InvoiceFacts | None:
    """By number, else by the month of issue, else "the one before", else the newest; None when
    there is no such one."""
    number, month = job.entities.get("invoice_number"), asked_month(job)
    if number is None and month is None and job.entities.get("invoice_which") == "previous":
        return invoices[1] if len(invoices) > 1 else None
    for invoice in invoices:
        if number is not None:
            if _plain(invoice.number) == _plain(number):
                return invoice
        elif month is None or invoice.issued_on.replace(day=1) == month:
            return invoice
    return None


def _plain(number: str) -> str:
    return "".join(letter for letter in number.casefold() if letter.isalnum())
