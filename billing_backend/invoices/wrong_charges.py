"""What was charged wrongly and given back since: how does it stand beside what was right?

An invoice never changes, so a wrong charge stays on it. An explanation that took it for a thing
that was ordered would repeat the error; so it is set apart and told as what it was.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from billing_backend.contract import Cause
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.money import Money


@dataclass(frozen=True, slots=True)
class WrongCharge:
    """So much of a line was wrong, and given back by this credit note (the newest of several)."""

    number: str
    credited_on: date
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        return self.net + self.tax


def without(invoice: InvoiceView, wrong: Mapping[UUID, WrongCharge]) -> InvoiceView:
    """The invoice's lines as they should have been."""
    lines = [_right(line, wrong.get(line.line_id)) for line in invoice.lines]
    return replace(invoice, lines=tuple(line for line in lines if line.net or line.tax))


def told_apart(
    current: InvoiceView, previous: InvoiceView, wrong: Mapping[UUID, WrongCharge]
) -> Iterator[Cause]:
    """One cause for each thing that was wrong; law: with those of the right lines they sum to
    the difference of what the invoices say."""
    for now, before in _by_name(current, previous, wrong).values():
        line, charge = (now or before)[-1]
        nothing = Money(0, charge.net.currency)
        amount = sum((each.gross for _, each in now), nothing)
        amount = amount - sum((each.gross for _, each in before), nothing)
        evidence = {
            "name": line.description,
            "credit_note": charge.number,
            "on": charge.credited_on.isoformat(),
            "last_time": not now,
        }
        yield Cause("correction", amount, evidence)


_Charged = list[tuple[LineView, WrongCharge]]


def _by_name(
    current: InvoiceView, previous: InvoiceView, wrong: Mapping[UUID, WrongCharge]
) -> dict[str, tuple[_Charged, _Charged]]:
    """What was wrong on both invoices, by what it is called: (now, before)."""
    found: dict[str, tuple[_Charged, _Charged]] = {}
    for side, invoice in enumerate((current, previous)):
        for line in invoice.lines:
            if charge := wrong.get(line.line_id):
                name = str(sorted(line.description.items()))
                found.setdefault(name, ([], []))[side].append((line, charge))
    return found


def _right(line: LineView, charge: WrongCharge | None) -> LineView:
    if charge is None:
        return line
    return replace(line, net=line.net - charge.net, tax=line.tax - charge.tax)
