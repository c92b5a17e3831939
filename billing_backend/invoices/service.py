"""What is owed, what do the invoices say, and why is one what it is?"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import Balance, Explanation, InvoiceFacts, Which
from billing_backend.errors import NotFound
from billing_backend.invoices import repository
from billing_backend.invoices.explaining import DatedFacts, causes
from billing_backend.invoices.periods import month_of
from billing_backend.invoices.views import InvoiceView, facts
from billing_backend.money import Money
from billing_backend.payments import repository as payments
from billing_backend.policy import Policy


async def balance(
    session: AsyncSession, account_id: UUID, *, today: date, policy: Policy
) -> Balance:
    """What is owed and what is overdue; grants and arrangement are for others to add."""
    invoices = (await payments.open_invoices(session, [account_id])).get(account_id, [])
    unused = await payments.unused(session, [account_id])
    late = [invoice for invoice in invoices if invoice.due_on < today]
    first_due = min((invoice.due_on for invoice in invoices), default=None)
    # An account has one currency; where nothing is open or left, it does not matter which.
    currencies = [each.currency for each in invoices] + [each.currency for each in unused]
    currency = next(iter(currencies), policy.currency)
    return Balance(
        due=Money(sum(invoice.outstanding for invoice in invoices), currency),
        due_date=first_due,
        overdue=Money(sum(invoice.outstanding for invoice in late), currency),
        days_overdue=(today - first_due).days if late and first_due else 0,
        credit=Money(sum(each.minor for each in unused), currency),
        open_invoices=len(invoices),
    )


async def invoices(
    session: AsyncSession,
    account_id: UUID,
    *,
    today: date,
    limit: int = 12,
    before: date | None = None,
) -> Sequence[InvoiceFacts]:
    """Newest first; with `before`, those of periods begun before it."""
    found = await repository.newest(session, account_id, before=before, limit=limit)
    return [facts(invoice, today) for invoice in found]


async def invoice(
    session: AsyncSession, number: str, *, account_id: UUID, today: date
) -> InvoiceFacts:
    """Raises NotFound when the account has no invoice with this number."""
    found = await repository.by_number(session, number)
    if found is None or found.account_id != account_id:
        raise NotFound("invoice", number)
    return facts(found, today)


async def explain(
    session: AsyncSession,
    account_id: UUID,
    *,
    month: Which | None,
    today: date,
    against: Which | None = None,
) -> Explanation | None:
    """The invoice of `month` (None: the newest) against that of `against` (None: the one before),
    the later of the two being the current one; None when there is no such invoice."""
    current = await _asked_for(session, account_id, month)
    if current is None:
        return None
    if against is None:
        earlier = await repository.newest(session, account_id, before=current.period.start, limit=1)
        if not earlier:
            return await _alone(session, current, today)
        previous = earlier[0]
    else:
        other = await _asked_for(session, account_id, against)
        if other is None:
            return None
        previous, current = sorted((other, current), key=lambda each: each.period.start)
    found = causes(current, previous, await _dated_facts(session, current, previous))
    return Explanation(
        current=facts(current, today),
        previous=facts(previous, today),
        difference=current.to_pay_at_issue - previous.to_pay_at_issue,
        causes=found,
        credits=await repository.credits_on(session, current.invoice_id),
    )


async def _alone(session: AsyncSession, current: InvoiceView, today: date) -> Explanation:
    return Explanation(
        facts(current, today),
        None,
        Money(0, current.total.currency),
        (),
        await repository.credits_on(session, current.invoice_id),
    )


async def _asked_for(
    session: AsyncSession, account_id: UUID, which: Which | None
) -> InvoiceView | None:
    if isinstance(which, str):
        named = await repository.by_number(session, which)
        return named if named is not None and named.account_id == account_id else None
    if which is None:
        found = await repository.newest(session, account_id, limit=1)
    else:
        days = month_of(which)
        found = await repository.issued_between(session, account_id, days.start, days.end)
    return found[0] if found else None


async def _dated_facts(
    session: AsyncSession, current: InvoiceView, previous: InvoiceView
) -> DatedFacts:
    lines = [*current.lines, *previous.lines]
    return DatedFacts(
        agreements=await repository.agreements(
            session, [line.subscription_id for line in lines if line.subscription_id]
        ),
        promotion_ends=await repository.promotion_ends(
            session, [line.promotion_id for line in lines if line.promotion_id]
        ),
        late_for=await repository.late_for(
            session, [line.charge_id for line in lines if line.charge_id]
        ),
        wrong=await repository.wrong_charges(session, [current.invoice_id, previous.invoice_id]),
    )
