"""Why is this invoice higher or lower than the one before, to the last minor unit?

Every line of both invoices belongs to one topic; a topic's difference becomes one cause, or two.
So the causes sum to the difference whatever the lines are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from billing_backend.contract import Cause
from billing_backend.invoices.facts import DatedPrices
from billing_backend.invoices.periods import Period
from billing_backend.invoices.vat import STANDARD_RATES
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.money import Money, half_up, total

_DAY = timedelta(days=1)
_FEES = ("plan_fee", "add_on")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed on a subscription; prices are the catalogue's, by date."""

    starts_on: date
    ends_on: date | None
    ordered_by: str | None
    prices: DatedPrices = ()


@dataclass(frozen=True, slots=True)
class DatedFacts:
    """What stands behind the lines of both invoices, by the references on them."""

    agreements: Mapping[UUID, Agreement] = field(default_factory=dict)
    promotion_ends: Mapping[UUID, date] = field(default_factory=dict)
    late_for: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Topic:
    """The lines of one thing in the invoice before and in this one."""

    before: list[LineView] = field(default_factory=list)
    now: list[LineView] = field(default_factory=list)

    @property
    def lines(self) -> list[LineView]:
        return self.before + self.now


Topics = dict[tuple[str, object], _Topic]


def causes(current: InvoiceView, previous: InvoiceView, known: DatedFacts) -> tuple[Cause, ...]:
    """The causes, biggest first; law: they sum to the difference of what was to be paid."""
    topics = _topics(current, previous)
    found = list(_plan_change(topics, current.total.currency))
    for (kind, _), topic in topics.items():
        found += _of_topic(kind, topic, current.total.currency, known)
    found += _credit_used(current, previous)
    return _settled(found, current.to_pay_at_issue - previous.to_pay_at_issue)


def _topics(current: InvoiceView, previous: InvoiceView) -> Topics:
    sorter = _Sorter(
        plan=_plan_of(current) if _plan_of(current) == _plan_of(previous) else None,
        lasting=_discounts(current) & _discounts(previous),
        partly=_begun_partly(previous) | _ending_partly(current, previous),
        fees={
            (invoice.invoice_id, line.subscription_id, line.period): line.kind
            for invoice in (current, previous)
            for line in invoice.lines
            if line.kind in (*_FEES, "proration")
        },
    )
    topics: Topics = {}
    for line in previous.lines:
        topics.setdefault(sorter.key(line, previous), _Topic()).before.append(line)
    for line in current.lines:
        topics.setdefault(sorter.key(line, current), _Topic()).now.append(line)
    return topics


@dataclass(frozen=True, slots=True)
class _Sorter:
    """Tells the topic of a line.

    `plan`: the subscription that is the plan in both months. `lasting`: discounts of both months.
    `partly`: subscriptions of which one of the months has only some days.
    `fees`: the kind of the fee line of an invoice, subscription and period.
    """

    plan: UUID | None
    lasting: set[UUID | None]
    partly: set[UUID | None]
    fees: Mapping[tuple[UUID, UUID | None, Period], str]

    def key(self, line: LineView, invoice: InvoiceView) -> tuple[str, object]:
        if line.kind == "discount":
            return self._discount(line, invoice)
        if line.kind in (*_FEES, "proration"):
            return self._fee(line.subscription_id, line.kind)
        if line.kind == "usage":
            return "usage", (line.subscription_id, line.product_code)
        return line.kind, line.charge_id or line.line_id

    def _fee(self, subscription: UUID | None, kind: str) -> tuple[str, object]:
        if kind == "proration" or subscription in self.partly:
            return "proration", subscription
        return "fee", subscription

    def _discount(self, line: LineView, invoice: InvoiceView) -> tuple[str, object]:
        """One of both months only follows its product's price: it has no story of its own."""
        if line.promotion_id is not None:
            if line.promotion_id not in self.lasting:
                return "promotion", line.promotion_id
            place = (invoice.invoice_id, line.subscription_id, line.period)
            return self._fee(line.subscription_id, self.fees.get(place, "plan_fee"))
        if line.grant_id in self.lasting and self.plan is not None:
            return self._fee(self.plan, "plan_fee")
        return "grant", line.grant_id


