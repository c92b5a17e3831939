"""Why is this invoice higher or lower than an earlier one, to the last minor unit?

Every line of both invoices belongs to one topic; a topic's difference becomes one cause, or two.
So the causes sum to the difference whatever the lines are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from billing_backend.contract import Cause
from billing_backend.invoices.facts import DatedPrices
from billing_backend.invoices.periods import months_back
from billing_backend.invoices.topics import Topic, Topics, topics_of
from billing_backend.invoices.vat import STANDARD_RATES
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.invoices.wrong_charges import WrongCharge, told_apart, without
from billing_backend.money import Money, half_up, total

_DAY = timedelta(days=1)
_ROUNDING = "rounding"
_LATE_FEE = "late_fee"


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
    wrong: Mapping[UUID, WrongCharge] = field(default_factory=dict)


def causes(current: InvoiceView, previous: InvoiceView, known: DatedFacts) -> tuple[Cause, ...]:
    """The causes, biggest first; law: they sum to the difference of what was to be paid."""
    topics = topics_of(without(current, known.wrong), without(previous, known.wrong))
    found = list(_plan_change(topics, current.total.currency, known))
    for (kind, _), topic in topics.items():
        found += _of_topic(kind, topic, current.total.currency, known)
    found += told_apart(current, previous, known.wrong)
    found += _credit_used(current, previous)
    return _settled(found, current.total.currency)


def _plan_change(topics: Topics, currency: str, known: DatedFacts) -> Iterator[Cause]:
    """One plan went and another came: one story, not two."""
    gone = _only_plan(topics, before=True)
    come = _only_plan(topics, before=False)
    if len(gone) != 1 or len(come) != 1:
        return
    old, new = topics.pop(gone[0]), topics.pop(come[0])
    evidence = {
        "name": new.now[0].description,
        "from": _gross(old.before, currency).minor,
        "to": _gross(new.now, currency).minor,
        "since": _plan_since(new, known).isoformat(),
    }
    if old.before[0].product_code != new.now[0].product_code:
        evidence["from_name"] = old.before[0].description
    yield Cause("price_change", _gross(new.now, currency) - _gross(old.before, currency), evidence)


def _plan_since(topic: Topic, known: DatedFacts) -> date:
    """The period in which the plan came; with several in between, the day that it began on."""
    line = topic.now[0]
    agreement = known.agreements.get(line.subscription_id) if line.subscription_id else None
    return min(agreement.starts_on, line.period.start) if agreement else line.period.start


def _only_plan(topics: Topics, *, before: bool) -> list[tuple[str, object]]:
    return [
        key
        for key, topic in topics.items()
        if key[0] == "fee"
        and bool(topic.before) == before
        and bool(topic.now) != before
        and topic.lines[0].kind == "plan_fee"
    ]


def _of_topic(kind: str, topic: Topic, currency: str, known: DatedFacts) -> Iterable[Cause]:
    if kind == "fee" and topic.before and topic.now:
        return _fee_changed(topic, currency, known)
    amount = _gross(topic.now, currency) - _gross(topic.before, currency)
    evidence = {"name": topic.lines[0].description, **_evidence(kind, topic, known)}
    return [Cause(_cause_kind(kind, topic), amount, evidence)]


def _cause_kind(kind: str, topic: Topic) -> str:
    came = bool(topic.now)
    if kind == "fee":
        return "add_on_added" if came else "add_on_removed"
    if kind == "promotion":
        return "discount_started" if came else "promotion_ended"
    if kind == "grant":
        return "discount_started" if came else "discount_ended"
    return kind


def _fee_changed(topic: Topic, currency: str, known: DatedFacts) -> Iterator[Cause]:
    """The part that the tax rate explains, and the rest: the price."""
    name = next(line.description for line in topic.lines if line.kind != "discount")
    before, now = _gross(topic.before, currency), _gross(topic.now, currency)
    by_tax = _tax_effect(topic, currency)
    if by_tax:
        yield Cause("tax_rate_change", by_tax, {"name": name, **_rates(topic)})
    changed = _net(topic.before) != _net(topic.now)
    yield Cause(
        "price_change" if changed else _ROUNDING,
        now - before - by_tax,
        {"name": name, "from": before.minor, "to": now.minor, **_price_steps(topic, known)},
    )


def _tax_effect(topic: Topic, currency: str) -> Money:
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


def _rates(topic: Topic) -> dict[str, Any]:
    old = min(line.tax_rate_bp for line in topic.before)
    new = topic.now[-1].tax_rate_bp
    since = [day for day, rate in STANDARD_RATES if rate == new]
    return {"from": old, "to": new, "since": since[0].isoformat() if since else None}


def _price_steps(topic: Topic, known: DatedFacts) -> dict[str, Any]:
    """The day of the newest price that this invoice could use; and how often the catalogue's
    price changed from one period to the next between the two."""
    line, first = topic.now[0], topic.before[0].period.start
    agreement = known.agreements.get(line.subscription_id) if line.subscription_id else None
    prices = agreement.prices if agreement else ()
    dates = [day for day, _ in prices if day <= line.period.start]
    newest = dates[-1] if dates else line.period.start
    billed = [_price_of(prices, start) for start in _starts_between(first, line.period.start)]
    times = sum(before != after for before, after in pairwise(billed))
    return {"since": max(newest, first).isoformat(), "times": max(times, 1)}


def _starts_between(first: date, last: date) -> list[date]:
    """The first days of the periods from one to the other; a period is a month long."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return [first, *(months_back(last, index) for index in reversed(range(months)))]


