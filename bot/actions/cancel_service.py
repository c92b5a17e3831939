"""The customer wants to leave: the reason once, one offer at most, then it is done.

Never obstructed (business rules, section 5). An offer is made by the rules that everybody who asks
for a lower price gets, and only to those whom a price could keep.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from billing_backend.contract import DiscountOffer, Wish
from bot.actions import pending
from bot.actions.change_plan import preview_and_ask
from bot.actions.choices import offer
from bot.actions.job import ASSISTANT, Job
from bot.actions.products import named_product
from bot.actions.proof import freshly_verified
from bot.actions.propose_discount import reason_of, say_terms

# Whom a lower price may keep; to the others an offer would be one more thing in their way.
_ABOUT_MONEY = ("price", "competitor")


async def cancel_service(job: Job) -> None:
    """The whole service, unless only an option is named ("I no longer want TV Sport"): what is
    named is kept before the proof is asked for."""
    product = await named_product(job) if "leaving" not in job.memory else None
    if product is not None and product.kind == "add_on":
        job.entities = {**job.entities, "product": product.code}
    await _of_the_account(job)


@freshly_verified
async def _of_the_account(job: Job) -> None:
    """One step further with each answer."""
    option = job.entities.get("product")
    if option is not None:
        await preview_and_ask(job, Wish("remove_add_on", option))
        return
    customer = await job.customer()
    services = await job.billing.services(job.session, customer.account_id, today=job.today)
    if services.cancelled_on is not None:
        await _cancelled_already(job, services.cancelled_on)
        return
    so_far: dict[str, Any] = job.memory.get("leaving") or {}
    reason = job.entities.get("leaving") or so_far.get("reason")
    if reason is None and not so_far:
        _ask_why(job)
        return
    job.remember(leaving={**so_far, "reason": reason or "other"})
    if reason in _ABOUT_MONEY and not so_far.get("offered"):
        job.remember(leaving={"reason": reason, "offered": True})
        if await _offered(job, customer.account_id):
            return
    await pending.withdraw_offer(job)  # asked to leave while the offer was open: that is a no
    await preview_and_ask(job, Wish("cancel", reason=reason or "other"))


async def _cancelled_already(job: Job, last_day: date) -> None:
    """Said; while it can be undone, that is asked."""
    if last_day >= job.today:
        await job.go_on_with("action_restore_service")
    else:
        job.say("utter_service_cancelled_already", date=last_day)


def _ask_why(job: Job) -> None:
    job.remember(leaving={"asked": True})
    offer(job, "utter_why_leave", expects="leaving_reason")


async def _offered(job: Job, account_id: UUID) -> bool:
    """Whether a discount could be offered; it is kept or dropped by the answer."""
    answer = await job.billing.propose_discount(
        job.session,
        account_id,
        reason=await reason_of(job, account_id),
        conversation_id=job.conversation.id,
        authority=ASSISTANT,
        key=job.key("propose_discount"),
        now=job.now,
    )
    if not isinstance(answer, DiscountOffer):
        return False
    say_terms(job, answer)
    pending.ask(job, "accept_offer", offer_id=str(answer.offer_id), leaving=True)
    job.say("utter_stay_question")
    return True
