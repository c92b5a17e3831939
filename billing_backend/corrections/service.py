"""What does the account review find, and how is a proven error put right at once?"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.clock import business_date
from billing_backend.contract import AboveLimit, Authority, Corrected, Finding
from billing_backend.corrections import credit_notes, repository, rules
from billing_backend.corrections.facts import Found
from billing_backend.customers.repository import lock_account
from billing_backend.errors import NotFound
from billing_backend.idempotency import once
from billing_backend.invoices import repository as invoices
from billing_backend.invoices.service import balance
from billing_backend.payments.service import claim
from billing_backend.policy import Policy, above_limit

_RESULT: TypeAdapter[Corrected | AboveLimit] = TypeAdapter(Corrected | AboveLimit)


async def review(
    session: AsyncSession, account_id: UUID, *, today: date, policy: Policy
) -> Sequence[Finding]:
    """What is proven wrong on the account and not put right yet; NotFound without an account."""
    del today  # part of the contract; the rules look at dated facts only
    return [found.finding for found in await _review(session, account_id, policy)]


async def correct(
    session: AsyncSession,
    account_id: UUID,
    finding_id: str,
    *,
    authority: Authority,
    key: str,
    now: datetime,
    policy: Policy,
) -> Corrected | AboveLimit:
    """Puts a finding right at once, up to the authority's limit; above it says who may.

    Two who correct the same finding at the same time come one after the other: the second gets
    NotFound (or, with the same key, the first one's result). Not counted as a discount.
    """

    async def work() -> Corrected | AboveLimit:
        await lock_account(session, account_id)
        found = await _find(session, account_id, finding_id, policy)
        refused = above_limit(policy.correction_limits, found.finding.amount, authority.tier)
        return refused or await _put_right(session, account_id, found, authority, now, policy)

    request = {"do": "correct", "account": account_id, "finding": finding_id}
    return await once(session, key, request, _RESULT, work)


async def _review(session: AsyncSession, account_id: UUID, policy: Policy) -> list[Found]:
    facts = await repository.review_facts(session, account_id, policy)
    return rules.review(facts, await repository.corrected_findings(session, account_id))


async def _find(session: AsyncSession, account_id: UUID, finding_id: str, policy: Policy) -> Found:
    for found in await _review(session, account_id, policy):
        if found.finding.finding_id == finding_id:
            return found
    raise NotFound("finding", finding_id)


async def _put_right(
    session: AsyncSession,
    account_id: UUID,
    found: Found,
    authority: Authority,
    now: datetime,
    policy: Policy,
) -> Corrected:
    for subscription_id in found.to_end:
        # Or the next invoice would have the same error again.
        await repository.end_subscription(session, subscription_id)
    if found.payment is not None:
        return await _allocate(session, account_id, found, authority, now, policy)
    invoice = await invoices.by_id(session, found.finding.invoice_id)
    assert invoice is not None
    credited = await credit_notes.issue(
        session,
        invoice,
        found.credits,
        reason="error",
        actor=authority.name,
        now=now,
        policy=policy,
        finding_id=found.finding.finding_id,
    )
    return Corrected(
        credit_note_number=credited.number,
        amount=credited.amount,
        invoice_number=credited.invoice_number,
        new_total=credited.new_total,
        balance_due=credited.balance_due,
    )


async def _allocate(
    session: AsyncSession,
    account_id: UUID,
    found: Found,
    authority: Authority,
    now: datetime,
    policy: Policy,
) -> Corrected:
    """Gives the account the payment that its owner made, and lets it pay what is open."""
    assert found.payment is not None
    finding = found.finding
    if not await claim(session, found.payment.payment_id, account_id, now=now):
        raise NotFound("finding", finding.finding_id)
    await audit.record(
        session,
        actor=authority.name,
        action="payment.allocated",
        subject=f"account:{account_id}",
        details={"reference": found.payment.reference, "finding": finding.finding_id},
        now=now,
    )
    today = business_date(now, policy.zone)
    after = await invoices.by_id(session, finding.invoice_id)
    assert after is not None
    owed = await balance(session, account_id, today=today, policy=policy)
    return Corrected(
        credit_note_number=None,
        amount=finding.amount,
        invoice_number=finding.invoice_number,
        new_total=after.total - after.paid,
        balance_due=owed.due,
    )
