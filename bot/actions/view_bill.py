"""What does a bill say: its total, date and lines? And may I have it?"""

from __future__ import annotations

from bot import wording
from bot.actions.bill_lines import say_lines
from bot.actions.job import Job
from bot.actions.proof import verified
from bot.actions.send_document import asks_for_document, send_document
from bot.actions.which_bill import asked_bill, speak_of

_AS_DOCUMENT = "as_document"


async def view_bill(job: Job) -> None:
    """In words, and as a document: on Telegram always, elsewhere when it is asked for."""
    if job.channel == "telegram" or asks_for_document(job.text):
        # An entity, so that the wish is still known after the code was asked for and given.
        job.entities[_AS_DOCUMENT] = "yes"
    await tell_bill(job)


@verified
async def tell_bill(job: Job) -> None:
    """In words; as a document only if that was asked for."""
    customer = await job.customer()
    invoices = await job.billing.invoices(job.session, customer.account_id, today=job.today)
    invoice = asked_bill(job, invoices)
    # Also of one that there is not: its month is asked for, and a month is the answer.
    job.remember(topic="action_view_bill")
    if invoice is None:
        job.say("utter_bill_not_found" if invoices else "utter_no_invoice_yet")
        return
    speak_of(job, invoice.number, "action_view_bill")
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
