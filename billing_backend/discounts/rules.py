"""What may this customer be offered, and if nothing: why not, and what would have to change?

Pure. Business rules, section 6. The decision table says what fits the customer; an ordered list
of small rules says what still stands in the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from billing_backend.contract import Tier
from billing_backend.discounts.facts import Outcome
from billing_backend.discounts.table import Failed
from billing_backend.money import BASIS_POINTS, Money, half_up
from billing_backend.policy import Policy

_MATTERS_OF_AUTHORITY = frozenset({"above_authority", "yearly_cap"})
TIERS = (Tier.ASSISTANT, Tier.AGENT, Tier.SUPERVISOR)
# A table condition on these facts has a reason of its own; every other one is `no_rule`.
_REASONS = {"arrears_minor": "arrears", "months_since_last_discount": "cooldown"}


@dataclass(frozen=True, slots=True)
class Terms:
    """What would be given, before anything is reserved. Law: amount == monthly * months."""

    rule_id: str
    version: str
    percent_bp: int | None
    monthly_net: Money
    monthly: Money  # with tax at today's rate
    months: int
    amount: Money
    starts: str
    tier: Tier
    open_for: timedelta


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that was not met. `nearest` is the nearest value that would have been."""

    reason: str
    field: str
    actual: Any
    needed: Any
    nearest: Any
    rule_id: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the rules look at beside the table: of one customer, at one moment."""

    reason: str
    offer_number: int  # of this month; 1 is the first
    authority: Tier
    has_discount: bool
    months_since_last_discount: int | None
    given_this_year: Money  # to the customer in 12 months, open offers included
    policy: Policy


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: str
    conditions: tuple[Condition, ...]
    needs: Tier | None = None

    def plain_conditions(self) -> tuple[dict[str, Any], ...]:
        return tuple(asdict(condition) for condition in self.conditions)


def terms_of(outcome: Outcome, fee: Money, tax_rate_bp: int, policy: Policy) -> Terms | None:
    """What the row gives on a monthly fee without tax; None when that comes to nothing."""
    net = (
        fee.share(outcome.percent_bp)
        if outcome.kind == "percent"
        else min(Money(outcome.amount_minor, fee.currency), fee)
    )
    return make_terms(
        rule_id=outcome.rule_id,
        version=outcome.version,
        percent_bp=outcome.percent_bp if outcome.kind == "percent" else None,
        monthly_net=_within_cap(net, tax_rate_bp, outcome.months, outcome.cap_minor),
        tax_rate_bp=tax_rate_bp,
        months=outcome.months,
        starts=outcome.starts,
        tier=TIERS[outcome.tier - 1],
        open_for=timedelta(days=outcome.expiry_days) or policy.offer_lifetime,
    )


def make_terms(
    *,
    rule_id: str,
    version: str,
    percent_bp: int | None,
    monthly_net: Money,
    tax_rate_bp: int,
    months: int,
    starts: str,
    tier: Tier,
    open_for: timedelta,
) -> Terms | None:
    """Terms with their amounts; None when a month's discount is nothing."""
    if monthly_net.minor <= 0 or months <= 0:
        return None
    monthly = with_tax(monthly_net, tax_rate_bp)
    return Terms(
        rule_id=rule_id,
        version=version,
        percent_bp=percent_bp,
        monthly_net=monthly_net,
        monthly=monthly,
        months=months,
        amount=monthly * months,
        starts=starts,
        tier=tier,
        open_for=open_for,
    )


def refuse(
    terms: Terms | None, failed: Sequence[Sequence[Failed]], situation: Situation
) -> Refusal | None:
    """Why these terms cannot be given; None when they can (but for budget and hold-out).

    `failed` is the table's own explanation, the row that came nearest first. All conditions are
    kept; the first one gives the reason.
    """
    conditions = [
        condition for rule in _HISTORY_RULES if (condition := rule(situation)) is not None
    ]
    if terms is None:
        conditions += _of_table(failed) or [_no_row(situation.reason)]
        return _refusal(conditions, None)
    conditions += _of_authority(terms, situation)
    return _refusal(conditions, needed_tier(terms, situation))


def refuse_grant(terms: Terms | None, situation: Situation) -> Refusal | None:
    """The same for a person's own grant: the table and its cooldown bind the assistant only."""
    running = _one_at_a_time(situation)
    conditions = [] if running is None else [running]
    if terms is None:
        return _refusal([*conditions, Condition("no_rule", "monthly_fee_minor", 0, "> 0", 1)], None)
    conditions += _of_authority(terms, situation)
    return _refusal(conditions, needed_tier(terms, situation))


def needed_tier(terms: Terms, situation: Situation) -> Tier | None:
    """The lowest tier above the asker's that may give this; None: the asker may, or nobody."""
    if _may(situation.authority, terms, situation):
        return None
    above = TIERS[TIERS.index(situation.authority) + 1 :]
    return next((tier for tier in above if _may(tier, terms, situation)), None)


