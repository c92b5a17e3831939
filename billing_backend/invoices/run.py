"""How are the invoices of a day issued, for one account or a hundred thousand?"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, journal
from billing_backend.errors import CannotBill, CurrencyMismatch
from billing_backend.invoices import run_repository as repository
from billing_backend.invoices.drafts import DraftInvoice, add_up, transfers
from billing_backend.invoices.facts import AccountFacts, DiscountDue, DraftLine
from billing_backend.invoices.numbering import DocumentNumber, take_numbers
from billing_backend.invoices.periods import Period, period_of
from billing_backend.invoices.rules import draft_lines
from billing_backend.money import Money
from billing_backend.payments.service import use_credit
from billing_backend.policy import Policy

# Whoever keeps grants tells what is due to which account in the period that begins on a day.
DiscountsDue = Callable[
    [AsyncSession, Sequence[UUID], date], Awaitable[Mapping[UUID, Sequence[DiscountDue]]]
]

_BILLING_DAYS = range(1, 32)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Parked:
    """An account that cannot be billed for the period that begins on a day, and why.

    `reason` is that of CannotBill: below_zero is an invoice of refunds and no fees, which a
    person settles with a credit note.
    """

    account_id: UUID
    period_start: date
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """What one page of a run did. `last` is where the next page goes on; None: there is none.

    `parked` are accounts that got no invoice and why; a person mends the reason. `seen` counts
    the accounts of the page, `total_minor` what was invoiced by currency.
    """

    seen: int
    issued: int
    last: UUID | None
    parked: tuple[Parked, ...]
    total_minor: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Ready:
    account_id: UUID
    invoice_id: UUID
    period: Period
    issued_on: date
    draft: DraftInvoice


async def issue_due(
    session: AsyncSession,
    *,
    as_of: date,
    now: datetime,
    policy: Policy,
    discounts_due: DiscountsDue | None = None,
    issued_on: date | None = None,
    after: UUID | None = None,
    limit: int = 2_000,
) -> RunPage:
    """Issues the invoice of the period that `as_of` falls in, for accounts that have none yet.

    One page of accounts in one transaction: the caller commits, then asks for the page after
    `last`. Running again, also after a crash, issues nothing twice and leaves no gap in the
    numbers. An account that cannot be billed is parked and does not stop the others.
    `issued_on` None dates each invoice with its own period's first day.
    """
    await repository.one_run_at_a_time(session)
    periods = {day: period_of(day, as_of) for day in _BILLING_DAYS}
    due = await repository.due_accounts(session, periods, as_of, after=after, limit=limit)
    current = {account_id: (day, periods[day]) for account_id, day, _ in due}
    ready, parked = list[_Ready](), list[Parked]()
    for account in await _facts(session, due, current, discounts_due):
        period = periods[account.billing_day]
        try:
            drafted = draft(account, period)
        except CannotBill as error:
            parked.append(Parked(account.account_id, period.start, error.reason, str(error)))
            continue
        if drafted.lines:
            day = issued_on or period.start
            ready.append(_Ready(account.account_id, uuid4(), period, day, drafted))
    await _issue(session, ready, now, policy)
    await repository.park(session, parked, now)
    stuck = {each.account_id for each in parked}
    await repository.unpark(session, [each for each in current if each not in stuck])
    invoiced: dict[str, int] = defaultdict(int)
    for each in ready:
        invoiced[each.draft.net.currency] += each.draft.total.minor
    return RunPage(
        seen=len(due),
        issued=len(ready),
        last=due[-1][0] if len(due) == limit else None,
        parked=tuple(parked),
        total_minor=invoiced,
    )


async def pages(
    unit: Callable[[], AbstractAsyncContextManager[AsyncSession]],
    issue: Callable[[AsyncSession, UUID | None], Awaitable[RunPage]],
) -> AsyncIterator[RunPage]:
    """Page after page of `issue_due`, each in a unit of work of its own, until there is none.

    `issue` gets the session and the account after which the page begins.
    """
    after: UUID | None = None
    while True:
        async with unit() as session:
            page = await issue(session, after)
        yield page
        after = page.last
        if after is None:
            return


async def next_draft(
    session: AsyncSession,
    account_id: UUID,
    *,
    today: date,
    discounts_due: DiscountsDue | None = None,
) -> tuple[Period, DraftInvoice]:
    """The invoice that comes next and its period, as it stands today; nothing is kept.

    Usage and late fees that are still to come are not on it. Raises NotFound and CannotBill.
    """
    period, facts = await next_facts(session, account_id, today=today, discounts_due=discounts_due)
    return period, draft(facts, period)


async def next_facts(
    session: AsyncSession,
    account_id: UUID,
    *,
    today: date,
    discounts_due: DiscountsDue | None = None,
) -> tuple[Period, AccountFacts]:
    """What the next invoice would be drawn up from, and its period. Raises NotFound."""
    account, invoiced_through = await repository.account(session, account_id)
    first_day = today if invoiced_through is None else max(today, invoiced_through + _DAY)
    period = period_of(account.billing_day, first_day)
    current = {account_id: (account.billing_day, period)}
    [facts] = await _facts(session, [account], current, discounts_due)
    return period, facts


def draft(account: AccountFacts, period: Period) -> DraftInvoice:
    """The account's invoice for the period; CannotBill when there can be none."""
    try:
        drafted = add_up(draft_lines(account, period), account.currency)
    except CurrencyMismatch as error:
        raise CannotBill("other_currency", str(error)) from error
    if drafted.total.minor < 0:
        raise CannotBill("below_zero", f"the invoice would come to {drafted.total}")
    return drafted


