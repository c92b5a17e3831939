"""Which charge does a customer name, and how many parts do they ask for?"""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from billing_backend.contract import InvoiceFacts, InvoiceLineFacts
from billing_backend.money import Money, total
from bot.actions.dispute_lines import charge_in, charges, whole_bill_in
from bot.actions.request_payment_plan import parts_in

DAY = date(2026, 11, 20)


def line(number: int, ro: str, en: str, minor: int) -> InvoiceLineFacts:
    money = Money(minor)
    names = {"ro": ro, "en": en}
    return InvoiceLineFacts(
        "add_on", names, money, Money(0), money, 2_100, line_id=UUID(int=number)
    )


# 75.02 + 13.27 + 24.20 + 24.20 - 15.00 = 121.69
LINES = (
    line(1, "Abonament Fibră 1000", "Fibre 1000 plan", 7_502),
    line(2, "Pachet TV Sport", "TV Sport package", 1_327),
    line(3, "Pachet TV Sport", "TV Sport package", 2_420),
    line(4, "Pachet TV Filme", "TV Films package", 2_420),
    line(5, "Promoție Fibră", "Fibre promotion", -1_500),
)
BILL = InvoiceFacts(
    invoice_id=UUID(int=9),
    number="DT-2026-000001",
    period_start=DAY,
    period_end=DAY,
    issued_on=DAY,
    due_on=DAY,
    net=Money(12_169),
    tax=Money(0),
    total=Money(12_169),
    outstanding=Money(12_169),
    state="issued",
    lines=LINES,
)


def test_lines_of_one_name_are_one_charge_and_what_is_given_back_is_none() -> None:
    found = charges(BILL)

    assert [(each.name["ro"], each.amount.minor) for each in found] == [
        ("Abonament Fibră 1000", 7_502),
        ("Pachet TV Sport", 3_747),  # 13.27 + 24.20
        ("Pachet TV Filme", 2_420),
    ]
    assert found[1].line_ids == (str(UUID(int=2)), str(UUID(int=3)))
    assert total(each.amount for each in found) == Money(13_669)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("nu recunosc Pachet TV Sport", "Pachet TV Sport"),
        ("sportul... SPORT!", "Pachet TV Sport"),
        ("what is this films package", "Pachet TV Filme"),
        ("fibra e prea scumpă", "Abonament Fibră 1000"),
        ("pachetul", None),
        ("pachet", None),  # two have it
        ("sport și filme", None),
        ("nu e corect", None),
        ("", None),
    ],
)
def test_a_charge_is_known_by_the_words_that_only_it_has(words: str, name: str | None) -> None:
    found = charge_in(BILL, words)

    assert (found and found.name["ro"]) == name


@pytest.mark.parametrize(
    ("words", "whole"),
    [("toată factura", True), ("the whole bill", True), ("tot", True), ("sport", False)],
)
def test_the_whole_bill_may_be_meant(words: str, whole: bool) -> None:
    assert whole_bill_in(words) is whole


@pytest.mark.parametrize(
    ("words", "alone", "parts"),
    [
        ("în trei rate", False, 3),
        ("vreau 2 rate", False, 2),
        ("can I pay in four instalments", False, 4),
        ("plătesc 200 de lei în 2 rate", False, 2),
        ("trei", True, 3),
        ("3", True, 3),
        ("trei", False, None),
        ("cu 3 lei", True, None),
        ("nu știu", True, None),
        ("30", True, None),
    ],
)
def test_the_number_of_parts_is_read_from_words(words: str, alone: bool, parts: int | None) -> None:
    assert parts_in(words, alone=alone) == parts
