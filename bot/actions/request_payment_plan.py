"""The customer wants to pay in parts: how many may it be, and when is each due?"""

from __future__ import annotations

import re

from billing_backend.contract import (
    ArrangementSummary,
    ExtensionRefused,
    Instalment,
    InstalmentChoices,
)
from bot import wording
from bot.actions import pending
from bot.actions.change_of_mind import agreed_to
from bot.actions.choices import payload
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified
from bot.actions.request_extension import SLOT, say_refused
from bot.nlu.reading import read

PARTS = "instalments"
_SO_MANY = re.compile(r"\b(\d)\s*(?:rate|transe|parti|plati|luni|parts|instal|payments|months)")
_ALONE = re.compile(r"(?<![\d.,])(\d)(?![\d.,]|\s*(?:lei|ron))")


@freshly_verified
async def request_payment_plan(job: Job) -> None:
    """Offers the choices, unless the message says how many parts already."""
    choices = await _choices(job)
    if isinstance(choices, ExtensionRefused):
        _say_why_not(job, choices)
        return
    wanted = parts_in(job.text)
    if wanted is not None and (plan := _plan(choices, wanted)):
        _ask_to_confirm(job, choices, plan)
        return
    ask_parts(job, choices)


async def take_parts(job: Job, parts: int) -> None:
    """So many were chosen; nothing is arranged before a "yes"."""
    choices = await _choices(job)
    if isinstance(choices, ExtensionRefused):
        job.expect(None)
        _say_why_not(job, choices)
    elif (plan := _plan(choices, parts)) is not None:
        _ask_to_confirm(job, choices, plan)
    else:
        ask_parts(job, choices)


@freshly_verified
async def arrange_instalments(job: Job) -> None:
    """Reached by a "yes" only; the parts are those that were asked about."""
    question = pending.asked(job)
    if question is None or question["what"] != "arrange_instalments":
        job.say("utter_nothing_to_confirm")
        return
    pending.settle(job)
    customer = await job.customer()
    outcome = await job.billing.arrange_instalments(
        job.session,
        customer.account_id,
        question["parts"],
        authority=ASSISTANT,
        key=job.key("arrange_instalments"),
        now=job.now,
    )
    if not isinstance(outcome, ArrangementSummary):
        _say_why_not(job, outcome)
        return
    agreed_to(job, "arrangement")
    count = wording.count(len(outcome.parts), "part", job.language, job.channel)
    job.say("utter_instalments_arranged", amount=outcome.amount, parts=count)
    _say_parts(job, outcome.parts)


def ask_parts(job: Job, choices: InstalmentChoices) -> None:
    job.expect(PARTS)
    if job.by_voice:
        counts = [
            wording.count(len(plan), "part", job.language, job.channel) for plan in choices.plans
        ]
        spoken = wording.listed(counts, job.language)
        job.say("utter_ask_instalments", amount=choices.amount, parts=spoken)
        return
    buttons = tuple((_title(job, plan), payload(f"parts:{len(plan)}")) for plan in choices.plans)
    job.say("utter_ask_instalments", choices=buttons, amount=choices.amount)


def parts_in(text: str, *, alone: bool = False, other_than: int | None = None) -> int | None:
    """How many parts a text asks for; `alone`: a mere number is the answer to that question."""
    plain = read(text).text
    found = _SO_MANY.findall(plain) + (_ALONE.findall(plain) if alone else [])
    return next((int(parts) for parts in found if int(parts) != other_than), None)


async def _choices(job: Job) -> InstalmentChoices | ExtensionRefused:
    customer = await job.customer()
    return await job.billing.instalment_choices(job.session, customer.account_id, today=job.today)


def _plan(choices: InstalmentChoices, parts: int) -> tuple[Instalment, ...] | None:
    return next((plan for plan in choices.plans if len(plan) == parts), None)


def _ask_to_confirm(job: Job, choices: InstalmentChoices, plan: tuple[Instalment, ...]) -> None:
    count = wording.count(len(plan), "part", job.language, job.channel)
    job.say("utter_instalments_proposed", amount=choices.amount, parts=count)
    _say_parts(job, plan)
    job.say("utter_confirm_instalments")
    pending.ask(job, "arrange_instalments", parts=len(plan))


def _say_parts(job: Job, plan: tuple[Instalment, ...]) -> None:
    for part in plan:
        job.say("utter_instalment", amount=part.amount, date=part.due_on)


def _say_why_not(job: Job, refused: ExtensionRefused) -> None:
    if refused.reason == "too_small" and refused.minimum is not None:
        # While a day is asked for, more time is what is being offered.
        asked = job.conversation.expects == SLOT
        why = "utter_instalments_from" if asked else "utter_instalments_too_small"
        job.say(why, minimum=refused.minimum)
    else:
        say_refused(job, refused)


def _title(job: Job, plan: tuple[Instalment, ...]) -> str:
    count = wording.count(len(plan), "part", job.language, job.channel)
    return f"{count} × {job.word(plan[0].amount)}"
