"""Which links open a document, until when, and which never do?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from billing_backend.documents.links import Links

INVOICE = UUID("5d1f4a0e-6a43-4c39-9a0b-6d6f2d0c5a11")
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
LINKS = Links(b"a key of the tests", "https://billing.example.com", timedelta(hours=72))


def token_of(url: str) -> str:
    start = "https://billing.example.com/documents/"
    assert url.startswith(start)
    return url.removeprefix(start)


def test_a_link_opens_its_document_for_three_days() -> None:
    url, expires_at = LINKS.make(INVOICE, now=NOW)

    assert expires_at == datetime(2026, 11, 27, 10, tzinfo=UTC)
    assert LINKS.read(token_of(url), now=NOW) == INVOICE
    assert LINKS.read(token_of(url), now=expires_at) == INVOICE
    assert LINKS.read(token_of(url), now=expires_at + timedelta(seconds=1)) is None


def test_a_link_is_short_enough_for_an_sms() -> None:
    url, _ = LINKS.make(INVOICE, now=NOW)

    assert len(token_of(url)) == 48
    assert token_of(url).isascii()


def test_no_letter_of_a_link_can_be_changed() -> None:
    url, _ = LINKS.make(INVOICE, now=NOW)
    token = token_of(url)
    for at, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        assert LINKS.read(f"{token[:at]}{other}{token[at + 1 :]}", now=NOW) is None


@pytest.mark.parametrize(
    "token",
    ["", "x", "AAAA", "A" * 48, "A" * 47, "ă" * 48, "../../etc", "A" * 4000, "a b%00"],
)
def test_what_is_no_link_opens_nothing(token: str) -> None:
    assert LINKS.read(token, now=NOW) is None


def test_a_link_of_another_installation_opens_nothing() -> None:
    other = Links(b"another key", "https://billing.example.com")
    url, _ = other.make(INVOICE, now=NOW)

    assert LINKS.read(token_of(url), now=NOW) is None


def test_neither_the_key_nor_a_link_is_shown_in_logs() -> None:
    assert "a key of the tests" not in repr(LINKS)
