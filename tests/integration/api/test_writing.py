"""A program changes something: once, by rule, and with an answer that can be asked for again."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from billing_backend.db import Sessions, transaction
from tests.integration.api.conftest import Subscriber

PAYMENT = {
    "amount": {"minor": 10_000, "currency": "RON"},
    "received_on": "2026-11-23",
    "method": "bank_transfer",
    "reference": "BT-1",
}


async def post(
    api: httpx.AsyncClient, path: str, body: dict[str, Any], key: str = "k1"
) -> httpx.Response:
    return await api.post(path, json=body, headers={"Idempotency-Key": key})


async def owed(api: httpx.AsyncClient, account: UUID) -> int:
    minor: int = (await api.get(f"/accounts/{account}/balance")).json()["due"]["minor"]
    return minor


async def test_a_payment_pays_once_however_often_it_is_sent(
    api: httpx.AsyncClient, account: UUID
) -> None:
    body = {**PAYMENT, "account_id": str(account)}
    first = await post(api, "/payments", body)
    again = await post(api, "/payments", body)

    assert first.status_code == 201
    assert first.json()["reference"] == "BT-1"
    assert (again.status_code, again.json()) == (201, first.json())
    assert [each.headers["idempotent-replayed"] for each in (first, again)] == ["false", "true"]
    assert await owed(api, account) == 19_040  # 290.40 - 100.00


async def test_ten_at_once_pay_once(api: httpx.AsyncClient, account: UUID) -> None:
    body = {**PAYMENT, "account_id": str(account)}
    answers = await asyncio.gather(*(post(api, "/payments", body) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert await owed(api, account) == 19_040


async def test_one_reference_under_many_keys_is_recorded_once(
    api: httpx.AsyncClient, account: UUID
) -> None:
    body = {**PAYMENT, "account_id": str(account)}
    answers = await asyncio.gather(*(post(api, "/payments", body, f"k{n}") for n in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert await owed(api, account) == 19_040


async def test_the_same_key_with_another_body_is_refused(
    api: httpx.AsyncClient, account: UUID
) -> None:
    await post(api, "/payments", PAYMENT)
    refused = await post(api, "/payments", {**PAYMENT, "reference": "BT-2"})
    assert refused.status_code == 422
    assert "already used for a different request" in refused.json()["detail"]


async def test_without_a_key_nothing_is_done(api: httpx.AsyncClient, account: UUID) -> None:
    refused = await api.post("/payments", json={**PAYMENT, "account_id": str(account)})
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("Idempotency-Key")
    assert await owed(api, account) == 29_040


async def test_what_the_review_proved_is_corrected(api: httpx.AsyncClient, account: UUID) -> None:
    [finding, *_] = (await api.get(f"/accounts/{account}/review")).json()["findings"]
    done = await post(
        api, f"/accounts/{account}/corrections", {"finding_id": finding["finding_id"]}
    )
    assert done.status_code == 201
    assert done.json()["amount"] == {"minor": 7260, "currency": "RON"}
    [note] = (await api.get(f"/accounts/{account}/credit-notes")).json()["credit_notes"]
    assert note["number"] == done.json()["credit_note_number"]
    assert note["issued_by"] == "api:installation"


async def test_an_arrangement_and_a_refusal_are_both_kept_as_first_answered(
    api: httpx.AsyncClient, account: UUID
) -> None:
    path = f"/accounts/{account}/arrangements"
    late = await post(api, path, {"pay_by": "2027-11-24"}, "late")
    assert late.status_code == 409
    assert (late.json()["code"], late.json()["detail"][:19]) == (
        "date_too_late",
        "the day is too late",
    )
    made = await post(api, path, {"pay_by": "2026-11-30"}, "fits")
    assert (made.status_code, made.json()["status"]) == (201, "open")

    again = await post(api, path, {"pay_by": "2027-11-24"}, "late")
    assert again.json() == late.json()
    assert again.headers["content-type"] == "application/problem+json"


async def test_a_grant_is_the_customers_from_then_on(api: httpx.AsyncClient, account: UUID) -> None:
    body = {"percent_bp": 1000, "months": 2, "reason": "competitor"}
    done = await post(api, f"/accounts/{account}/grants", body)
    assert done.status_code == 201, done.json()
    [grant] = (await api.get(f"/accounts/{account}/grants")).json()["grants"]
    assert grant["grant_id"] == done.json()["grant_id"]
    refused = await post(api, f"/accounts/{account}/grants", body, "another")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_discounted")


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"amount": {"minor": 0, "currency": "RON"}}, 422, "minor"),
        ({"amount": {"minor": 1.5, "currency": "RON"}}, 422, "minor"),
        ({"amount": {"minor": 1, "currency": "EUR"}}, 409, "billed in RON"),
        ({"received_on": "2026-11-25"}, 409, "in the future"),
        ({"received_on": "2026-02-30"}, 422, "received_on"),
        ({"method": "crypto"}, 422, "method"),
        ({"reference": ""}, 422, "reference"),
        ({"reference": "a\u0000b"}, 422, "reference"),
        ({"note": "x" * 1001}, 422, "note"),
        ({"invoice_number": "DT-2026-999999"}, 404, "no invoice"),
        ({"account_id": str(uuid4())}, 404, "no account"),
        ({"account_id": None, "invoice_number": "DT-2026-000001"}, 409, "not the account"),
        ({"amonut": 1}, 422, "amonut"),
    ],
)
async def test_a_wrong_payment_is_told_in_one_sentence(
    api: httpx.AsyncClient, account: UUID, change: dict[str, Any], status: int, words: str
) -> None:
    refused = await post(api, "/payments", {**PAYMENT, "account_id": str(account), **change})
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"
    assert words in refused.json()["detail"]
    assert await owed(api, account) == 29_040


async def test_an_error_of_somebody_else_cannot_be_corrected_here(
    api: httpx.AsyncClient, account: UUID, sessions: Sessions, subscriber: Subscriber
) -> None:
    async with transaction(sessions) as session:
        stranger = await subscriber(session, 2)
    [finding, *_] = (await api.get(f"/accounts/{account}/review")).json()["findings"]
    refused = await post(
        api, f"/accounts/{stranger}/corrections", {"finding_id": finding["finding_id"]}
    )
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("path", "name"),
    [("invoices", "invoices"), ("journal", "entries"), ("payments", "payments")],
)
async def test_pages_together_are_the_whole_list(
    api: httpx.AsyncClient, account: UUID, path: str, name: str
) -> None:
    for number in range(5):
        body = {**PAYMENT, "account_id": str(account), "reference": f"BT-{number}"}
        await post(api, "/payments", body, f"k{number}")
    whole = (await api.get(f"/accounts/{account}/{path}", params={"limit": 100})).json()
    assert whole["next"] is None

    seen, after = [], None
    while True:
        params = {"limit": 2, **({"after": after} if after else {})}
        page = (await api.get(f"/accounts/{account}/{path}", params=params)).json()
        assert 1 <= len(page[name]) <= 2
        seen += page[name]
        after = page["next"]
        if after is None:
            break
    assert seen == whole[name]


@pytest.mark.parametrize("after", ["x", "WyIxIl0=", "bm9uc2Vuc2U=", "[]", "WzFd"])
async def test_a_cursor_that_is_none_is_told(
    api: httpx.AsyncClient, account: UUID, after: str
) -> None:
    refused = await api.get(f"/accounts/{account}/payments", params={"after": after})
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "after: is not the `next` of a page",
    )