def _plan_of(invoice: InvoiceView) -> UUID | None:
    plans = [line.subscription_id for line in invoice.lines if line.kind == "plan_fee"]
    return plans[0] if plans else None


def _discounts(invoice: InvoiceView) -> set[UUID | None]:
    return {line.promotion_id or line.grant_id for line in invoice.lines if line.kind == "discount"}


def _begun_partly(previous: InvoiceView) -> set[UUID | None]:
    """What the invoice before had only some days of."""
    return _subscriptions(previous, "proration") - _subscriptions(previous, *_FEES)


def _ending_partly(current: InvoiceView, previous: InvoiceView) -> set[UUID | None]:
    """What this invoice has only some days of, being the last."""
    charged = {
        line.subscription_id
        for line in current.lines
        if line.kind == "proration" and line.net.minor > 0
    }
    return charged & _subscriptions(previous, *_FEES) - _subscriptions(current, *_FEES)


def _subscriptions(invoice: InvoiceView, *kinds: str) -> set[UUID | None]:
    return {line.subscription_id for line in invoice.lines if line.kind in kinds}


def _plan_change(topics: Topics, currency: str) -> Iterator[Cause]:
    """One plan went and another came: one story, not two."""
    gone = _only_plan(topics, before=True)
    come = _only_plan(topics, before=False)
    if len(gone) != 1 or len(come) != 1:
        return
    old, new = topics.pop(gone[0]), topics.pop(come[0])
    yield Cause(
        "price_change",
        _gross(new.now, currency) - _gross(old.before, currency),
        {
            "from_name": old.before[0].description,
            "name": new.now[0].description,
            "from": _gross(old.before, currency).minor,
            "to": _gross(new.now, currency).minor,
            "since": new.now[0].period.start.isoformat(),
        },
    )


def _only_plan(topics: Topics, *, before: bool) -> list[tuple[str, object]]:
    return [
        key
        for key, topic in topics.items()
        if key[0] == "fee"
        and bool(topic.before) == before
        and bool(topic.now) != before
        and topic.lines[0].kind == "plan_fee"
    ]


def _of_topic(kind: str, topic: _Topic, currency: str, known: DatedFacts) -> Iterable[Cause]:
    if kind == "fee" and topic.before and topic.now:
        return _fee_changed(topic, currency, known)
    amount = _gross(topic.now, currency) - _gross(topic.before, currency)
    evidence = {"name": topic.lines[0].description, **_evidence(kind, topic, known)}
    return [Cause(_cause_kind(kind, topic), amount, evidence)]


def _cause_kind(kind: str, topic: _Topic) -> str:
    came = bool(topic.now)
    if kind == "fee":
        return "add_on_added" if came else "add_on_removed"
    if kind == "promotion":
        return "discount_started" if came else "promotion_ended"
    if kind == "grant":
        return "discount_started" if came else "discount_ended"
    return kind


def _fee_changed(topic: _Topic, currency: str, known: DatedFacts) -> Iterator[Cause]:
    """The part that the tax rate explains, and the rest: the price."""
    name = next(line.description for line in topic.lines if line.kind != "discount")
    before, now = _gross(topic.before, currency), _gross(topic.now, currency)
    by_tax = _tax_effect(topic, currency)
    if by_tax:
        yield Cause("tax_rate_change", by_tax, {"name": name, **_rates(topic)})
    changed = _net(topic.before) != _net(topic.now)
    yield Cause(
        "price_change" if changed else "rounding",
        now - before - by_tax,
        {"name": name, "from": before.minor, "to": now.minor, "since": _price_since(topic, known)},
    )


