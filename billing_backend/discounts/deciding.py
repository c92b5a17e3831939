"""What is decided for one customer now, and how is it written down?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import business_date
from billing_backend.contract import Authority, DiscountRefused, Tier
from billing_backend.discounts import repository, rules
from billing_backend.discounts.facts import RetentionFacts
from billing_backend.discounts.knowing import Known, know
from billing_backend.discounts.models import Decision, Grant
from billing_backend.discounts.months import calendar_months, first_of_month, months_left
from billing_backend.discounts.rules import Condition, Refusal, Situation
from billing_backend.discounts.table import retention_table
from billing_backend.discounts.terms import TIERS, Terms, make_terms, terms_of
from billing_backend.invoices.periods import months_back
from billing_backend.money import Money
from billing_backend.policy import Policy

# The experiment's own refusal: kept in the decision, told to nobody.
HELD_OUT = Refusal("holdout", ())
# The rule that people's own grants are counted under, with a budget of its own.
AGENTS_GRANT = "agent_grant"
_GRANT_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Decided:
    """What came out, and of what. The budget is not asked yet."""

    known: Known
    facts: dict[str, Any]
    offer_number: int
    outcome: Terms | Refusal
    rule_id: str
    rule_version: str


async def decide(
    session: AsyncSession,
    account_id: UUID,
    *,
    reason: str,
    authority: Tier,
    now: datetime,
    policy: Policy,
) -> Decided:
    """What the table and the rules say; reads only. A reason that is not in the contract raises
    pydantic's ValidationError."""
    known, facts, situation = await _look(session, account_id, reason, authority, now, policy)
    table = retention_table()
    strict = RetentionFacts.model_validate(facts)
    row = table.decide(strict)
    terms = terms_of(row, known.fee, known.tax_rate_bp, policy)
    refusal = rules.refuse(terms, table.failed(strict), situation)
    if refusal is None and _is_held_out(known, row.rule_id, policy):
        refusal = HELD_OUT
    return Decided(
        known=known,
        facts=facts,
        offer_number=strict.offer_number,
        outcome=_outcome(refusal, terms, known),
        rule_id=row.rule_id,
        rule_version=f"{row.version}+{table.digest}",
    )


async def decide_grant(
    session: AsyncSession,
    account_id: UUID,
    *,
    percent_bp: int,
    months: int,
    reason: str,
    authority: Tier,
    now: datetime,
    policy: Policy,
) -> Decided:
    """What stands in the way of a person's own grant; `reason` is in their words."""
    known, facts, situation = await _look(session, account_id, reason, authority, now, policy)
    terms = make_terms(
        rule_id=AGENTS_GRANT,
        version=_GRANT_VERSION,
        percent_bp=percent_bp,
        monthly_net=known.fee.share(percent_bp),
        tax_rate_bp=known.tax_rate_bp,
        months=months,
        starts="next_invoice",
        tier=authority,
        open_for=policy.offer_lifetime,
    )
    return Decided(
        known=known,
        facts=facts | {"percent_bp": percent_bp, "months": months},
        offer_number=situation.offer_number,
        outcome=_outcome(rules.refuse_grant(terms, situation), terms, known),
        rule_id=AGENTS_GRANT,
        rule_version=_GRANT_VERSION,
    )


def this_month(now: datetime, policy: Policy) -> date:
    """Budgets and episodes go by calendar months of the business."""
    return first_of_month(business_date(now, policy.zone))


def out_of_budget(left: Money, amount: Money, month: date) -> Refusal:
    """The rule's budget of the month does not reach; the next month has its own."""
    condition = Condition(
        reason="budget_exhausted",
        field="budget_minor",
        actual=left.minor,
        needed=f">= {amount.minor}",
        nearest=first_of_month(month, plus=1).isoformat(),
    )
    return Refusal("budget_exhausted", (condition,))


