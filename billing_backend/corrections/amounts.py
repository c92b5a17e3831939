"""How much of an invoice may still be credited, and with how much tax?

Pure. `given` are the lines of all earlier credit notes on the invoice. Law: never more than is
left of the invoice, of a line and of each tax rate; and whatever the parts were, once all is
credited, each rate's net and tax are given back exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from billing_backend.corrections.facts import CreditLine
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.money import BASIS_POINTS, Money, half_up, total


@dataclass(frozen=True, slots=True)
class Left:
    """What earlier credit notes have left of an invoice at one tax rate."""

    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        return self.net + self.tax

    def net_in(self, gross: Money, rate: int) -> Money:
        """The net of a gross amount, with neither net nor tax above what the rate has left."""
        net = half_up(gross.minor * BASIS_POINTS, BASIS_POINTS + rate)
        least, most = gross.minor - self.tax.minor, self.net.minor
        return Money(max(least, min(net, most)), gross.currency)


def left_of_invoice(invoice: InvoiceView, given: Sequence[CreditLine]) -> Money:
    return invoice.total - total((each.gross for each in given), invoice.total.currency)


def left_by_rate(invoice: InvoiceView, given: Sequence[CreditLine]) -> dict[int, Left]:
    """In the order of the invoice's lines."""
    nothing = Money(0, invoice.total.currency)
    left: dict[int, Left] = {}
    for line in invoice.lines:
        before = left.get(line.tax_rate_bp, Left(nothing, nothing))
        left[line.tax_rate_bp] = Left(before.net + line.net, before.tax + line.tax)
    for each in given:
        before = left.get(each.tax_rate_bp, Left(nothing, nothing))
        left[each.tax_rate_bp] = Left(before.net - each.net, before.tax - each.tax)
    return left


def left_of_line(invoice: InvoiceView, line: LineView, given: Sequence[CreditLine]) -> Money:
    """Of a line with the promotions that were taken off it; nothing when it gave money back."""
    left = min(
        _own_left(invoice, line, given),
        left_by_rate(invoice, given)[line.tax_rate_bp].gross,
        left_of_invoice(invoice, given),
    )
    return max(left, Money(0, left.currency))


def whole(
    invoice: InvoiceView, description: dict[str, str], given: Sequence[CreditLine]
) -> tuple[CreditLine, ...]:
    """All that is left of an invoice: line by line, or by rate when something was given before."""
    if given:
        return spread(invoice, left_of_invoice(invoice, given), description, given)
    return tuple(_mirror(line) for line in invoice.lines if line.net or line.tax)


def of_line(
    invoice: InvoiceView, line: LineView, amount: Money, given: Sequence[CreditLine]
) -> tuple[CreditLine, ...]:
    """A gross amount of one line; at most `left_of_line`."""
    together = with_discounts(invoice, line)
    untouched = all(each.tax_rate_bp != line.tax_rate_bp for each in given)
    if untouched and amount == total((each.gross for each in together), amount.currency):
        return tuple(_mirror(each) for each in together)
    left = left_by_rate(invoice, given)[line.tax_rate_bp]
    net = left.net_in(amount, line.tax_rate_bp)
    return (CreditLine(line.line_id, line.description, net, amount - net, line.tax_rate_bp),)


def spread(
    invoice: InvoiceView,
    amount: Money,
    description: dict[str, str],
    given: Sequence[CreditLine] = (),
) -> tuple[CreditLine, ...]:
    """A gross amount shared over the invoice's tax rates; law: the lines sum to the amount."""
    left = left_by_rate(invoice, given)
    if amount == left_of_invoice(invoice, given):
        return tuple(
            CreditLine(None, description, each.net, each.tax, rate)
            for rate, each in left.items()
            if each.net or each.tax
        )
    rates = [rate for rate, each in left.items() if each.gross.minor > 0]
    parts = amount.split([left[rate].gross.minor for rate in rates])
    return tuple(
        CreditLine(None, description, net, part - net, rate)
        for rate, part in zip(rates, parts, strict=True)
        if part
        for net in [left[rate].net_in(part, rate)]
    )


def too_much(
    invoice: InvoiceView, lines: Sequence[CreditLine], given: Sequence[CreditLine]
) -> bool:
    """Whether these would give back more than is left of the invoice, or of one of its rates."""
    if left_of_invoice(invoice, [*given, *lines]).minor < 0:
        return True
    before, after = left_by_rate(invoice, given), left_by_rate(invoice, [*given, *lines])
    return any(
        each.gross.minor < 0 and each.gross < before.get(rate, each).gross
        for rate, each in after.items()
    )


def with_discounts(invoice: InvoiceView, line: LineView) -> list[LineView]:
    """A line with the promotion lines that took something off this very line."""
    return [line, *discounts_on(invoice, line)]


def discounts_on(invoice: InvoiceView, line: LineView) -> list[LineView]:
    return [
        each
        for each in invoice.lines
        if each.promotion_id is not None
        and each.subscription_id == line.subscription_id
        and each.period == line.period
        and each.line_id != line.line_id
    ]


def _own_left(invoice: InvoiceView, line: LineView, given: Sequence[CreditLine]) -> Money:
    together = with_discounts(invoice, line)
    ids = {each.line_id for each in together}
    currency = invoice.total.currency
    taken = total((each.gross for each in given if each.invoice_line_id in ids), currency)
    return total((each.gross for each in together), currency) - taken


def _mirror(line: LineView) -> CreditLine:
    return CreditLine(line.line_id, line.description, line.net, line.tax, line.tax_rate_bp)
