"""Which of the bills does a message name: by number, by month, or as "the one before"?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from billing_backend.contract import InvoiceFacts
from bot.actions.job import Job
from bot.nlu.normaliser import fold

NAMES_A_BILL = frozenset({"month", "other_month", "invoice_number", "invoice_which"})
# The bill that was spoken of last: what "the one before" is before, when it corrects something.
_BESIDE = "beside"
_IN_MIND = timedelta(hours=1)
_THAT_ONE = re.compile(
    r"\b(?:that|this|same) (?:one|bill|invoice)\b|"
    r"\b(?:send|email|mail|text|download|get|show|see)\b(?: (?:me|to))? it\b|"
    r"\b(?:aceea|aia|respectiva|factura (?:asta|aceasta))\b|"
    r"\b(?:mi-?o|mi o) (?:trimite\w*|dai|dati|arat\w*)|\b(?:trimite|arat|dati)\w*-(?:mi-)?o\b"
)


def asked_month(job: Job, entity: str = "month") -> date | None:
    """The month that the message names, as its first day."""
    named = job.entities.get(entity)
    return date.fromisoformat(f"{named}-01") if named else None


def asked_bill(job: Job, invoices: Sequence[InvoiceFacts]) -> InvoiceFacts | None:
    """By number, else by the month of issue, else "the one before", else the newest; None when
    there is no such one. `invoices` are the newest first."""
    number, month = job.entities.get("invoice_number"), asked_month(job)
    if NAMES_A_BILL.isdisjoint(job.entities):
        number = spoken_of(job)
    if number is None and month is None and job.entities.get("invoice_which") == "previous":
        return _before(invoices, job.entities.get(_BESIDE))
    for invoice in invoices:
        if number is not None:
            if _plain(invoice.number) == _plain(number):
                return invoice
        elif month is None or invoice.issued_on.replace(day=1) == month:
            return invoice
    return None


def spoken_of(job: Job) -> str | None:
    """The number of the bill told of last, when the message means "that one"."""
    told_at = job.memory.get("bill_told_at")
    if told_at is None or job.now - datetime.fromisoformat(told_at) > _IN_MIND:
        return None
    return job.memory.get("bill") if _THAT_ONE.search(fold(job.text)) else None


def names_older_bill(job: Job, invoices: Sequence[InvoiceFacts]) -> bool:
    """Whether the message names a bill of ours that is not the newest; an amount "next month" or
    of a month without a bill is none."""
    if NAMES_A_BILL.isdisjoint(job.entities) or not invoices:
        return False
    return asked_bill(job, invoices) not in (None, invoices[0])


def speak_of(job: Job, number: str, topic: str) -> None:
    """Remember which bill was told of and by which action, for "no, the one before"."""
    job.remember(topic=topic, bill=number, bill_told_at=job.now.isoformat())


def names_another_bill(job: Job) -> bool:
    """Whether a bill was told of and the message names one."""
    return "topic" in job.memory and not NAMES_A_BILL.isdisjoint(job.entities)


async def another_bill(job: Job) -> None:
    """The bill that the message names, told in the way that one was before."""
    name_beside(job, job.memory.get("bill"))
    await job.go_on_with(job.memory["topic"])


def name_beside(job: Job, number: str | None) -> None:
    """From now on "the one before" is the one before that bill."""
    if number is not None:
        job.entities = {**job.entities, _BESIDE: number}


def _before(invoices: Sequence[InvoiceFacts], number: str | None) -> InvoiceFacts | None:
    """The bill issued before that one; before the newest when it is not told which."""
    at = next((at for at, each in enumerate(invoices) if each.number == number), 0)
    return invoices[at + 1] if at + 1 < len(invoices) else None


def _plain(number: str) -> str:
    return "".join(letter for letter in number.casefold() if letter.isalnum())
