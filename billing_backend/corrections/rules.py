"""Is this customer being treated correctly? An ordered list of small rules says.

Each rule looks at the facts and finds what is proven wrong to the customer's cost. A line that
one rule has found is left alone by those after it: an error is credited once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import date
from uuid import UUID

from billing_backend.contract import Finding
from billing_backend.corrections.facts import CreditLine, Found, OrderedSubscription, ReviewFacts
from billing_backend.corrections.findings import (
    days_of,
    finding_of,
    found_part,
    found_whole,
    iso,
    stable_id,
)
from billing_backend.invoices.periods import period_of
from billing_backend.invoices.rules import price_on
from billing_backend.invoices.vat import standard_rate
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.money import BASIS_POINTS, Money, half_up, total

Rule = Callable[[ReviewFacts], Iterator[Found]]
_FEES = ("plan_fee", "add_on", "proration")


def review(facts: ReviewFacts, corrected: Collection[str] = ()) -> list[Found]:
    """Every finding, in the order of the rules; `corrected` are ids put right already."""
    found: list[Found] = []
    taken: set[UUID] = set()
    for rule in RULES:
        for each in rule(facts):
            if taken.isdisjoint(each.finding.line_ids):
                taken.update(each.finding.line_ids)
                found.append(each)
    return [each for each in found if each.finding.finding_id not in corrected]


def duplicate_charge(facts: ReviewFacts) -> Iterator[Found]:
    """One order, one period, charged more often than ordered."""
    groups: dict[tuple[object, ...], list[tuple[InvoiceView, LineView]]] = defaultdict(list)
    for invoice, line, ordered in _fee_lines(facts):
        order = ordered.order_id or ordered.agreed.subscription_id
        groups[(order, line.product_code, line.kind, line.period)].append((invoice, line))
    for charged in groups.values():
        extra = _above(_ordered_quantity(facts, charged), charged)
        for invoice, line in extra:
            ordered = facts.subscriptions[_subscription(line)]
            evidence = {
                "name": line.description,
                "times": len(charged),
                "ordered_on": iso(ordered.ordered_on),
                **days_of(line),
            }
            lines = [line, *_discounts_on(line, invoice)]
            yield found_whole(
                "duplicate_charge", invoice, lines, evidence, to_end=_if_another(line, charged)
            )


def add_on_not_ordered(facts: ReviewFacts) -> Iterator[Found]:
    """An add-on that no order asked for."""
    for invoice, line, ordered in _fee_lines(facts):
        if ordered.order_id is None and ordered.agreed.kind == "add_on":
            evidence = {"name": line.description, **days_of(line)}
            lines = [line, *_discounts_on(line, invoice)]
            yield found_whole(
                "add_on_not_ordered", invoice, lines, evidence, to_end=(_subscription(line),)
            )


def charged_after_cancellation(facts: ReviewFacts) -> Iterator[Found]:
    """A period begun after the product's last day. (An end within the period is given back by
    the next invoice.)"""
    for invoice, line, ordered in _fee_lines(facts):
        ends_on = ordered.agreed.ends_on
        if ends_on is not None and line.period.start > ends_on:
            evidence = {"name": line.description, "ended_on": iso(ends_on), **days_of(line)}
            lines = [line, *_discounts_on(line, invoice)]
            yield found_whole("charged_after_cancellation", invoice, lines, evidence)


def price_above_agreement(facts: ReviewFacts) -> Iterator[Found]:
    """A whole period's fee above the agreed price, or the catalogue's of that day."""
    for invoice, line, ordered in _fee_lines(facts):
        if line.kind != "proration" and (right := _right_net(facts, line, ordered)) < line.net:
            evidence = {
                "name": line.description,
                "from": right.minor,
                "to": line.net.minor,
                **days_of(line),
            }
            yield found_part("price_above_agreement", invoice, line, line.net - right, evidence)


def wrong_proration(facts: ReviewFacts) -> Iterator[Found]:
    """A part of a period that costs more than its days."""
    for invoice, line, ordered in _fee_lines(facts):
        if line.kind == "proration" and (right := _right_net(facts, line, ordered)) < line.net:
            evidence = {"name": line.description, "days": line.period.days, **days_of(line)}
            yield found_part("wrong_proration", invoice, line, line.net - right, evidence)


def promised_discount_missing(facts: ReviewFacts) -> Iterator[Found]:
    """A promotion promised for these days that is not on the invoice, or not in full."""
    for invoice, line, ordered in _fee_lines(facts):
        for promotion in ordered.agreed.promotions:
            if not promotion.starts_on <= _priced_on(facts, line, ordered) <= promotion.ends_on:
                continue
            given = total(
                (
                    -each.net
                    for each in _discounts_on(line, invoice)
                    if each.promotion_id == promotion.promotion_id
                ),
                line.net.currency,
            )
            missing = line.net.share(promotion.percent_bp) - given
            if missing.minor > 0:
                evidence = {
                    "name": promotion.name,
                    "until": iso(promotion.ends_on),
                    "percent_bp": promotion.percent_bp,
                }
                yield found_part("promised_discount_missing", invoice, line, missing, evidence)


def wrong_tax_rate(facts: ReviewFacts) -> Iterator[Found]:
    """Taxed at more than the rate of the day of supply."""
    for invoice in facts.invoices:
        for line in invoice.lines:
            right = standard_rate(line.period.end if line.kind == "usage" else line.period.start)
            if line.tax_rate_bp <= right or line.net.minor <= 0:
                continue
            right_tax = Money(half_up(line.net.minor * right, BASIS_POINTS), line.net.currency)
            nothing = Money(0, line.net.currency)
            credit = CreditLine(
                line.line_id, line.description, nothing, line.tax - right_tax, line.tax_rate_bp
            )
            evidence = {"name": line.description, "from": right, "to": line.tax_rate_bp}
            yield Found(
                finding_of("wrong_tax_rate", invoice, [line], credit.gross, evidence), (credit,)
            )


def late_fee_unjustified(facts: ReviewFacts) -> Iterator[Found]:
    """A late fee for an invoice that was paid in time, that an arrangement covered, or that the
    customer disputed."""
    for invoice in facts.invoices:
        for line in invoice.lines:
            late = facts.late_fees.get(line.charge_id) if line.charge_id else None
            if late is None or not (
                late.arranged or late.disputed or late.paid_in_time >= late.total
            ):
                continue
            evidence = {
                "name": line.description,
                "invoice_number": late.invoice_number,
                "arranged": late.arranged,
                "disputed": late.disputed,
            }
            yield found_whole("late_fee_unjustified", invoice, [line], evidence)


def payment_not_allocated(facts: ReviewFacts) -> Iterator[Found]:
    """Money of this customer's that was put on no account."""
    for payment in facts.stray_payments:
        if not facts.invoices:
            return
        named = [each for each in facts.invoices if each.number in payment.payer_note]
        invoice = named[0] if named else facts.invoices[0]
        finding = Finding(
            finding_id=stable_id("payment_not_allocated", [payment.payment_id]),
            kind="payment_not_allocated",
            amount=payment.amount,
            invoice_id=invoice.invoice_id,
            invoice_number=invoice.number,
            line_ids=(),
            evidence={
                "received_on": iso(payment.received_on),
                "reference": payment.reference,
            },
        )
        yield Found(finding, payment=payment)


