"""Does a customer get exactly what was promised, once, and nobody more than they may give?"""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import discounts
from billing_backend.audit.models import AuditEntry
from billing_backend.contract import (
    DiscountRefused,
    Granted,
    GrantSummary,
    OfferGone,
    Tier,
)
from billing_backend.corrections.models import CreditNote
from billing_backend.discounts.models import Grant
from billing_backend.errors import ImpossibleDiscount, NotFound
from billing_backend.invoices.models import InvoiceLine
from billing_backend.journal import Ledger
from billing_backend.journal.models import JournalEntry, JournalTransfer
from billing_backend.money import Money
from tests.integration.discounts.people import (
    MONTHLY,
    NOW,
    POLICY,
    SUPERVISOR,
    TODAY,
    WORTH,
    Desk,
    settle,
)

RULE = "loyal_first"
AGENTS = "agent_grant"
# What is to be paid of the newest invoice: 62.00 with 21 % VAT
DUE = Money(7_502)


async def promised(session: AsyncSession) -> int:
    """Discounts promised and not yet given, by the books, in minor units."""
    total = 0
    for side, sign in ((JournalTransfer.credit, 1), (JournalTransfer.debit, -1)):
        minor = await session.scalar(
            select(func.coalesce(func.sum(JournalTransfer.amount_minor), 0)).where(
                side == Ledger.MEMO_DISCOUNTS_OPEN
            )
        )
        total += sign * int(minor or 0)
    return total


async def count(session: AsyncSession, model: type[Grant] | type[CreditNote]) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_accepting_takes_the_first_month_off_the_open_invoice(ana: Desk) -> None:
    offer = await ana.offers()
    granted = await ana.is_granted(offer)

    assert granted.offer == offer
    assert granted.balance_due == DUE - MONTHLY
    note = (await ana.session.scalars(select(CreditNote))).one()
    assert (note.number, note.reason, note.total_minor, note.grant_id) == (
        granted.credit_note_number,
        "discount",
        MONTHLY.minor,
        granted.grant_id,
    )
    assert await ana.budget(RULE) == (0, WORTH.minor)
    assert await promised(ana.session) == 2 * MONTHLY.minor


async def test_the_grant_shows_with_the_months_to_come(ana: Desk) -> None:
    granted = await ana.is_granted(await ana.offers())

    assert await discounts.grants(ana.session, ana.account, TODAY) == (
        GrantSummary(
            grant_id=granted.grant_id,
            percent_bp=1_500,
            months=3,
            months_left=2,
            worth=WORTH,
            granted_on=TODAY,
            granted_by="assistant",
        ),
    )


