"""How much of a finding is still wrong, after what was credited of its lines by hand?"""

from collections.abc import Sequence
from dataclasses import replace

from billing_backend.corrections.amounts import left_by_rate, left_of_invoice
from billing_backend.corrections.facts import CreditLine, EarlierCredit, Found, ReviewFacts
from billing_backend.invoices.views import InvoiceView
from billing_backend.money import Money, total


def still_wrong(found: Found, facts: ReviewFacts) -> Found | None:
    """The finding, for what may still be credited; None when nothing is left to put right.

    A note by hand for the same reason on the same lines has put so much of it right; any other
    note counts only where it leaves less of the lines than the finding is about.
    """
    earlier = facts.credited.get(found.finding.invoice_id, ())
    if not found.credits or not earlier:
        return found
    invoice = next(e for e in facts.invoices if e.invoice_id == found.finding.invoice_id)
    amount = _amount(found, invoice, earlier)
    if amount.minor <= 0:
        return None
    if amount == found.finding.amount and _fits(found.credits, invoice, earlier):
        return found
    credits_ = (_part(found.credits[0], amount, invoice, earlier),)
    return replace(found, finding=replace(found.finding, amount=amount), credits=credits_)


def _amount(found: Found, invoice: InvoiceView, earlier: Sequence[EarlierCredit]) -> Money:
    currency = found.finding.amount.currency
    of_lines = [each for each in earlier if each.line.invoice_line_id in found.finding.line_ids]
    put_right = total(
        (
            each.line.gross
            for each in of_lines
            if each.reason == found.finding.kind and each.finding_id is None
        ),
        currency,
    )
    charged = total(
        (line.gross for line in invoice.lines if line.line_id in found.finding.line_ids), currency
    )
    given = [each.line for each in earlier]
    return min(
        found.finding.amount - put_right,
        charged - total((each.line.gross for each in of_lines), currency),
        left_by_rate(invoice, given)[found.credits[0].tax_rate_bp].gross,
        left_of_invoice(invoice, given),
    )


def _fits(
    credits_: Sequence[CreditLine], invoice: InvoiceView, earlier: Sequence[EarlierCredit]
) -> bool:
    """Whether its net and tax are both still there: goodwill may have taken a ban more of one."""
    left = left_by_rate(invoice, [*(each.line for each in earlier), *credits_])
    return all(
        left[each.tax_rate_bp].net.minor >= 0 and left[each.tax_rate_bp].tax.minor >= 0
        for each in credits_
    )


def _part(
    credit: CreditLine, amount: Money, invoice: InvoiceView, earlier: Sequence[EarlierCredit]
) -> CreditLine:
    """The same line, for less; a credit of tax alone stays one."""
    from_rate = left_by_rate(invoice, [each.line for each in earlier])[credit.tax_rate_bp]
    net = from_rate.net_in(amount, credit.tax_rate_bp) if credit.net else credit.net
    return replace(credit, net=net, tax=amount - net)
