"""Disputes and debts in parts at the desk: opened, reviewed, answered within one's limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from billing_backend.contract import Level, Tier
from billing_backend.money import Money
from handoff.queue import Waiting
from tests.integration.handoff.test_desk_api import taken, url

ABOUT = {"invoice_number": "DT-2026-000005", "reason": "not_ordered", "words": "I never ordered it"}


async def opened(client: httpx.AsyncClient, waiting: Waiting) -> str:
    await taken(client, waiting)
    answer = await client.post(url(waiting, "/dispute"), json=ABOUT)
    assert answer.status_code == 200, answer.text
    return "CT-2026-000001"


async def account(client: httpx.AsyncClient, waiting: Waiting) -> dict[str, Any]:
    shown: dict[str, Any] = (await client.get(url(waiting))).json()["account"]
    return shown


async def test_an_agent_opens_a_dispute_and_sees_it(
    maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    await opened(maria, waiting)

    shown = (await account(maria, waiting))["disputes"]
    [dispute] = shown["disputes"]
    assert (dispute["number"], dispute["state"], dispute["open"]) == (
        "CT-2026-000001",
        "open",
        True,
    )
    assert dispute["words"] == "I never ordered it"
    assert dispute["text"] == "Sport, DT-2026-000005"
    case = (await maria.get(url(waiting))).json()
    assert [each["kind"] for each in case["granted"]] == ["dispute"]
    assert "CT-2026-000001" in case["suggested_agreement"]


async def test_what_is_disputed_already_is_named(
    maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    await opened(maria, waiting)

    again = await maria.post(url(waiting, "/dispute"), json=ABOUT)

    assert again.status_code == 409
    assert again.json()["code"] == "dispute_refused"
    assert again.json()["existing"] == "CT-2026-000001"
    assert "CT-2026-000001" in again.json()["detail"]


async def test_a_dispute_is_reviewed_and_upheld_within_the_agents_limit(
    desk: Any, maria: httpx.AsyncClient, radu: httpx.AsyncClient, waiting: Waiting
) -> None:
    number = await opened(maria, waiting)
    review = await maria.post(url(waiting, "/dispute-review"), json={"number": number})
    assert review.status_code == 200, review.text

    wanted = {"number": number, "amount_minor": 1_500}
    above = await maria.post(url(waiting, "/dispute-uphold"), json=wanted)
    assert (above.status_code, above.json()["code"]) == (409, "correction_refused")
    assert above.json()["needs"] == "supervisor"
    assert desk.billing.dispute.state == "under_review"

    await radu.post(url(waiting, "/take"), json={"take_over": True})
    done = await radu.post(url(waiting, "/dispute-uphold"), json=wanted)
    assert done.status_code == 200, done.text
    assert "DTC-2" in done.json()["text"]
    assert desk.billing.authorities[-1].tier is Tier.SUPERVISOR
    case = (await radu.get(url(waiting))).json()
    assert [each["kind"] for each in case["granted"]] == ["dispute", "correction"]


async def test_an_amount_is_in_the_currency_of_the_dispute(
    desk: Any, radu: httpx.AsyncClient, waiting: Waiting
) -> None:
    number = await opened(radu, waiting)
    desk.billing.dispute = replace(desk.billing.dispute, amount=Money(1_500, "EUR"))

    done = await radu.post(
        url(waiting, "/dispute-uphold"), json={"number": number, "amount_minor": 400}
    )

    assert done.status_code == 200, done.text
    assert desk.billing.dispute.credited == Money(400, "EUR")
    assert "4.00 EUR" in done.json()["text"]


async def test_a_rejection_needs_its_reason_and_is_final(
    desk: Any, maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    number = await opened(maria, waiting)
    empty = await maria.post(url(waiting, "/dispute-reject"), json={"number": number, "answer": ""})
    assert empty.status_code == 422

    why = {"number": number, "answer": "You ordered it on 3 November."}
    done = await maria.post(url(waiting, "/dispute-reject"), json=why)
    assert done.status_code == 200
    assert desk.billing.dispute.answer == "You ordered it on 3 November."
    again = await maria.post(url(waiting, "/dispute-reject"), json=why)
    assert (again.status_code, again.json()["reason"]) == (409, "answered")


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("/dispute", {**ABOUT, "invoice_number": "DT-9"}, 404),
        ("/dispute", {**ABOUT, "reason": "because"}, 422),
        ("/dispute-review", {"number": "CT-9"}, 404),
        ("/dispute-uphold", {"number": "CT-9", "amount_minor": 0}, 422),
        ("/dispute-uphold", {"number": "CT-9", "amount_minor": 100}, 404),
        ("/instalments", {"parts": 1}, 422),
        ("/instalments", {"parts": 3}, 409),
    ],
)
async def test_what_makes_no_sense_is_refused(
    maria: httpx.AsyncClient, waiting: Waiting, verb: str, body: dict[str, Any], status: int
) -> None:
    await taken(maria, waiting)

    answer = await maria.post(url(waiting, verb), json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_nothing_changes_for_somebody_who_is_not_verified(
    desk: Any, maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    desk.billing.level = Level.RECOGNISED

    for verb, body in [
        ("/dispute", ABOUT),
        ("/dispute-review", {"number": "CT-1"}),
        ("/dispute-uphold", {"number": "CT-1"}),
        ("/dispute-reject", {"number": "CT-1", "answer": "No."}),
        ("/instalments", {"parts": 2}),
    ]:
        answer = await maria.post(url(waiting, verb), json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_verified")
    assert desk.billing.dispute is None


async def test_an_agent_arranges_a_debt_in_parts(
    maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    shown = await account(maria, waiting)
    [plan] = shown["instalments"]["plans"]
    assert plan["parts"] == 2
    assert "72.50 RON, 7 Dec 2026" in plan["text"]
    assert "Suspended since 20 Nov 2026" in shown["service"]

    done = await maria.post(url(waiting, "/instalments"), json={"parts": 2})

    assert done.status_code == 200, done.text
    assert "145.00 RON in 2 instalments" in done.json()["text"]
    case = (await maria.get(url(waiting))).json()
    assert [each["kind"] for each in case["granted"]] == ["instalments"]
