"""The customer asks for a lower price: what do the rules allow?

Remedies in their order (business rules, section 6): an error of ours first, then a discount. The
reason given to the decision table is taken from the account, not from the customer's words:
insisting, anger or a threat to leave change nothing.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from billing_backend.contract import DiscountOffer, DiscountRefused
from bot import wording
from bot.actions import pending
from bot.actions.hints import asks_which_plan_is_cheaper
from bot.actions.job import ASSISTANT, Job
from bot.actions.proof import freshly_verified
from bot.actions.review_account import correct

_DEARER = frozenset({"price_change", "promotion_ended", "discount_ended", "tax_rate_change"})


async def propose_discount(job: Job) -> None:
    """A lower price, unless the message asks which plan would be cheaper."""
    if asks_which_plan_is_cheaper(job):
        await job.go_on_with("action_compare_plans")
    else:
        await _propose(job)


@freshly_verified
async def _propose(job: Job) -> None:
    if job.conversation.expects == "leaving_reason":
        # "Too expensive" was the answer: the customer is leaving, and stays on that way.
        job.entities = {"leaving": "price"}
        await job.go_on_with("action_cancel_service")
        return
    if _agreed_by_an_agent(job):
        return
    customer = await job.customer()
    findings = await job.billing.review(job.session, customer.account_id, today=job.today)
    if findings:
        await correct(job, findings)
        if not job.handed_over:
            job.say("utter_error_before_discount")
        return
    answer = await job.billing.propose_discount(
        job.session,
        customer.account_id,
        reason=await reason_of(job, customer.account_id),
        conversation_id=job.conversation.id,
        authority=ASSISTANT,
        key=job.key("propose_discount"),
        now=job.now,
    )
    if isinstance(answer, DiscountOffer):
        say_terms(job, answer)
        pending.ask(job, "accept_offer", offer_id=str(answer.offer_id))
        job.say("utter_offer_question")
    else:
        await _refuse(job, answer)


def _agreed_by_an_agent(job: Job) -> bool:
    """Whether a person has just granted something: then that is the answer."""
    agreed = job.memory.get("agreed") or {}
    if not agreed.get("granted"):
        return False
    if agreed.get("words"):
        job.say("utter_agreed_already", name=agreed["by"], agreed=agreed["words"])
    else:
        job.say("utter_agreed_already_plain", name=agreed["by"])
    return True


async def reason_of(job: Job, account_id: UUID) -> str:
    """price_increase when the newest bill rose because something became dearer."""
    explanation = await job.billing.explain(job.session, account_id, month=None, today=job.today)
    if explanation is None or explanation.difference.minor <= 0:
        return "too_expensive"
    dearer = any(cause.kind in _DEARER and cause.amount.minor > 0 for cause in explanation.causes)
    return "price_increase" if dearer else "too_expensive"


def say_terms(job: Job, offer: DiscountOffer) -> None:
    """What is offered, and from when."""
    months = wording.count(offer.months, "month", job.language, job.channel)
    values: dict[str, Any] = {
        "months": months,
        "monthly": offer.monthly_amount,
        "worth": offer.amount,
    }
    if offer.percent_bp is None:
        job.say("utter_offer_amount", **values)
    else:
        percent = wording.percent(offer.percent_bp, job.language, job.channel)
        job.say("utter_offer_percent", percent=percent, **values)
    job.say(f"utter_offer_starts_{offer.starts}")


async def _refuse(job: Job, refused: DiscountRefused) -> None:
    if refused.needs is not None:
        job.say("utter_discount_above_limit")
        await job.hand_over("discount_above_limit", needs=refused.needs, why=refused.reason)
        return
    # Held out of the experiment or not covered by any rule: the customer hears the same.
    job.say(_REFUSALS.get(refused.reason, "utter_discount_no_rule"))
    job.say("utter_discount_instead")


_REFUSALS = {
    "cooldown": "utter_discount_cooldown",
    "yearly_cap": "utter_discount_yearly_cap",
    "budget_exhausted": "utter_discount_budget",
    "already_discounted": "utter_discount_already",
    "arrears": "utter_discount_arrears",
}