def _price_of(prices: DatedPrices, day: date) -> int | None:
    valid = [net for since, net in prices if since <= day]
    return valid[-1] if valid else None


def _evidence(kind: str, topic: Topic, known: DatedFacts) -> dict[str, Any]:
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
    if kind == _LATE_FEE and line.charge_id:
        return {"invoice_number": known.late_for.get(line.charge_id)}
    return {"last_time": not topic.now}


def _promotion_evidence(topic: Topic, ends_on: date | None) -> dict[str, Any]:
    if topic.now or ends_on is None:
        return {"since": topic.lines[0].period.start.isoformat()}
    return {"since": (ends_on + _DAY).isoformat(), "until": ends_on.isoformat()}


def _agreement_evidence(topic: Topic, agreement: Agreement) -> dict[str, Any]:
    if topic.now:
        return {"since": agreement.starts_on.isoformat(), "by": agreement.ordered_by}
    ended = agreement.ends_on + _DAY if agreement.ends_on else topic.before[-1].period.end + _DAY
    return {"since": ended.isoformat(), "by": agreement.ordered_by}


def _proration_evidence(topic: Topic, agreement: Agreement | None) -> dict[str, Any]:
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


def _settled(found: list[Cause], currency: str) -> tuple[Cause, ...]:
    """Biggest first, nothing that explains nothing.

    A line's tax may be one minor unit off between months, as the rounding is per invoice: that
    is nobody's story and goes to the biggest cause.
    """
    found = _without_equal_late_fees(found, currency)
    told = [cause for cause in found if cause.amount and cause.kind != _ROUNDING]
    told.sort(key=lambda cause: (-abs(cause.amount.minor), cause.kind))
    rounding = total((cause.amount for cause in found if cause.kind == _ROUNDING), currency)
    if rounding and not told:
        return (Cause(_ROUNDING, rounding, {}),)
    if rounding:
        told[0] = replace(told[0], amount=told[0].amount + rounding)
    return tuple(cause for cause in told if cause.amount)


def _without_equal_late_fees(found: list[Cause], currency: str) -> list[Cause]:
    """The same late fees on both invoices, each for another one paid late, changed nothing."""
    fees = [cause.amount for cause in found if cause.kind == _LATE_FEE]
    if total(fees, currency):
        return found
    return [cause for cause in found if cause.kind != _LATE_FEE]


def _gross(lines: Iterable[LineView], currency: str) -> Money:
    return total((line.gross for line in lines), currency)


def _net(lines: Iterable[LineView]) -> int:
    return sum(line.net.minor for line in lines)