def _tax_effect(topic: _Topic, currency: str) -> Money:
    """This month's tax less what it would be at last month's (mean) rate."""
    rates_before = {line.tax_rate_bp for line in topic.before}
    rates_now = {line.tax_rate_bp for line in topic.now}
    net_before = _net(topic.before)
    if rates_before == rates_now or not net_before:
        return Money(0, currency)
    tax_before = sum(line.tax.minor for line in topic.before)
    tax_now = sum(line.tax.minor for line in topic.now)
    at_old_rate = half_up(_net(topic.now) * tax_before, net_before)
    return Money(tax_now - at_old_rate, currency)


def _rates(topic: _Topic) -> dict[str, Any]:
    old = min(line.tax_rate_bp for line in topic.before)
    new = topic.now[-1].tax_rate_bp
    since = [day for day, rate in STANDARD_RATES if rate == new]
    return {"from": old, "to": new, "since": since[0].isoformat() if since else None}


def _price_since(topic: _Topic, known: DatedFacts) -> str:
    """The day of the catalogue's newest price that this invoice could use."""
    line = topic.now[0]
    agreement = known.agreements.get(line.subscription_id) if line.subscription_id else None
    dates = [day for day, _ in agreement.prices if day <= line.period.start] if agreement else []
    newest = dates[-1] if dates else line.period.start
    return max(newest, topic.before[0].period.start).isoformat()


def _evidence(kind: str, topic: _Topic, known: DatedFacts) -> dict[str, Any]:
    line = topic.lines[0]
    agreement = known.agreements.get(line.subscription_id) if line.subscription_id else None
    if kind == "promotion" and line.promotion_id:
        return _promotion_evidence(topic, known.promotion_ends.get(line.promotion_id))
    if kind == "fee" and agreement is not None:
        return _agreement_evidence(topic, agreement)
    if kind == "proration":
        return _proration_evidence(topic, agreement)
    if kind == "usage":
        return {
            "quantity": sum(each.quantity for each in topic.now),
            "from": sum(each.quantity for each in topic.before),
        }
    if kind == "late_fee" and line.charge_id:
        return {"invoice_number": known.late_for.get(line.charge_id)}
    return {"last_time": not topic.now}


def _promotion_evidence(topic: _Topic, ends_on: date | None) -> dict[str, Any]:
    if topic.now or ends_on is None:
        return {"since": topic.lines[0].period.start.isoformat()}
    return {"since": (ends_on + _DAY).isoformat(), "until": ends_on.isoformat()}


def _agreement_evidence(topic: _Topic, agreement: Agreement) -> dict[str, Any]:
    if topic.now:
        return {"since": agreement.starts_on.isoformat(), "by": agreement.ordered_by}
    ended = agreement.ends_on + _DAY if agreement.ends_on else topic.before[-1].period.end + _DAY
    return {"since": ended.isoformat(), "by": agreement.ordered_by}


def _proration_evidence(topic: _Topic, agreement: Agreement | None) -> dict[str, Any]:
    parts = [line for line in topic.lines if line.kind == "proration"]
    return {
        "days": sum(line.period.days for line in parts),
        "since": parts[0].period.start.isoformat(),
        "until": parts[-1].period.end.isoformat(),
        "by": agreement.ordered_by if agreement else None,
        "last_time": not any(line in topic.now for line in parts),
    }


def _credit_used(current: InvoiceView, previous: InvoiceView) -> list[Cause]:
    return [Cause("credit_used", previous.credit_used - current.credit_used, {})]


def _settled(found: list[Cause], difference: Money) -> tuple[Cause, ...]:
    """Biggest first, nothing that explains nothing.

    A line's tax may be one minor unit off between months, as the rounding is per invoice: that
    is nobody's story and goes to the biggest cause.
    """
    told = [cause for cause in found if cause.amount and cause.kind != "rounding"]
    told.sort(key=lambda cause: (-abs(cause.amount.minor), cause.kind))
    rest = difference - total((cause.amount for cause in told), difference.currency)
    if told and rest:
        told[0] = replace(told[0], amount=told[0].amount + rest)
    return tuple(cause for cause in told if cause.amount)


def _gross(lines: Iterable[LineView], currency: str) -> Money:
    return total((line.gross for line in lines), currency)


def _net(lines: Iterable[LineView]) -> int:
    return sum(line.net.minor for line in lines)
