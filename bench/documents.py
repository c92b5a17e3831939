"""How long does it take to write one invoice as a PDF and as an e-invoice?

From the value in memory to the bytes, one after the other, nothing else running. Also alone:
python -m bench.documents
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from rich.console import Console

from bench.table import Row, Times
from billing_backend.documents import read_company
from billing_backend.documents.einvoice import einvoice
from billing_backend.documents.pdf import pdf
from billing_backend.documents.rules import Settled, invoice_document
from billing_backend.documents.values import Address, Buyer, Document
from billing_backend.invoices.drafts import add_up
from billing_backend.invoices.facts import DraftLine
from billing_backend.invoices.periods import Period
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.money import Money

_TIMES = 100
_LINES = 5
_ISSUED = date(2026, 11, 20)
_PERIOD = Period(_ISSUED, date(2026, 12, 19))


def measure() -> list[Row]:
    invoice = _invoice()
    return [
        Row(
            f"{name} of an invoice of {_LINES} lines",
            str(Times.of(_times(write, invoice))),
            f"{len(write(invoice)) / 1000:.0f} kB",
            f"p95 under {goal} ms",
        )
        for name, write, goal in (("PDF", pdf, 100), ("e-invoice", einvoice, 20))
    ]


def _times(write: Callable[[Document], bytes], invoice: Document) -> list[float]:
    write(invoice)  # texts and fonts are read once
    times = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        write(invoice)
        times.append(time.perf_counter() - began)
    return times


def _invoice() -> Document:
    seller = read_company().on(_ISSUED)
    assert seller is not None
    name = {"ro": "Abonament Internet Fibră 1000", "en": "Fibre 1000 internet plan"}
    draft = add_up(
        [DraftLine("plan_fee", name, Money(6200 + at), 2100, _PERIOD) for at in range(_LINES)],
        "RON",
    )
    view = InvoiceView(
        invoice_id=UUID(int=1),
        account_id=UUID(int=2),
        number="DT-2026-000123",
        period=_PERIOD,
        issued_on=_ISSUED,
        due_on=_ISSUED + timedelta(days=14),
        net=draft.net,
        tax=draft.tax,
        total=draft.total,
        paid=Money(0),
        credit_used=Money(0),
        lines=tuple(
            LineView(UUID(int=at), line.kind, name, 1, line.net, tax, 2100, _PERIOD)
            for at, (line, tax) in enumerate(draft.lines)
        ),
    )
    home = Address("Str. Lalelelor nr. 12", "Cluj-Napoca", "RO-CJ", "400113")
    return invoice_document(
        view,
        Settled(Money(0), Money(0), Money(0)),
        seller=seller,
        buyer=Buyer("Ana Dumitrescu", "12040010", home),
        language="ro",
        units={},
    )


if __name__ == "__main__":
    console = Console()
    for row in measure():
        console.print(f"{row.what}: {row.measured}, {row.beside} (goal: {row.goal})")
