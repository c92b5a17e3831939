"""Customer numbers, phone numbers, the books' transfers, invoice states."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.customers.rules import customer_number, e164, is_customer_number
from billing_backend.demo import cast
from billing_backend.invoices.periods import Period
from billing_backend.invoices.views import InvoiceView, facts
from billing_backend.journal import Ledger, Transfer
from billing_backend.journal.rules import normal
from billing_backend.money import Money


@given(st.integers(0, 9_999_999), st.integers(0, 7), st.integers(1, 9))
def test_a_customer_number_with_one_wrong_digit_is_noticed(
    serial: int, place: int, step: int
) -> None:
    number = customer_number(serial)
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]

    assert len(number) == 8
    assert is_customer_number(number)
    assert not is_customer_number(wrong)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("0712 345 678", "+40712345678"),
        ("+40 712-345-678", "+40712345678"),
        ("0040712345678", "+40712345678"),
        ("+44 20 7946 0018", "+442079460018"),
        ("hello", None),
        ("12", None),
    ],
)
def test_phone_numbers_in_any_way_of_writing(written: str, plain: str | None) -> None:
    assert e164(written) == plain


def test_a_negative_transfer_goes_the_other_way_and_an_empty_one_not_at_all() -> None:
    assert normal(
        [
            Transfer(Ledger.RECEIVABLE, Ledger.DISCOUNTS, Money(-300)),
            Transfer(Ledger.RECEIVABLE, Ledger.VAT, Money(0)),
        ]
    ) == [Transfer(Ledger.DISCOUNTS, Ledger.RECEIVABLE, Money(300))]


@pytest.mark.parametrize(
    ("paid", "today", "state"),
    [
        (0, date(2026, 11, 15), "issued"),
        (0, date(2026, 11, 16), "overdue"),
        (500, date(2026, 11, 15), "partly_paid"),
        (500, date(2026, 11, 16), "overdue"),
        (1210, date(2026, 11, 16), "paid"),
    ],
)
def test_the_state_of_an_invoice_is_derived(paid: int, today: date, state: str) -> None:
    invoice = InvoiceView(
        invoice_id=UUID(int=1),
        account_id=UUID(int=2),
        number="DT-2026-000001",
        period=Period(date(2026, 11, 1), date(2026, 11, 30)),
        issued_on=date(2026, 11, 1),
        due_on=date(2026, 11, 15),
        net=Money(1000),
        tax=Money(210),
        total=Money(1210),
        paid=Money(0),
        credit_used=Money(0),
        lines=(),
    )

    seen = facts(replace(invoice, paid=Money(paid)), today)

    assert seen.state == state
    assert seen.outstanding == Money(1210 - paid)


def test_the_cast_is_always_the_same_and_everybody_is_somebody_else() -> None:
    people = [*cast().main, *cast().ordinary]

    assert cast() is cast()
    assert [person.key for person in cast().main] == [
        "ana",
        "bogdan",
        "carmen",
        "dan",
        "elena",
        "mihai",
    ]
    assert cast().mihai.customer_number is None
    for of in ("phone", "telegram_id", "name"):
        assert len({getattr(person, of) for person in people}) == len(people)
    assert {person.language for person in cast().ordinary} == {"ro", "en"}
