"""The customer does not agree with a charge: which one, and what is wrong with it?

The draft lies in the conversation's memory: bill, charge, the customer's words. Each answer may be
pressed, typed or spoken; other questions in between are answered and the question comes back
(answering.py). Nothing is opened before a "yes" (file_dispute.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from billing_backend.contract import InvoiceFacts
from bot import wording
from bot.actions import pending
from bot.actions.choices import payload
from bot.actions.dispute_lines import (
    WHOLE,
    Charge,
    charge_in,
    charge_of,
    charges,
    other_charge_in,
    whole_bill_in,
)
from bot.actions.job import Job
from bot.actions.proof import freshly_verified
from bot.actions.which_bill import NAMES_A_BILL, asked_bill, name_beside
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
    assert invoice is not None
    draft = {**job.memory["dispute"], "charge": choice}
    if "words" in draft:  # only the charge was put right: what is wrong was said before
        _ask_to_confirm(job, invoice, charge_of(invoice, choice), draft["words"], draft["reason"])
    else:
        job.remember(dispute=draft)
        ask_reason(job)


async def line_in_words(job: Job) -> str | None:
    """The charge that the message names; None when it names none."""
    invoice = await _invoice(job)
    if invoice is None:
        return None
    named = charge_in(invoice, job.text)
    if named is not None:
        return named.key
    return WHOLE if whole_bill_in(job.text) else None


async def take_reason(job: Job) -> None:
    """Whatever was said is the reason, in the customer's own words."""
    words = job.text[:_LONGEST]
    began_with = (job.memory.get("dispute") or {}).get("intent")
    await _confirm_draft(job, words, _reason(job, began_with, words))


async def choose_reason(job: Job, reason: str) -> None:
    """One of the reasons that a caller can choose by key, instead of words."""
    if job.conversation.expects != REASON:
        job.say("utter_old_button")
        return
    await _confirm_draft(job, "", reason)


async def correct_charge(job: Job, question: Mapping[str, Any]) -> bool:
    """Another charge than the one about to be disputed, or the whole bill, or "the other one";
    what is wrong was said already. False when the message names none."""
    invoice = _numbered(await _bills(job), question["invoice"])
    if invoice is None:
        return False
    charge, whole = charge_in(invoice, job.text), whole_bill_in(job.text)
    if charge is None and not whole:
        if not other_charge_in(job.text):
            return False
        charge = _the_other(invoice, question["lines"])
    if charge is None and not whole:
        _ask_line_anew(job, invoice, question)
    elif (list(charge.line_ids) if charge else []) == question["lines"]:
        return False
    else:
        _ask_to_confirm(job, invoice, charge, question["words"], question["reason"])
    return True


async def correct_bill(job: Job, question: Mapping[str, Any]) -> bool:
    """Another bill than the one about to be disputed: which charge on that one?"""
    if NAMES_A_BILL.isdisjoint(job.entities):
        return False
    name_beside(job, question["invoice"])
    invoice = asked_bill(job, await _bills(job))
    if invoice is None:
        job.say("utter_bill_not_found")
        pending.remind(job)
    elif invoice.number == question["invoice"]:
        return False
    else:
        say_about(job, invoice)
        _ask_line_anew(job, invoice, question)
    return True


def say_about(job: Job, invoice: InvoiceFacts) -> None:
    """Which bill it is about, where that is not plain."""
    month = wording.month(invoice.issued_on, job.language, job.channel)
    job.say("utter_dispute_about", month=month, number=invoice.number)


async def _confirm_draft(job: Job, words: str, reason: str) -> None:
    invoice = await _invoice(job)
    if invoice is None:
        drop(job)
        return
    charge = charge_of(invoice, job.memory["dispute"]["charge"])
    _ask_to_confirm(job, invoice, charge, words, reason)


def _the_other(invoice: InvoiceFacts, lines: Sequence[str]) -> Charge | None:
    """The only charge beside the one of those lines."""
    others = [each for each in charges(invoice) if list(each.line_ids) != lines]
    return others[0] if len(others) == 1 else None


def _ask_line_anew(job: Job, invoice: InvoiceFacts, question: Mapping[str, Any]) -> None:
    pending.settle(job)
    said = {"words": question["words"], "reason": question["reason"]}
    job.remember(dispute={"invoice": invoice.number, "charge": None, "intent": None, **said})
    ask_line(job, invoice)


def _ask_to_confirm(
    job: Job, invoice: InvoiceFacts, charge: Charge | None, words: str, reason: str
) -> None:
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
    return _numbered(await _bills(job), draft["invoice"])


async def _bills(job: Job) -> Sequence[InvoiceFacts]:
    customer = await job.customer()
    return await job.billing.invoices(job.session, customer.account_id, today=job.today)


def _numbered(bills: Sequence[InvoiceFacts], number: str) -> InvoiceFacts | None:
    return next((bill for bill in bills if bill.number == number), None)


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
