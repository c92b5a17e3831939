"""How does a customer get an invoice as a document: here, or by SMS when they are on the phone?"""

from __future__ import annotations

import re

from billing_backend.contract import CustomerFacts, DocumentLink, DocumentRefused, InvoiceFacts
from bot import attachments
from bot.actions.job import Job
from bot.nlu.normaliser import fold
from handoff.conversations import Author, outbox
from handoff.conversations.inbox import open_conversation

# Words that ask for a document rather than for what it says, without diacritics.
_ASKS = re.compile(
    r"\b(?:pdf|(?:re)?trimi\w*|transmi\w*|descarc\w*|copi[eai]\w*|duplicat\w*|(?:e-?)?mail\w*"
    r"|link\w*|fisier\w*|document\w*|primi(?:t|re|m|ti)?|primesc|print\w*|tipar\w*|salvez"
    r"|(?:re)?send\w*|download\w*|copy|copies|duplicate|file|receiv\w*|forward\w*|attach\w*"
    r"|paperwork|paper)\b"
)


def asks_for_document(words: str) -> bool:
    """ "Trimiteți-mi factura", "a copy of my bill": the document itself is wanted."""
    return _ASKS.search(fold(words)) is not None


async def send_document(job: Job, customer: CustomerFacts, invoice: InvoiceFacts) -> None:
    """Say how it comes and put it on its way; only for the invoice's own, verified customer."""
    link = await job.billing.document_link(job.session, invoice.invoice_id, now=job.now)
    if isinstance(link, DocumentRefused) or (job.by_voice and not customer.phone):
        job.say("utter_document_unavailable")
    elif job.by_voice:
        await _send_by_sms(job, customer.phone, invoice, link)
        job.say("utter_document_by_sms")
    else:
        attachments.note(job.conversation, job.message, invoice.invoice_id, link)


async def _send_by_sms(job: Job, phone: str, invoice: InvoiceFacts, link: DocumentLink) -> None:
    """To the phone on file, whatever number is calling."""
    sms = await open_conversation(
        job.session,
        channel="sms",
        address=phone,
        sender=phone,
        phone=phone,
        language_hint=job.language,
        now=job.now,
    )
    until = link.expires_at.isoformat()
    await outbox.write(
        job.session,
        sms,
        attachments.draft(invoice.invoice_id, link.number, until),
        author=Author.NOTICE,
        key=job.key("document"),
        now=job.now,
    )
