"""Whose number did the customer share on Telegram?"""

from __future__ import annotations

from billing_backend.contract import Level
from bot.actions.job import Job
from bot.actions.proof import send_code


async def share_contact(job: Job) -> None:
    """The sender's own number recognises; somebody else's says nothing about the sender."""
    phone = job.message.data.get("contact_phone")
    if not phone or not job.message.data.get("contact_is_own"):
        job.say("utter_contact_not_own")
        job.expect("customer_number")
        return
    job.conversation.phone = phone
    await job.billing.recognise(
        job.session, job.conversation.id, phone=phone, method="telegram_contact", now=job.now
    )
    who = await job.who(again=True)
    if who.level is Level.VERIFIED:
        job.say("utter_known_already")
    elif who.customer_id is None:
        job.say("utter_contact_unknown")
        job.expect("customer_number")
    else:
        await send_code(job)
