"""The desk changes plans and options: previewed, confirmed, called off, undone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from billing_backend.contract import Level
from billing_backend.db import Sessions, transaction
from handoff.conversations import Conversation
from handoff.queue import Waiting, request_person

from .conftest import CHANGE, ELENA, NOON, OFFICE


def url(waiting: Waiting, verb: str = "") -> str:
    return f"/desk/api/cases/{waiting.case_id}{verb}"


async def takes(client: httpx.AsyncClient, waiting: Waiting) -> dict[str, Any]:
    answer = await client.post(url(waiting, "/take"))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_agent_sees_plan_schedule_company_and_accounts(
    maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    case = await takes(maria, waiting)
    services = case["account"]["services"]
    assert services["plan"]["text"] == "Home 300"
    assert services["plan"]["price"]["text"] == "60.00 RON"
    assert [each["text"] for each in services["scheduled"]] == [
        "Home 300 → Home 1000 from 1 Dec 2026"
    ]
    assert [each["text"] for each in services["choices"]] == [
        "Plan: Home 1000, 97.00 RON",
        "End the service",
    ]
    assert case["customer"]["company"] == {
        "name": "Exemplu SRL",
        "tax_id": "RO99999909",
        "iban": None,
    }
    assert [(each["text"], each["shown"]) for each in case["customer"]["accounts"]] == [
        ("Acasă, Str. Teilor 12", True),
        ("Birou", False),
    ]


async def test_the_agent_reads_what_it_is_about(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation
) -> None:
    async with transaction(sessions) as session:
        waiting = await request_person(
            session,
            elena.id,
            reason="asked",
            detail={"topic": "start_service", "product": "TV Family plan"},
            customer_id=ELENA,
            now=NOON,
        )
    case = await takes(maria, waiting)
    assert case["summary"][1] == "Asked for a person: a new service (TV Family plan)."


async def test_a_change_is_previewed_and_then_made_once(
    maria: httpx.AsyncClient, waiting: Waiting, desk: Any
) -> None:
    await takes(maria, waiting)
    wish = {"kind": "plan", "product_code": "big"}
    told = (await maria.post(url(waiting, "/preview-change"), json=wish)).json()
    assert told["text"] == [
        "Home 300 → Home 1000 from 23 Nov 2026",
        "Next invoice: 121.00 RON (+48.00 RON)",
    ]
    assert desk.billing.done == {}  # so far nothing
    for _ in range(2):
        done = await maria.post(url(waiting, "/change"), json={**wish, "promise": told["promise"]})
        assert done.json()["text"] == "Done: Home 300 → Home 1000 from 23 Nov 2026."
    assert [each.name for each in desk.billing.authorities] == ["Maria Ionescu"]
    case = (await maria.get(url(waiting))).json()
    assert [each["text"] for each in case["granted"]] == ["Home 1000 from 23 Nov 2026"]
    assert case["suggested_agreement"] == "Home 1000 from 23 Nov 2026"


async def test_another_promise_is_not_kept(maria: httpx.AsyncClient, waiting: Waiting) -> None:
    await takes(maria, waiting)
    refused = await maria.post(
        url(waiting, "/change"), json={"kind": "plan", "product_code": "big", "promise": "p0"}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "change_refused")
    assert refused.json()["detail"] == "Not changed: The account has changed: preview it again."


@pytest.mark.parametrize(
    "verb", ["/preview-change", "/change", "/call-off", "/undo-cancellation", "/account"]
)
async def test_nothing_is_told_or_changed_for_somebody_not_verified(
    maria: httpx.AsyncClient, waiting: Waiting, desk: Any, verb: str
) -> None:
    await takes(maria, waiting)
    desk.billing.level = Level.RECOGNISED
    bodies: dict[str, dict[str, Any]] = {
        "/preview-change": {"kind": "cancel"},
        "/change": {"kind": "cancel", "promise": "p1"},
        "/call-off": {"change_id": str(CHANGE)},
        "/account": {"account_id": str(OFFICE)},
    }
    refused = await maria.post(url(waiting, verb), json=bodies.get(verb))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_verified")


async def test_a_scheduled_change_is_called_off(maria: httpx.AsyncClient, waiting: Waiting) -> None:
    await takes(maria, waiting)
    done = await maria.post(url(waiting, "/call-off"), json={"change_id": str(CHANGE)})
    gone = await maria.post(url(waiting, "/call-off"), json={"change_id": str(uuid4())})
    assert done.json()["text"] == "Called off: everything stays as it is."
    assert gone.json()["detail"] == "Not changed: There is no such change any more."


async def test_the_chosen_account_counts_for_all_that_follows_and_for_the_assistant(
    maria: httpx.AsyncClient,
    waiting: Waiting,
    desk: Any,
    sessions: Sessions,
    elena: Conversation,
) -> None:
    await takes(maria, waiting)
    restored = await maria.post(url(waiting, "/undo-cancellation"))
    chosen = await maria.post(url(waiting, "/account"), json={"account_id": str(OFFICE)})
    not_hers = await maria.post(url(waiting, "/account"), json={"account_id": str(uuid4())})
    not_cancelled = await maria.post(url(waiting, "/undo-cancellation"))
    case = (await maria.get(url(waiting))).json()
    await maria.post(url(waiting, "/hand-back"), json={})
    async with transaction(sessions) as session:
        dialogue = (await session.get_one(Conversation, elena.id)).dialogue
    assert restored.json()["text"] == "The cancellation is undone."
    assert chosen.json()["text"] == "This is now about Birou."
    assert not_hers.json()["code"] == "not_their_account"
    assert not_cancelled.json()["code"] == "undo_refused"
    assert not_cancelled.json()["detail"] == "Not undone: It is not cancelled."
    assert desk.billing.looked_at[-1] == OFFICE
    assert case["customer"]["plan"] == "Birou 500"
    assert dialogue["account"] == {"customer": str(ELENA), "account": str(OFFICE)}
