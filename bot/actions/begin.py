"""What does the customer hear first: after /start, or when a call begins?"""

from __future__ import annotations

from billing_backend.contract import Level
from bot.actions.job import Job
from bot.actions.pending import withdraw_offer
from bot.actions.proof import recognised
from bot.nlu.choosing import LANGUAGES

# Each asks for the proof by itself and goes on afterwards.
_BY_LINK = {
    "explain_bill": "action_explain_bill",
    "view_bill": "action_view_bill",
    "pay_bill": "action_pay_by_link",
    "check_balance": "action_check_balance",
}


async def begin(job: Job) -> None:
    """A fresh start: whatever was half asked is dropped; who they are is kept. Who comes by a
    link of ours is shown what it is about, once it is proved who they are."""
    await withdraw_offer(job)
    job.forget("confirm", "resume", "also", "topic", "dispute", "leaving")
    job.expect(None)
    who = await job.who()
    linked = job.services.links.read(job.message.data.get("start", ""))
    if linked is not None:
        job.say("utter_welcome_by_link", company=job.services.company)
        job.intent = linked.intent
        job.entities = {"invoice_number": linked.invoice} if linked.invoice else {}
        await job.go_on_with(_BY_LINK[linked.intent])
    elif job.by_voice:
        await _speak_their_language(job)
        job.say("utter_voice_welcome", company=job.services.company)
        job.expect("language")
    elif who.level is Level.VERIFIED:
        job.say("utter_welcome_back", company=job.services.company)
    elif job.channel == "telegram" and who.customer_id is None:
        job.say("utter_welcome_stranger", company=job.services.company)
        job.expect("customer_number")
    else:
        job.say("utter_welcome", company=job.services.company)


async def _speak_their_language(job: Job) -> None:
    """A caller whose number is on file is greeted in the language on file; that tells nobody
    anything, and the other language can be chosen."""
    customer_id = (await recognised(job)).customer_id
    if customer_id is None or job.conversation.language_source == "chosen":
        return
    customer = await job.billing.customer(job.session, customer_id, today=job.today)
    if customer.language in LANGUAGES:
        job.conversation.language = customer.language
        job.conversation.language_source = "profile"
