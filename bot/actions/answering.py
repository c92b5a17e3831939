"""Is this message the answer to an open question that is answered in words?

After "what is wrong with it?" whatever is said is the answer, unless it plainly asks for something
else; that is answered first and the question comes back, as with the form for a later date.
"""

from __future__ import annotations

import re

from billing_backend.contract import Level
from bot import told
from bot.actions import pending, replay
from bot.actions.asking import ask_again, question_of
from bot.actions.correction import corrected
from bot.actions.insulted import insulted, merely_insults
from bot.actions.job import Job, JobFunction
from bot.actions.open_dispute import LINE, REASON, line_in_words, take_line, take_reason
from bot.actions.request_payment_plan import PARTS, parts_in, take_parts
from bot.nlu.normaliser import fold

# Meanings that tell something rather than ask for it.
_TELLS = frozenset(
    {
        "ask_fees",
        "ask_plan_info",
        "cancel_service",
        "change_plan",
        "check_payment_status",
        "check_usage",
        "dispute_charge",
        "explain_bill",
        "file_complaint",
        "inform",
        "report_duplicate_charge",
        "report_missing_payment",
        "report_payment_problem",
        "report_technical_issue",
        "request_discount",
        "request_refund",
        "start_service",
        "update_contact_details",
    }
)
_NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})
_YES_NO = frozenset({"affirm", "deny"})
_MERE_YES = 3  # words
# All that a mere "no" is made of.
_MERE_NO = re.compile(
    r"(?:\W*\b(?:no|nope|nah|none|of|them|nothing|not|never|don|t|dont|do|want|it|that|thanks|thank|you|please|now|"
    r"anymore|more|mind|leave|forget|cancel|stop|ok|okay|sorry|i|changed|my|nu|nup|niciuna|nimic|n|am|m|a|ba|mai|"
    r"vreau|doresc|las|lasa|lasati|renunt|razgandit|mersi|merci|multumesc|va|te|rog|bine|gata|"
    r"acum|asta|stati|stai)\b)*\W*"
)
# Rasa runs these beside or after the action that a message means.
FORM_ACTIONS = frozenset(
    {"action_ask_extension_date", "action_confirm_extension", "validate_extension_form"}
)
_BY_WORDS = (LINE, REASON, PARTS)


async def around(job: Job, do: JobFunction) -> None:
    """The answer or the correction is taken; anything else is done, and the open question asked
    again."""
    told.follow(job.conversation, job.action)
    _admit_what_is_not_seen(job)
    expects = job.conversation.expects
    if job.action not in FORM_ACTIONS:
        if merely_insults(job):
            await insulted(job)
            return
        if await corrected(job):
            return
    if expects in _BY_WORDS and await _may_answer(job) and await _answered(job, expects):
        return
    action = job.action
    await pending.around(job, do)
    if expects in _BY_WORDS and _still_open(job, expects) and pending.interrupts(action):
        ask_again(job)


def _admit_what_is_not_seen(job: Job) -> None:
    """Only the words that came with a picture or file are answered: said once for each."""
    data = job.message.data
    beside_words = "caption" in data if job.message.kind == "media" else bool(data.get("media"))
    if beside_words and "edits" not in data and not replay.begun(job):
        job.say("utter_only_the_words")


async def _may_answer(job: Job) -> bool:
    """Words, from somebody whose proof still holds."""
    return job.in_words and (await job.who()).level is Level.VERIFIED


async def _answered(job: Job, expects: str) -> bool:
    """Takes the answer, if the message is one."""
    if expects == REASON and _tells(job):
        await take_reason(job)
    elif expects == LINE and _may_name(job) and (line := await line_in_words(job)) is not None:
        await take_line(job, line)
    elif expects == LINE and _says_why_not(job):
        ask_again(job)  # what is wrong comes next: first with what
    elif expects == PARTS and (parts := parts_in(job.text, alone=True)) is not None:
        await take_parts(job, parts)
    else:
        return False
    return True


def _tells(job: Job) -> bool:
    if job.intent in _NOT_UNDERSTOOD:
        return True
    if job.intent in _YES_NO:
        return len(job.text.split()) > _MERE_YES or _says_why_not(job)
    return job.intent in _TELLS and not job.text.rstrip().endswith("?")


def _says_why_not(job: Job) -> bool:
    """ "Not mine" looks like a no, and says what is wrong."""
    return job.intent == "deny" and not _MERE_NO.fullmatch(fold(job.text))


def _may_name(job: Job) -> bool:
    """A name in a question is asked about, not chosen."""
    return job.intent in _NOT_UNDERSTOOD or not job.text.rstrip().endswith("?")


def _still_open(job: Job, expects: str) -> bool:
    """Waited for as before, and not just asked."""
    asked = any(said.response == question_of(expects) for said in job.said)
    return job.conversation.expects == expects and not job.handed_over and not asked
