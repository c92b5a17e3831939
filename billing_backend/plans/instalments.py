"""May this customer pay in parts, how many, and when?

Pure. By the same rules on history as more time for the whole; law: the parts sum to the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from billing_backend.contract import ExtensionRefused, Instalment, InstalmentChoices
from billing_backend.invoices.periods import months_back
from billing_backend.money import Money, total
from billing_backend.plans.rules import OpenInvoice, PastArrangement, not_at_a_weekend, refuse_more
from billing_backend.policy import Policy

_FEWEST = 2


def instalment_choices(
    invoices: Sequence[OpenInvoice],
    past: Sequence[PastArrangement],
    today: date,
    policy: Policy,
) -> InstalmentChoices | ExtensionRefused:
    """Everything that is owed in 2, 3 ... parts, or the first reason why not."""
    if not invoices:
        return ExtensionRefused("nothing_due")
    if refused := refuse_more(past, today, policy):
        return refused
    amount = total(invoice.outstanding for invoice in invoices)
    if amount.currency != policy.instalments_from.currency:
        return ExtensionRefused("other_currency")
    if amount <= policy.instalments_from:
        return ExtensionRefused("too_small", minimum=policy.instalments_from)
    return InstalmentChoices(
        amount=amount,
        invoice_numbers=tuple(invoice.number for invoice in invoices),
        plans=tuple(
            parts_of(amount, count, today, policy)
            for count in range(_FEWEST, policy.instalments_most + 1)
        ),
    )


def parts_of(amount: Money, count: int, today: date, policy: Policy) -> tuple[Instalment, ...]:
    """Equal parts, to a minor unit: the first in some days, the others month by month."""
    first = today + timedelta(days=policy.instalment_first_days)
    days = [not_at_a_weekend(months_back(first, -month)) for month in range(count)]
    amounts = amount.split([1] * count)
    return tuple(Instalment(day, part) for day, part in zip(days, amounts, strict=True))


def next_part(parts: Sequence[Instalment], owed: Money) -> Instalment | None:
    """What is to be paid next of an arrangement of which so much is still owed; of a part that
    is paid in part, the rest."""
    after = Money(0, owed.currency)
    found: Instalment | None = None
    for part in reversed(parts):
        if owed <= after:
            break
        found = Instalment(part.due_on, min(part.amount, owed - after))
        after = after + part.amount
    return found
