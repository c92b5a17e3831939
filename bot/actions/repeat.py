"""What did the bot last say, what could be chosen, and is there a simpler way to say it? By phone,
more slowly if that is wished."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions.asking import ask_again
from bot.actions.hints import asks_for_simpler, asks_for_slower
from bot.actions.job import Job, Saying
from bot.actions.repair import AROUND_AN_ANSWER, NOT_CAUGHT, THANKS_FOR_PROOF, offer_a_person
from bot.actions.replay import last_said
from handoff.conversations import buttons, outbox
from handoff.conversations.ownership import SLOW

# The form for a later date asks its question again by itself.
_OF_THE_FORM, _BY_THE_FORM = "utter_ask_extension_date", "extension_date"
_NOT_AGAIN = NOT_CAUGHT | {_OF_THE_FORM, THANKS_FOR_PROOF}
_SIMPLY = "_simply"
# After so many in a row other words will not help either.
_ENOUGH = 2


async def repeat(job: Job) -> None:
    """The bot's last words with their choices, in simpler words where that is asked for; without
    any, the open question. "Slower" holds for the rest of the call."""
    if job.by_voice and asks_for_slower(job):
        job.remember(**{SLOW: True})
    if asks_for_simpler(job):
        await say_simply(job)
    else:
        await _say_again(job, await _last_said(job))


async def say_simply(job: Job) -> None:
    """Each thing said last in its simpler words, where it has some; then what was asked."""
    times = await job.in_a_row("simply")
    last = await _last_said(job)
    said = [each for each in last if each.response not in AROUND_AN_ANSWER]
    if any(_simpler(job, each) for each in said):
        job.said += [_simply(job, each) for each in said]
    else:
        await _say_again(job, last)
    if times >= _ENOUGH:
        offer_a_person(job)


async def _say_again(job: Job, said: Sequence[Saying]) -> None:
    if said:
        job.said += said
        return
    if job.conversation.expects == _BY_THE_FORM:
        return  # its question comes by itself, and is what was said last
    last = await outbox.last_words(job.session, job.conversation.id)
    if last is None or not last.text:
        ask_again(job)
        return
    choices = await buttons.of_message(job.session, last.id)
    job.say_again(last.text, tuple(choices))


async def _last_said(job: Job) -> list[Saying]:
    """What an action of ours said last; empty when the last words were others'."""
    last = await outbox.last_words(job.session, job.conversation.id)
    if last is None:
        return []
    said = last_said(job, last.in_reply_to)
    return [each for each in said if each.response not in _NOT_AGAIN]


def _simpler(job: Job, said: Saying) -> bool:
    return f"{said.response}{_SIMPLY}" in job.services.texts.responses


def _simply(job: Job, said: Saying) -> Saying:
    """With the same values and choices."""
    if not _simpler(job, said):
        return said
    return Saying(f"{said.response}{_SIMPLY}", said.values, said.choices)