def held_out(customer_id: UUID, rule_id: str, policy: Policy) -> bool:
    """Whether the experiment leaves this customer without this rule's offer.

    By hash, so that the answer is the same for ever and no list is kept.
    """
    text = f"{policy.holdout_salt}|{customer_id}|{rule_id}"
    drawn = int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) % BASIS_POINTS
    return drawn < policy.holdout_bp


def with_tax(net: Money, tax_rate_bp: int) -> Money:
    """On an invoice tax is rounded for all lines together: it may differ by one minor unit."""
    return net + net.share(tax_rate_bp)


def months_between(earlier: date, later: date) -> int:
    """Whole months, as people count them: 31 January to 28 February is none, to 1 March one."""
    months = calendar_months(earlier, later)
    return months if later.day >= earlier.day else months - 1


def calendar_months(earlier: date, later: date) -> int:
    """Steps from one calendar month to the other, whatever the days."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def first_of_month(day: date, plus: int = 0) -> date:
    """The first day of the month, so many months later."""
    index = day.year * 12 + day.month - 1 + plus
    return date(index // 12, index % 12 + 1, 1)


def months_left(first_month: date, months: int, billed: date | None) -> int:
    """Months of a discount that no invoice has given yet; `billed` is the month of the newest
    billed period, None when there is none."""
    if billed is None:
        return months
    given = calendar_months(first_month, billed) + 1
    return min(max(months - given, 0), months)


def _one_at_a_time(situation: Situation) -> Condition | None:
    if not situation.has_discount:
        return None
    return Condition("already_discounted", "has_discount", True, False, False)


def _cooldown(situation: Situation) -> Condition | None:
    since = situation.months_since_last_discount
    needed = situation.policy.discount_cooldown_months
    if situation.has_discount or since is None or since >= needed:
        return None
    return Condition("cooldown", "months_since_last_discount", since, f">= {needed}", needed)


def _so_many_an_episode(situation: Situation) -> Condition | None:
    number, most = situation.offer_number, situation.policy.offers_per_episode
    if number <= most:
        return None
    return Condition("no_rule", "offer_number", number, f"<= {most}", most)


_HISTORY_RULES = (_one_at_a_time, _cooldown, _so_many_an_episode)


def _refusal(conditions: Sequence[Condition], needs: Tier | None) -> Refusal | None:
    """The first condition gives the reason. Another tier helps only where authority is all that
    is missing."""
    if not conditions:
        return None
    authority_only = all(each.reason in _MATTERS_OF_AUTHORITY for each in conditions)
    return Refusal(conditions[0].reason, tuple(conditions), needs if authority_only else None)


def _of_table(failed: Sequence[Sequence[Failed]]) -> list[Condition]:
    return [
        Condition(
            reason=_REASONS.get(each.field, "no_rule"),
            field=each.field,
            actual=each.actual,
            needed=each.needed,
            nearest=each.nearest,
            rule_id=each.rule_id,
        )
        for row in failed
        for each in row
    ]


def _no_row(reason: str) -> Condition:
    """No row is meant for this reason and offer number at all."""
    return Condition("no_rule", "reason", reason, None, None)


def _of_authority(terms: Terms, situation: Situation) -> list[Condition]:
    tier = situation.authority
    conditions = []
    if TIERS.index(terms.tier) > TIERS.index(tier):
        conditions.append(
            Condition("above_authority", "tier", str(tier), str(terms.tier), str(terms.tier))
        )
    per_offer = situation.policy.discount_per_offer[tier]
    if per_offer is not None and terms.amount > per_offer:
        conditions.append(_too_much("above_authority", "amount_minor", terms.amount, per_offer))
    per_year = situation.policy.discount_per_year[tier]
    if per_year is not None and situation.given_this_year + terms.amount > per_year:
        left = max(per_year - situation.given_this_year, Money(0, per_year.currency))
        conditions.append(_too_much("yearly_cap", "year_minor", terms.amount, left))
    return conditions


def _too_much(reason: str, field: str, amount: Money, limit: Money) -> Condition:
    return Condition(reason, field, amount.minor, f"<= {limit.minor}", limit.minor)


def _may(tier: Tier, terms: Terms, situation: Situation) -> bool:
    if TIERS.index(terms.tier) > TIERS.index(tier):
        return False
    given = situation.given_this_year + terms.amount
    return _at_most(terms.amount, situation.policy.discount_per_offer, tier) and _at_most(
        given, situation.policy.discount_per_year, tier
    )


def _at_most(amount: Money, limits: Mapping[Tier, Money | None], tier: Tier) -> bool:
    limit = limits[tier]
    return limit is None or amount <= limit


def _within_cap(net: Money, tax_rate_bp: int, months: int, cap_minor: int) -> Money:
    """At most so much a month that all months together, with tax, stay under the cap."""
    if cap_minor == 0 or months == 0 or with_tax(net, tax_rate_bp).minor * months <= cap_minor:
        return net
    capped = half_up(cap_minor // months * BASIS_POINTS, BASIS_POINTS + tax_rate_bp)
    while with_tax(Money(capped, net.currency), tax_rate_bp).minor * months > cap_minor:
        capped -= 1
    return Money(capped, net.currency)
