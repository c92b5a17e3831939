"""What do EN 16931 and CIUS-RO 1.0.1 ask of an e-invoice? Their rules, by id, written anew.

Each rule says what holds of a right document, and how a document is broken so that it does not:
an XPath, and the text to put there (None: take the element away). The rules are those that can be
met by invoices and credit notes like ours; groups of the standard that we never write are absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
NAMESPACES = {
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "cbc": f"{_UBL}CommonBasicComponents-2",
}
SELLER = "cac:AccountingSupplierParty/cac:Party"
BUYER = "cac:AccountingCustomerParty/cac:Party"
TOTALS = "cac:LegalMonetaryTotal"
TAX = "cac:TaxTotal"
SUBTOTAL = f"{TAX}/cac:TaxSubtotal"
LINE = "*[self::cac:InvoiceLine or self::cac:CreditNoteLine]"
QUANTITY = "*[self::cbc:InvoicedQuantity or self::cbc:CreditedQuantity]"
TYPE = "*[self::cbc:InvoiceTypeCode or self::cbc:CreditNoteTypeCode]"
CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1"
COUNTIES = set(
    """AB AG AR B BC BH BN BR BT BV BZ CJ CL CS CT CV DB DJ GJ GL GR HD HR IF IL IS MH MM MS NT OT
    PH SB SJ SM SV TL TM TR VL VN VS""".split()  # noqa: SIM905 - a list of 42 is read at a glance
)
TYPES = {"380", "381", "384", "389", "751"}
SECTORS = {f"SECTOR{number}" for number in range(1, 7)}


class Xml:
    """An e-invoice to be asked by XPath."""

    def __init__(self, content: bytes) -> None:
        self.root = etree.fromstring(content)

    def all(self, path: str, under: etree._Element | None = None) -> list[etree._Element]:
        element = self.root if under is None else under
        return list(element.xpath(path, namespaces=NAMESPACES))

    def text(self, path: str, under: etree._Element | None = None) -> str:
        """Of the first such element; "" when there is none."""
        found = self.all(path, under)
        return (found[0].text or "").strip() if found else ""

    def amount(self, path: str, under: etree._Element | None = None) -> Decimal:
        return Decimal(self.text(path, under) or "0")

    def amounts(self, path: str) -> list[Decimal]:
        return [Decimal(each.text or "0") for each in self.all(path)]

    def broken(self, path: str, words: str | None) -> Xml:
        """A copy with something else, or nothing, at the first element of that path."""
        copy = Xml(etree.tostring(self.root))
        [element, *_] = copy.all(path)
        if words is None:
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)
        else:
            element.text = words
        return copy

    @property
    def is_credit_note(self) -> bool:
        return etree.QName(self.root).localname == "CreditNote"


Holds = Callable[[Xml], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    holds: Holds
    path: str
    breaks: str | None


def present(path: str) -> Rule:
    """One such element with words in it, and it is missed when it is taken away."""
    return Rule(lambda xml: bool(xml.text(path)), path, None)


def in_each(group: str, path: str) -> Rule:
    return Rule(
        lambda xml: bool(xml.all(group)) and all(xml.text(path, each) for each in xml.all(group)),
        f"{group}/{path}",
        None,
    )


def at_most(length: int, *paths: str) -> Rule:
    """No such text is longer."""
    return Rule(
        lambda xml: all(
            len(" ".join((each.text or "").split())) <= length
            for path in paths
            for each in xml.all(path)
        ),
        paths[0],
        "x" * (length + 1),
    )


def two_decimals(path: str) -> Rule:
    right = re.compile(r"-?\d+(\.\d{1,2})?")
    return Rule(
        lambda xml: all(right.fullmatch(each.text or "") for each in xml.all(path)), path, "1.005"
    )


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _breakdown(xml: Xml) -> Iterator[tuple[str, Decimal, Decimal, Decimal]]:
    """(category, rate, base, tax) of each VAT breakdown."""
    for each in xml.all(SUBTOTAL):
        yield (
            xml.text("cac:TaxCategory/cbc:ID", each),
            xml.amount("cac:TaxCategory/cbc:Percent", each),
            xml.amount("cbc:TaxableAmount", each),
            xml.amount("cbc:TaxAmount", each),
        )


def _bases_are_sums(category: str) -> Holds:
    def holds(xml: Xml) -> bool:
        return all(
            base == sum(_nets(xml, category, rate))
            for found, rate, base, _ in _breakdown(xml)
            if found == category
        )

    return holds


def _nets(xml: Xml, category: str, rate: Decimal) -> Iterable[Decimal]:
    for each in xml.all(LINE):
        found = xml.text("cac:Item/cac:ClassifiedTaxCategory/cbc:ID", each)
        if (found, xml.amount("cac:Item/cac:ClassifiedTaxCategory/cbc:Percent", each)) == (
            category,
            rate,
        ):
            yield xml.amount("cbc:LineExtensionAmount", each)


def _taxes_are_right(xml: Xml) -> bool:
    """To the ban on an invoice. A credit note gives back parts of taxes that were rounded before:
    the official check itself allows a difference of less than one leu."""
    return all(
        tax == rounded(base * rate / 100)
        if not xml.is_credit_note
        else abs(tax - base * rate / 100) < 1
        for _, rate, base, tax in _breakdown(xml)
    )


def _categories(xml: Xml) -> set[str]:
    path = f"{LINE}/cac:Item/cac:ClassifiedTaxCategory/cbc:ID"
    return {each.text or "" for each in xml.all(path)}


def _breakdowns_of(xml: Xml, category: str) -> bool:
    """A category of lines has its breakdown; one for each rate."""
    rates = [rate for found, rate, _, _ in _breakdown(xml) if found == category]
    return (category in _categories(xml)) == bool(rates) and len(rates) == len(set(rates))


def _rates(category: str, right: Callable[[Decimal], bool]) -> Holds:
    group = "cac:Item/cac:ClassifiedTaxCategory"
    return lambda xml: all(
        right(xml.amount(f"{group}/cbc:Percent", each))
        for each in xml.all(LINE)
        if xml.text(f"{group}/cbc:ID", each) == category
    )


def _reasons(category: str, *, wanted: bool) -> Holds:
    return lambda xml: all(
        bool(xml.text("cac:TaxCategory/cbc:TaxExemptionReason", each)) == wanted
        for each in xml.all(SUBTOTAL)
        if xml.text("cac:TaxCategory/cbc:ID", each) == category
    )


def _periods(path: str) -> Holds:
    def holds(xml: Xml) -> bool:
        return all(
            date.fromisoformat(xml.text("cbc:StartDate", each))
            <= date.fromisoformat(xml.text("cbc:EndDate", each))
            for each in xml.all(path)
        )

    return holds


def _due_is_told(xml: Xml) -> bool:
    owed = xml.amount(f"{TOTALS}/cbc:PayableAmount") > 0
    told = xml.text("cbc:DueDate") or xml.text("cac:PaymentTerms/cbc:Note")
    return not owed or bool(told)


def _county(party: str) -> Holds:
    address = f"{party}/cac:PostalAddress"
    return lambda xml: (
        xml.text(f"{address}/cac:Country/cbc:IdentificationCode") != "RO"
        or xml.text(f"{address}/cbc:CountrySubentity") in {f"RO-{each}" for each in COUNTIES}
    )


def _sector(party: str) -> Holds:
    address = f"{party}/cac:PostalAddress"
    return lambda xml: (
        xml.text(f"{address}/cbc:CountrySubentity") != "RO-B"
        or xml.text(f"{address}/cbc:CityName") in SECTORS
    )


def _sums(path: str, right: Callable[[Xml], Decimal]) -> Rule:
    return Rule(lambda xml: xml.amount(path) == right(xml), path, "98765.43")


RULES: dict[str, Rule] = {
    # EN 16931: what must be there
    "BR-01": present("cbc:CustomizationID"),
    "BR-02": present("cbc:ID"),
    "BR-03": present("cbc:IssueDate"),
    "BR-04": present(TYPE),
    "BR-05": present("cbc:DocumentCurrencyCode"),
    "BR-06": present(f"{SELLER}/cac:PartyLegalEntity/cbc:RegistrationName"),
    "BR-07": present(f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName"),
    "BR-08": Rule(
        lambda xml: bool(xml.all(f"{SELLER}/cac:PostalAddress")),
        f"{SELLER}/cac:PostalAddress",
        None,
    ),
    "BR-09": present(f"{SELLER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
    "BR-10": Rule(
        lambda xml: bool(xml.all(f"{BUYER}/cac:PostalAddress")), f"{BUYER}/cac:PostalAddress", None
    ),
    "BR-11": present(f"{BUYER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
    "BR-12": present(f"{TOTALS}/cbc:LineExtensionAmount"),
    "BR-13": present(f"{TOTALS}/cbc:TaxExclusiveAmount"),
    "BR-14": present(f"{TOTALS}/cbc:TaxInclusiveAmount"),
    "BR-15": present(f"{TOTALS}/cbc:PayableAmount"),
    "BR-16": Rule(lambda xml: bool(xml.all(LINE)), LINE, None),
    "BR-21": in_each(LINE, "cbc:ID"),
    "BR-22": in_each(LINE, QUANTITY),
    "BR-23": Rule(
        lambda xml: (
            all(each.get("unitCode") for each in xml.all(f"{LINE}/{QUANTITY}"))
            and len(xml.all(f"{LINE}/{QUANTITY}")) == len(xml.all(LINE))
        ),
        f"{LINE}/{QUANTITY}",
        None,
    ),
    "BR-24": in_each(LINE, "cbc:LineExtensionAmount"),
    "BR-25": in_each(LINE, "cac:Item/cbc:Name"),
    "BR-26": in_each(LINE, "cac:Price/cbc:PriceAmount"),
    "BR-27": Rule(
        lambda xml: all(each >= 0 for each in xml.amounts(f"{LINE}/cac:Price/cbc:PriceAmount")),
        f"{LINE}/cac:Price/cbc:PriceAmount",
        "-12.40",
    ),
    "BR-29": Rule(_periods("cac:InvoicePeriod"), "cac:InvoicePeriod/cbc:EndDate", "2020-01-01"),
    "BR-30": Rule(
        _periods(f"{LINE}/cac:InvoicePeriod"),
        f"{LINE}/cac:InvoicePeriod/cbc:EndDate",
        "2020-01-01",
    ),
    "BR-45": in_each(SUBTOTAL, "cbc:TaxableAmount"),
    "BR-46": in_each(SUBTOTAL, "cbc:TaxAmount"),
    "BR-47": in_each(SUBTOTAL, "cac:TaxCategory/cbc:ID"),
    "BR-48": in_each(SUBTOTAL, "cac:TaxCategory/cbc:Percent"),
    "BR-49": in_each("cac:PaymentMeans", "cbc:PaymentMeansCode"),
    "BR-50": in_each("cac:PaymentMeans", "cac:PayeeFinancialAccount/cbc:ID"),
    "BR-55": in_each("cac:BillingReference", "cac:InvoiceDocumentReference/cbc:ID"),
    "BR-61": in_each(
        "cac:PaymentMeans[cbc:PaymentMeansCode='30']", "cac:PayeeFinancialAccount/cbc:ID"
    ),
    # EN 16931: conditions
    "BR-CO-04": in_each(LINE, "cac:Item/cac:ClassifiedTaxCategory/cbc:ID"),
    "BR-CO-09": Rule(
        lambda xml: all(
            re.match(r"[A-Z]{2}", each.text or "")
            for each in xml.all("//cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='VAT']/cbc:CompanyID")
        ),
        f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID",
        "9123456781",
    ),
    "BR-CO-10": _sums(
        f"{TOTALS}/cbc:LineExtensionAmount",
        lambda xml: sum(xml.amounts(f"{LINE}/cbc:LineExtensionAmount"), Decimal(0)),
    ),
    "BR-CO-11": Rule(
        lambda xml: (
            xml.amount(f"{TOTALS}/cbc:AllowanceTotalAmount")
            == sum(
                xml.amounts("cac:AllowanceCharge[cbc:ChargeIndicator='false']/cbc:Amount"),
                Decimal(0),
            )
        ),
        "",
        None,
    ),
    "BR-CO-12": Rule(
        lambda xml: (
            xml.amount(f"{TOTALS}/cbc:ChargeTotalAmount")
            == sum(
                xml.amounts("cac:AllowanceCharge[cbc:ChargeIndicator='true']/cbc:Amount"),
                Decimal(0),
            )
        ),
        "",
        None,
    ),
    "BR-CO-13": _sums(
        f"{TOTALS}/cbc:TaxExclusiveAmount",
        lambda xml: (
            xml.amount(f"{TOTALS}/cbc:LineExtensionAmount")
            - xml.amount(f"{TOTALS}/cbc:AllowanceTotalAmount")
            + xml.amount(f"{TOTALS}/cbc:ChargeTotalAmount")
        ),
    ),
    "BR-CO-14": _sums(
        f"{TAX}/cbc:TaxAmount",
        lambda xml: sum(xml.amounts(f"{SUBTOTAL}/cbc:TaxAmount"), Decimal(0)),
    ),
    "BR-CO-15": _sums(
        f"{TOTALS}/cbc:TaxInclusiveAmount",
        lambda xml: (
            xml.amount(f"{TOTALS}/cbc:TaxExclusiveAmount") + xml.amount(f"{TAX}/cbc:TaxAmount")
        ),
    ),
    "BR-CO-16": _sums(
        f"{TOTALS}/cbc:PayableAmount",
        lambda xml: (
            xml.amount(f"{TOTALS}/cbc:TaxInclusiveAmount")
            - xml.amount(f"{TOTALS}/cbc:PrepaidAmount")
            + xml.amount(f"{TOTALS}/cbc:PayableRoundingAmount")
        ),
    ),
    "BR-CO-17": Rule(_taxes_are_right, f"{SUBTOTAL}/cbc:TaxAmount", "98765.43"),
    "BR-CO-18": Rule(lambda xml: bool(xml.all(SUBTOTAL)), TAX, None),
    "BR-CO-25": Rule(_due_is_told, "cac:PaymentTerms | cbc:DueDate", None),
    "BR-CO-26": present(f"{SELLER}/cac:PartyLegalEntity/cbc:CompanyID"),
    "BR-S-01": Rule(
        lambda xml: _breakdowns_of(xml, "S"), f"{SUBTOTAL}/cac:TaxCategory/cbc:ID[.='S']", "E"
    ),
    "BR-S-02": present(f"{SELLER}/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='VAT']/cbc:CompanyID"),
    "BR-S-05": Rule(
        _rates("S", lambda rate: rate > 0),
        f"{LINE}/cac:Item/cac:ClassifiedTaxCategory/cbc:Percent",
        "0.00",
    ),
    "BR-S-08": Rule(_bases_are_sums("S"), f"{SUBTOTAL}/cbc:TaxableAmount", "98765.43"),
    "BR-S-09": Rule(_taxes_are_right, f"{SUBTOTAL}/cbc:TaxAmount", "98765.43"),
    "BR-S-10": Rule(
        _reasons("S", wanted=False),
        f"{SUBTOTAL}/cac:TaxCategory[cbc:TaxExemptionReason]/cbc:ID",
        "S",
    ),
    "BR-E-01": Rule(
        lambda xml: _breakdowns_of(xml, "E"), f"{SUBTOTAL}/cac:TaxCategory/cbc:ID[.='E']", "S"
    ),
    "BR-E-05": Rule(
        _rates("E", lambda rate: rate == 0),
        f"{LINE}/cac:Item/cac:ClassifiedTaxCategory[cbc:ID='E']/cbc:Percent",
        "21.00",
    ),
    "BR-E-08": Rule(
        _bases_are_sums("E"),
        f"{SUBTOTAL}[cac:TaxCategory/cbc:ID='E']/cbc:TaxableAmount",
        "98765.43",
    ),
    "BR-E-09": Rule(
        lambda xml: all(tax == 0 for found, _, _, tax in _breakdown(xml) if found == "E"),
        f"{SUBTOTAL}[cac:TaxCategory/cbc:ID='E']/cbc:TaxAmount",
        "2.10",
    ),
    "BR-E-10": Rule(
        _reasons("E", wanted=True), f"{SUBTOTAL}/cac:TaxCategory/cbc:TaxExemptionReason", None
    ),
    # EN 16931: decimals and code lists
    "BR-DEC-09": two_decimals(f"{TOTALS}/cbc:LineExtensionAmount"),
    "BR-DEC-12": two_decimals(f"{TOTALS}/cbc:TaxExclusiveAmount"),
    "BR-DEC-13": two_decimals(f"{TAX}/cbc:TaxAmount"),
    "BR-DEC-14": two_decimals(f"{TOTALS}/cbc:TaxInclusiveAmount"),
    "BR-DEC-16": two_decimals(f"{TOTALS}/cbc:PrepaidAmount"),
    "BR-DEC-18": two_decimals(f"{TOTALS}/cbc:PayableAmount"),
    "BR-DEC-19": two_decimals(f"{SUBTOTAL}/cbc:TaxableAmount"),
    "BR-DEC-20": two_decimals(f"{SUBTOTAL}/cbc:TaxAmount"),
    "BR-DEC-23": two_decimals(f"{LINE}/cbc:LineExtensionAmount"),
    "BR-CL-01": Rule(
        lambda xml: xml.text(TYPE) == ("381" if xml.is_credit_note else "380"), TYPE, "325"
    ),
    "BR-CL-03": Rule(
        lambda xml: (
            {each.get("currencyID") for each in xml.all("//*[@currencyID]")}
            == {xml.text("cbc:DocumentCurrencyCode")}
        ),
        "cbc:DocumentCurrencyCode",
        "lei",
    ),
    "BR-CL-14": Rule(
        lambda xml: all(
            re.fullmatch("[A-Z]{2}", each.text or "")
            for each in xml.all("//cac:Country/cbc:IdentificationCode")
        ),
        f"{BUYER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode",
        "Romania",
    ),
    "BR-CL-23": Rule(
        lambda xml: (
            {each.get("unitCode") for each in xml.all("//*[@unitCode]")}
            <= {"C62", "E34", "4L", "MIN"}
        ),
        "",
        None,
    ),
    # CIUS-RO
    "BR-RO-001": Rule(
        lambda xml: xml.text("cbc:CustomizationID") == CUSTOMIZATION,
        "cbc:CustomizationID",
        "urn:cen.eu:en16931:2017",
    ),
    "BR-RO-010": Rule(lambda xml: bool(re.search("[0-9]", xml.text("cbc:ID"))), "cbc:ID", "DT-A"),
    "BR-RO-020": Rule(
        lambda xml: xml.text(TYPE) in {"380", "381", "384", "389", "751"}, TYPE, "326"
    ),
    "BR-RO-030": Rule(
        lambda xml: (
            xml.text("cbc:DocumentCurrencyCode") == "RON"
            or xml.text("cbc:TaxCurrencyCode") == "RON"
        ),
        "cbc:DocumentCurrencyCode",
        "EUR",
    ),
    "BR-RO-065": present(f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID"),
    "BR-RO-081": present(f"{SELLER}/cac:PostalAddress/cbc:StreetName"),
    "BR-RO-082": present(f"{BUYER}/cac:PostalAddress/cbc:StreetName"),
    "BR-RO-091": present(f"{SELLER}/cac:PostalAddress/cbc:CityName"),
    "BR-RO-092": present(f"{BUYER}/cac:PostalAddress/cbc:CityName"),
    "BR-RO-100": Rule(_sector(SELLER), f"{SELLER}/cac:PostalAddress/cbc:CityName", "București"),
    "BR-RO-101": Rule(
        _sector(BUYER), f"{BUYER}/cac:PostalAddress[cbc:CountrySubentity='RO-B']/cbc:CityName", "X"
    ),
    "BR-RO-110": Rule(_county(SELLER), f"{SELLER}/cac:PostalAddress/cbc:CountrySubentity", "B"),
    "BR-RO-111": Rule(_county(BUYER), f"{BUYER}/cac:PostalAddress/cbc:CountrySubentity", "Cluj"),
    "BR-RO-120": Rule(
        lambda xml: any(
            xml.text(f"{BUYER}/{group}/cbc:CompanyID")
            for group in ("cac:PartyLegalEntity", "cac:PartyTaxScheme")
        ),
        f"{BUYER}[not(cac:PartyTaxScheme)]/cac:PartyLegalEntity/cbc:CompanyID",
        None,
    ),
    "BR-RO-A020": Rule(lambda xml: len(xml.all("cbc:Note")) <= 20, "", None),
    "BR-RO-L020": at_most(20, "//cbc:PostalZone"),
    "BR-RO-L050": at_most(50, "//cbc:CityName"),
    "BR-RO-L100": at_most(
        100,
        "//cac:Item/cbc:Name",
        "//cbc:TaxExemptionReason",
        "//cac:Contact/cbc:Telephone",
        "//cac:Contact/cbc:ElectronicMail",
    ),
    "BR-RO-L140": at_most(140, "//cbc:PaymentID"),
    "BR-RO-L150": at_most(150, "//cbc:StreetName"),
    "BR-RO-L200": at_most(
        200, "//cbc:RegistrationName", "cbc:ID", "//cac:PayeeFinancialAccount/cbc:Name"
    ),
    "BR-RO-L300": at_most(300, "cac:PaymentTerms/cbc:Note", "cbc:Note"),
    "BR-RO-L1000": at_most(1000, "//cbc:CompanyLegalForm"),
}
# Held by what is never written; nothing can be put there to break them.
NEVER_WRITTEN = {"BR-CO-11", "BR-CO-12", "BR-CL-23", "BR-RO-A020"}
# On invoices only.
NOT_ON_CREDIT_NOTES = {
    "BR-29",
    "BR-49",
    "BR-50",
    "BR-61",
    "BR-DEC-16",
    "BR-RO-L140",
    "BR-S-10",
    "BR-E-01",
    "BR-E-05",
    "BR-E-08",
    "BR-E-09",
    "BR-E-10",
}
NOT_ON_INVOICES = {"BR-55"}