RULES: tuple[Rule, ...] = (
    duplicate_charge,
    add_on_not_ordered,
    charged_after_cancellation,
    price_above_agreement,
    wrong_proration,
    promised_discount_missing,
    wrong_tax_rate,
    late_fee_unjustified,
    payment_not_allocated,
)


def _fee_lines(
    facts: ReviewFacts,
) -> Iterator[tuple[InvoiceView, LineView, OrderedSubscription]]:
    """Every fee charged for a subscription, with what was agreed; refunds are left out."""
    for invoice in facts.invoices:
        for line in invoice.lines:
            if line.kind in _FEES and line.net.minor > 0 and line.subscription_id is not None:
                ordered = facts.subscriptions.get(line.subscription_id)
                if ordered is not None:
                    yield invoice, line, ordered


def _subscription(line: LineView) -> UUID:
    assert line.subscription_id is not None
    return line.subscription_id


def _ordered_quantity(facts: ReviewFacts, charged: list[tuple[InvoiceView, LineView]]) -> int:
    return facts.subscriptions[_subscription(charged[0][1])].ordered_quantity


def _above(
    quantity: int, charged: list[tuple[InvoiceView, LineView]]
) -> list[tuple[InvoiceView, LineView]]:
    """The lines after the ordered quantity is reached; the oldest are the right ones."""
    extra, counted = [], 0
    for invoice, line in sorted(charged, key=lambda each: each[0].issued_on):
        if counted >= quantity:
            extra.append((invoice, line))
        counted += line.quantity
    return extra


def _if_another(line: LineView, charged: list[tuple[InvoiceView, LineView]]) -> tuple[UUID, ...]:
    """The duplicate's own subscription, when it is one beside the right one."""
    right = {_subscription(each) for _, each in charged if each is not line}
    return () if line.subscription_id in right else (_subscription(line),)


def _discounts_on(line: LineView, invoice: InvoiceView) -> list[LineView]:
    """The promotion lines that took something off this very line."""
    return [
        each
        for each in invoice.lines
        if each.promotion_id is not None
        and each.subscription_id == line.subscription_id
        and each.period == line.period
    ]


def _right_net(facts: ReviewFacts, line: LineView, ordered: OrderedSubscription) -> Money:
    """What this line should cost without tax: the day's price for the line's days."""
    whole = period_of(facts.billing_day, line.period.start)
    day = _priced_on(facts, line, ordered)
    price = Money(price_on(ordered.agreed, day), line.net.currency) * line.quantity
    part = whole.overlap(line.period.start, line.period.end)
    return price if part is None else whole.share(price, part)


def _priced_on(facts: ReviewFacts, line: LineView, ordered: OrderedSubscription) -> date:
    """The period's first day, or the product's: a change within a period counts from the next."""
    whole = period_of(facts.billing_day, line.period.start)
    return max(whole.start, ordered.agreed.starts_on)
