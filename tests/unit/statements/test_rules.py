"""Whose money it is, by what the payer wrote."""

from datetime import date
from uuid import UUID

import pytest

from billing_backend.customers.rules import customer_number
from billing_backend.money import Money
from billing_backend.statements.facts import Match, Named, NoMatch, StatementLine
from billing_backend.statements.rules import all_numbers, invoice_numbers, match, sure_numbers

ANA, BOGDAN = UUID(int=1), UUID(int=2)
OCTOBER, NOVEMBER = UUID(int=10), UUID(int=11)
NUMBER = customer_number(1204001)
KNOWN = {
    "DT-2026-000123": Named(ANA, "RON", OCTOBER),
    "DT-2026-000124": Named(ANA, "RON", NOVEMBER),
    "DT-2026-000200": Named(BOGDAN, "RON", UUID(int=20)),
    NUMBER: Named(ANA, "RON"),
}


def of(note: str, currency: str = "RON") -> Match | NoMatch:
    return match(StatementLine(Money(100, currency), date(2026, 11, 24), "B1", note), KNOWN)


@pytest.mark.parametrize(
    "note",
    ["plata factura DT-2026-000123, multumesc", "dt 2026 123", "DT2026/000123", "DT.2026.0123"],
)
def test_an_invoice_number_as_people_type_it(note: str) -> None:
    assert of(note) == Match(ANA, OCTOBER)


def test_a_customer_number_and_several_invoices_of_one_account() -> None:
    assert of(f"cod client {NUMBER}") == Match(ANA, None)
    assert of("DT-2026-000123 si DT-2026-000124") == Match(ANA, None)
    # The invoice says more than a number beside it that nobody has.
    assert of("DT-2026-000123 ref 12345674") == Match(ANA, OCTOBER)


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        ("mulțumesc", "no_reference"),
        ("", "no_reference"),
        ("DT-2026-999999", "unknown_reference"),
        (f"{int(NUMBER) + 1}", "no_reference"),  # its check digit is wrong
        ("DT-2026-000123 DT-2026-000200", "two_accounts"),
    ],
)
def test_what_a_person_must_tell_apart(note: str, reason: str) -> None:
    assert of(note) == NoMatch(reason)


def test_another_currency_is_never_matched() -> None:
    assert of("DT-2026-000123", currency="EUR") == NoMatch("other_currency")


def test_words_are_not_taken_for_numbers() -> None:
    assert invoice_numbers("factura din 2026 noiembrie, apt 12") == []


@pytest.mark.parametrize(
    ("note", "sure"),
    [
        ("factura DT-2026-000001", ["DT-2026-000001"]),
        (f"abonat {NUMBER}", [NUMBER]),
        ("20261103", []),  # the 3rd of November, though its check digit is right
        ("achitat: 11112026", []),
    ],
)
def test_eight_digits_that_may_be_a_day_prove_nothing(note: str, sure: list[str]) -> None:
    assert sure_numbers(note) == sure
    assert len(all_numbers(note)) == 1, "but they may name somebody"
