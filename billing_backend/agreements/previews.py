"""What will the next invoice say, once a change is made? Pure.

The invoice is drawn up twice by the billing run's own rules, without the change and with it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from uuid import UUID

from billing_backend.agreements.facts import Decided, Held, Offered, Standing
from billing_backend.agreements.rules import after
from billing_backend.contract import (
    ChangePreview,
    InvoiceLineFacts,
    NextInvoice,
    Offering,
    ServiceSummary,
    Wish,
)
from billing_backend.errors import CannotBill
from billing_backend.invoices.drafts import DraftInvoice
from billing_backend.invoices.facts import AccountFacts, DraftLine
from billing_backend.invoices.periods import Period
from billing_backend.invoices.rules import dated_price, price_on
from billing_backend.invoices.run import draft
from billing_backend.invoices.vat import standard_rate
from billing_backend.money import Money

# Stand for a subscription and a charge that are not there yet.
_NEW, _FEE = UUID(int=1), UUID(int=2)


def preview(
    wish: Wish, decided: Decided, standing: Standing, *, balance: Money, zero: Money
) -> ChangePreview:
    """The whole promise; `balance` is what is owed today."""
    period = standing.next_period
    shown = decided.from_day <= period.end
    before = _drafted(standing.account, period) if shown else None
    changed = after(decided, standing, new_id=_NEW, charge_id=_FEE)
    with_change = _drafted(changed, period) if shown else None
    lines = _new_lines(before, with_change)
    return ChangePreview(
        wish=wish,
        from_day=decided.from_day,
        old=_old(decided, standing),
        new=offering(decided.start.product, decided.from_day, zero.currency)
        if decided.start
        else None,
        fee=taxed(decided.fee, decided.from_day) if decided.fee else None,
        minimum_term_until=decided.start.minimum_term_until if decided.start else None,
        next_invoice=_next_invoice(with_change, period) if with_change else None,
        lines=lines,
        difference=_difference(before, with_change),
        balance=balance,
        promise=_promise(decided, lines),
        ends=tuple(summary(held, decided.last_day, zero.currency) for held in decided.ends),
    )


def offering(product: Offered, day: date, currency: str) -> Offering:
    """A product with what it costs from a day on. CannotBill when it has no price then."""
    net = Money(dated_price(product.code, product.prices, day), currency)
    metered = product.usage_code is not None and product.extra_prices
    return Offering(
        code=product.code,
        kind=product.kind,
        family=product.family,
        name=product.name,
        net=net,
        gross=taxed(net, day),
        unit=product.unit,
        allowance=product.allowance,
        extra_unit=taxed(Money(dated_price(product.code, product.extra_prices, day), currency), day)
        if metered
        else None,
        minimum_term_months=product.minimum_term_months,
    )


def summary(held: Held, day: date, currency: str) -> ServiceSummary:
    """What the account has, at the day's price with what promotions take off."""
    facts = held.facts
    net = Money(price_on(facts, max(day, facts.starts_on)), currency) * facts.quantity
    for promotion in facts.promotions:
        if promotion.starts_on <= day <= promotion.ends_on:
            net = net - net.share(promotion.percent_bp)
    return ServiceSummary(
        code=facts.product_code,
        kind=facts.kind,
        name=facts.name,
        gross=taxed(net, day),
        since=held.since,
        ends_on=facts.ends_on,
        minimum_term_until=held.minimum_term_until,
    )


def taxed(net: Money, day: date) -> Money:
    """With the tax of a supply on that day."""
    return net + net.share(standard_rate(day))


def _drafted(account: AccountFacts, period: Period) -> DraftInvoice | None:
    """None where no invoice can be drawn up: nothing is promised of it."""
    try:
        return draft(account, period)
    except CannotBill:
        return None


def _new_lines(
    before: DraftInvoice | None, with_change: DraftInvoice | None
) -> tuple[InvoiceLineFacts, ...]:
    """The lines that only the changed invoice has."""
    if with_change is None:
        return ()
    old = [line for line, _ in before.lines] if before else []
    return tuple(_line(line, tax) for line, tax in with_change.lines if line not in old)


def _difference(before: DraftInvoice | None, with_change: DraftInvoice | None) -> Money | None:
    if before is None or with_change is None:
        return None
    return with_change.total - before.total


def _next_invoice(drafted: DraftInvoice, period: Period) -> NextInvoice:
    return NextInvoice(
        period_start=period.start,
        period_end=period.end,
        net=drafted.net,
        tax=drafted.tax,
        total=drafted.total,
        lines=tuple(_line(line, tax) for line, tax in drafted.lines),
    )


def _line(line: DraftLine, tax: Money) -> InvoiceLineFacts:
    return InvoiceLineFacts(
        kind=line.kind,
        description=line.description,
        net=line.net,
        tax=tax,
        gross=line.net + tax,
        tax_rate_bp=line.tax_rate_bp,
        period_start=line.period.start,
        period_end=line.period.end,
    )


def _old(decided: Decided, standing: Standing) -> ServiceSummary | None:
    plans_first = sorted(decided.ends, key=lambda held: held.facts.kind != "plan")
    if not plans_first:
        return None
    return summary(plans_first[0], standing.today, standing.account.currency)


def _promise(decided: Decided, lines: tuple[InvoiceLineFacts, ...]) -> str:
    """A name for all that the change brings: whatever is different has another."""
    start = decided.start
    told = [
        decided.kind,
        decided.from_day.isoformat(),
        sorted(str(held.subscription_id) for held in decided.ends),
        [start.product.code, start.net.minor, str(start.minimum_term_until)] if start else None,
        decided.fee.minor if decided.fee else 0,
        [[line.kind, line.net.minor, str(line.period_start)] for line in lines],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
