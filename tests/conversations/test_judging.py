"""The judges of a conversation see what is there and miss what is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_backend.money import Money
from tests.conversations import books, hearing
from tests.conversations.facts import Facts
from tests.conversations.format import Changes

LEI = Money(4961, "RON")
DAY = date(2026, 12, 4)


@pytest.mark.parametrize(
    ("text", "language", "channel", "said"),
    [
        ("Aveți de plată 49,61 lei.", "ro", "sms", True),
        ("You owe 49.61 RON, due Friday", "en", "telegram", True),
        ("Aveți de plată 49.61", "ro", "sms", False),
        ("149,61 lei", "ro", "sms", False),
        ("1.049,61 lei", "ro", "sms", False),
        ("49,615", "ro", "sms", False),
        ("patruzeci și nouă de lei și șaizeci și unu de bani", "ro", "phone", True),
        ("patruzeci și nouă de lei", "ro", "phone", False),
    ],
)
def test_an_amount_is_heard_as_the_channel_puts_it(
    text: str, language: str, channel: str, said: bool
) -> None:
    assert hearing.names_amount(text, LEI, language, channel) is said


@pytest.mark.parametrize(
    ("text", "language", "channel", "said"),
    [
        ("până vineri, 4 decembrie.", "ro", "telegram", True),
        ("până vin 4 dec.", "ro", "sms", True),
        ("by Friday, 4 December", "en", "telegram", True),
        ("vineri patru decembrie", "ro", "phone", True),
        ("vineri, 14 decembrie", "ro", "telegram", False),
        ("Friday, 4 December", "ro", "telegram", False),
    ],
)
def test_a_day_is_heard_with_or_without_its_weekday(
    text: str, language: str, channel: str, said: bool
) -> None:
    assert hearing.names_day(text, DAY, language, channel) is said


def test_machinery_that_shows_is_seen() -> None:
    assert hearing.raw("Aveți de plată {amount}.") == "{amount}"
    assert hearing.raw("utter_greet") == "utter_"
    assert hearing.raw("Aveți de plată 49,61 lei.") is None


# --- the books ---


def account(**entries: Any) -> books.Snapshot:
    empty: dict[str, Any] = {name: {} for name in books.LISTED}
    still = {"plan": "MOBILE_50", "add_ons": [], "cancelled_on": None, "due": 4961, "credit": 0}
    return {**empty, **still, **entries}


ARRANGED = account(
    arrangements={"1": {"pay_by": "2026-12-04", "amount": {"minor": 4961, "currency": "RON"}}}
)


@pytest.mark.parametrize(
    ("wanted", "after"),
    [
        ({"arrangements": 1}, ARRANGED),
        ({"arrangements": [{"pay_by": DAY, "amount": "49.61 lei"}]}, ARRANGED),
        ({"due": "0.00 lei"}, account(due=0)),
        ({"add_ons": ["ROAMING"]}, account(add_ons=["ROAMING"])),
        ({"cancelled_on": DAY}, account(cancelled_on="2026-12-04")),
    ],
)
def test_what_is_told_of_the_books_is_found(wanted: dict[str, Any], after: books.Snapshot) -> None:
    books.changed_so(Changes(**wanted), account(), after, facts())


@pytest.mark.parametrize(
    ("wanted", "after"),
    [
        ({"arrangements": 2}, ARRANGED),
        ({"arrangements": [{"pay_by": date(2026, 12, 5)}]}, ARRANGED),
        ({"arrangements": [{"amount": "49.62 lei"}]}, ARRANGED),
        ({"grants": 1}, ARRANGED),
        ({"due": "0.00 lei"}, account()),
        ({"due": "0.00 lei"}, account(due=0, plan="MOBILE_10")),
        ({"gone": ["scheduled"]}, account()),
        ({"cancelled_on": DAY}, account()),
    ],
)
def test_books_that_are_otherwise_fail(wanted: dict[str, Any], after: books.Snapshot) -> None:
    with pytest.raises(AssertionError):
        books.changed_so(Changes(**wanted), account(), after, facts())


def test_a_change_that_nobody_spoke_of_fails() -> None:
    books.nothing_changed(account(), account())
    with pytest.raises(AssertionError, match="arrangements"):
        books.nothing_changed(account(), ARRANGED)


def facts() -> Facts:
    """Stated figures need no product."""
    return Facts(product=None, cast={}, who="nobody")  # type: ignore[arg-type]
