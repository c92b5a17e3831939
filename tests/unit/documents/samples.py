"""Documents for tests: a usual one, a firm's, a credit note, and as many random ones as wanted."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from billing_backend.documents import read_company
from billing_backend.documents.rules import (
    CreditNoteView,
    Settled,
    credit_note_document,
    invoice_document,
)
from billing_backend.documents.values import Address, Buyer, Document, DocumentLine, Reference
from billing_backend.invoices.drafts import add_up, transfers
from billing_backend.invoices.facts import DraftLine
from billing_backend.invoices.periods import Period
from billing_backend.invoices.views import InvoiceView, LineView
from billing_backend.journal import Transfer
from billing_backend.money import Money

ISSUED = date(2026, 11, 20)
PERIOD = Period(ISSUED, date(2026, 12, 19))
SELLER = read_company().on(ISSUED)
assert SELLER is not None
ANA = Buyer(
    "Ana Dumitrescu",
    "12040010",
    Address("Str. Lalelelor nr. 12, bl. 4, ap. 17", "Cluj-Napoca", "RO-CJ", "400113"),
)
FIRM = Buyer(
    "Petrescu Consulting S.R.L.",
    "12040028",
    Address("Bd. Unirii nr. 3", "Sector 3", "RO-B", "030011"),
    tax_id="RO9000000003",
    registration="J40/77/2011",
)
UNITS = {"DATA_EXTRA": "GB"}
NAMES = (
    {"ro": "Abonament Internet Fibră 1000", "en": "Fibre 1000 internet plan"},
    {"ro": "Pachet TV Sport", "en": "TV Sport package"},
    {"ro": "Închiriere router Wi-Fi 6", "en": "Wi-Fi 6 router rental"},
    {"ro": "Promoție <-20%> & „reducere”", "en": "Promotion <-20%> & “discount”"},
)


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued invoice as the product keeps it: its rows, and its entry of the books."""

    view: InvoiceView
    transfers: tuple[Transfer, ...]

    def document(
        self,
        *,
        buyer: Buyer = ANA,
        language: str = "ro",
        settled: Settled | None = None,
    ) -> Document:
        nothing = Settled(self.view.credit_used, Money(0), Money(0))
        assert SELLER is not None
        return invoice_document(
            self.view,
            settled or nothing,
            seller=SELLER,
            buyer=buyer,
            language=language,
            units=UNITS,
        )


def issued(lines: list[DraftLine], *, number: int = 123, credit_used: int = 0) -> Issued:
    """The invoice that the billing run would issue of these lines."""
    draft = add_up(lines, "RON")
    credit = Money(min(credit_used, draft.total.minor))
    return Issued(
        InvoiceView(
            invoice_id=UUID(int=number),
            account_id=UUID(int=7),
            number=f"DT-2026-{number:06d}",
            period=PERIOD,
            issued_on=ISSUED,
            due_on=ISSUED + timedelta(days=14),
            net=draft.net,
            tax=draft.tax,
            total=draft.total,
            paid=credit,
            credit_used=credit,
            lines=tuple(
                LineView(
                    line_id=UUID(int=at),
                    kind=line.kind,
                    description=line.description,
                    quantity=line.quantity,
                    net=line.net,
                    tax=tax,
                    tax_rate_bp=line.tax_rate_bp,
                    period=line.period,
                    product_code=line.product_code,
                )
                for at, (line, tax) in enumerate(draft.lines)
            ),
        ),
        transfers(draft),
    )


def line(
    net: int, *, kind: str = "plan_fee", name: int = 0, quantity: int = 1, rate: int = 2100
) -> DraftLine:
    return DraftLine(
        kind=kind,
        description=NAMES[name],
        net=Money(net),
        tax_rate_bp=rate,
        period=PERIOD,
        quantity=quantity,
        product_code="DATA_EXTRA" if kind == "usage" else "PLAN",
    )


def usual() -> Issued:
    """62.00 - 12.40 + 3 GB for 10.00 + a late fee of 10.00; 15.00 of 82.12 by credit."""
    return issued(
        [
            line(6200),
            line(-1240, kind="discount", name=3),
            line(1000, kind="usage", name=1, quantity=3),
            line(1000, kind="late_fee", name=2, rate=0),
        ],
        credit_used=1500,
    )


def credit_note(buyer: Buyer = ANA) -> Document:
    """Part of an invoice given back, at two rates."""
    lines = (
        DocumentLine(1, "correction", NAMES[1], 1, "piece", Money(2000), Money(420), 2100, PERIOD),
        DocumentLine(2, "correction", NAMES[0], 1, "piece", Money(833), Money(158), 1900),
    )
    assert SELLER is not None
    note = CreditNoteView(
        number="DTC-2026-000004",
        issued_on=date(2026, 11, 24),
        reason="error",
        net=Money(2833),
        tax=Money(578),
        total=Money(3411),
        lines=lines,
        corrects=Reference("DT-2026-000123", ISSUED),
    )
    return credit_note_document(note, seller=SELLER, buyer=buyer, language="ro")


def random_invoice(dice: random.Random, number: int) -> Issued:
    """1 to 12 lines of any kind, rate and sign, not below zero in all, perhaps with credit."""
    while True:
        lines = [_random_line(dice) for _ in range(dice.randint(1, 12))]
        found = issued(lines, number=number, credit_used=dice.choice((0, 0, dice.randint(1, 9999))))
        if found.view.total.minor >= 0:
            return found


def _random_line(dice: random.Random) -> DraftLine:
    kind = dice.choice(("plan_fee", "add_on", "usage", "proration", "discount", "late_fee"))
    net = dice.randint(1, 30_000)
    return line(
        -net if kind == "discount" or dice.random() < 0.1 else net,
        kind=kind,
        name=dice.randrange(len(NAMES)),
        quantity=dice.randint(1, 40) if kind == "usage" else 1,
        rate=0 if kind == "late_fee" else dice.choice((1900, 2100, 2100)),
    )
