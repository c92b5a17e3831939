"""The customer does not agree with a charge: which one, and what is wrong with it?

The draft lies in the conversation's memory: bill, charge, the customer's words. Each answer may be
pressed, typed or spoken; other questions in between are answered and the question comes back
(answering.py). Nothing is opened before a "yes" (file_dispute.py).
"""

from __future__ import annotations

import re
from typing import Any

from billing_backend.contract import InvoiceFacts
from bot.actions import pending
from bot.actions.choices import payload
from bot.actions.dispute_lines import WHOLE, charge_in, charge_of, charges, whole_bill_in
from bot.actions.job import Job
from bot.actions.proof import freshly_verified
from bot.keys import aloud
from bot.nlu.normaliser import fold

LINE, REASON = "dispute_line", "dispute_reason"
_ALOUD = 3
_LONGEST = 500  # characters of a reason that are kept
_NOT_ORDERED = re.compile(
    r"\bn-?u? ?am (?:comandat|cerut|activat|vrut)|\bnu (?:e|este) al|"
    r"(?:never|n['’]?t) (?:order|ask|want)"
)


@freshly_verified
async def open_dispute(job: Job) -> None:
    """Reached by a "yes" to the offer."""
    question = pending.asked(job)
    if question is None or question["what"] != "open_dispute":
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    job.remember(dispute={key: question[key] for key in ("invoice", "charge", "intent")})
    invoice = await _invoice(job)
    if invoice is None:
        drop(job)
    elif question["charge"] is None:
        ask_line(job, invoice)
    else:
        ask_reason(job)


async def take_line(job: Job, choice: str) -> None:
    """A button: a charge's key, or the whole bill."""
    invoice = await _invoice(job)
    known = choice == WHOLE or (invoice is not None and charge_of(invoice, choice) is not None)
    if job.conversation.expects != LINE or not known:
        job.say("utter_old_button")
        return
    _keep(job, charge=choice)
    ask_reason(job)


async def line_in_words(job: Job) -> str | None:
    """The charge that the message names; None when it names none."""
    invoice = await _invoice(job)
    if invoice is None:
        return None
    named = charge_in(invoice, job.words)
    if named is not None:
        return named.key
    return WHOLE if whole_bill_in(job.words) else None


async def take_reason(job: Job) -> None:
    """Whatever was said is the reason, in the customer's own words."""
    words = job.message.text[:_LONGEST]
    began_with = (job.memory.get("dispute") or {}).get("intent")
    await _ask_to_confirm(job, words, _reason(job, began_with, words))


async def choose_reason(job: Job, reason: str) -> None:
    """One of the reasons that a caller can choose by key, instead of words."""
    if job.conversation.expects != REASON:
        job.say("utter_old_button")
        return
    await _ask_to_confirm(job, "", reason)


async def _ask_to_confirm(job: Job, words: str, reason: str) -> None:
    invoice = await _invoice(job)
    if invoice is None:
        drop(job)
        return
    draft = job.memory["dispute"]
    charge = charge_of(invoice, draft["charge"])
    if charge is None:
        job.say("utter_confirm_dispute_whole", amount=invoice.total, invoice=invoice.number)
    else:
        name = job.in_language(charge.name)
        job.say("utter_confirm_dispute", amount=charge.amount, name=name, invoice=invoice.number)
    pending.ask(
        job,
        "file_dispute",
        invoice=invoice.number,
        lines=list(charge.line_ids) if charge else [],
        words=words,
        reason=reason,
    )
    job.forget("dispute")


def drop(job: Job) -> None:
    """Nothing is disputed after all."""
    job.forget("dispute")
    job.expect(None)
    job.say("utter_dispute_not_opened")


def ask_line(job: Job, invoice: InvoiceFacts) -> None:
    job.expect(LINE)
    if job.by_voice:
        _ask_line_aloud(job, invoice)
        return
    choices = tuple(
        (
            f"{job.in_language(charge.name)}: {job.word(charge.amount)}",
            payload(f"line:{charge.key}"),
        )
        for charge in charges(invoice)
    )
    job.say("utter_ask_dispute_line", choices=choices)


def _ask_line_aloud(job: Job, invoice: InvoiceFacts) -> None:
    """The largest charges, after the whole bill, which is key 1; others can be named."""
    largest = [(job.in_language(charge.name), charge.key) for charge in charges(invoice)[:_ALOUD]]
    job.say(
        "utter_ask_dispute_line",
        choices=tuple((name, payload(f"line:{key}")) for name, key in largest),
        options=aloud([name for name, _ in largest], job.language, first=2),
    )


def ask_reason(job: Job) -> None:
    job.expect(REASON)
    job.say("utter_ask_dispute_reason")


async def _invoice(job: Job) -> InvoiceFacts | None:
    """The bill of the draft."""
    draft: dict[str, Any] | None = job.memory.get("dispute")
    if draft is None:
        return None
    customer = await job.customer()
    bills = await job.billing.invoices(job.session, customer.account_id, today=job.today)
    return next((bill for bill in bills if bill.number == draft["invoice"]), None)


def _keep(job: Job, **more: Any) -> None:
    job.remember(dispute={**job.memory["dispute"], **more})


def _reason(job: Job, began_with: str | None, words: str) -> str:
    """The code of the reason: by what the words mean, else by what the complaint began with."""
    if _NOT_ORDERED.search(fold(words)):
        return "not_ordered"
    return _CODES.get(job.intent or "") or _CODES.get(began_with or "") or "other"


_CODES = {
    "report_duplicate_charge": "charged_twice",
    "cancel_service": "cancelled",
    "request_discount": "price",
    "report_missing_payment": "already_paid",
    "check_payment_status": "already_paid",
    "report_technical_issue": "service_fault",
    "check_usage": "usage",
}
