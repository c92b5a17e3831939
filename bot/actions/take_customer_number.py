"""Which customer does the person say they are?"""

from __future__ import annotations

import re

from bot.actions.job import Job
from bot.actions.proof import ask_for_proof

_DIGITS = 8


async def take_customer_number(job: Job) -> None:
    """Keep the number and ask for its proof: the same steps, whether anybody has it or not."""
    number = re.sub(r"\D", "", job.message.text)
    if len(number) != _DIGITS:
        job.say("utter_customer_number_shape")
        job.expect("customer_number")
        return
    await job.billing.name_customer(job.session, job.conversation.id, number, now=job.now)
    await job.who(again=True)
    job.remember(named=True)
    await ask_for_proof(job)
