"""The customer wants to pay now."""

from __future__ import annotations

from datetime import date

from billing_backend.contract import Balance, Level
from billing_backend.money import Money
from bot import told
from bot.actions import pending
from bot.actions.check_balance import say_due
from bot.actions.job import Job
from bot.actions.payment_link import give_link
from bot.actions.proof import verified


async def pay_bill(job: Job) -> None:
    """How to pay is public; the amount and a link are for somebody who proved whose it is, and
    who was just told of a debt is asked for the proof."""
    last = told.of(job.conversation, now=job.now)
    if last is not None and last.asks_for_money:
        if last.invoice:
            job.entities.setdefault("invoice_number", last.invoice)
        await job.go_on_with("action_pay_by_link")
    elif (await job.who()).level is Level.VERIFIED:
        await job.go_on_with("action_pay_by_link")
    else:
        await job.go_on_with("action_payment_methods")


@verified
async def pay_by_link(job: Job) -> None:
    """What is owed, and a link to pay it, or the part or the invoice that was named."""
    question = pending.asked(job)
    if question is not None and question["what"] == "pay_by_link":
        pending.settle(job)
    customer = await job.customer()
    balance = await job.billing.balance(job.session, customer.account_id, today=job.today)
    if _means_later(job, balance):
        await job.go_on_with("action_request_extension")
        return
    say_due(job, balance)
    if balance.due:
        await give_link(job, _named_amount(job, balance.due), job.entities.get("invoice_number"))


def _means_later(job: Job, balance: Balance) -> bool:
    """ "I'll pay it on the 10th", when that is late: more time is wanted, not a link."""
    named = job.entities.get("date")
    if named is None or not balance.due:
        return False
    return date.fromisoformat(named) > max(job.today, balance.due_date or job.today)


def _named_amount(job: Job, due: Money) -> Money | None:
    """The sum in the message, which is understood in the currency of the account."""
    minor = job.entities.get("amount", "")
    return Money(int(minor), due.currency) if minor.isdecimal() and int(minor) else None