def refused(refusal: Refusal) -> DiscountRefused:
    """The refusal as others hear it: that somebody is held out is for auditors only."""
    if refusal is HELD_OUT:
        return DiscountRefused("no_rule")
    return DiscountRefused(refusal.reason, refusal.plain_conditions(), refusal.needs)


def write_down(
    session: AsyncSession,
    decided: Decided,
    *,
    authority: Authority,
    conversation_id: UUID | None,
    now: datetime,
    refusal: Refusal | None,
    offer_id: UUID | None = None,
    grant_id: UUID | None = None,
    breach: bool = False,
) -> None:
    """Keeps why it was decided so: facts, rule and version, everything that failed."""
    granted = "offered" if grant_id is None else "granted"
    session.add(
        Decision(
            account_id=decided.known.customer.account_id,
            customer_id=decided.known.customer.customer_id,
            conversation_id=conversation_id,
            decided_at=now,
            actor=authority.name,
            tier=str(authority.tier),
            facts=decided.facts,
            rule_id=decided.rule_id,
            rule_version=decided.rule_version,
            outcome=granted if refusal is None else "refused",
            reason=None if refusal is None else refusal.reason,
            conditions=[] if refusal is None else list(refusal.plain_conditions()),
            offer_id=offer_id,
            grant_id=grant_id,
            held_out=refusal is HELD_OUT,
            breach=breach,
        )
    )


async def _look(
    session: AsyncSession,
    account_id: UUID,
    reason: str,
    authority: Tier,
    now: datetime,
    policy: Policy,
) -> tuple[Known, dict[str, Any], Situation]:
    today = business_date(now, policy.zone)
    known = await know(session, account_id, today, policy)
    customer_id = known.customer.customer_id
    grants = await repository.grants_of_customer(session, customer_id)
    made = await repository.offers_in_episode(session, account_id, first_of_month(today))
    situation = Situation(
        reason=reason,
        offer_number=made + 1,
        authority=authority,
        has_discount=any(_runs(grant, known, today) for grant in grants),
        months_since_last_discount=_months_since(grants, known.billed_month or today),
        given_this_year=await repository.given_since(
            session, customer_id, account_id, months_back(today, 12), now, policy.currency
        ),
        policy=policy,
    )
    return known, _facts(known, situation), situation


def _outcome(refusal: Refusal | None, terms: Terms | None, known: Known) -> Terms | Refusal:
    if refusal is not None:
        return refusal
    assert terms is not None  # without terms it is refused
    if terms.starts == "open_invoice" and not known.can_credit(terms.monthly):
        return replace(terms, starts="next_invoice")
    return terms


def _is_held_out(known: Known, rule_id: str, policy: Policy) -> bool:
    if known.never_held_out:
        return False
    return rules.held_out(known.customer.customer_id, rule_id, policy)


def _facts(known: Known, situation: Situation) -> dict[str, Any]:
    return {
        "reason": situation.reason,
        "offer_number": situation.offer_number,
        "authority_tier": TIERS.index(situation.authority) + 1,
        "tenure_months": known.tenure_months,
        "on_time_of_last_12": known.on_time_of_last_12,
        "arrears_minor": known.arrears.minor,
        "months_since_last_discount": situation.months_since_last_discount,
        "minimum_term_left_months": known.minimum_term_left_months,
        "plan": known.customer.plan_code,
        "monthly_fee_minor": max(known.fee.minor, 0),
    }


def _months_since(grants: Sequence[Grant], month: date) -> int | None:
    """Billing months since the last one with a discount; 0 while one runs, None: never had."""
    if not grants:
        return None
    last = max(first_of_month(grant.first_month, grant.months - 1) for grant in grants)
    return max(calendar_months(last, month), 0)


def _runs(grant: Grant, known: Known, today: date) -> bool:
    """Whether a month of it is still to come."""
    last = first_of_month(grant.first_month, grant.months - 1)
    if last < first_of_month(today):
        return False
    return months_left(grant.first_month, grant.months, known.billed_month) > 0
