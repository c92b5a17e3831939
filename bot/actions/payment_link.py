"""How is a payment link given in a conversation, on each channel?"""

from __future__ import annotations

from billing_backend.contract import CustomerFacts, InvoiceFacts, LinkRefused, PaymentLinkFacts
from billing_backend.money import Money
from bot.actions.job import ASSISTANT, Job
from handoff.conversations import Author, Conversation, Draft, Part, outbox
from handoff.conversations.inbox import open_conversation


async def give_link(job: Job, amount: Money | None = None, invoice: str | None = None) -> None:
    """A link for what is due, or so much of it, or one invoice; else why not, and what would do.

    Nobody can write down an address that is spoken: by phone it goes to the number on file.
    """
    customer = await job.customer()
    if job.by_voice and not customer.phone:
        job.say("utter_payment_methods")
        return
    reads = await by_sms(job, customer) if job.by_voice else job.conversation
    link = await _link(job, customer, reads, amount, invoice)
    if isinstance(link, LinkRefused) and link.reason == "above_due":
        job.say("utter_link_above_due", due=link.due)
        link = await _link(job, customer, reads, None, invoice)
    if isinstance(link, LinkRefused):
        await _say_refused(job, customer, link)
    elif job.by_voice:
        await _send(job, reads, link)
        job.say("utter_payment_link_by_sms", amount=link.amount)
    else:
        job.say("utter_payment_link", amount=link.amount, link=link.url, until=link.expires_at)


async def _link(
    job: Job,
    customer: CustomerFacts,
    reads: Conversation,
    amount: Money | None,
    invoice: str | None,
) -> PaymentLinkFacts | LinkRefused:
    wanted = "due" if amount is None else str(amount.minor)
    return await job.billing.payment_link(
        job.session,
        customer.account_id,
        amount=amount,
        invoice_number=await _open_invoice(job, customer, invoice),
        language=job.language,
        conversation_id=reads.id,
        authority=ASSISTANT,
        key=job.key(f"payment_link:{wanted}"),
        now=job.now,
    )


async def _open_invoice(job: Job, customer: CustomerFacts, named: str | None) -> str | None:
    """The invoice that the customer named, if there is something to pay on it."""
    if named is None:
        return None
    found: list[InvoiceFacts] = [
        invoice
        for invoice in await job.billing.invoices(job.session, customer.account_id, today=job.today)
        if invoice.number == named and invoice.outstanding
    ]
    return found[0].number if found else None


async def _say_refused(job: Job, customer: CustomerFacts, refused: LinkRefused) -> None:
    if refused.reason == "processing":
        progress = await job.billing.payment_progress(job.session, customer.account_id, now=job.now)
        job.say("utter_payment_processing", amount=progress.processing or refused.due)
    elif refused.reason == "below_minimum":
        job.say("utter_link_below_minimum", minimum=refused.minimum)
    else:
        job.say("utter_payment_methods")


async def by_sms(job: Job, customer: CustomerFacts) -> Conversation:
    """The conversation by SMS with the number on file: for what cannot be spoken."""
    return await open_conversation(
        job.session,
        channel="sms",
        address=customer.phone,
        sender=customer.phone,
        phone=customer.phone,
        language_hint=job.language,
        now=job.now,
    )


async def _send(job: Job, sms: Conversation, link: PaymentLinkFacts) -> None:
    figure = {"money": link.amount.minor, "currency": link.amount.currency}
    part = Part("utter_sms_payment_link", {"amount": figure, "link": link.url})
    await outbox.write(
        job.session,
        sms,
        Draft(parts=[part]),
        author=Author.NOTICE,
        key=job.key("payment_link"),
        now=job.now,
    )
