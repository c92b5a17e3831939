"""What is paid, allocated, left and given back always sums, and nothing falls below zero."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_backend.payments.rules import (
    OpenInvoice,
    Share,
    allocate,
    amount_to_pay,
    goes_on,
    take_back,
)

FIRST, SECOND = UUID(int=1), UUID(int=2)


def test_what_is_left_of_a_payment_goes_back_before_what_it_paid() -> None:
    # 100.00 came, 70.00 paid an invoice: of 50.00, 30.00 were left and 20.00 are taken back.
    assert take_back(5000, 3000, [Share(FIRST, 7000)]) == [Share(FIRST, 2000)]
    assert take_back(3000, 3000, [Share(FIRST, 7000)]) == []


def test_the_invoice_named_first_loses_before_the_others() -> None:
    paid = [Share(SECOND, 4000), Share(FIRST, 6000)]
    assert take_back(5000, 0, paid) == [Share(SECOND, 4000), Share(FIRST, 1000)]


amounts = st.integers(1, 100_000)


@given(
    st.lists(amounts, max_size=5),
    st.lists(st.tuples(st.sampled_from(["pay", "refund"]), amounts), max_size=20),
)
def test_allocations_credit_and_refunds_sum_to_the_payments(
    totals: list[int], deeds: list[tuple[str, int]]
) -> None:
    """Any sequence of payments and refunds: of each payment and of all together nothing is lost,
    nothing appears, no invoice is paid above its total, and none below zero."""
    owed = {UUID(int=index): total for index, total in enumerate(totals)}
    payments: list[tuple[int, dict[UUID, int], list[int]]] = []
    for deed, minor in deeds:
        if deed == "pay":
            shares, _ = allocate(minor, open_now(owed, payments))
            payments.append((minor, {share.invoice_id: share.minor for share in shares}, []))
        elif payments:
            amount, paid, back = payments[minor % len(payments)]
            wanted = min(minor, amount - sum(back))
            if wanted == 0:
                continue
            left = amount - sum(paid.values()) - sum(back)
            taken = take_back(wanted, left, [Share(*each) for each in paid.items()])
            assert min(wanted, left) + sum(share.minor for share in taken) == wanted
            for share in taken:
                paid[share.invoice_id] -= share.minor
            back.append(wanted)
        for amount, paid, back in payments:
            credit = amount - sum(paid.values()) - sum(back)
            assert credit >= 0
            assert all(part >= 0 for part in paid.values())
            assert sum(paid.values()) + credit + sum(back) == amount
        for invoice, total in owed.items():
            assert 0 <= sum(paid.get(invoice, 0) for _, paid, _ in payments) <= total


def open_now(
    owed: dict[UUID, int], payments: list[tuple[int, dict[UUID, int], list[int]]]
) -> list[OpenInvoice]:
    day = date(2026, 11, 1)
    left = {
        invoice: total - sum(paid.get(invoice, 0) for _, paid, _ in payments)
        for invoice, total in owed.items()
    }
    return [
        OpenInvoice(invoice, f"DT-2026-{invoice.int:06d}", day, day, minor)
        for invoice, minor in left.items()
        if minor > 0
    ]


@pytest.mark.parametrize(
    ("wanted", "due", "processing", "amount", "refused"),
    [
        (None, 7260, 0, 7260, None),
        (5000, 7260, 0, 5000, None),
        (7261, 7260, 0, 7261, "above_due"),
        (199, 7260, 0, 199, "below_minimum"),
        (None, 199, 0, 199, "below_minimum"),
        (None, 0, 0, 0, "nothing_due"),
        (5000, 0, 0, 5000, "nothing_due"),
        (None, 7260, 7260, 7260, "processing"),
        (2260, 7260, 5000, 2260, None),  # 72.60 - 50.00 on their way leave 22.60
        (2261, 7260, 5000, 2261, "processing"),
    ],
)
def test_a_link_is_for_what_is_due_and_never_for_more(
    wanted: int | None, due: int, processing: int, amount: int, refused: str | None
) -> None:
    assert amount_to_pay(wanted, due, 200, processing) == (amount, refused)


@pytest.mark.parametrize(
    ("now", "news", "changes"),
    [
        ("opening", "paid", True),  # the event was faster than the provider's own answer
        ("open", "expired", True),
        ("open", "processing", True),
        ("processing", "failed", True),
        ("processing", "paid", True),
        ("paid", "processing", False),  # "completed" after "async_payment_succeeded"
        ("paid", "expired", False),
        ("paid", "paid", False),
        ("failed", "processing", False),
        ("expired", "open", False),
    ],
)
def test_a_checkout_only_goes_on(now: str, news: str, *, changes: bool) -> None:
    assert goes_on(now, news) is changes
