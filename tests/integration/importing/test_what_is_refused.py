"""Each mistake in a file is told with its line, its column and what to write instead."""

from __future__ import annotations

import pytest

from billing_backend.importing import KINDS, FileUnreadable
from tests.integration.importing.conftest import Import, changed, example, told

NEW_ROW = {  # one more row at the end of each example, right but for what a test changes
    "products": "TV,plan,tv,TV,TV,,,,2024-01-01,,20.00,RON,2024-02-01,",
    "customers": "C-1003,,,Vlad Ene,Vlad,ro,0721000103,2026-01-01,1,RON,,,,,",
    "agreements": "A-2002,ROUTER,1,2026-02-01,,2026-11-01,,,,2025-12-01,customer,shop",
    "invoices": (
        "V-90873,C-1001,2026-09-01,2026-09-30,2026-09-01,2026-09-15,47.19,plan_fee,Mobil 20 GB,,"
        "1,39.00,21,8.19,MOBIL_20,,"
    ),
    "payments": "BT-774,A-2001,14.13,RON,2026-11-02,cash,V-90872,",
    "usage": "A-2002,MOBIL_20,2026-09-01,2026-09-30,14",
}


def with_row(kind: str, row: str) -> str:
    return f"{example(kind).read_text(encoding='utf-8')}{row}\n"


@pytest.mark.parametrize("kind", list(KINDS))
async def test_the_row_that_the_others_vary_is_right(company: Import, kind: str) -> None:
    report = await company(kind, with_row(kind, NEW_ROW[kind]))
    assert (report.imported, report.bad) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "before", "after", "column", "reason"),
    [
        (
            "products",
            "tv,TV,TV",
            "tv,TV," + "x" * 300,
            "name_en",
            "has 300 characters; at",
        ),
        ("products", ",plan,", ",bundle,", "kind", "'bundle' is not one of plan, add_on, usage"),
        ("products", "TV,,,,", "TV,GB,5,NOPE,", "usage_code", "is no product of the kind usage"),
        ("products", "TV,,,,", "TV,GB,5,,", "usage_code", "and allowance belong together"),
        ("products", ",20.00,", ",-1,", "price", "'-1' is below 0.00"),
        ("products", ",20.00,", ",1e3,", "price", "'1e3' is no amount; write 45.50"),
        ("products", "TV,plan,tv,TV", "ROUTER,add_on,internet,Alt nume", "code", "another name_ro"),
        ("customers", "C-1003", "C-1001", "account", "stands in line 2 already"),
        ("customers", "C-1003,,", "C-1002,A-2003,", "reference", "another name in line 3"),
        ("customers", ",1,RON", ",32,RON", "billing_day", "not a whole number from 1 to 31"),
        ("customers", "2026-01-01", "2026-02-30", "since", "'2026-02-30' is not a day"),
        ("customers", "2026-01-01", "2027-01-01", "since", "is in the future"),
        (
            "customers",
            "C-1003,,,",
            "C-1003,,12345678,",
            "number",
            "not 8 digits with a",
        ),
        ("customers", "ro,", "fr,", "language", "'fr' is not one of ro, en"),
        ("customers", "Vlad Ene", "", "name", "is empty"),
        ("customers", "RON,,,,,", "RON,,,Ene SRL,,", "tax_id", "and company_name belong together"),
        ("customers", "RON,,,,,", "RON,,,Ene SRL,RO14399841,", "tax_id", "is not a CUI"),
        ("customers", "RON,,,,,", "RON,,,,,RO49AAAA1B31007593840001", "iban", "is not an IBAN"),
        ("customers", ",RON,", ",lei,", "currency", "'lei' is not a currency code; write RON"),
        ("agreements", "A-2002", "A-9", "account", "is not known; import its customer first"),
        ("agreements", "ROUTER", "GB_EXTRA", "product", "is not a plan or add-on"),
        (
            "agreements",
            "1,2026-02-01",
            "1,2025-12-31",
            "starts_on",
            "before the account was",
        ),
        ("agreements", "2026-02-01,,", "2026-02-01,2026-01-31,", "ends_on", "is before starts_on"),
        ("agreements", "2026-11-01,,,,", "2026-11-01,,2026-12-31,,", "agreed_until", "needs an"),
        ("agreements", "ROUTER,1,2026-02-01", "MOBIL_20,1,2026-03-01", "starts_on", "of line 5"),
        ("agreements", "2025-12-01,customer", "2026-02-02,customer", "ordered_on", "is after"),
        ("invoices", "47.19", "47.20", "total", "come to, which is 47.19"),
        ("invoices", "V-90873,C-1001", "V-90873,C-9", "account", "is not known"),
        ("invoices", "V-90873", "V-90872", "number", "another account in line 4"),
        ("invoices", "MOBIL_20", "NOPE", "product", "is not in the catalogue"),
        ("invoices", "2026-09-30", "2026-10-01", "period_start", "that of invoice V-90871"),
        ("invoices", "2026-09-15", "2026-08-15", "due_on", "is before issued_on"),
        ("invoices", "39.00,21,8.19", "39.00,19,8.19", "tax", "is not 19 % of net, which is 7.41"),
        ("payments", "14.13", "0", "amount", "'0' is below 0.01"),
        ("payments", "BT-774", "BT-772", "reference", "stands in line 3 already"),
        ("payments", "A-2001", "A-9", "account", "is not known"),
        ("payments", "RON", "EUR", "currency", "is not the account's, which is RON"),
        ("payments", "V-90872", "V-90871", "invoice", "is not an invoice of the account"),
        ("payments", "cash", "crypto", "method", "'crypto' is not one of"),
        ("payments", "2026-11-02", "2026-12-02", "received_on", "is in the future"),
        ("usage", "A-2002", "A-9", "account", "is not known; import its customer first"),
        ("usage", "MOBIL_20", "ROUTER", "product", "is nothing of the catalogue that has a usage"),
        (
            "usage",
            "2026-09-01,2026-09-30",
            "2026-01-01,2026-01-31",
            "product",
            "was not the account's then",
        ),
        ("usage", "2026-09-01", "2026-09-02", "period_start", "that month's is 2026-09-01"),
        ("usage", "2026-09-30", "2026-10-30", "period_end", "which is 2026-09-30"),
        ("usage", "2026-09-30", "2026-11-30", "period_end", "is not over"),
        (
            "usage",
            "A-2002,MOBIL_20,2026-09",
            "C-1001,MOBIL_20,2026-09",
            "period_start",
            "in line 2",
        ),
        ("usage", "14", "1.5", "quantity", "'1.5' is not a whole number from 0"),
        ("usage", "14", "-1", "quantity", "'-1' is not a whole number from 0"),
    ],
)
async def test_a_mistake_is_told_with_line_and_column(
    company: Import, kind: str, before: str, after: str, column: str, reason: str
) -> None:
    row = NEW_ROW[kind]
    assert before in row
    written = with_row(kind, row.replace(before, after, 1))
    report = await company(kind, written)
    assert report.refused
    [(line, where, why)] = told(report)
    assert (line, where) == (len(written.splitlines()), column)
    assert reason in why


