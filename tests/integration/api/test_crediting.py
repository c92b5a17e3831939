"""A program gives money back: once, never more than is left, and with a reason."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from billing_backend.db import Sessions, transaction
from tests.integration.api.conftest import Subscriber


async def test_a_program_credits_a_line_once_and_is_told_what_is_left(
    api: httpx.AsyncClient, account: UUID
) -> None:
    where = f"/accounts/{account}/credit-notes"
    [newest, *_] = (await api.get(f"/accounts/{account}/invoices")).json()["invoices"]
    wish = {
        "invoice_number": newest["number"],
        "line": 1,
        "amount": {"minor": 5000, "currency": "RON"},
        "reason": "service_outage",
        "note": "a day without internet",
    }

    done = await api.post(where, json=wish, headers={"Idempotency-Key": "1"})
    again = await api.post(where, json=wish, headers={"Idempotency-Key": "1"})
    more = await api.post(where, json=wish, headers={"Idempotency-Key": "2"})

    assert (done.status_code, again.json()) == (201, done.json())
    assert done.json()["amount"]["minor"] == 5000
    # 72.60 - 50.00
    assert more.status_code == 409
    assert "only 22.60 RON are left" in more.json()["detail"]
    assert "api:installation credited 50.00 RON on 2026-11-24" in more.json()["detail"]
    [note] = (await api.get(where)).json()["credit_notes"]
    assert (note["kind"], note["reason"], note["note"]) == (
        "goodwill",
        "service_outage",
        "a day without internet",
    )


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"reason": "tea"}, 422, "reason: must be one of"),
        ({"note": "x" * 1_000_000}, 422, "note: String should have at most 1000"),
        ({"amount": {"minor": 0, "currency": "RON"}}, 422, "minor: Input should be greater"),
        ({"amount": {"minor": 1, "currency": "EUR"}}, 409, "EUR and RON cannot be added"),
        ({"invoice_number": "DT-2026-999999"}, 404, "no invoice"),
        ({"line": 99}, 404, "no line 99"),
        ({"tip": 1}, 422, "tip"),
        ({"amount": {"minor": 100_001, "currency": "RON"}}, 409, "only"),
    ],
)
async def test_a_credit_that_makes_no_sense_is_a_problem_that_names_the_field(
    api: httpx.AsyncClient, account: UUID, wrong: dict[str, object], status: int, words: str
) -> None:
    where = f"/accounts/{account}/credit-notes"
    [newest, *_] = (await api.get(f"/accounts/{account}/invoices")).json()["invoices"]
    wish = {
        "invoice_number": newest["number"],
        "reason": "goodwill",
        "note": "kind",
    }

    answer = await api.post(where, json=wish | wrong, headers={"Idempotency-Key": "1"})
    without_key = await api.post(where, json=wish)

    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert without_key.status_code == 422
    assert (await api.get(where)).json() == {"credit_notes": [], "next": None}


async def test_an_invoice_of_somebody_else_is_not_credited(
    api: httpx.AsyncClient, account: UUID, sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        stranger = await subscriber(session, 2)
    [newest, *_] = (await api.get(f"/accounts/{account}/invoices")).json()["invoices"]
    wish = {
        "invoice_number": newest["number"],
        "reason": "goodwill",
        "note": "kind",
    }

    answer = await api.post(
        f"/accounts/{stranger}/credit-notes", json=wish, headers={"Idempotency-Key": "1"}
    )

    assert answer.status_code == 404
