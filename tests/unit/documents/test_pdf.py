"""What stands on a printed invoice, on how many pages, and is it the same file each time?"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from billing_backend.documents.pdf import pdf
from billing_backend.documents.rules import Settled
from billing_backend.documents.values import Buyer, Document
from billing_backend.money import Money
from tests.unit.documents.samples import ANA, FIRM, credit_note, issued, line, usual


def pages(document: Document) -> list[str]:
    reader = PdfReader(io.BytesIO(pdf(document)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def text(document: Document) -> str:
    return " ".join(pages(document))


def test_an_invoice_says_who_whom_what_how_much_and_how_to_pay() -> None:
    [said] = pages(usual().document())

    for words in (
        "Factură DT-2026-000123",
        "Demo Telecom S.A.",
        "CUI: RO9123456781",
        "J40/1234/2010",
        "010100 Sector 1, București",
        "IBAN: RO77 DEMO 0000 0000 1234 5678",
        "Ana Dumitrescu",
        "400113 Cluj-Napoca, Cluj",
        "Număr de client: 12040010",
        "20.11.2026 – 19.12.2026",
        "Scadența",
        "04.12.2026",
        "Închiriere router Wi-Fi 6",
        "3 GB 3,3333 10,00 21%",
        "−12,40",
        "Neinclus în baza TVA",
        "Total factură 82,12",
        "Credit din cont folosit −15,00",
        "De plată 67,12",
        "Detaliile plății DT-2026-000123",
        "Suma 67,12 lei",
        "Pagina 1 din 1",
    ):
        assert words in said, words


def test_what_was_paid_since_is_on_it() -> None:
    settled = Settled(Money(1500), Money(2000), Money(500), ("DTC-2026-000004",))

    said = text(usual().document(settled=settled))

    # 82.12 - 15.00 - 20.00 - 5.00
    assert "Plăți primite −20,00" in said
    assert "Note de credit: DTC-2026-000004 −5,00" in said
    assert "De plată 42,12" in said


def test_an_invoice_that_is_paid_asks_for_nothing() -> None:
    said = text(usual().document(settled=Settled(Money(1500), Money(6712), Money(0))))

    assert "De plată 0,00" in said
    assert "plătită integral" in said
    assert "Cum plătiți" not in said


def test_in_english_the_title_is_in_both_languages() -> None:
    said = text(usual().document(language="en"))

    assert "Factură / Invoice" in said
    assert "Fibre 1000 internet plan" in said
    assert "To pay 67.12" in said
    assert "4 Dec 2026" in said


def test_a_firm_is_named_with_its_numbers() -> None:
    said = text(usual().document(buyer=FIRM))

    assert "Petrescu Consulting S.R.L." in said
    assert "CUI: RO9000000003" in said
    assert "030011 Sector 3, București" in said


def test_a_customer_without_an_address_gets_an_invoice_all_the_same() -> None:
    assert "Ana Dumitrescu" in text(usual().document(buyer=Buyer("Ana Dumitrescu", "12040010")))


def test_a_credit_note_says_what_it_corrects_and_why() -> None:
    said = text(credit_note())

    for words in (
        "Notă de credit DTC-2026-000004",
        "Corectează factura",
        "DT-2026-000123",
        "Eroare de facturare",
        "În favoarea dvs. 34,11 lei",
        "Total notă de credit 34,11",
    ):
        assert words in said, words
    assert "Cum plătiți" not in said


@pytest.mark.parametrize(("lines", "sheets"), [(1, 1), (9, 1), (60, 4)])
def test_a_usual_invoice_is_one_page_and_a_long_one_goes_on(lines: int, sheets: int) -> None:
    long = issued([line(6200 + each) for each in range(lines)]).document()

    found = pages(long)

    assert len(found) == sheets
    for number, page in enumerate(found, start=1):
        assert f"Pagina {number} din {sheets}" in page
        assert "DT-2026-000123" in page
    # Every line is there once, under a head.
    positions = [int(each) for each in re.findall(r"(\d+) 1 buc\.", " ".join(found))]
    assert positions == list(range(1, lines + 1))
    assert all("Preț unitar" in page for page in found if " buc." in page)


@pytest.mark.parametrize("lines", range(8, 18))
def test_the_sums_never_run_over_the_foot_of_a_page(lines: int) -> None:
    """Whatever the place at which they begin."""
    found = pages(issued([line(6200)] * lines, credit_used=100).document())

    closing = found[-1]
    assert "Suma" in closing
    assert closing.index("Suma") < closing.index("Capital social")


def test_the_same_invoice_is_the_same_file() -> None:
    first, second = pdf(usual().document()), pdf(usual().document())

    assert first == second
    created = PdfReader(io.BytesIO(first)).metadata
    assert created is not None
    assert created.creation_date is not None
    assert created.creation_date.date() == date(2026, 11, 20)


def test_letters_of_other_languages_and_none_at_all() -> None:
    """What the font lacks is written without its marks, or as a question mark."""
    names = ("Szőke Győző", "Жанна Șerban", "Nguyễn 東京 😀")

    first, second, third = (text(usual().document(buyer=replace(ANA, name=name))) for name in names)

    assert names[0] in first
    assert names[1] in second
    assert "Nguyễn ?? ?" in third


def test_names_that_are_too_long_stay_in_their_place() -> None:
    long = replace(ANA, name="Întreprinderea " * 12)
    crowded = replace(line(6200), description={"ro": "Abonament foarte lung " * 8, "en": "Plan"})

    said = text(issued([crowded]).document(buyer=long))

    assert said.count("Întreprinderea") == 12
    assert said.count("Abonament foarte lung") == 8


def test_a_file_is_small() -> None:
    assert len(pdf(usual().document())) < 40_000
