"""How is a document written as an e-invoice: UBL 2.1 as EN 16931 and CIUS-RO 1.0.1 want it?

Names in comments are the standard's: BT (business terms), BG (groups) and BR (rules). Discounts
and money back are lines below zero: the price stays positive and the quantity is negative (BR-27).
"""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from billing_backend.documents import texts
from billing_backend.documents.values import (
    Address,
    Buyer,
    Document,
    DocumentLine,
    Kind,
    Seller,
    TaxSubtotal,
)
from billing_backend.invoices.periods import Period
from billing_backend.money import Money

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1"
TYPE_CODES = {Kind.INVOICE: "380", Kind.CREDIT_NOTE: "381"}
CREDIT_TRANSFER = "30"
# A private person without a personal numeric code is told by 13 zeros.
NOBODYS_ID = "0000000000000"

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC = f"{_UBL}CommonAggregateComponents-2"
_CBC = f"{_UBL}CommonBasicComponents-2"
_ROOTS = {Kind.INVOICE: "Invoice", Kind.CREDIT_NOTE: "CreditNote"}
_LINES = {
    Kind.INVOICE: ("InvoiceLine", "InvoicedQuantity"),
    Kind.CREDIT_NOTE: ("CreditNoteLine", "CreditedQuantity"),
}
# UN/ECE Recommendation 20; C62 is one (piece).
_UNITS = {"GB": "E34", "MB": "4L", "minute": "MIN"}
_LANGUAGE = "ro"  # the tax office reads it

_Element = etree._Element


def einvoice(document: Document) -> bytes:
    """The XML file. Raises ValueError for what such a file cannot say: a buyer without an address,
    amounts in another currency than RON (BR-RO-030 would need the rate of the day)."""
    if document.buyer.address is None or document.currency != "RON":
        raise ValueError(f"{document.number} cannot be written as an e-invoice")
    namespace = f"{_UBL}{_ROOTS[document.kind]}-2"
    names: dict[str | None, str] = {None: namespace, "cac": _CAC, "cbc": _CBC}
    root = etree.Element(f"{{{namespace}}}{_ROOTS[document.kind]}", nsmap=names)  # type: ignore[arg-type]
    _heading(root, document)
    _seller(root, document.seller)
    _buyer(root, document.buyer, document.buyer.address)
    _payment(root, document)
    _taxes(root, document)
    _totals(root, document)
    for line in document.lines:
        _line(root, document, line)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _heading(root: _Element, document: Document) -> None:
    """BT-24, BT-1, BT-2, BT-9, BT-3, BT-5, BG-14, BG-3, in the order of each schema."""
    _value(root, "CustomizationID", CUSTOMIZATION)
    _value(root, "ID", document.number)
    _value(root, "IssueDate", document.issued_on.isoformat())
    if document.due_on is not None:
        _value(root, "DueDate", document.due_on.isoformat())
    _value(root, f"{_ROOTS[document.kind]}TypeCode", TYPE_CODES[document.kind])
    if document.reason is not None:
        _value(root, "Note", texts.either("reason", document.reason, _LANGUAGE))
    _value(root, "DocumentCurrencyCode", document.currency)
    if document.period is not None:
        _period(root, document.period)
    if document.corrects is not None:
        reference = _group(_group(root, "BillingReference"), "InvoiceDocumentReference")
        _value(reference, "ID", document.corrects.number)
        _value(reference, "IssueDate", document.corrects.issued_on.isoformat())


def _seller(root: _Element, seller: Seller) -> None:
    """BG-4 to BG-6."""
    party = _group(_group(root, "AccountingSupplierParty"), "Party")
    _address(party, seller.address)
    _tax_scheme(party, seller.tax_id)
    legal = _group(party, "PartyLegalEntity")
    _value(legal, "RegistrationName", seller.name)
    _value(legal, "CompanyID", seller.registration)
    if seller.capital:
        capital = texts.text("label", "capital", _LANGUAGE)
        _value(legal, "CompanyLegalForm", f"{capital}: {seller.capital}")
    if seller.phone or seller.email:
        contact = _group(party, "Contact")
        _value(contact, "Telephone", seller.phone)
        _value(contact, "ElectronicMail", seller.email)


def _buyer(root: _Element, buyer: Buyer, address: Address) -> None:
    """BG-7, BG-8: a company by its VAT number or its CUI, a person by 13 zeros (BR-RO-120)."""
    party = _group(_group(root, "AccountingCustomerParty"), "Party")
    _value(_group(party, "PartyIdentification"), "ID", buyer.customer_number)
    _address(party, address)
    registered = buyer.tax_id is not None and buyer.tax_id.startswith("RO")
    if registered:
        _tax_scheme(party, str(buyer.tax_id))
    legal = _group(party, "PartyLegalEntity")
    _value(legal, "RegistrationName", buyer.name)
    _value(legal, "CompanyID", _legal_id(buyer, registered=registered))


def _legal_id(buyer: Buyer, *, registered: bool) -> str:
    if not buyer.is_company:
        return NOBODYS_ID
    return (buyer.registration or "") if registered else str(buyer.tax_id)


def _tax_scheme(party: _Element, tax_id: str) -> None:
    scheme = _group(party, "PartyTaxScheme")
    _value(scheme, "CompanyID", tax_id)
    # Without RO it is a tax registration that is no VAT number (BT-32).
    _value(_group(scheme, "TaxScheme"), "ID", "VAT" if tax_id.startswith("RO") else "TAX")


