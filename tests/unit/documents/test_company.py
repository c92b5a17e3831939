"""Who is the company on a day, and what is wrong with a company's file?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from billing_backend.documents.company import DEMO, CompanyFileWrong, Sellers, read

ENTRY: dict[str, Any] = json.loads(DEMO.read_text(encoding="utf-8"))[0]


def file_of(folder: Path, *entries: dict[str, Any]) -> Path:
    file = folder / "company.json"
    file.write_text(json.dumps(entries), encoding="utf-8")
    return file


def test_an_invoice_goes_by_the_company_of_its_day(tmp_path: Path) -> None:
    moved = ENTRY | {"valid_from": "2026-07-01", "city": "Iași", "county": "RO-IS"}
    sellers = read(file_of(tmp_path, moved, ENTRY))

    cities = [
        seller.address.city
        for day in (date(2009, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
        if (seller := sellers.on(day)) is not None
    ]

    assert cities == ["Sector 1", "Sector 1", "Iași"]


def test_nobody_has_said_who_we_are() -> None:
    assert Sellers().on(date(2026, 11, 24)) is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"tax_id": "RO9123456780"}, "0.tax_id: is not a CUI"),
        ({"iban": "RO78DEMO0000000012345678"}, "0.iban: is not an IBAN"),
        ({"county": "Cluj"}, "0.county: must be an ISO 3166-2 code"),
        ({"city": "București"}, "in Bucharest it is Sector 1 to Sector 6"),
        ({"name": ""}, "0.name"),
        ({"street": "x" * 151}, "0.street"),
        ({"valid_from": "soon"}, "0.valid_from"),
        ({"cui": "RO9123456781"}, "0.cui"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(
    tmp_path: Path, change: dict[str, str], complaint: str
) -> None:
    with pytest.raises(CompanyFileWrong) as refused:
        read(file_of(tmp_path, ENTRY | change))

    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe", b'"Demo"'])
def test_a_file_that_is_no_list_of_entries_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "company.json"
    file.write_bytes(content)

    with pytest.raises(CompanyFileWrong, match=r"company\.json"):
        read(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CompanyFileWrong, match=r"nowhere\.json: No such file"):
        read(tmp_path / "nowhere.json")
