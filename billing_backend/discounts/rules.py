"""May these terms be given to this customer, and if not: why, and what would have to change?

Pure. Business rules, section 6. The decision table says what fits the customer; an ordered list
of small rules says what still stands in the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

from billing_backend.contract import Tier
from billing_backend.discounts.table import Failed
from billing_backend.discounts.terms import TIERS, Terms
from billing_backend.money import BASIS_POINTS, Money
from billing_backend.policy import Policy

_MATTERS_OF_AUTHORITY = frozenset({"above_authority", "yearly_cap"})
# A table condition on these facts has a reason of its own; every other one is `no_rule`.
_REASONS = {"arrears_minor": "arrears", "months_since_last_discount": "cooldown"}


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