async def _facts(
    session: AsyncSession,
    due: Sequence[Row[UUID, int, str]],
    current: Mapping[UUID, tuple[int, Period]],
    discounts_due: DiscountsDue | None,
) -> list[AccountFacts]:
    currencies = {account_id: currency for account_id, _, currency in due}
    subscriptions = await repository.subscriptions(session, current, currencies)
    charges = await repository.waiting_charges(session, list(current))
    discounts = await _discounts(session, current, discounts_due)
    return [
        AccountFacts(
            account_id=account_id,
            billing_day=billing_day,
            currency=currency,
            subscriptions=tuple(subscriptions.get(account_id, ())),
            charges=tuple(charges.get(account_id, ())),
            discounts=tuple(discounts.get(account_id, ())),
        )
        for account_id, billing_day, currency in due
    ]


async def _discounts(
    session: AsyncSession,
    current: Mapping[UUID, tuple[int, Period]],
    discounts_due: DiscountsDue | None,
) -> dict[UUID, Sequence[DiscountDue]]:
    """Asked once per first day of a period: on a daily run that is once."""
    if discounts_due is None:
        return {}
    by_start: dict[date, list[UUID]] = defaultdict(list)
    for account_id, (_, period) in current.items():
        by_start[period.start].append(account_id)
    found: dict[UUID, Sequence[DiscountDue]] = {}
    for start, account_ids in by_start.items():
        found |= await discounts_due(session, account_ids, start)
    return found


async def _issue(session: AsyncSession, ready: list[_Ready], now: datetime, policy: Policy) -> None:
    """Numbers by issue date, rows, books, audit, and the credit that lay on the accounts."""
    ready.sort(key=lambda each: (each.issued_on, each.account_id))
    numbered = await _numbered(session, ready, policy)
    await repository.add_invoices(
        session,
        [_invoice_row(each, number, policy, now) for each, number in numbered],
        [
            _line_row(each, position, line, tax)
            for each, _ in numbered
            for position, (line, tax) in enumerate(each.draft.lines, start=1)
        ],
    )
    await journal.post_many(
        session, [_entry(each, number, policy) for each, number in numbered], now=now
    )
    await audit.record_many(
        session,
        actor="system",
        action="invoice.issued",
        subjects=[
            (
                f"account:{each.account_id}",
                {"invoice": str(number), "minor": each.draft.total.minor},
            )
            for each, number in numbered
        ],
        now=now,
    )
    await use_credit(session, [each.account_id for each in ready], now=now)


async def _numbered(
    session: AsyncSession, ready: Sequence[_Ready], policy: Policy
) -> list[tuple[_Ready, DocumentNumber]]:
    pairs: list[tuple[_Ready, DocumentNumber]] = []
    for year, group in groupby(ready, key=lambda each: each.issued_on.year):
        of_year = list(group)
        numbers = await take_numbers(session, policy.invoice_series, year, len(of_year))
        pairs += zip(of_year, numbers, strict=True)
    return pairs


def _invoice_row(
    each: _Ready, number: DocumentNumber, policy: Policy, now: datetime
) -> dict[str, Any]:
    return {
        "id": each.invoice_id,
        "account_id": each.account_id,
        "series": number.series,
        "year": number.year,
        "serial": number.serial,
        "number": str(number),
        "period_start": each.period.start,
        "period_end": each.period.end,
        "issued_on": each.issued_on,
        "due_on": each.issued_on + timedelta(days=policy.due_days),
        "issued_at": now,
        "net_minor": each.draft.net.minor,
        "tax_minor": each.draft.tax.minor,
        "total_minor": each.draft.total.minor,
        "currency": each.draft.net.currency,
    }


def _line_row(each: _Ready, position: int, line: DraftLine, tax: Money) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "invoice_id": each.invoice_id,
        "position": position,
        "kind": line.kind,
        "description": line.description,
        "quantity": line.quantity,
        "net_minor": line.net.minor,
        "tax_minor": tax.minor,
        "tax_rate_bp": line.tax_rate_bp,
        "period_start": line.period.start,
        "period_end": line.period.end,
        "product_code": line.product_code,
        "subscription_id": line.subscription_id,
        "promotion_id": line.promotion_id,
        "grant_id": line.grant_id,
        "charge_id": line.charge_id,
    }


def _entry(each: _Ready, number: DocumentNumber, policy: Policy) -> journal.NewEntry:
    return journal.NewEntry(
        account_id=each.account_id,
        kind="invoice_issued",
        transfers=transfers(each.draft),
        key=f"invoice:{number}",
        document=str(number),
        at=datetime.combine(each.issued_on, time(), ZoneInfo(policy.zone)),
    )
