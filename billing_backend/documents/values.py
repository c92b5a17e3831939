"""What does an invoice or credit note say, before it is printed or sent as XML?

One value per document. Paper and e-invoice only write it down, so that all say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing_backend.invoices.periods import Period
from billing_backend.money import Money

ByLanguage = dict[str, str]


class Kind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class Address:
    """`county` is an ISO 3166-2 code (RO-CJ). In Bucharest (RO-B) `city` is the sector."""

    street: str
    city: str
    county: str
    postal_code: str = ""
    country: str = "RO"


@dataclass(frozen=True, slots=True)
class Seller:
    """Who issues, as it was on the day of issue. `tax_id` with RO when registered for VAT."""

    name: str
    tax_id: str
    registration: str
    address: Address
    iban: str
    bank: str
    capital: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays, as it was on the day of issue. A person has no `tax_id` here; a company has, with
    RO when it is registered for VAT. `address` is None while nobody has told it."""

    name: str
    customer_number: str
    address: Address | None = None
    tax_id: str | None = None
    registration: str | None = None

    @property
    def is_company(self) -> bool:
        return self.tax_id is not None


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line; `unit` names an entry of units in texts.json. A discount's `net` is negative."""

    position: int
    kind: str
    name: ByLanguage
    quantity: int
    unit: str
    net: Money
    tax: Money
    rate_bp: int
    period: Period | None = None

    @property
    def gross(self) -> Money:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class TaxSubtotal:
    """The lines of one rate together. A rate of 0 is outside VAT: late fees."""

    rate_bp: int
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier document that this one is about."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Document:
    """Laws: lines' net and tax sum to the totals, and so do the subtotals; net + tax = total;
    total = credit_used + paid + credited + to_pay.

    `credit_used` lay on the account as credit; `paid` and `credited` (by `credited_by`) came later.
    `prepaid` is the credit as it was at issue: what of it bounced since counts there still.
    Of a credit note all of these are zero but `to_pay`, which is what is given back.
    """

    kind: Kind
    number: str
    issued_on: date
    due_on: date | None
    period: Period | None
    language: str
    seller: Seller
    buyer: Buyer
    lines: tuple[DocumentLine, ...]
    taxes: tuple[TaxSubtotal, ...]
    net: Money
    tax: Money
    total: Money
    credit_used: Money
    paid: Money
    credited: Money
    prepaid: Money
    credited_by: tuple[str, ...] = ()
    corrects: Reference | None = None
    reason: str | None = None

    @property
    def currency(self) -> str:
        return self.total.currency

    @property
    def to_pay_at_issue(self) -> Money:
        return self.total - self.prepaid

    @property
    def to_pay(self) -> Money:
        return self.total - self.credit_used - self.paid - self.credited
