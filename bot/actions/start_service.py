"""The customer wants a new service: what is known, and who makes the contract?"""

from __future__ import annotations

from bot.actions import pending
from bot.actions.job import Job
from bot.actions.products import named_product, told


async def start_service(job: Job) -> None:
    """An option on a plan is ours to add; a new contract is a person's, who learns what it is for.

    Said honestly: a contract needs an address, a signature and sometimes a visit.
    """
    product = await named_product(job)
    if product is not None and product.kind == "add_on":
        await job.go_on_with("action_change_plan")
        return
    if product is not None:
        job.say("utter_new_service_named", product=told(job, product))
    else:
        job.say("utter_new_service")
    name = job.in_language(product.name) if product else None
    pending.ask(job, "person", topic="start_service", product=name)
    job.say("utter_service_person")
