"""Oldest invoice first, unless the payer names one; nothing appears, nothing is lost."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from billing_backend.payments.rules import OpenInvoice, Share, allocate, left_open


def open_invoice(index: int, outstanding: int) -> OpenInvoice:
    issued = date(2026, 1, 1) + timedelta(days=30 * index)
    return OpenInvoice(
        UUID(int=index), f"DT-2026-{index:06d}", issued, issued + timedelta(days=14), outstanding
    )


JANUARY, FEBRUARY = open_invoice(0, 5000), open_invoice(1, 7000)


def test_the_oldest_is_paid_first_and_the_rest_goes_on() -> None:
    shares, left = allocate(6000, [FEBRUARY, JANUARY])

    assert shares == [Share(JANUARY.invoice_id, 5000), Share(FEBRUARY.invoice_id, 1000)]
    assert left == 0


def test_the_invoice_that_the_payer_names_goes_before_older_ones() -> None:
    shares, _ = allocate(7500, [JANUARY, FEBRUARY], named=FEBRUARY.invoice_id)

    assert shares == [Share(FEBRUARY.invoice_id, 7000), Share(JANUARY.invoice_id, 500)]


def test_what_is_left_over_is_told() -> None:
    assert allocate(13_000, [JANUARY, FEBRUARY])[1] == 1000
    assert allocate(100, []) == ([], 100)


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**5), max_size=8), st.integers(0, 8))
def test_shares_and_what_is_left_over_are_the_amount(
    minor: int, outstanding: list[int], named: int
) -> None:
    invoices = [open_invoice(index, each) for index, each in enumerate(outstanding)]

    shares, left = allocate(minor, invoices, named=UUID(int=named))
    after = left_open(invoices, shares)

    assert sum(share.minor for share in shares) + left == minor
    assert left == 0 or after == []
    assert sum(each.outstanding for each in after) == sum(outstanding) - (minor - left)
    assert all(each.outstanding > 0 for each in after)
