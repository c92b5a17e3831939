"""How does a grant reach the books, the open invoice and the audit log?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, journal
from billing_backend.clock import business_date
from billing_backend.contract import Authority, DiscountOffer, Granted
from billing_backend.corrections.credit_notes import credit_invoice
from billing_backend.discounts.holding import kept_promise
from billing_backend.discounts.knowing import Known, know
from billing_backend.discounts.models import Grant
from billing_backend.discounts.months import first_of_month
from billing_backend.invoices.service import balance
from billing_backend.journal import Ledger, Transfer
from billing_backend.money import Money
from billing_backend.policy import Policy


async def give(
    session: AsyncSession,
    grant: Grant,
    offer: DiscountOffer,
    authority: Authority,
    now: datetime,
    policy: Policy,
) -> Granted:
    today = business_date(now, policy.zone)
    known = await know(session, grant.account_id, today, policy)
    credited = offer.starts == "open_invoice" and known.can_credit(offer.monthly_amount)
    grant.credited, grant.first_month = credited, _first_month(known, credited, today)
    session.add(grant)
    await session.flush()
    await promise(session, grant, now)
    note_number = None
    if credited:
        assert known.newest is not None
        note = await credit_invoice(
            session,
            known.newest.invoice_id,
            offer.monthly_amount,
            reason="discount",
            actor=authority.name,
            now=now,
            policy=policy,
            grant_id=grant.id,
        )
        note_number = note.number
        kept = kept_promise(
            grant.id, grant.account_id, offer.monthly_amount, note.number, grant.first_month
        )
        await journal.post_many(session, [kept], now=now)
    await _audit(session, grant, authority, note_number, now)
    left = await balance(session, grant.account_id, today=today, policy=policy)
    starts = "open_invoice" if credited else "next_invoice"
    return Granted(grant.id, replace(offer, starts=starts), note_number, left.due)


async def promise(session: AsyncSession, grant: Grant, now: datetime) -> None:
    """What is promised stands in the books as a memo until invoices have given it."""
    amount = Money(grant.amount_minor, grant.currency)
    await journal.post(
        session,
        account_id=grant.account_id,
        kind="discount_promised",
        lines=[Transfer(Ledger.MEMO_DISCOUNTS_PROMISED, Ledger.MEMO_DISCOUNTS_OPEN, amount)],
        key=f"grant:{grant.id}",
        document=str(grant.id),
        now=now,
    )


def _first_month(known: Known, credited: bool, today: date) -> date:
    """That of the newest billed period if its invoice is credited, else of the one after it."""
    if known.billed_month is None:
        return first_of_month(today)
    return known.billed_month if credited else first_of_month(known.billed_month, plus=1)


async def _audit(
    session: AsyncSession,
    grant: Grant,
    authority: Authority,
    note_number: str | None,
    now: datetime,
) -> None:
    await audit.record(
        session,
        actor=authority.name,
        action="discount.granted",
        subject=f"account:{grant.account_id}",
        details={
            "grant": str(grant.id),
            "rule": grant.rule_id,
            "amount_minor": grant.amount_minor,
            "months": grant.months,
            "first_month": grant.first_month.isoformat(),
            "credit_note": note_number,
        },
        now=now,
    )
