"""May the customer pay later, and until when?

The date is asked by Rasa's form `extension_form`, which this action opens; each of its dates is
checked with billing, and nothing is arranged before a "yes".
"""

from __future__ import annotations

from datetime import date

from rasa_sdk.events import ActiveLoop, SlotSet

from billing_backend.contract import ExtensionChoices, ExtensionRefused
from bot.actions import pending
from bot.actions.job import Job
from bot.actions.proof import freshly_verified
from bot.keys import aloud

FORM, SLOT = "extension_form", "extension_date"


@freshly_verified
async def request_extension(job: Job) -> None:
    """Opens the form, unless the message names its date already or there is nothing to allow."""
    choices = await _choices(job)
    if isinstance(choices, ExtensionRefused):
        say_refused(job, choices)
        return
    wanted = _as_date(job.entities.get("date"))
    if wanted is not None and await _fits(job, wanted, choices):
        _ask_to_confirm(job, wanted, choices)
        return
    job.forget("confirm")
    job.expect(SLOT)
    job.events += [ActiveLoop(FORM), SlotSet(SLOT, None)]


async def ask_extension_date(job: Job) -> None:
    """The form's question: days to choose from, or any other until the latest."""
    choices = await _choices(job)
    if isinstance(choices, ExtensionRefused):
        say_refused(job, choices)
        job.expect(None)
        return
    if job.by_voice:
        # The latest day is said anyway: once is enough for a listener.
        days = tuple(day for day in choices.dates if day != choices.latest) or (choices.latest,)
        job.say(
            "utter_ask_extension_date",
            choices=_buttons(job, days),
            amount=choices.amount,
            options=aloud([job.word(day) for day in days], job.language),
            latest=choices.latest,
        )
    else:
        job.say(
            "utter_ask_extension_date",
            choices=_buttons(job, choices.dates),
            amount=choices.amount,
            latest=choices.latest,
        )


async def validate_extension_form(job: Job) -> None:
    """Is the date that was just given one that billing allows? If not, it is asked again."""
    given = job.slots.get(SLOT)
    if given is None:
        return
    choices = await _choices(job)
    wanted = _as_date(given[0] if isinstance(given, list) and given else given)
    if isinstance(choices, ExtensionRefused):
        say_refused(job, choices)
        job.expect(None)
    elif wanted is None or not await _fits(job, wanted, choices):
        job.events.append(SlotSet(SLOT, None))
    else:
        job.events.append(SlotSet(SLOT, wanted.isoformat()))


async def confirm_extension(job: Job) -> None:
    """The form has its date: ask for the "yes". (A form that was left has none.)"""
    wanted = _as_date(job.slots.get(SLOT))
    job.events.append(SlotSet(SLOT, None))
    if wanted is None or job.conversation.expects != SLOT:
        return
    choices = await _choices(job)
    if isinstance(choices, ExtensionRefused):
        say_refused(job, choices)
        job.expect(None)
    else:
        _ask_to_confirm(job, wanted, choices)


def say_refused(job: Job, refused: ExtensionRefused) -> None:
    """The rule that stands in the way, and what can be done instead."""
    if refused.reason == "already_arranged" and refused.existing is not None:
        job.say(
            "utter_extension_already",
            amount=refused.existing.amount,
            date=refused.existing.pay_by,
        )
    else:
        job.say(_REFUSALS.get(refused.reason, "utter_extension_not_possible"))
        if refused.reason not in ("nothing_due", "disputed"):
            job.say("utter_extension_person")
            pending.ask(job, "person", topic="request_payment_extension")


async def _choices(job: Job) -> ExtensionChoices | ExtensionRefused:
    customer = await job.customer()
    return await job.billing.extension_choices(job.session, customer.account_id, today=job.today)


async def _fits(job: Job, wanted: date, choices: ExtensionChoices) -> bool:
    """Whether that day can be agreed on; says why when it cannot."""
    if wanted < job.today:
        job.say("utter_extension_past", date=wanted)
    elif wanted > choices.latest:
        job.say("utter_extension_too_late", latest=choices.latest)
    elif (due := await _due_anyway(job)) is not None and wanted <= due:
        job.say("utter_extension_not_needed", date=due)
    else:
        return True
    return False


async def _due_anyway(job: Job) -> date | None:
    """The day until which nothing is late; None when something is already."""
    customer = await job.customer()
    balance = await job.billing.balance(job.session, customer.account_id, today=job.today)
    return None if balance.days_overdue else balance.due_date


def _ask_to_confirm(job: Job, wanted: date, choices: ExtensionChoices) -> None:
    job.say("utter_confirm_extension", amount=choices.amount, date=wanted)
    pending.ask(job, "arrange_extension", pay_by=wanted.isoformat())


def _buttons(job: Job, days: tuple[date, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((job.word(day), f'/inform{{"date": "{day.isoformat()}"}}') for day in days)


def _as_date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


_REFUSALS = {
    "nothing_due": "utter_extension_nothing_due",
    "disputed": "utter_extension_disputed",
    "too_many": "utter_extension_too_many",
    "broken_arrangement": "utter_extension_broken",
}
