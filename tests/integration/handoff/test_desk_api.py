"""The desk over HTTP: an agent signs in, takes, answers, gives, hands back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from billing_backend.audit.models import AuditEntry
from billing_backend.contract import Level, Tier
from billing_backend.db import Sessions, transaction
from billing_backend.headers import SAFE
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    OutboundMessage,
    Owner,
    Status,
    write,
)
from handoff.conversations.outbox import claim_next
from handoff.queue import Case, State, Waiting, waiting_status
from tests.integration.handoff.conftest import begin, wait_for_person


async def conversation_now(sessions: Sessions, conversation: Conversation) -> Conversation:
    async with transaction(sessions) as session:
        return await session.get_one(Conversation, conversation.id)


async def words_to(sessions: Sessions, conversation: Conversation) -> list[tuple[str, str]]:
    """(author, text or responses) of every message that is not dropped."""
    async with transaction(sessions) as session:
        messages = await session.scalars(
            select(OutboundMessage)
            .where(
                OutboundMessage.conversation_id == conversation.id,
                OutboundMessage.status != Status.DROPPED,
            )
            .order_by(OutboundMessage.position)
        )
        return [
            (m.author, m.text or " ".join(part["response"] for part in m.parts)) for m in messages
        ]


def url(waiting: Waiting, verb: str = "") -> str:
    return f"/desk/api/cases/{waiting.case_id}{verb}"


async def taken(client: httpx.AsyncClient, waiting: Waiting) -> dict[str, Any]:
    answer = await client.post(url(waiting, "/take"))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


# --- signing in ---


async def test_wrong_password_and_unknown_agent_are_told_alike(desk: Any) -> None:
    async with desk.client() as client:
        answers = [
            await client.post("/desk/api/sign-in", json={"email": email, "password": "wrong"})
            for email in ("maria@demo.example", "nobody@demo.example")
        ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("email", ["maria@demo.example", "nobody@demo.example"])
async def test_five_wrong_tries_lock_an_address_for_15_minutes(desk: Any, email: str) -> None:
    right = {"email": email, "password": "maria-demo"}
    async with desk.client() as client:
        for _ in range(5):
            await client.post("/desk/api/sign-in", json=right | {"password": "wrong"})
        locked = await client.post("/desk/api/sign-in", json=right)
        desk.clock.moment += timedelta(minutes=15, seconds=1)
        later = await client.post("/desk/api/sign-in", json=right)

    assert (locked.status_code, locked.headers["retry-after"]) == (429, "900")
    assert later.status_code == (200 if email.startswith("maria") else 401)


async def test_the_fifth_try_may_still_be_right(desk: Any) -> None:
    right = {"email": "maria@demo.example", "password": "maria-demo"}
    async with desk.client() as client:
        for _ in range(4):
            await client.post("/desk/api/sign-in", json=right | {"password": "wrong"})
        fifth = await client.post("/desk/api/sign-in", json=right)
        again = await client.post("/desk/api/sign-in", json=right)
    assert [fifth.status_code, again.status_code] == [200, 200]


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: Any) -> None:
    async with desk.client() as client:
        answer = await client.post(
            "/desk/api/sign-in", json={"email": "maria@demo.example", "password": "maria-demo"}
        )
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/desk" in cookie


async def test_a_change_by_cookie_needs_what_only_the_page_knows(desk: Any) -> None:
    async with desk.client() as client:
        signed = await client.post(
            "/desk/api/sign-in", json={"email": "maria@demo.example", "password": "maria-demo"}
        )
        bare = await client.post("/desk/api/me", json={"available": False})
        csrf = {"X-CSRF-Token": signed.json()["csrf"]}
        with_header = await client.post("/desk/api/me", json={"available": False}, headers=csrf)
        reading = await client.get("/desk/api/me")

    assert (bare.status_code, bare.json()["code"]) == (403, "csrf")
    assert with_header.json()["available"] is False
    assert reading.json()["available"] is False


async def test_without_signing_in_nothing_is_seen(desk: Any, waiting: Waiting) -> None:
    async with desk.client() as client:
        for path in ("/desk/api/queue", url(waiting), url(waiting, "/events")):
            assert (await client.get(path)).status_code == 401
        client.headers["Authorization"] = "Bearer forged"
        assert (await client.post(url(waiting, "/take"))).status_code == 401


async def test_after_signing_out_the_token_is_worthless(maria: httpx.AsyncClient) -> None:
    assert (await maria.post("/desk/api/sign-out")).status_code == 200
    assert (await maria.get("/desk/api/me")).status_code == 401


# --- taking and answering ---


async def test_the_list_shows_who_waits_and_why(maria: httpx.AsyncClient, waiting: Waiting) -> None:
    listed = (await maria.get("/desk/api/queue")).json()

    [line] = listed["waiting"]
    assert (line["customer"], line["place"], line["reason_text"]) == (
        "Elena Radu",
        1,
        "Asked for a person",
    )
    assert listed["mine"] == listed["others"] == []


async def test_the_case_holds_all_an_agent_needs(
    maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    case = await taken(maria, waiting)

    assert case["summary"] == [
        "Elena Radu, customer 20000005, verified by one-time code; Telegram, in English.",
        "Asked for a person.",
    ]
    account = case["account"]
    assert account["balance"]["due"] == {"minor": 14500, "currency": "RON", "text": "145.00 RON"}
    invoice = account["invoice"]
    assert [cause["text"] for cause in invoice["causes"]] == [
        "Promotion ended: Spring offer",
        "Add-on added: Sport",
    ]
    assert (
        sum(cause["amount"]["minor"] for cause in invoice["causes"])
        == invoice["difference"]["minor"]
    )
    assert account["findings"][0]["text"] == "Charged twice: Sport"
    assert account["offers"][0]["text"] == "10% for 3 months, at most 30.00 RON"
    # Being held out of an experiment is nothing that agents hear.
    assert account["offers"][1]["refusal"] == "no_rule"


async def test_of_two_agents_at_once_one_gets_it_and_the_other_hears_who(
    maria: httpx.AsyncClient, radu: httpx.AsyncClient, waiting: Waiting
) -> None:
    answers = await asyncio.gather(
        maria.post(url(waiting, "/take")), radu.post(url(waiting, "/take"))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [refused] = [answer.json() for answer in answers if answer.status_code == 409]
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    assert refused["code"] == "taken"
    assert won["agent"] in refused["detail"]


async def test_taking_ones_own_case_again_is_no_error_and_said_once(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    await taken(maria, waiting)

    joined = [word for _, word in await words_to(sessions, elena) if word == "utter_agent_joined"]
    assert len(joined) == 1


async def test_the_reply_reaches_the_customer_and_late_words_of_the_bot_do_not(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation, waiting: Waiting
) -> None:
    async with transaction(sessions) as session:
        bot_turn = Draft(text="late words")
        await write(session, elena, bot_turn, author=Author.BOT, epoch=1, now=elena.created_at)
    await taken(maria, waiting)
    await maria.post(url(waiting, "/reply"), json={"text": "Good day, Elena!"})

    sent = []
    while True:
        async with transaction(sessions) as session:
            message = await claim_next(session, channels=["telegram"])
            if message is None:
                break
            message.status = Status.SENT
            sent.append(message.text)
    assert sent[-1] == "Good day, Elena!"
    assert "late words" not in sent


async def test_one_click_twice_says_it_once(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    click = {"Idempotency-Key": "click-1"}
    answers = [
        await maria.post(url(waiting, "/reply"), json={"text": "One moment."}, headers=click)
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert (await words_to(sessions, elena)).count((Author.AGENT, "One moment.")) == 1


async def test_only_who_holds_the_case_speaks(
    maria: httpx.AsyncClient, radu: httpx.AsyncClient, waiting: Waiting
) -> None:
    before = await maria.post(url(waiting, "/reply"), json={"text": "hello"})
    await taken(radu, waiting)
    other = await maria.post(url(waiting, "/reply"), json={"text": "hello"})

    assert [before.json()["code"], other.json()["code"]] == ["not_yours", "not_yours"]


async def test_a_supervisor_takes_over_and_an_agent_cannot(
    maria: httpx.AsyncClient, radu: httpx.AsyncClient, waiting: Waiting
) -> None:
    await taken(radu, waiting)
    refused = await maria.post(url(waiting, "/take"), json={"take_over": True})
    assert refused.status_code == 409
    await radu.post(url(waiting, "/release"))
    await taken(maria, waiting)

    over = await radu.post(url(waiting, "/take"), json={"take_over": True})

    assert over.json()["mine"] is True
    late = await maria.post(url(waiting, "/reply"), json={"text": "hello"})
    assert late.json()["code"] == "not_yours"


@pytest.mark.parametrize("body", [{"text": "   "}, {"text": "x" * 4001}, {}, {"words": "hi"}])
async def test_a_reply_without_words_is_a_polite_problem(
    maria: httpx.AsyncClient, waiting: Waiting, body: dict[str, str]
) -> None:
    await taken(maria, waiting)
    answer = await maria.post(url(waiting, "/reply"), json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_an_unknown_case_is_404(maria: httpx.AsyncClient) -> None:
    nowhere = "/desk/api/cases/00000000-0000-0000-0000-000000000000"
    for answer in (await maria.get(nowhere), await maria.post(f"{nowhere}/take")):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_case")


# --- the account ---


async def test_a_discount_within_authority_is_granted_once(
    desk: Any, maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    body = {"percent_bp": 1500, "months": 3}
    click = {"Idempotency-Key": "click-2"}

    first = await maria.post(url(waiting, "/grant"), json=body, headers=click)
    again = await maria.post(url(waiting, "/grant"), json=body, headers=click)

    assert first.json()["text"] == "Granted: 15% for 3 months."
    assert again.json() == first.json()
    assert [authority.tier for authority in desk.billing.authorities] == [Tier.AGENT]
    case = (await maria.get(url(waiting))).json()
    assert [granted["text"] for granted in case["granted"]] == ["discount: 15% for 3 months"]


async def test_above_authority_it_is_refused_with_the_reason_and_who_may(
    maria: httpx.AsyncClient, radu: httpx.AsyncClient, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    body = {"percent_bp": 5000, "months": 12}  # 100.00 RON x 50 % x 12 = 600.00 RON

    refused = await maria.post(url(waiting, "/grant"), json=body)

    assert refused.status_code == 409
    problem = refused.json()
    assert (problem["reason"], problem["needs"]) == ("above_authority", "supervisor")
    assert problem["detail"] == (
        "Not granted: This is above your authority. A supervisor may grant it."
    )
    await radu.post(url(waiting, "/take"), json={"take_over": True})
    assert (await radu.post(url(waiting, "/grant"), json=body)).status_code == 200


@pytest.mark.parametrize("level", [Level.UNKNOWN, Level.RECOGNISED])
async def test_nothing_is_changed_for_somebody_who_is_not_verified(
    desk: Any, maria: httpx.AsyncClient, waiting: Waiting, level: Level
) -> None:
    desk.billing.level = level
    await taken(maria, waiting)
    requests = {
        "/grant": {"percent_bp": 1000, "months": 3},
        "/correct": {"finding_id": "dup-1"},
        "/extend": {"pay_by": "2026-12-08"},
        "/payment-link": None,
    }
    for verb, body in requests.items():
        answer = await maria.post(url(waiting, verb), json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_verified")
    assert desk.billing.done == {}


async def test_a_proven_error_is_corrected(maria: httpx.AsyncClient, waiting: Waiting) -> None:
    await taken(maria, waiting)
    done = await maria.post(url(waiting, "/correct"), json={"finding_id": "dup-1"})
    assert done.json()["text"] == (
        "Credited 15.00 RON (credit note DTC-1). Left to pay: 130.00 RON."
    )

    gone = await maria.post(url(waiting, "/correct"), json={"finding_id": "other"})
    large = await maria.post(url(waiting, "/correct"), json={"finding_id": "large"})

    assert (gone.status_code, gone.json()["code"]) == (404, "finding_gone")
    assert large.json()["detail"] == (
        "1,500.00 RON is above your limit of 1,000.00 RON. A supervisor may grant it."
    )


async def test_who_comes_second_to_an_error_is_told_who_was_first(
    maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    late = await maria.post(url(waiting, "/correct"), json={"finding_id": "done"})

    assert (late.status_code, late.json()["code"]) == (409, "already_corrected")
    assert late.json()["detail"] == (
        "assistant has already put this right: 15.00 RON on invoice DT-2026-000005."
    )
    assert late.json()["by"] == "assistant"


async def test_a_payment_put_right_is_told_without_a_credit_note(
    maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    done = await maria.post(url(waiting, "/correct"), json={"finding_id": "payment"})

    assert done.json()["text"] == (
        "The payment of 145.00 RON is on this account now. Left to pay: 0.00 RON."
    )


async def test_a_payment_link_is_sent_in_the_conversation_once_for_a_click(
    maria: httpx.AsyncClient, waiting: Waiting, sessions: Sessions, elena: Conversation
) -> None:
    shown = await taken(maria, waiting)
    assert shown["account"]["balance"]["payable_by_link"]
    for _ in range(2):
        done = await maria.post(
            url(waiting, "/payment-link"), headers={"Idempotency-Key": "one click"}
        )
        assert done.json()["text"] == "Sent: a link to pay 145.00 RON."
    said = [words for words in await words_to(sessions, elena) if words[0] == "agent"]
    assert said == [("agent", "utter_payment_link")]


async def test_to_a_caller_the_payment_link_goes_by_sms(
    maria: httpx.AsyncClient, sessions: Sessions
) -> None:
    call = await begin(sessions, "voice", "CA1")
    waiting = await wait_for_person(sessions, call)
    await taken(maria, waiting)
    assert (await maria.post(url(waiting, "/payment-link"))).status_code == 200
    async with transaction(sessions) as session:
        sms = (
            await session.scalars(select(Conversation).where(Conversation.channel == "sms"))
        ).one()
    assert sms.address == "+40721000005"
    assert await words_to(sessions, sms) == [("agent", "utter_sms_payment_link")]
    assert "agent" not in [author for author, _ in await words_to(sessions, call)]


async def test_why_there_is_no_payment_link_is_said(
    desk: Any, maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    desk.billing.no_link = "processing"
    await taken(maria, waiting)
    refused = await maria.post(url(waiting, "/payment-link"))
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_link_refused")
    assert refused.json()["detail"] == "Not sent: A payment is on its way."


async def test_more_time_to_pay_follows_the_rule(
    maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    late = await maria.post(url(waiting, "/extend"), json={"pay_by": "2027-01-15"})
    done = await maria.post(url(waiting, "/extend"), json={"pay_by": "2026-12-08"})

    assert late.json()["detail"] == "Not arranged: That day is too late."
    assert done.json()["text"] == "Arranged: 145.00 RON by 8 Dec 2026."


# --- giving back ---


async def test_handing_back_tells_the_bot_what_was_agreed(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    await maria.post(url(waiting, "/grant"), json={"percent_bp": 1500, "months": 3})
    before = await conversation_now(sessions, elena)

    done = await maria.post(
        url(waiting, "/hand-back"),
        json={"outcome": "resolved", "agreed": "15% off for three months"},
    )

    assert done.status_code == 200
    after = await conversation_now(sessions, elena)
    assert (after.owner, after.agent_id) == (Owner.BOT, None)
    assert after.epoch > before.epoch
    agreed = after.dialogue["agreed"]
    assert (agreed["words"], agreed["by"]) == ("15% off for three months", "Maria")
    assert [(g["kind"], g["percent_bp"], g["months"]) for g in agreed["granted"]] == [
        ("discount", 1500, 3)
    ]
    assert (await words_to(sessions, elena))[-1] == (Author.BOT, "utter_handed_back")
    async with transaction(sessions) as session:
        case = await session.get_one(Case, waiting.case_id)
        assert (case.state, case.outcome, case.agreed) == (
            State.CLOSED,
            "resolved",
            "15% off for three months",
        )
        noted = await session.scalars(select(AuditEntry.action).order_by(AuditEntry.at))
        assert {"case.taken", "case.handed_back"} <= set(noted)
    late = await maria.post(url(waiting, "/reply"), json={"text": "and also"})
    assert late.json()["code"] == "not_yours"


async def test_releasing_keeps_the_place(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    await maria.post(url(waiting, "/release"))

    async with transaction(sessions) as session:
        status = await waiting_status(session, elena.id, elena.created_at)
    assert status is not None
    assert (status.case_id, status.place) == (waiting.case_id, 1)
    assert (await words_to(sessions, elena))[-1] == (
        Author.QUEUE,
        "utter_agent_returned_to_queue utter_queue_wait_under_1",
    )


async def test_closing_says_goodbye(
    maria: httpx.AsyncClient, sessions: Sessions, elena: Conversation, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    await maria.post(url(waiting, "/close"), json={"outcome": "resolved"})

    assert (await words_to(sessions, elena))[-1] == (Author.BOT, "utter_agent_closed")
    assert (await conversation_now(sessions, elena)).owner == Owner.BOT


async def test_only_a_call_can_be_put_through(
    maria: httpx.AsyncClient, sessions: Sessions, waiting: Waiting
) -> None:
    await taken(maria, waiting)
    answer = await maria.post(url(waiting, "/connect-phone"))
    assert answer.json()["code"] == "not_a_call"


# --- the invoice ---


async def test_an_agent_opens_the_customers_newest_invoice(
    maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    answer = await maria.get(url(waiting, "/invoice.pdf"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert "invoice-DT-2026-000005.pdf" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    # By itself, with no app around it.
    assert {name: answer.headers[name] for name in SAFE} == dict(SAFE)
    assert answer.content == b"%PDF-"


async def test_there_may_be_no_invoice_to_open(
    desk: Any, maria: httpx.AsyncClient, waiting: Waiting
) -> None:
    desk.billing.billed = False
    answer = await maria.get(url(waiting, "/invoice.pdf"))
    assert (answer.status_code, answer.json()["code"]) == (404, "no_document")


async def test_nobody_opens_an_invoice_without_signing_in(desk: Any, waiting: Waiting) -> None:
    async with desk.client() as stranger:
        answer = await stranger.get(url(waiting, "/invoice.pdf"))
    assert answer.status_code == 401
