"""Does the simulated SMS line behave like Twilio, to the app and to the person?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

if TYPE_CHECKING:
    from tests.integration.simulator.conftest import World

ANA, BOGDAN = "+40700000001", "+40700000002"
ACCOUNT, AUTH = "AC" + "0" * 32, "twilio-auth-token"
SMS_NUMBER = "+40312345678"


def client_of(world: World, auth: str = AUTH, timeout: float = 5) -> Client:
    """The app's own client, the real one from Twilio."""
    client = Client(ACCOUNT, auth, http_client=TwilioHttpClient(timeout=timeout))
    client.api.base_url = f"{world.business.url}/simulator/twilio-api"
    return client


async def text_ana(world: World, body: str = "Codul: 482913", **more: Any) -> MessageInstance:
    wish = {"to": ANA, "from_": SMS_NUMBER, "body": body, **more}
    return await asyncio.to_thread(client_of(world).messages.create, **wish)


async def test_an_sms_reaches_the_webhook_signed_and_complete(world: World) -> None:
    answer = await world.post(f"sms/{ANA}/send", {"text": "Cât am de plată?"})

    form = world.business.sms[0]  # the business checks the signature of what it records
    assert answer.json()["status"] == 200
    assert form["MessageSid"] == answer.json()["message_sid"]
    assert (form["From"], form["To"], form["Body"]) == (ANA, SMS_NUMBER, "Cât am de plată?")
    assert (form["NumMedia"], form["NumSegments"]) == ("0", "1")


async def test_a_picture_comes_with_its_address(world: World) -> None:
    await world.post(f"sms/{ANA}/send", {"media": True})

    form = world.business.sms[0]
    assert (form["Body"], form["NumMedia"]) == ("", "1")
    assert form["MediaUrl0"].startswith("https://")


async def test_a_repeated_sms_has_the_same_sid(world: World) -> None:
    await world.post(f"sms/{ANA}/send", {"text": "da"})
    await world.post(f"sms/{ANA}/send", {"repeat_last": True})

    assert world.business.sms[0] == world.business.sms[1]
    assert len(await world.shown(f"sms/{ANA}")) == 1


async def test_a_message_in_the_webhooks_answer_is_shown(world: World) -> None:
    world.business.sms_answer = "<Response><Message>Bună ziua!</Message></Response>"

    await world.post(f"sms/{ANA}/send", {"text": "salut"})

    assert [one["text"] for one in await world.shown(f"sms/{ANA}")] == ["salut", "Bună ziua!"]


async def test_what_the_app_sends_is_shown_with_what_it_costs(world: World) -> None:
    sent = await text_ana(world, "ă" * 71)

    shown = (await world.shown(f"sms/{ANA}"))[-1]
    assert (shown["from"], shown["text"], shown["segments"]) == ("bot", "ă" * 71, 2)
    assert (sent.status, sent.num_segments) == ("queued", "2")


async def test_signed_receipts_follow_a_message(world: World) -> None:
    sent = await text_ana(world, status_callback=f"{world.business.url}/webhooks/sms/status")
    await world.simulator.sms.settle()

    told = [(one["MessageSid"], one["MessageStatus"]) for one in world.business.receipts]
    assert told == [(sent.sid, "sent"), (sent.sid, "delivered")]
    again = await asyncio.to_thread(client_of(world).messages(sent.sid or "").fetch)
    assert again.status == "delivered"


async def test_a_message_that_never_arrives_is_reported_with_its_reason(world: World) -> None:
    await world.post("faults", {"channel": "sms", "kind": "undelivered"})
    await text_ana(world, status_callback=f"{world.business.url}/webhooks/sms/status")
    await world.simulator.sms.settle()

    assert world.business.receipts[-1]["MessageStatus"] == "undelivered"
    assert world.business.receipts[-1]["ErrorCode"] == "30003"
    assert await world.shown(f"sms/{ANA}") == []


async def test_who_wrote_stop_gets_nothing_until_they_write_start(world: World) -> None:
    await world.post(f"sms/{ANA}/send", {"text": " stop "})
    with pytest.raises(TwilioRestException) as refused:
        await text_ana(world)
    assert refused.value.code == 21610

    await world.post(f"sms/{ANA}/send", {"text": "START"})
    await text_ana(world)
    assert (await world.shown(f"sms/{ANA}"))[-1]["from"] == "bot"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"to": "0712"}, 21211),
        ({"to": ""}, 21604),
        ({"body": " "}, 21602),
        ({"body": "a" * 1_601}, 21617),
        ({"from_": "+15005550006"}, 21606),
        ({"from_": ""}, 21603),
    ],
)
async def test_what_twilio_would_refuse_is_refused_with_its_code(
    world: World, wish: dict[str, str], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await text_ana(world, **wish)

    assert (refused.value.status, refused.value.code) == (400, code)
    assert await world.shown(f"sms/{ANA}") == []


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("rate_limited", 429, 20429), ("server_error", 500, 20500), ("blocked", 400, 21610)],
)
async def test_a_fault_meets_the_next_message_only(
    world: World, kind: str, status: int, code: int
) -> None:
    await world.post("faults", {"channel": "sms", "kind": kind})
    with pytest.raises(TwilioRestException) as refused:
        await text_ana(world)
    assert (refused.value.status, refused.value.code) == (status, code)

    await text_ana(world)
    assert len(await world.shown(f"sms/{ANA}")) == 1


async def test_a_fault_for_one_number_leaves_the_others_alone(world: World) -> None:
    await world.post("faults", {"channel": "sms", "kind": "server_error", "address": BOGDAN})
    await text_ana(world)
    assert (await world.api.get("/simulator/faults")).json()["faults"][0]["address"] == BOGDAN


@pytest.mark.parametrize(("taken", "shown"), [(True, 1), (False, 0)])
async def test_a_time_out_leaves_open_whether_the_message_was_taken(
    world: World, taken: bool, shown: int
) -> None:
    await world.post("faults", {"channel": "sms", "kind": "timeout", "taken": taken})
    client = client_of(world, timeout=0.1)
    with pytest.raises(Exception, match="timed out"):
        await asyncio.to_thread(
            client.messages.create, to=ANA, from_=SMS_NUMBER, body="Codul: 482913"
        )

    assert len(await world.shown(f"sms/{ANA}")) == shown


async def test_only_the_right_account_is_let_in(world: World) -> None:
    client = client_of(world, auth="wrong")
    with pytest.raises(TwilioRestException) as refused:
        await asyncio.to_thread(client.messages.create, to=ANA, from_=SMS_NUMBER, body="a")

    assert (refused.value.status, refused.value.code) == (401, 20003)


async def test_a_message_that_never_was_is_not_found(world: World) -> None:
    with pytest.raises(TwilioRestException) as missing:
        await asyncio.to_thread(client_of(world).messages("SM" + "0" * 32).fetch)
    assert missing.value.status == 404


@pytest.mark.parametrize(
    ("phone", "body", "status"),
    [
        (ANA, {}, 422),
        (ANA, {"media": False}, 422),
        (ANA, {"text": "a", "repeat_last": True}, 422),
        (ANA, {"repeat_last": True}, 409),
        ("0712345678", {"text": "a"}, 422),
    ],
)
async def test_a_senseless_wish_is_refused_with_a_sentence(
    world: World, phone: str, body: dict[str, object], status: int
) -> None:
    answer = await world.post(f"sms/{phone}/send", body)

    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
