"""The customer wants another plan, or an option on or off: what would that do?

Nothing is changed here: the preview is told, and a "yes" does exactly that (change_services.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from billing_backend.contract import (
    ChangePreview,
    ChangeRefused,
    Offering,
    Services,
    ServiceSummary,
    Wish,
)
from bot.actions import pending
from bot.actions.choices import offer
from bot.actions.hints import asks_for_cheaper, calls_off_a_change
from bot.actions.job import Job
from bot.actions.products import named_product, told
from bot.actions.proof import freshly_verified
from bot.actions.service_words import say_preview, say_refused


async def change_plan(job: Job) -> None:
    """What is named is kept before the proof is asked for: prices and names are public."""
    product = await named_product(job)
    if product is not None:
        job.entities = {**job.entities, "product": product.code}
    elif asks_for_cheaper(job):
        await job.go_on_with("action_compare_plans")
        return
    elif calls_off_a_change(job):
        await job.go_on_with("action_call_off_change")
        return
    await _of_the_account(job)


async def preview_and_ask(job: Job, wish: Wish) -> None:
    """Say what the change would do and wait for the "yes"; or why it cannot be made."""
    customer = await job.customer()
    preview = await job.billing.preview_change(job.session, customer.account_id, wish, now=job.now)
    if isinstance(preview, ChangeRefused):
        say_refused(job, preview)
        return
    say_preview(job, preview)
    ask_for_yes(job, preview)


def ask_for_yes(job: Job, preview: ChangePreview) -> None:
    wish = preview.wish
    pending.ask(
        job,
        "change_services",
        kind=wish.kind,
        product=wish.product_code,
        reason=wish.reason,
        promise=preview.promise,
    )
    job.say("utter_change_question")


@freshly_verified
async def _of_the_account(job: Job) -> None:
    customer = await job.customer()
    services = await job.billing.services(job.session, customer.account_id, today=job.today)
    product = await named_product(job)
    if product is not None:
        await preview_and_ask(job, _wish(product, services))
    elif services.plan is None or services.cancelled_on is not None:
        await preview_and_ask(job, Wish("plan"))
    else:
        await _say_what_is_possible(job, customer.account_id, services.plan, services.add_ons)


def _wish(product: Offering, services: Services) -> Wish:
    """An option that the account has is named to be rid of it, one that it has not to have it."""
    if product.kind == "plan":
        return Wish("plan", product.code)
    has = any(each.code == product.code for each in services.add_ons)
    return Wish("remove_add_on" if has else "add_on", product.code)


async def _say_what_is_possible(
    job: Job, account_id: UUID, plan: ServiceSummary, add_ons: Sequence[ServiceSummary]
) -> None:
    """The other plans, or the options, each with its price."""
    possible = await job.billing.plans_on_sale(job.session, today=job.today, account_id=account_id)
    wanted = "add_on" if job.entities.get("plans") == "add_ons" else "plan"
    listed = [each for each in possible if each.kind == wanted and each.code != plan.code]
    has = {each.code for each in add_ons}
    job.say("utter_plan_now", plan=job.in_language(plan.name), price=plan.gross)
    if not job.by_voice:
        for product in listed:
            response = "utter_option_had" if product.code in has else "utter_option"
            job.say(response, option=told(job, product))
    options = [(job.in_language(each.name), f"product:{each.code}") for each in listed]
    offer(job, "utter_choose_product" if options else "utter_no_other_plan", options)
    if wanted == "plan" and any(each.kind == "add_on" for each in possible):
        job.say("utter_or_add_ons", number=len(options) + 1)
