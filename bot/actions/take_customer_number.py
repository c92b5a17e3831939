"""Which customer does the person say they are?"""

from __future__ import annotations

import re

from bot.actions.job import Job
from bot.actions.proof import ask_for_proof

DIGITS = 8


async def take_customer_number(job: Job) -> None:
    """The number in the message; one with too many or too few digits is asked again."""
    if job.message.text.startswith("/"):
        # Digits in something that looks like a command are nobody's number.
        await job.go_on_with("action_misunderstood")
        return
    number = re.sub(r"\D", "", job.message.text)
    if len(number) == DIGITS:
        await name_customer(job, number)
    else:
        job.say("utter_customer_number_shape")
        job.expect("customer_number")


async def name_customer(job: Job, number: str) -> None:
    """Keep the number and ask for its proof: the same steps, whether anybody has it or not."""
    before = (await job.who()).customer_id
    await job.billing.name_customer(job.session, job.conversation.id, number, now=job.now)
    after = (await job.who(again=True)).customer_id
    job.remember(named=True)
    if before is None or before != after:
        job.forget("code_until")  # a code on its way is somebody else's
    await ask_for_proof(job)
