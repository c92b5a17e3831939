"""What does a program hear when a rule says no?"""

from billing_backend.api.writing import Refusal
from billing_backend.contract import (
    AboveLimit,
    CreditRefused,
    DiscountRefused,
    DisputeRefused,
    ExtensionRefused,
)
from billing_backend.corrections.refusals import why_not

_EXTENSION = {
    "nothing_due": "nothing is owed on the account",
    "too_many": "the account has had as many extensions as 12 months allow",
    "broken_arrangement": "an earlier arrangement was broken and is still unpaid",
    "date_too_late": "the day is too late; the latest is {latest}",
    "date_in_past": "the day is in the past",
    "already_arranged": "an arrangement is in force already",
    "before_due_date": "nothing is late by that day; no extension is needed",
}
_DISCOUNT = {
    "no_rule": "no rule offers this account a discount",
    "cooldown": "the last discount was too short a time ago",
    "yearly_cap": "more than the account may get in 12 months",
    "budget_exhausted": "the budget of the rule is used up",
    "already_discounted": "the account has a discount already",
    "arrears": "the account is behind with its payments",
    "above_authority": "more than the token's tier may give; it needs {needs}",
}

_DISPUTE = {
    "nothing_left": "nothing is left of it: all of it was credited or is disputed",
    "above_invoice": "the amount is more than is disputed or left; give less",
    "too_old": "the invoice was paid too long ago",
    "already_disputed": "it has been disputed already",
    "answered": "it is not open any more",
}


def above_limit(refused: AboveLimit) -> Refusal:
    return Refusal(
        "above_limit",
        f"{refused.amount} is above the token's limit of {refused.limit}; it needs {refused.needs}",
    )


def not_credited(refused: AboveLimit | CreditRefused) -> Refusal:
    if isinstance(refused, AboveLimit):
        return above_limit(refused)
    return Refusal(refused.reason, why_not(refused))


def not_disputed(refused: DisputeRefused | AboveLimit) -> Refusal:
    if isinstance(refused, AboveLimit):
        return above_limit(refused)
    known = refused.existing
    told = f": {known.number} is {known.state.replace('_', ' ')}" if known else ""
    return Refusal(refused.reason, _DISPUTE[refused.reason] + told)


def no_extension(refused: ExtensionRefused) -> Refusal:
    return Refusal(refused.reason, _EXTENSION[refused.reason].format(latest=refused.latest))


def no_discount(refused: DiscountRefused) -> Refusal:
    return Refusal(refused.reason, _DISCOUNT[refused.reason].format(needs=refused.needs))
