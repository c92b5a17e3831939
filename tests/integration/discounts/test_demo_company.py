"""Does the demo company show what a discount does, from the offer to the last invoice?"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import discounts
from billing_backend.contract import CustomerFacts
from billing_backend.corrections.models import CreditNote
from billing_backend.customers import find_customers
from billing_backend.demo import cast
from billing_backend.invoices.models import InvoiceLine
from billing_backend.jobs import found_demo, run_day
from billing_backend.journal import Ledger
from billing_backend.journal.models import JournalEntry, JournalTransfer
from billing_backend.policy import Policy
from tests.integration.discounts.people import NOW, Desk

POLICY = Policy()


@pytest.fixture
async def company(session: AsyncSession) -> AsyncSession:
    await found_demo(session, now=NOW, policy=POLICY)
    return session


async def who(session: AsyncSession, key: str) -> CustomerFacts:
    [found] = await find_customers(session, phone=getattr(cast(), key).phone)
    return found


async def test_what_ana_is_promised_her_invoices_give_and_no_more(company: AsyncSession) -> None:
    account = (await who(company, "ana")).account_id
    ana = Desk(company, account, POLICY)
    granted = await ana.is_granted(await ana.offers())

    for day in (31, 62, 93, 124):
        await run_day(company, now=NOW + timedelta(days=day), policy=POLICY)

    lines = (
        await company.scalars(select(InvoiceLine).where(InvoiceLine.grant_id == granted.grant_id))
    ).all()
    monthly_net = -930  # 15 % of 62.00
    assert [line.net_minor for line in lines] == [monthly_net, monthly_net]
    note = await company.scalar(
        select(CreditNote.total_minor).where(CreditNote.grant_id == granted.grant_id)
    )
    on_invoices = -sum(line.net_minor + line.tax_minor for line in lines)
    # tax is rounded for an invoice as a whole: at most one minor unit in each of the two
    assert abs((note or 0) + on_invoices - granted.offer.amount.minor) <= 2
    assert await discounts.grants(company, account, NOW.date()) == ()
    assert await open_promises(company, account) == 0


async def test_each_of_the_cast_hears_what_their_story_allows(company: AsyncSession) -> None:
    desks = {
        key: Desk(company, (await who(company, key)).account_id, POLICY)
        for key in ("carmen", "dan", "bogdan", "elena")
    }

    assert (await desks["carmen"].offers("leaving")).rule_id == "loyal_first"
    assert (await desks["dan"].offers("too_expensive")).rule_id == "loyal_first"
    assert (await desks["bogdan"].is_refused()).reason == "arrears"
    assert (await desks["elena"].is_refused()).reason == "cooldown"
    # Elena's was one month, on the invoice before the newest
    [past] = await discounts.grant_history(company, desks["elena"].account)
    assert (past.months, past.months_left) == (1, 0)
    lines = await company.scalars(select(InvoiceLine).where(InvoiceLine.grant_id == past.grant_id))
    assert len(lines.all()) == 1


async def open_promises(session: AsyncSession, account: object) -> int:
    """By the books of this account, in minor units."""
    found = 0
    for side, sign in ((JournalTransfer.credit, 1), (JournalTransfer.debit, -1)):
        minor = await session.scalar(
            select(func.coalesce(func.sum(JournalTransfer.amount_minor), 0))
            .join(JournalEntry, JournalEntry.id == JournalTransfer.entry_id)
            .where(side == Ledger.MEMO_DISCOUNTS_OPEN, JournalEntry.account_id == account)
        )
        found += sign * int(minor or 0)
    return found
