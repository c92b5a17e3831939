"""What does a program hear when a rule says no?"""

from billing_backend.agreements import ChargeRefused
from billing_backend.api.writing import Refusal
from billing_backend.contract import (
    AboveLimit,
    ChangeRefused,
    CreditRefused,
    DiscountRefused,
    DisputeRefused,
    ExtensionRefused,
    UndoRefused,
)
from billing_backend.corrections.refusals import why_not
from billing_backend.customers import DetailsRefused

_EXTENSION = {
    "nothing_due": "nothing is owed on the account",
    "disputed": "all that is owed is disputed; it is not asked for until the answer",
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
_CHANGE = {
    "no_plan": "the account has no plan",
    "unknown_product": "there is no such plan or add-on",
    "not_on_sale": "it is not on sale any more",
    "same_plan": "it is the plan that the account has",
    "other_family": "another kind of service needs a new contract",
    "already_have": "the account has it already",
    "not_had": "the account does not have it",
    "already_scheduled": "another change stands in the way; call it off first",
    "already_cancelled": "the service was cancelled",
    "suspended": "the service is suspended for debt",
    "in_past": "the day is in the past",
    "before_agreement": "the plan has not begun on that day",
    "too_far": "the day is too far ahead",
    "not_before": "the day is too early",
    "other_currency": "it is sold in another currency",
    "no_price": "it has no price on that day",
    "preview_outdated": "it would not come to what was previewed any more; preview it again",
    "unknown_change": "there is no such change",
    "change_begun": "the change has begun",
}
_DAY = {
    "too_far": "the last possible one is",
    "not_before": "the first possible one is",
    "before_agreement": "it begins on",
    "already_scheduled": "it counts from",
}
_UNDO = {
    "ended": "the service has ended; a new contract is needed",
    "nothing_to_undo": "the service is not cancelled",
}
_CHARGE = {
    "not_positive": "the amount is not above zero",
    "other_currency": "the account is billed in another currency",
    "no_words": "a name in both languages is needed",
    "in_future": "it is charged once it was supplied; the day is in the future",
    "before_account": "the account was opened later",
    "no_tax_rate": "no tax rate is known for the day",
    "gross_not_possible": "no net amount comes to it with tax; the nearest possible is {nearest}",
}
_COMPANY = {
    "name_missing": "the company has no name",
    "wrong_tax_id": "tax_id is not a CUI: its check digit is wrong",
    "wrong_iban": "iban is not an IBAN: its check digits are wrong",
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


def not_changed(refused: ChangeRefused) -> Refusal:
    sentence = _CHANGE[refused.reason]
    if refused.day is not None:
        sentence += f"; {_DAY.get(refused.reason, 'the day is')} {refused.day}"
    return Refusal(refused.reason, sentence)


def not_undone(refused: UndoRefused) -> Refusal:
    return Refusal(refused.reason, _UNDO[refused.reason])


def not_charged(refused: ChargeRefused) -> Refusal:
    return Refusal(refused.reason, _CHARGE[refused.reason].format(nearest=refused.nearest))


def not_a_company(refused: DetailsRefused) -> Refusal:
    return Refusal(refused.reason, _COMPANY[refused.reason])


def no_extension(refused: ExtensionRefused) -> Refusal:
    return Refusal(refused.reason, _EXTENSION[refused.reason].format(latest=refused.latest))


def no_discount(refused: DiscountRefused) -> Refusal:
    return Refusal(refused.reason, _DISCOUNT[refused.reason].format(needs=refused.needs))
