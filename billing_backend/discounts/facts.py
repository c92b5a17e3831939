"""What does the decision table get to know of a customer, and what may it answer?

Both sides are validated strictly: the engine treats a missing fact as null and a wrong type as a
condition that fails, and would silently go on to the next row.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from billing_backend.money import BASIS_POINTS

Reason = Literal["price_increase", "too_expensive", "competitor", "leaving"]
REASONS: tuple[str, ...] = get_args(Reason)

Count = Annotated[int, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class RetentionFacts(_Strict):
    """Facts of one customer on one day; amounts in minor units."""

    reason: Reason
    offer_number: Annotated[int, Field(ge=1)]  # of this month: 1 is the first
    authority_tier: Literal[1, 2, 3]  # of who asks: assistant, agent, supervisor
    tenure_months: Count
    on_time_of_last_12: Annotated[int, Field(ge=0, le=12)]
    arrears_minor: Count  # overdue now
    months_since_last_discount: Annotated[int, Field(ge=0)] | None  # None: never had one
    minimum_term_left_months: Count
    plan: str
    monthly_fee_minor: Count  # without tax; what a percentage is taken of


class Outcome(_Strict):
    """One row's answer; kind `none` refuses."""

    rule_id: str
    version: str
    kind: Literal["percent", "amount", "none"]
    percent_bp: Annotated[int, Field(ge=0, le=BASIS_POINTS)]
    amount_minor: Count  # a month, without tax
    months: Annotated[int, Field(ge=0, le=24)]
    cap_minor: Count  # over all months, tax included; 0: no cap of its own
    expiry_days: Count  # 0: as the policy says
    tier: Literal[1, 2, 3]
    starts: Literal["open_invoice", "next_invoice"]
