"""Disputes and debts, as another program sees them."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from billing_backend.api import make_billing_api
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.db import Sessions, transaction
from billing_backend.invoices.run import issue_due
from billing_backend.jobs import run_day
from tests.integration.api.conftest import NOW, POLICY, Subscriber


@pytest.fixture
async def account(sessions: Sessions, subscriber: Subscriber) -> UUID:
    """Somebody with one unpaid invoice of 72.60, due on 15 October."""
    async with transaction(sessions) as session:
        account = await subscriber(session)
        await issue_due(session, as_of=date(2026, 10, 1), now=NOW, policy=POLICY)
    return account


@pytest.fixture
async def api(sessions: Sessions, account: UUID) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    billing = BuiltInBilling(POLICY, code_key=b"a key of the tests")
    app.include_router(make_billing_api(sessions, billing, FixedClock(NOW), "secret"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url=f"http://billing/api/billing/v1/accounts/{account}",
        headers={"Authorization": "Bearer secret"},
    ) as client:
        yield client


async def opens(api: httpx.AsyncClient, key: str = "o", **body: object) -> httpx.Response:
    [invoice] = (await api.get("/invoices")).json()["invoices"]
    wanted = {"invoice_number": invoice["number"], "reason": "usage", "words": "prea mult", **body}
    return await api.post("/disputes", json=wanted, headers={"Idempotency-Key": key})


async def test_a_dispute_is_opened_reviewed_and_upheld_once(api: httpx.AsyncClient) -> None:
    [line] = (await api.get("/invoices")).json()["invoices"][0]["lines"]
    answer = await opens(api, line_ids=[line["line_id"]])
    assert answer.status_code == 201
    assert answer.json() == (await opens(api, line_ids=[line["line_id"]])).json()
    dispute = answer.json()["dispute"]
    assert (dispute["state"], dispute["amount"]["minor"]) == ("open", 7_260)
    assert not answer.json()["paid"]

    path = f"/disputes/{dispute['number']}"
    key = {"Idempotency-Key": "k"}
    reviewed = await api.post(f"{path}/review", headers={"Idempotency-Key": "r"})
    assert reviewed.json()["state"] == "under_review"
    upheld = await api.post(
        f"{path}/uphold", json={"amount": {"minor": 1_000, "currency": "RON"}}, headers=key
    )
    assert upheld.json()["balance_due"]["minor"] == 6_260
    assert (await api.get("/disputes")).json()["disputes"] == [upheld.json()["dispute"]]
    events = (await api.get(f"{path}/events")).json()["events"]
    assert [each["state"] for each in events] == ["open", "under_review", "upheld"]
    assert {each["by"] for each in events} == {"api:installation"}

    late = await api.post(f"{path}/reject", json={"answer": "Nu."}, headers={**key, "X": "1"})
    assert late.status_code == 422, "the key was used for another request"
    late = await api.post(
        f"{path}/reject", json={"answer": "Nu."}, headers={"Idempotency-Key": "j"}
    )
    assert late.status_code == 409
    assert dispute["number"] in late.json()["detail"]


async def test_a_second_dispute_is_told_which_there_is(api: httpx.AsyncClient) -> None:
    number = (await opens(api)).json()["dispute"]["number"]

    again = await opens(api, key="again")

    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"
    assert f"{number} is open" in again.json()["detail"]
    withdrawn = await api.post(f"/disputes/{number}/withdraw", headers={"Idempotency-Key": "w"})
    assert withdrawn.json()["state"] == "withdrawn"
    assert (await opens(api, key="third")).status_code == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"invoice_number": "DT-2026-999999"}, 404),
        ({"line_ids": [str(uuid4())]}, 404),
        ({"amount": {"minor": 0, "currency": "RON"}}, 422),
        ({"amount": {"minor": 7_261, "currency": "RON"}}, 409),
        ({"reason": "because"}, 422),
        ({"colour": "red"}, 422),
        ({"words": "x" * 501}, 422),
    ],
)
async def test_what_makes_no_sense_is_refused_and_nothing_is_opened(
    api: httpx.AsyncClient, body: dict[str, object], status: int
) -> None:
    assert (await opens(api, **body)).status_code == status
    assert (await api.get("/disputes")).json() == {"disputes": []}


async def test_without_a_key_nothing_changes(api: httpx.AsyncClient) -> None:
    number = (await opens(api)).json()["dispute"]["number"]

    assert (await api.post(f"/disputes/{number}/uphold")).status_code == 422
    unknown = await api.post("/disputes/CT-1/review", headers={"Idempotency-Key": "k"})
    assert unknown.status_code == 404
    assert (await api.get("/disputes/CT-1/events")).status_code == 404


async def test_the_state_of_the_service_and_its_history(
    api: httpx.AsyncClient, sessions: Sessions
) -> None:
    before = (await api.get("/service")).json()
    assert (before["state"], before["to_pay"]["minor"]) == ("active", 7_260)
    assert before["reconnection_fee"]["minor"] == 1_815
    for day in range(1, 30):
        moment = datetime(2026, 10, day, 10, tzinfo=UTC)
        async with transaction(sessions) as session:
            await run_day(session, now=moment, policy=POLICY)
    for day in range(1, 20):
        moment = datetime(2026, 11, day, 10, tzinfo=UTC)
        async with transaction(sessions) as session:
            await run_day(session, now=moment, policy=POLICY)

    after = (await api.get("/service")).json()
    assert (after["state"], after["since"]) == ("suspended", "2026-11-14")
    [suspension] = (await api.get("/suspensions")).json()["suspensions"]
    assert suspension == {
        "suspended_on": "2026-11-14",
        "restored_on": None,
        "restored_because": None,
    }
