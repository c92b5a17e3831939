"""Which of their accounts does a customer with several speak of?"""

from __future__ import annotations

from uuid import UUID

from billing_backend.contract import AccountSummary, CustomerFacts, Level
from bot.actions import naming
from bot.actions.choices import offer
from bot.actions.job import Job
from handoff.conversations import accounts


async def settled(job: Job) -> bool:
    """Whether it is known which account; if not, it is asked, and what was wanted is kept.

    The account that was chosen stays until another one is named.
    """
    customer = await job.customer()
    if len(customer.accounts) < 2:
        return True
    mentioned = _mentioned(job, customer)
    if mentioned is not None:
        await _speak_of(job, customer, mentioned)
    elif accounts.chosen(job.conversation, customer) is None:
        job.remember(resume=job.request())
        options = [(_title(each), f"account:{each.account_id}") for each in customer.accounts]
        offer(job, "utter_which_account", options)
        return False
    return True


async def choose_account(job: Job) -> None:
    """The button of an account; only one of the verified customer's own counts."""
    if (await job.who()).level is not Level.VERIFIED:
        job.say("utter_old_button")
        return
    customer = await job.customer()
    wanted = [each for each in customer.accounts if str(each.account_id) == job.entities["account"]]
    if not wanted:
        job.say("utter_old_button")
        return
    resume = job.memory.get("resume")
    job.forget("resume")
    await _speak_of(job, customer, wanted[0])
    if resume is not None:
        await job.take_up(resume)
    else:
        job.say("utter_how_can_i_help")


async def _speak_of(job: Job, customer: CustomerFacts, account: AccountSummary) -> None:
    """Keep it, and say so once: the answer that follows is this account's."""
    before = accounts.chosen(job.conversation, customer)
    if before is None or before.account_id != account.account_id:
        accounts.choose(job.conversation, customer, account.account_id)
        job.say("utter_about_account", account=_title(account))


def _mentioned(job: Job, customer: CustomerFacts) -> AccountSummary | None:
    """The account that the message names by its label or address."""
    if not job.in_words:
        return None
    names = {each.account_id: (each.label, each.address) for each in customer.accounts}
    found: UUID | None = naming.the_only(job.text, names)
    return next((each for each in customer.accounts if each.account_id == found), None)


def _title(account: AccountSummary) -> str:
    return ", ".join(filter(None, (account.label, account.address)))
