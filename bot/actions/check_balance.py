"""How much is owed, until when, and what helps with it?

"And how much was it in October?" asks for a bill rather than for the balance: that bill is told.
"""

from __future__ import annotations

from billing_backend.contract import Balance, GrantSummary
from bot import wording
from bot.actions.job import Job
from bot.actions.proof import verified
from bot.actions.restore_service import say_consequences
from bot.actions.view_bill import tell_bill
from bot.actions.which_bill import NAMES_A_BILL, names_older_bill


@verified
async def check_balance(job: Job) -> None:
    customer = await job.customer()
    if await asks_for_older_bill(job):
        await tell_bill(job)
        return
    balance = await job.billing.balance(job.session, customer.account_id, today=job.today)
    say_due(job, balance)
    await say_open_matters(job, balance)
    if balance.credit:
        job.say("utter_balance_credit", credit=balance.credit)
    for grant in balance.grants:
        _say_grant(job, grant)


async def asks_for_older_bill(job: Job) -> bool:
    """Whether the amount or the day of another bill than the newest is asked for."""
    if NAMES_A_BILL.isdisjoint(job.entities):
        return False  # as most who ask: their bills need not be read
    customer = await job.customer()
    invoices = await job.billing.invoices(job.session, customer.account_id, today=job.today)
    return names_older_bill(job, invoices)


async def say_open_matters(job: Job, balance: Balance) -> None:
    """What is disputed of it, and what lateness does to the service."""
    if not balance.due:
        return
    customer = await job.customer()
    for dispute in await job.billing.disputes(job.session, customer.account_id):
        if dispute.answered_on is None:
            job.say(
                "utter_balance_disputed",
                amount=dispute.amount,
                number=dispute.number,
                date=dispute.answer_by,
            )
    if balance.days_overdue:
        say_consequences(
            job,
            await job.billing.service_state(job.session, customer.account_id, today=job.today),
        )


def say_due(job: Job, balance: Balance) -> None:
    """The amount, its date, and whether it is late or arranged."""
    if not balance.due:
        job.say("utter_balance_nothing")
        return
    if balance.arrangement is not None and balance.arrangement.status == "open":
        if (part := balance.next_part) is not None:
            job.say(
                "utter_balance_instalments",
                amount=balance.due,
                part=part.amount,
                date=part.due_on,
                last=balance.arrangement.pay_by,
            )
            return
        job.say(
            "utter_balance_arranged",
            amount=balance.due,
            arranged=balance.arrangement.amount,
            date=balance.arrangement.pay_by,
        )
    elif balance.days_overdue:
        _say_overdue(job, balance)
    elif balance.due_date is not None:
        job.say("utter_balance_due", amount=balance.due, date=balance.due_date)
    else:
        job.say("utter_balance_open", amount=balance.due)


def _say_overdue(job: Job, balance: Balance) -> None:
    days = wording.count(balance.days_overdue, "day", job.language, job.channel)
    if balance.overdue == balance.due and balance.due_date is not None:
        job.say("utter_balance_late", amount=balance.due, date=balance.due_date, days=days)
    else:
        job.say("utter_balance_overdue", amount=balance.due, overdue=balance.overdue, days=days)


def _say_grant(job: Job, grant: GrantSummary) -> None:
    months = wording.count(grant.months_left, "month", job.language, job.channel)
    if grant.percent_bp is None:
        job.say("utter_balance_grant_amount", worth=grant.worth, months=months)
    else:
        percent = wording.percent(grant.percent_bp, job.language, job.channel)
        job.say("utter_balance_grant", percent=percent, months=months)
