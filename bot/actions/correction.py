"""Is the message a correction: a "no", or a mere value, of the kind that the question was about?

"Nu, până vineri" to "until Thursday, do you confirm?" is not a no: it is another day. Each question
says here which kind of value it was about; with another one it is asked anew, and nothing is done
before a "yes".
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from billing_backend.contract import Level
from bot.actions import pending
from bot.actions.job import Job
from bot.actions.open_dispute import correct_bill, correct_charge
from bot.actions.products import named_product
from bot.actions.request_payment_plan import parts_in, take_parts
from bot.actions.which_bill import NAMES_A_BILL, another_bill, name_beside, names_another_bill
from bot.nlu.normaliser import fold

Question = Mapping[str, Any]

# A "yes" with another value in it ("da, dar vineri") agrees to something that was not asked.
_CORRECTS = frozenset({"affirm", "deny", "inform", "out_of_scope", "nlu_fallback"})
# "Nu, aș vrea în 4 rate": whatever else it was understood as, it begins with a no.
_NO_FIRST = re.compile(r"\W*(?:ba )?(?:nu|no|nope)\s*[,.!;:-]")
# A bill may be named alone, or after a no; a longer message has a will of its own.
_NAMES = frozenset({"deny", "inform"})
# "Și cea din iulie?" goes on about bills, even if it was taken for a yes or for nothing known.
_GOES_ON = frozenset({"affirm", "out_of_scope", "nlu_fallback"})
_MORE = re.compile(r"\W*(?:si|dar|iar|da|cea|aia|ceea|and|but|what about|how about|the)\b")
_MOST_WORDS = 10
_WHEN = frozenset({"date", "month"})
_WHICH_PAYMENT = frozenset({"amount", "date"})


async def corrected(job: Job) -> bool:
    """Takes the correction, if the message is one."""
    if not job.in_words or len(job.text.split()) > _MOST_WORDS:
        return False
    question = pending.asked(job) if job.conversation.expects == "confirm" else None
    if question is not None and await _another_value(job, question):
        return True
    in_form = job.conversation.expects == "extension_date"
    if in_form or not _merely_names(job) or not names_another_bill(job):
        return False
    # An open question about something else comes back after it.
    job.action = job.memory["topic"]
    await pending.around(job, another_bill)
    return True


def _merely_names(job: Job) -> bool:
    """Whether a bill that the message names is all that it says."""
    if job.intent in _NAMES:
        return True
    return job.intent in _GOES_ON and _MORE.match(fold(job.text)) is not None


async def _another_value(job: Job, question: Question) -> bool:
    take = _VALUES.get(question["what"])
    corrects = job.intent in _CORRECTS or _NO_FIRST.match(fold(job.text))
    if take is None or not corrects or (await job.who()).level is not Level.VERIFIED:
        return False
    return await take(job, question)


async def _day(job: Job, question: Question) -> bool:
    """Billing says whether that day is possible; if it is not, or only a month is named, those
    that are possible are told."""
    if job.entities.get("date") == question["pay_by"] or job.entities.keys().isdisjoint(_WHEN):
        return False
    pending.settle(job)
    await job.go_on_with("action_request_extension")
    return True


async def _parts(job: Job, question: Question) -> bool:
    parts = parts_in(job.text, alone=True, other_than=question["parts"])
    if parts is None:
        return False
    pending.settle(job)
    await take_parts(job, parts)
    return True


async def _product(job: Job, question: Question) -> bool:
    product = await named_product(job)
    if product is None or product.code == question["product"]:
        return False
    pending.settle(job)
    job.forget("leaving")
    await job.go_on_with("action_change_plan")
    return True


async def _payment(job: Job, question: Question) -> bool:
    """Which payment it is, told to "shall I look for it?", is a yes. (The same question is asked
    about other things, which no amount answers.)"""
    about_payment = question.get("intent") == "report_missing_payment"
    if not about_payment or job.entities.keys().isdisjoint(_WHICH_PAYMENT):
        return False
    pending.settle(job)
    job.intent = question["intent"]
    await job.go_on_with("action_review_account")
    return True


async def _offered_bill(job: Job, question: Question) -> bool:
    """Before anything is disputed the other bill is looked at like the first one."""
    if NAMES_A_BILL.isdisjoint(job.entities):
        return False
    pending.settle(job)
    name_beside(job, question["invoice"])
    job.intent = question["intent"]
    await job.go_on_with("action_dispute_charge")
    return True


async def _bill_or_charge(job: Job, question: Question) -> bool:
    return await correct_bill(job, question) or await correct_charge(job, question)


_VALUES: Mapping[str, Callable[[Job, Question], Awaitable[bool]]] = {
    "arrange_extension": _day,
    "arrange_instalments": _parts,
    "change_services": _product,
    "open_dispute": _offered_bill,
    "review_account": _payment,
    "file_dispute": _bill_or_charge,
}
