"""Which plan does the customer have, or what does one that they name cost?"""

from __future__ import annotations

from billing_backend.contract import Offering, ServiceSummary
from bot import wording
from bot.actions.choices import offer
from bot.actions.hints import asks_for_cheaper, asks_for_the_end
from bot.actions.job import Job
from bot.actions.products import named_product
from bot.actions.proof import verified
from bot.actions.service_words import offer_to_call_off, say_scheduled


async def plan_info(job: Job) -> None:
    """What is on sale is public; what one has is not."""
    product = await named_product(job)
    if product is not None:
        _say_product(job, product)
    elif asks_for_cheaper(job):
        await job.go_on_with("action_compare_plans")
    else:
        await _own_plan(job)


def _say_product(job: Job, product: Offering) -> None:
    name = job.in_language(product.name)
    job.say("utter_product", name=name, price=product.gross)
    if product.allowance is not None and product.extra_unit is not None:
        unit = product.unit or ""
        job.say(
            "utter_product_allowance",
            allowance=wording.quantity(product.allowance, unit, job.language, job.channel),
            extra=product.extra_unit,
            unit=wording.measure(unit, job.language, job.channel),
        )
    if product.minimum_term_months:
        months = wording.count(product.minimum_term_months, "month", job.language, job.channel)
        job.say("utter_product_term", months=months)
    offer(job, "utter_take_product", code=product.code)


@verified
async def _own_plan(job: Job) -> None:
    customer = await job.customer()
    services = await job.billing.services(job.session, customer.account_id, today=job.today)
    if services.plan is None:
        _say_none(job, services.cancelled_on is not None)
        return
    _say_plan(job, services.plan)
    for add_on in services.add_ons:
        job.say("utter_plan_add_on", name=job.in_language(add_on.name), price=add_on.gross)
    for change in services.scheduled:
        say_scheduled(job, change)
    if services.cancelled_on is not None:
        return
    offer(job, "utter_plan_more")
    if services.scheduled:
        offer_to_call_off(job, services.scheduled[0], number=3)


def _say_plan(job: Job, plan: ServiceSummary) -> None:
    since = wording.dated(plan.since, job.language, job.channel)
    job.say("utter_plan", plan=job.in_language(plan.name), price=plan.gross, since=since)
    if plan.minimum_term_until is not None and plan.minimum_term_until >= job.today:
        until = wording.dated(plan.minimum_term_until, job.language, job.channel)
        job.say("utter_change_term", date=until)
    elif asks_for_the_end(job):
        job.say("utter_plan_no_term")


def _say_none(job: Job, ended: bool) -> None:
    job.say("utter_plan_ended" if ended else "utter_no_plan")
