"""How is a finding written down: its amount, its proof, and an id that stays the same?"""

from collections.abc import Iterable
from datetime import date
from hashlib import blake2b
from typing import Any
from uuid import UUID

from billing_backend.contract import Finding
from billing_backend.corrections.facts import CreditLine, Found
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.money import Money, total


def found_whole(
    kind: str,
    invoice: InvoiceView,
    lines: list[LineView],
    evidence: dict[str, Any],
    *,
    to_end: tuple[UUID, ...] = (),
) -> Found:
    """These lines are wrong as a whole."""
    credits_ = tuple(
        CreditLine(line.line_id, line.description, line.net, line.tax, line.tax_rate_bp)
        for line in lines
    )
    amount = total((credit.gross for credit in credits_), invoice.total.currency)
    return Found(finding_of(kind, invoice, lines, amount, evidence), credits_, to_end=to_end)


def found_part(
    kind: str, invoice: InvoiceView, line: LineView, net: Money, evidence: dict[str, Any]
) -> Found:
    """So much of this line's net is wrong, with its tax."""
    credit = CreditLine(
        line.line_id, line.description, net, net.share(line.tax_rate_bp), line.tax_rate_bp
    )
    return Found(finding_of(kind, invoice, [line], credit.gross, evidence), (credit,))


def finding_of(
    kind: str,
    invoice: InvoiceView,
    lines: Iterable[LineView],
    amount: Money,
    evidence: dict[str, Any],
) -> Finding:
    line_ids = tuple(line.line_id for line in lines)
    return Finding(
        finding_id=stable_id(kind, line_ids),
        kind=kind,
        amount=amount,
        invoice_id=invoice.invoice_id,
        invoice_number=invoice.number,
        line_ids=line_ids,
        evidence=evidence,
    )


def stable_id(kind: str, references: Iterable[UUID]) -> str:
    together = ",".join(sorted(map(str, references)))
    return f"{kind}:{blake2b(together.encode(), digest_size=8).hexdigest()}"


def days_of(line: LineView) -> dict[str, str]:
    return {"since": line.period.start.isoformat(), "until": line.period.end.isoformat()}


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