def _address(party: _Element, address: Address) -> None:
    postal = _group(party, "PostalAddress")
    _value(postal, "StreetName", address.street)
    # SECTOR1 to SECTOR6 (BR-RO-100, BR-RO-101).
    in_bucharest = address.county == "RO-B"
    _value(
        postal, "CityName", address.city.replace(" ", "").upper() if in_bucharest else address.city
    )
    _value(postal, "PostalZone", address.postal_code)
    _value(postal, "CountrySubentity", address.county)
    _value(_group(postal, "Country"), "IdentificationCode", address.country)


def _payment(root: _Element, document: Document) -> None:
    """BG-16, BG-17 and BT-20; a credit note's money goes nowhere by itself."""
    if document.kind is Kind.INVOICE:
        means = _group(root, "PaymentMeans")
        _value(means, "PaymentMeansCode", CREDIT_TRANSFER)
        _value(means, "PaymentID", document.number)
        account = _group(means, "PayeeFinancialAccount")
        _value(account, "ID", document.seller.iban)
        _value(account, "Name", document.seller.name)
    due_on = "" if document.due_on is None else texts.day(document.due_on, _LANGUAGE)
    terms = texts.text("terms", document.kind, _LANGUAGE, due_on=due_on)
    _value(_group(root, "PaymentTerms"), "Note", terms)


def _taxes(root: _Element, document: Document) -> None:
    """BG-23."""
    group = _group(root, "TaxTotal")
    _amount(group, "TaxAmount", document.tax)
    for each in document.taxes:
        subtotal = _group(group, "TaxSubtotal")
        _amount(subtotal, "TaxableAmount", each.net)
        _amount(subtotal, "TaxAmount", each.tax)
        _category(subtotal, each)


def _category(subtotal: _Element, tax: TaxSubtotal) -> None:
    category = _group(subtotal, "TaxCategory")
    _rate(category, tax.rate_bp)
    if not tax.rate_bp:
        reason = texts.text("note", "outside_vat", _LANGUAGE)
        _value(category, "TaxExemptionReason", reason)
    _value(_group(category, "TaxScheme"), "ID", "VAT")


def _rate(category: _Element, rate_bp: int) -> None:
    """S, or E for a late fee: the standard forbids O (outside VAT) beside S (BR-O-11), so it is
    told as exempt, with its legal ground (BR-E-10)."""
    _value(category, "ID", "S" if rate_bp else "E")
    _value(category, "Percent", _decimal(rate_bp))


def _totals(root: _Element, document: Document) -> None:
    """BG-22. What was paid after the issue is not on it: an e-invoice is sent once."""
    totals = _group(root, "LegalMonetaryTotal")
    _amount(totals, "LineExtensionAmount", document.net)
    _amount(totals, "TaxExclusiveAmount", document.net)
    _amount(totals, "TaxInclusiveAmount", document.total)
    if document.prepaid:
        _amount(totals, "PrepaidAmount", document.prepaid)
    _amount(totals, "PayableAmount", document.to_pay_at_issue)


def _line(root: _Element, document: Document, line: DocumentLine) -> None:
    """BG-25 to BG-31."""
    name, quantity_name = _LINES[document.kind]
    sign = -1 if line.net.minor < 0 else 1
    unit = {"unitCode": _UNITS.get(line.unit, "C62")}
    element = _group(root, name)
    _value(element, "ID", str(line.position))
    _value(element, quantity_name, str(sign * line.quantity), **unit)
    _amount(element, "LineExtensionAmount", line.net)
    if line.period is not None:
        _period(element, line.period)
    item = _group(element, "Item")
    _value(item, "Name", _cut(line.name[_LANGUAGE], 100))
    category = _group(item, "ClassifiedTaxCategory")
    _rate(category, line.rate_bp)
    _value(_group(category, "TaxScheme"), "ID", "VAT")
    _price(element, line, unit)


def _price(element: _Element, line: DocumentLine, unit: dict[str, str]) -> None:
    """BT-146; the price of all pieces together where one piece has no whole price (BT-149)."""
    price, net = _group(element, "Price"), abs(line.net)
    whole = net.minor % line.quantity == 0
    _amount(price, "PriceAmount", Money(net.minor // line.quantity, net.currency) if whole else net)
    if not whole:
        _value(price, "BaseQuantity", str(line.quantity), **unit)


def _period(parent: _Element, period: Period) -> None:
    element = _group(parent, "InvoicePeriod")
    _value(element, "StartDate", period.start.isoformat())
    _value(element, "EndDate", period.end.isoformat())


def _group(parent: _Element, name: str) -> _Element:
    return etree.SubElement(parent, f"{{{_CAC}}}{name}")


def _value(parent: _Element, name: str, words: str, **attributes: str) -> None:
    """A basic component; an empty one is left out, as the standard wants."""
    if words:
        etree.SubElement(parent, f"{{{_CBC}}}{name}", attributes).text = _clean(words)


def _amount(parent: _Element, name: str, amount: Money) -> None:
    _value(parent, name, _decimal(amount.minor), currencyID=amount.currency)


def _decimal(hundredths: int) -> str:
    return f"{Decimal(hundredths).scaleb(-2):.2f}"


def _cut(words: str, length: int) -> str:
    return words if len(words) <= length else f"{words[: length - 1].rstrip()}…"


def _clean(words: str) -> str:
    """Without what XML cannot hold, and with single spaces."""
    spaced = " ".join(words.split())
    return "".join(each for each in spaced if each.isprintable())
