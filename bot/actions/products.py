"""What is on sale, and what of it does the customer name?"""

from __future__ import annotations

from collections.abc import Sequence

from billing_backend.contract import Offering
from bot.actions import naming
from bot.actions.job import Job


async def named_product(job: Job) -> Offering | None:
    """The plan or add-on that a button stands for or that the message names; public facts."""
    on_sale = await job.billing.plans_on_sale(job.session, today=job.today)
    code = job.entities.get("product") or _said(job, on_sale)
    return next((each for each in on_sale if each.code == code), None)


def told(job: Job, product: Offering) -> str:
    """Name and price: "Abonament Mobil 10 GB, 29,65 lei"."""
    return f"{job.in_language(product.name)}, {job.word(product.gross)}"


def _said(job: Job, on_sale: Sequence[Offering]) -> str | None:
    if not job.in_words:
        return None
    names = {each.code: tuple(each.name.values()) for each in on_sale}
    return naming.the_only(job.text, names)
