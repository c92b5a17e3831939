"""Statement files: what is read, and what is told about those that cannot be."""

from datetime import date

import pytest

from billing_backend.money import Money
from billing_backend.statements.reading import StatementUnreadable, read

HEADER = "date,amount,currency,reference,note\n"
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Id>2026-11-24</Id>{entries}</Stmt></BkToCstmrStmt></Document>"""


def entry(body: str, *, sign: str = "CRDT", status: str = "<Sts><Cd>BOOK</Cd></Sts>") -> str:
    return (
        f'<Ntry><Amt Ccy="RON">112.49</Amt><CdtDbtInd>{sign}</CdtDbtInd>{status}'
        f"<BookgDt><Dt>2026-11-24</Dt></BookgDt>{body}</Ntry>"
    )


def problems_of(content: bytes) -> list[str]:
    with pytest.raises(StatementUnreadable) as refused:
        read(content)
    return refused.value.problems


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("45.50", 4550),
        ('"45,50"', 4550),
        ("45", 4500),
        ('"1.234,56"', 123456),
        ('"1,234.56"', 123456),
        ("1 234.5", 123450),
    ],
)
def test_amounts_as_banks_write_them(written: str, minor: int) -> None:
    [line] = read(f"{HEADER}2026-11-24,{written},RON,B1,plata\n".encode()).lines
    assert line.amount == Money(minor)


def test_semicolons_a_byte_order_mark_and_romanian_dates() -> None:
    content = "\ufeffdate;amount;currency;reference;note\r\n24.11.2026;45,50;RON;B1;mulțumesc\r\n"
    [line] = read(content.encode()).lines
    assert (line.booked_on, line.amount, line.note) == (
        date(2026, 11, 24),
        Money(4550),
        "mulțumesc",
    )


def test_money_that_went_out_is_left_out() -> None:
    statement = read(f"{HEADER}2026-11-24,-45.50,RON,B1,chirie\n".encode())
    assert (statement.lines, statement.left_out) == ((), 1)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("24/11/2026,1,RON,B1,x", "line 2: date '24/11/2026' is not a day"),
        ("2026-02-30,1,RON,B1,x", "is not a day"),
        ("2026-11-24,0,RON,B1,x", "line 2: amount '0' is no amount"),
        ('2026-11-24,"1,234",RON,B1,x', "is no amount"),
        ("2026-11-24,1.234,RON,B1,x", "is no amount"),
        ("2026-11-24,1e5,RON,B1,x", "is no amount"),
        ("2026-11-24,1,lei,B1,x", "currency 'lei' is not a code"),
        ("2026-11-24,1,RON,,x", "reference is empty"),
        ("2026-11-24,1,RON,B1", "another number of fields"),
        ("2026-11-24,1,RON,B1,x,y", "another number of fields"),
        (f"2026-11-24,1,RON,B1,{'x' * 1_001}", "note has 1,001 characters; at most 1,000"),
        (f"2026-11-24,1,RON,B1,{'x' * 1_000_000}", "line 2: field larger than field limit"),
    ],
)
def test_a_bad_row_is_named_with_its_line(row: str, problem: str) -> None:
    [told] = problems_of(f"{HEADER}{row}\n".encode())
    assert problem in told


def test_every_bad_row_is_told_at_once() -> None:
    rows = "2026-11-24,x,RON,B1,a\n2026-11-24,1,RON,B2,b\nyesterday,1,RON,B3,c\n"
    assert [told.split(":")[0] for told in problems_of((HEADER + rows).encode())] == [
        "line 2",
        "line 4",
    ]


def test_files_that_are_no_statements() -> None:
    assert problems_of(b" \n") == ["the file is empty"]
    assert problems_of(
        HEADER.encode() + "2026-11-24,1,RON,B1,pl\u0103t\u0103".encode("cp1250")
    ) == ["line 2: not UTF-8; save the file as UTF-8"]
    assert "no column currency, note" in problems_of(b"date,amount,reference\n")[0]
    assert "not an XML file" in problems_of(b"<Document><Stmt></Document>")[0]
    assert "no camt.053 statement" in problems_of(b"<Document/>")[0]
    twice = f"{HEADER}2026-11-24,1,RON,B1,a\n2026-11-24,1,RON,B1,b\n".encode()
    assert problems_of(twice) == ["reference 'B1' stands twice"]


def test_camt_entries_with_one_several_and_no_transactions() -> None:
    one = entry(
        "<NtryDtls><TxDtls><Refs><AcctSvcrRef>T1</AcctSvcrRef><EndToEndId>E1</EndToEndId></Refs>"
        # The foreign original: what counts is what the bank credited.
        '<AmtDtls><TxAmt><Amt Ccy="EUR">22.10</Amt></TxAmt></AmtDtls>'
        "<RmtInf><Ustrd>plata DT-2026-000123</Ustrd></RmtInf></TxDtls></NtryDtls>"
    )
    several = entry(
        "<AcctSvcrRef>BATCH</AcctSvcrRef><NtryDtls>"
        '<TxDtls><Amt Ccy="RON">100.00</Amt></TxDtls>'
        '<TxDtls><AmtDtls><TxAmt><Amt Ccy="RON">12.49</Amt></TxAmt></AmtDtls></TxDtls>'
        "</NtryDtls>"
    )
    # Numbered from 1 in each statement: no reference of its own.
    plain = entry("<NtryRef>1</NtryRef>")
    statement = read(CAMT.format(entries=one + several + plain).encode())
    assert [(line.reference, line.amount.minor, line.note) for line in statement.lines] == [
        ("T1", 11249, "plata DT-2026-000123 E1"),
        ("BATCH/1", 10000, ""),
        ("BATCH/2", 1249, ""),
        ("2026-11-24/3", 11249, ""),
    ]


def test_transactions_must_come_to_what_was_credited() -> None:
    fee = entry(
        '<NtryDtls><TxDtls><Amt Ccy="RON">120.00</Amt></TxDtls>'
        '<TxDtls><Amt Ccy="RON">7.51</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls></NtryDtls>'
    )
    [told] = problems_of(CAMT.format(entries=fee).encode())
    assert "do not come to the 112.49 RON" in told


def test_camt_leaves_out_what_is_not_money_that_came_in() -> None:
    entries = (
        entry("", sign="DBIT")
        + entry("", status="<Sts><Cd>PDNG</Cd></Sts>")
        + entry("<RvslInd>true</RvslInd>")
        + entry("<RvslInd>1</RvslInd>")
    )
    statement = read(CAMT.format(entries=entries).encode())
    assert (statement.lines, statement.left_out) == ((), 4)


def test_camt_entities_are_not_followed() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + CAMT.partition("?>")[
        2
    ].format(entries=entry("<NtryRef>P1</NtryRef><AddtlNtryInf>&x;</AddtlNtryInf>"))
    [line] = read(bomb.encode()).lines
    assert line.note == ""
