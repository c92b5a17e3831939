"""Is a link that we made read as it was made, and no other?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deep_links import LONGEST, DeepLinks, Linked

LINKS = DeepLinks(b"a key of the tests")
INVOICE = Linked("explain_bill", "DT-2026-000123")


@pytest.mark.parametrize(
    "wish",
    [
        INVOICE,
        Linked("pay_bill", "DT-2026-000123"),
        Linked("view_bill", "F/2026/șase"),
        Linked("check_balance"),
    ],
)
def test_what_is_made_is_read(wish: Linked) -> None:
    carried = LINKS.carry(wish)
    assert carried is not None
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", carried), "what Telegram lets a link carry"
    assert LINKS.read(carried) == wish


def test_a_number_that_is_too_long_gets_no_link() -> None:
    assert LINKS.carry(Linked("explain_bill", "9" * 40)) is None


def test_one_of_another_company_is_not_ours() -> None:
    carried = DeepLinks(b"another key").carry(INVOICE)
    assert carried is not None
    assert LINKS.read(carried) is None


def test_without_a_key_none_is_made_and_none_is_believed() -> None:
    carried = LINKS.carry(INVOICE)
    assert carried is not None
    assert DeepLinks().carry(INVOICE) is None
    assert DeepLinks().read(carried) is None


@pytest.mark.parametrize("carried", ["", "ref42", "a" * LONGEST, "a" * 500, "ș", "=" * 20])
def test_what_is_no_link_is_none(carried: str) -> None:
    assert LINKS.read(carried) is None


@given(st.data())
def test_a_changed_link_is_no_link(data: st.DataObject) -> None:
    carried = LINKS.carry(INVOICE)
    assert carried is not None
    place = data.draw(st.integers(0, len(carried) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019_-"))
    forged = carried[:place] + letter + carried[place + 1 :]
    assert LINKS.read(forged) is None or LINKS.read(forged) == INVOICE


@given(st.text(max_size=80))
def test_no_text_makes_reading_fail(text: str) -> None:
    assert LINKS.read(text) is None
