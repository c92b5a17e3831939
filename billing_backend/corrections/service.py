"""What does the account review find, and how is a proven error put right at once?"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.clock import business_date
from billing_backend.contract import (
    AboveLimit,
    AlreadyCorrected,
    Authority,
    Corrected,
    Finding,
    Tier,
)
from billing_backend.corrections import credit_notes, repository, rules
from billing_backend.corrections.credit_repository import who_corrected
from billing_backend.corrections.facts import Found
from billing_backend.customers.repository import lock_accounts
from billing_backend.errors import NotFound
from billing_backend.idempotency import once
from billing_backend.invoices import repository as invoices
from billing_backend.invoices.service import balance
from billing_backend.money import Money
from billing_backend.payments.moving import move
from billing_backend.payments.service import claim
from billing_backend.policy import Policy, above_limit

_RESULT: TypeAdapter[Corrected | AboveLimit | AlreadyCorrected] = TypeAdapter(
    Corrected | AboveLimit | AlreadyCorrected
)


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
) -> Corrected | AboveLimit | AlreadyCorrected:
    """Puts a finding right at once, up to the authority's limit; above it says who may.

    Two who correct the same finding at the same time come one after the other: the second is
    told who did (or, with the same key, gets the first one's result). NotFound when nobody ever
    found it here. Not counted as a discount.
    """

    async def work() -> Corrected | AboveLimit | AlreadyCorrected:
        await _lock(session, account_id, finding_id, policy)
        if done := await who_corrected(session, account_id, finding_id):
            return done
        found = await _find(session, account_id, finding_id, policy)
        refused = _refusal(found, authority, policy)
        return refused or await _put_right(session, account_id, found, authority, now, policy)

    request = {"do": "correct", "account": account_id, "finding": finding_id}
    return await once(session, key, request, _RESULT, work)


async def _review(session: AsyncSession, account_id: UUID, policy: Policy) -> list[Found]:
    facts = await repository.review_facts(session, account_id, policy)
    return rules.review(facts, await repository.corrected_findings(session, account_id))


async def _lock(session: AsyncSession, account_id: UUID, finding_id: str, policy: Policy) -> None:
    """This account; and the one that a payment is to be taken from, in one order for everybody."""
    accounts = {account_id}
    if finding_id.startswith(f"{rules.ON_ANOTHER_ACCOUNT}:"):
        for found in await _review(session, account_id, policy):
            if found.finding.finding_id == finding_id and found.taken_from is not None:
                accounts.add(found.taken_from)
    await lock_accounts(session, sorted(accounts))


def _refusal(found: Found, authority: Authority, policy: Policy) -> AboveLimit | None:
    if found.needs_person and authority.tier is Tier.ASSISTANT:
        amount = found.finding.amount
        return AboveLimit(amount=amount, limit=Money(0, amount.currency), needs=Tier.AGENT)
    return above_limit(policy.correction_limits, found.finding.amount, authority.tier)


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
        reason=found.finding.kind,
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
    """Gives the account the payment that its owner made, and lets it pay what is open there."""
    assert found.payment is not None
    finding = found.finding
    if not await _take(session, account_id, found, authority, now):
        raise NotFound("finding", finding.finding_id)
    await audit.record(
        session,
        actor=authority.name,
        action="payment.allocated",
        subject=f"account:{account_id}",
        details={
            "reference": found.payment.reference,
            "finding": finding.finding_id,
            "invoice": finding.invoice_number,
            "minor": finding.amount.minor,
            "currency": finding.amount.currency,
        },
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


async def _take(
    session: AsyncSession, account_id: UUID, found: Found, authority: Authority, now: datetime
) -> bool:
    assert found.payment is not None
    if found.taken_from is None:
        return await claim(session, found.payment.payment_id, account_id, now=now)
    return await move(
        session,
        found.payment.payment_id,
        taken_from=found.taken_from,
        given_to=account_id,
        actor=authority.name,
        now=now,
    )