@pytest.mark.parametrize(
    ("kind", "before", "after", "column"),
    [
        ("products", ",49.00,", ",50.00,", "price"),
        ("customers", "2024-03-15,1,", "2024-03-15,2,", "billing_day"),
        ("customers", "Ioana Matei", "Ioana Pop", "reference"),
        ("customers", "0721 000 101", "0721 000 109", "reference"),
        ("customers", "Novak Studio", "Novak Atelier", "reference"),
        ("customers", ",Office,", ",Shop,", "label"),
        ("agreements", "45.00", "44.00", "agreed_price"),
        ("invoices", "2026-10-15,54.45", "2026-10-16,54.45", "due_on"),
        ("payments", "50.00", "51.00", "amount"),
        ("usage", ",18", ",19", "quantity"),
    ],
)
async def test_a_row_that_is_there_with_another_value_is_told_and_not_changed(
    company: Import, kind: str, before: str, after: str, column: str
) -> None:
    report = await company(kind, changed(kind, before, after))
    assert report.refused
    assert {each.column for each in report.problems} == {column}
    assert "is there already with another" in report.problems[0].reason


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        ("reference,name\nC,Ș\n".encode("cp1250", "replace") + b"\xff", "not UTF-8"),
        ("reference,name\n".encode("utf-16"), "UTF-16"),
        (b"reference|name\nC|x\n", "separated by one of comma, semicolon, tab"),
        (b"reference,nickname\nC,x\n", "no such column: nickname"),
        (b"reference,name,name\nC,x,x\n", "name stands twice"),
        (b"reference,name\nC," + b"x" * 1_000_001, "1,000,000 characters"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused(
    bring: Import, content: bytes, complaint: str
) -> None:
    with pytest.raises(FileUnreadable, match=complaint):
        await bring("customers", content)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"C-1,x", "has 2 fields; the first line has 15"),
        (b'C-1,"open', "unexpected end of data"),
        (b"C-1," + b"x" * 200_000 + b",,,,,,,,,,,,,", "field larger than field limit"),
    ],
)
async def test_a_row_that_is_no_row_is_told(bring: Import, row: bytes, reason: str) -> None:
    content = example("customers").read_bytes() + row + b"\n"
    report = await bring("customers", content)
    assert told(report) == [(5, "", report.problems[0].reason)]
    assert reason in report.problems[0].reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is not JSON"),
        ("[1]", "is not a JSON object"),
        ('{"nickname": "x"}', "has no such column: nickname"),
        ('{"name": ["x"]}', "name is not a text or a figure"),
        ('{"name": "\\u0000"}', "has a character that cannot be kept"),
        ('{"name": "\\ud800"}', "has a character that cannot be kept"),
    ],
)
async def test_a_json_line_that_is_wrong_is_told(bring: Import, line: str, reason: str) -> None:
    right = (
        '{"reference": "C-1", "name": "x", "first_name": "x", "language": "ro",'
        ' "phone": "0721000101", "since": "2026-01-01", "billing_day": 1}'
    )
    report = await bring("customers", f"{right}\n{line}\n")
    assert report.refused
    assert reason in " ".join(why for at, _, why in told(report) if at == 2)


async def test_semicolons_tabs_and_a_byte_order_mark_are_read(bring: Import) -> None:
    text = example("customers").read_text(encoding="utf-8")
    for content in ("\ufeff" + text.replace(",", ";"), text.replace(",", "\t")):
        report = await bring("customers", content)
        assert (report.imported or report.known, report.bad) == (3, 0)