async def test_the_other_months_come_off_the_next_invoices(ana: Desk) -> None:
    granted = await ana.is_granted(await ana.offers())

    off = {}
    for month in (10, 11, 12, 13, 14):
        start = date(2026 + (month - 1) // 12, (month - 1) % 12 + 1, 20)
        due = await discounts.lines_for_period(ana.session, [ana.account, uuid4()], start)
        off[month] = [(line.grant_id, line.net) for line in due.get(ana.account, [])]
    monthly = [(granted.grant_id, Money(930))]  # 15 % of 62.00, without tax
    # November is the credit note
    assert off == {10: [], 11: [], 12: monthly, 13: monthly, 14: []}


async def test_a_repeated_acceptance_gives_nothing_more(ana: Desk) -> None:
    offer = await ana.offers()
    first = await ana.accepts(offer, key="k")

    assert await ana.accepts(offer, key="k") == first
    assert await ana.accepts(offer) == OfferGone("already_accepted")
    assert (await count(ana.session, Grant), await count(ana.session, CreditNote)) == (1, 1)


async def test_nobody_accepts_what_was_offered_to_somebody_else(ana: Desk) -> None:
    offer = await ana.offers()
    bogdan = uuid4()
    await settle(ana.session, [bogdan])

    assert await Desk(ana.session, bogdan).accepts(offer) == OfferGone("not_yours")
    invented = replace(offer, offer_id=uuid4())
    assert await ana.accepts(invented) == OfferGone("not_yours")
    assert await count(ana.session, Grant) == 0


async def test_if_the_invoice_was_paid_meanwhile_the_discount_starts_with_the_next(
    session: AsyncSession,
) -> None:
    account = uuid4()
    await settle(session, [account], newest_paid=True)
    desk = Desk(session, account)
    granted = await desk.is_granted(await desk.offers())

    assert (granted.offer.starts, granted.credit_note_number) == ("next_invoice", None)
    assert granted.balance_due == Money(0)
    [summary] = await discounts.grants(session, account, TODAY)
    assert summary.months_left == 3


async def test_accepting_is_in_the_audit_log_and_in_the_books(ana: Desk) -> None:
    granted = await ana.is_granted(await ana.offers())

    entry = (
        await ana.session.scalars(select(AuditEntry).where(AuditEntry.action == "discount.granted"))
    ).one()
    assert entry.details["grant"] == str(granted.grant_id)
    assert entry.details["credit_note"] == granted.credit_note_number
    kinds = (await ana.session.scalars(select(JournalEntry.kind))).all()
    assert sorted(kinds) == ["credit_note", "discount_given", "discount_promised"]


async def test_an_agent_grants_within_their_authority(ana: Desk) -> None:
    # 62.00 x 20 % = 12.40, with VAT 15.00, for 6 months: 90.00
    granted = await ana.grants(2_000, 6)

    assert isinstance(granted, Granted)
    assert granted.offer.amount == Money(9_000)
    assert (granted.offer.tier, granted.offer.starts) == (Tier.AGENT, "next_invoice")
    assert granted.balance_due == DUE
    assert await ana.budget(AGENTS) == (0, 9_000)
    [summary] = await discounts.grants(ana.session, ana.account, TODAY)
    assert (summary.granted_by, summary.months_left) == ("irina", 6)


async def test_above_it_the_agent_is_told_who_may(ana: Desk) -> None:
    # 62.00 x 50 % = 31.00, with VAT 37.51, for 8 months: 300.08 of 300.00
    refused = await ana.grants(5_000, 8)

    assert isinstance(refused, DiscountRefused)
    assert (refused.reason, refused.needs) == ("above_authority", Tier.SUPERVISOR)
    assert await count(ana.session, Grant) == 0
    assert await ana.budget(AGENTS) == (0, 0)
    assert isinstance(await ana.grants(5_000, 8, authority=SUPERVISOR), Granted)


async def test_a_refused_grant_leaves_the_open_offer_alone(ana: Desk) -> None:
    offer = await ana.offers()
    await ana.grants(10_000, 24)

    assert await ana.offers() == offer


async def test_an_agents_grant_replaces_the_open_offer(ana: Desk) -> None:
    offer = await ana.offers()
    assert isinstance(await ana.grants(), Granted)

    assert await ana.budget(RULE) == (0, 0)
    assert await ana.accepts(offer) == OfferGone("refused")


async def test_the_cooldown_does_not_bind_an_agent_but_a_running_discount_does(
    ana: Desk,
) -> None:
    await discounts.record_past_grant(
        ana.session, ana.account, date(2026, 10, 24), percent_bp=1_000, months=1, policy=POLICY
    )
    assert (await ana.is_refused()).reason == "cooldown"
    assert isinstance(await ana.grants(), Granted)

    refused = await ana.grants()
    assert isinstance(refused, DiscountRefused)
    assert refused.reason == "already_discounted"


async def test_the_years_amount_counts_all_that_was_given(ana: Desk) -> None:
    half_a_year_ago = date(2026, 5, 24)
    # 62.00 x 100 % with VAT is 75.02, for 2 months: 150.04 of the assistant's 150.00 a year
    await discounts.record_past_grant(
        ana.session, ana.account, half_a_year_ago, percent_bp=10_000, months=2, policy=POLICY
    )
    patient = replace(ana, policy=replace(POLICY, discount_cooldown_months=0))
    refused = await patient.is_refused()
    assert (refused.reason, refused.needs) == ("yearly_cap", Tier.AGENT)

    older = replace(patient, now=NOW + timedelta(days=182))  # 25 May 2027, and all is overdue
    assert (await older.is_refused()).reason == "arrears"


async def test_an_agents_grant_has_a_budget_too(ana: Desk) -> None:
    poor = replace(ana, policy=replace(POLICY, discount_budget=Money(100)))
    refused = await poor.grants()

    assert isinstance(refused, DiscountRefused)
    assert refused.reason == "budget_exhausted"


async def test_a_grant_to_somebody_held_out_is_recorded_as_a_breach(ana: Desk) -> None:
    experiment = replace(ana, policy=replace(POLICY, holdout_bp=10_000))
    await experiment.is_refused()
    assert isinstance(await experiment.grants(), Granted)

    held, granted = await ana.decisions()
    if held.outcome == "granted":
        held, granted = granted, held
    assert (held.held_out, held.breach) == (True, False)
    assert (granted.outcome, granted.held_out, granted.breach) == ("granted", False, True)
    assert granted.facts["reason"] == "kept waiting for a technician"


async def test_a_grant_to_somebody_who_was_never_held_out_is_no_breach(ana: Desk) -> None:
    await ana.grants()

    [decision] = await ana.decisions()
    assert not decision.breach


async def test_the_same_key_grants_once(ana: Desk) -> None:
    first = await ana.grants(key="k")

    assert await ana.grants(key="k") == first
    assert await count(ana.session, Grant) == 1


async def test_on_no_plan_there_is_nothing_to_take_a_share_of(ana: Desk) -> None:
    for line in await ana.session.scalars(select(InvoiceLine)):
        line.kind = "one_off"
    await ana.session.flush()
    refused = await ana.grants()

    assert isinstance(refused, DiscountRefused)
    assert refused.reason == "no_rule"


@pytest.mark.parametrize(("percent_bp", "months"), [(0, 3), (10_001, 3), (500, 0), (500, 25)])
async def test_impossible_figures_are_errors(ana: Desk, percent_bp: int, months: int) -> None:
    with pytest.raises(ImpossibleDiscount):
        await ana.grants(percent_bp, months)


async def test_without_such_an_account_nothing_is_granted(ana: Desk) -> None:
    with pytest.raises(NotFound):
        await replace(ana, account=uuid4()).grants()
    offer = await ana.offers()
    with pytest.raises(NotFound):
        await replace(ana, account=uuid4()).accepts(offer)
