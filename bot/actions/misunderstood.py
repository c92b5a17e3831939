"""The message was not understood, or is none of our business: what now?"""

from __future__ import annotations

import re

from bot.actions import proof
from bot.actions.asking import ask_again
from bot.actions.job import Job
from bot.nlu.normaliser import fold
from handoff.conversations import Conversation, InboundMessage

# After so many in a row a person is brought in (business rules, section 7).
_ENOUGH = 2
_COUNTED_AS = "misunderstood"
_CODE = re.compile(r"\b(?:cod|codul|code|sms|mesaj|text)\b")


async def misunderstood(job: Job) -> None:
    """First time: say so, and what would be understood. Second time in a row: a person."""
    if job.conversation.expects == "pin" and _CODE.search(fold(job.message.text)):
        await proof.send_code(job)  # the other way to prove it, offered with the question
    elif job.message.text.startswith("/"):
        # Somebody tries our own commands: no misunderstanding, and no agent's work.
        job.say("utter_not_understood")
    elif job.conversation.expects == "leaving_reason":
        # Any words are a reason: nobody has to find the right ones to leave.
        job.expect(None)
        job.entities = {"leaving": "other"}
        await job.go_on_with("action_cancel_service")
    elif await job.in_a_row(_COUNTED_AS) >= _ENOUGH:
        await job.hand_over("misunderstood")
    elif job.conversation.expects is None or _merely_greeted(job):
        job.say("utter_not_understood")
    else:
        job.say("utter_not_understood_short")
        ask_again(job)


def was_misunderstood(conversation: Conversation, message: InboundMessage) -> bool:
    """Whether this message was answered so, by words or by a person."""
    last = conversation.dialogue.get(_COUNTED_AS) or {}
    return last.get("at") == message.position


def _merely_greeted(job: Job) -> bool:
    """The number was invited by the welcome, but nothing waits for it."""
    return job.conversation.expects == "customer_number" and "resume" not in job.memory
