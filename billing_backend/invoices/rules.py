"""Which lines does an account's next invoice have?

Fees are billed in advance for the period; what happened since the last invoice (a start or an
end in the middle, usage above the allowance, late fees) is billed with it.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from billing_backend.errors import CannotBill
from billing_backend.invoices.facts import (
    AccountFacts,
    ChargeFacts,
    DatedPrices,
    DiscountDue,
    DraftLine,
    PromotionFacts,
    SubscriptionFacts,
    UsageFacts,
)
from billing_backend.invoices.periods import Period, periods_between, previous_period
from billing_backend.invoices.vat import NO_VAT, split_by_rate, standard_rate
from billing_backend.money import Money, total

_DAY = timedelta(days=1)
_FEE_KINDS = {"plan": "plan_fee", "add_on": "add_on"}


def draft_lines(account: AccountFacts, period: Period) -> list[DraftLine]:
    """The lines of the invoice for `period`, without tax; none when there is nothing to bill."""
    lines: list[DraftLine] = []
    # The plan speaks first, then add-ons in the order they came.
    for subscription in sorted(account.subscriptions, key=_plan_first):
        lines += _fees(account, subscription, period)
        lines += _refund(account, subscription, period)
        lines += _extra_usage(account, subscription, period)
    lines += [_charge(each) for each in account.charges if each.supplied_on <= period.end]
    for discount in account.discounts:
        lines += _granted(account, discount, lines, period)
    return lines


def price_on(subscription: SubscriptionFacts, day: date) -> int:
    """The net price of one, in minor units: as agreed while that holds, else of the catalogue.

    CannotBill when the catalogue has no price yet on that day.
    """
    agreed = subscription.agreed_net_minor
    if agreed is not None and (
        subscription.agreed_until is None or day <= subscription.agreed_until
    ):
        return agreed
    return dated_price(subscription.product_code, subscription.prices, day)


def dated_price(product_code: str, prices: DatedPrices, day: date) -> int:
    """The newest price that was valid on the day; CannotBill when there was none."""
    for valid_from, net_minor in reversed(prices):
        if valid_from <= day:
            return net_minor
    raise CannotBill("no_price", f"{product_code} has no price that is valid on {day}")


def _plan_first(subscription: SubscriptionFacts) -> tuple[bool, date, str]:
    return subscription.kind != "plan", subscription.starts_on, subscription.product_code


def _fees(
    account: AccountFacts, subscription: SubscriptionFacts, period: Period
) -> Iterator[DraftLine]:
    """From the first day that nothing has charged to the period's end, or the product's.

    What begins later in the period is not billed ahead of its begin: the next invoice has it.
    """
    if subscription.starts_on > period.start:
        return
    billed = subscription.billed_through
    start = subscription.starts_on if billed is None else billed + _DAY
    end = min(period.end, subscription.ends_on or period.end)
    for whole in periods_between(account.billing_day, start, end):
        part = whole.overlap(start, end)
        assert part is not None
        yield from _fee_lines(account, subscription, whole, part, sign=1)


def _refund(
    account: AccountFacts, subscription: SubscriptionFacts, period: Period
) -> Iterator[DraftLine]:
    """Days billed in advance, given back because the product ended on an earlier one.

    Only within the period before and this one. An end recorded later than that is an error of
    ours, found by the account review and put right by a credit note.
    """
    ends_on, billed = subscription.ends_on, subscription.billed_through
    if ends_on is None or billed is None or ends_on >= billed:
        return
    if subscription.refunded_from is not None:
        return
    if ends_on < previous_period(account.billing_day, period).start:
        return
    start = ends_on + _DAY
    for whole in periods_between(account.billing_day, start, billed):
        part = whole.overlap(start, billed)
        assert part is not None
        yield from _fee_lines(account, subscription, whole, part, sign=-1)


def _fee_lines(
    account: AccountFacts, subscription: SubscriptionFacts, whole: Period, part: Period, sign: int
) -> Iterator[DraftLine]:
    if subscription.currency not in (None, account.currency):
        raise CannotBill(
            "other_currency",
            f"{subscription.product_code} costs {subscription.currency}, the account is billed in"
            f" {account.currency}",
        )
    kind = _FEE_KINDS[subscription.kind] if part == whole else "proration"
    # What is given back of a period is of the price that it was charged at.
    priced_on = max(whole.start, subscription.starts_on)
    price = Money(price_on(subscription, priced_on), account.currency) * subscription.quantity
    for piece in split_by_rate(part):
        line = DraftLine(
            kind=kind,
            description=subscription.name,
            net=whole.share(price, piece) * sign,
            tax_rate_bp=standard_rate(piece.start),
            period=piece,
            quantity=subscription.quantity,
            product_code=subscription.product_code,
            subscription_id=subscription.subscription_id,
        )
        yield line
        left = line.net
        for promotion in subscription.promotions:
            if promotion.starts_on <= priced_on <= promotion.ends_on and left:
                discount = _promoted(line, promotion, left)
                left = left + discount.net
                yield discount


def _promoted(line: DraftLine, promotion: PromotionFacts, left: Money) -> DraftLine:
    """Its part of the fee; at most `left`, what promotions before it have left of the fee."""
    off = line.net.share(promotion.percent_bp)
    return DraftLine(
        kind="discount",
        description=promotion.name,
        net=-(off if abs(off) <= abs(left) else left),
        tax_rate_bp=line.tax_rate_bp,
        period=line.period,
        product_code=line.product_code,
        subscription_id=line.subscription_id,
        promotion_id=promotion.promotion_id,
    )


def _extra_usage(
    account: AccountFacts, subscription: SubscriptionFacts, period: Period
) -> Iterator[DraftLine]:
    usage = subscription.usage
    if usage is None or usage.quantity <= usage.allowance:
        return
    used_in = previous_period(account.billing_day, period)
    for units, unit_net in rated(usage, usage.quantity - usage.allowance, used_in.start):
        yield DraftLine(
            kind="usage",
            description=usage.name,
            net=Money(unit_net, account.currency) * units,
            # A measured supply is complete when its period is.
            tax_rate_bp=standard_rate(used_in.end),
            period=used_in,
            quantity=units,
            product_code=usage.product_code,
            subscription_id=subscription.subscription_id,
        )


def rated(usage: UsageFacts, units: int, day: date) -> list[tuple[int, int]]:
    """(units, net minor units of each) by tier, in order; law: the units sum to `units`.

    Graduated: a tier's price is for its own units, not for those before it. CannotBill when
    there is no price on the day.
    """
    first = dated_price(usage.product_code, usage.prices, day)
    since = max(valid_from for valid_from, _ in usage.prices if valid_from <= day)
    tiers = sorted(tier[1:] for tier in usage.tiers if tier[0] == since)
    steps = [(1, first), *tiers]
    ends = [from_unit - 1 for from_unit, _ in steps[1:]] + [units]
    found = []
    for (from_unit, net), end in zip(steps, ends, strict=True):
        count = min(end, units) - from_unit + 1
        if count > 0:
            found.append((count, net))
    return found


def _charge(charge: ChargeFacts) -> DraftLine:
    taxed = charge.kind != "late_fee"
    return DraftLine(
        kind=charge.kind,
        description=charge.description,
        net=charge.net,
        tax_rate_bp=standard_rate(charge.supplied_on) if taxed else NO_VAT,
        period=Period(charge.supplied_on, charge.supplied_on),
        charge_id=charge.charge_id,
    )


def _granted(
    account: AccountFacts, discount: DiscountDue, lines: list[DraftLine], period: Period
) -> Iterator[DraftLine]:
    """One discount on what the plan costs in this period, after whatever is off it already.

    It never makes the plan cost less than nothing; nothing left, no line.
    """
    bases = _plan_cost_by_rate(account, lines, period)
    left = total(bases.values(), account.currency)
    if left.minor <= 0:
        return
    off = left.share(discount.percent_bp) if discount.percent_bp is not None else discount.net
    assert off is not None
    parts = min(off, left).split([base.minor for base in bases.values()])
    for rate, part in zip(bases, parts, strict=True):
        yield DraftLine(
            kind="discount",
            description=discount.description,
            net=-part,
            tax_rate_bp=rate,
            period=period,
            grant_id=discount.grant_id,
        )


def _plan_cost_by_rate(
    account: AccountFacts, lines: list[DraftLine], period: Period
) -> dict[int, Money]:
    plans = {each.subscription_id for each in account.subscriptions if each.kind == "plan"}
    cost: dict[int, Money] = {}
    for line in lines:
        of_plan = line.subscription_id in plans and line.kind != "usage"
        if (of_plan or line.grant_id) and line.period.start >= period.start:
            nothing = Money(0, account.currency)
            cost[line.tax_rate_bp] = cost.get(line.tax_rate_bp, nothing) + line.net
    return cost
