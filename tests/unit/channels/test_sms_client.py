"""Does an SMS reach Twilio's API, and what is a failure there taken for?"""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from bot.channels.message import Button, Channel, DeliveryFailed, Outbound
from bot.channels.sms import Diacritics, From, SmsSender
from bot.channels.sms.render import render
from bot.channels.twilio_api import make_client

ACCOUNT, TOKEN = "AC0123456789abcdef0123456789abcdef", "token"
STATUS = "https://bot.example/webhooks/sms/status"
NUMBER, SECOND = "+40312345678", "+40312345679"
SERVICE = "MG" + "0" * 32
QUEUED = {"sid": "SM77", "status": "queued", "date_created": None}


def to_bogdan(text: str, *titles: str) -> Outbound:
    buttons = tuple(Button(title, f"t{n}") for n, title in enumerate(titles))
    return Outbound(Channel.SMS, "+40722100202", text, "ro", buttons=buttons)


@pytest.fixture
def sender(provider: Any) -> SmsSender:
    return sending(provider, From((NUMBER,)))


def sending(provider: Any, origin: From, diacritics: Diacritics = Diacritics.KEEP) -> SmsSender:
    client = make_client(ACCOUNT, TOKEN, provider.url, timeout=5)
    return SmsSender(client, origin, STATUS, diacritics)


async def test_an_sms_is_handed_to_twilio_with_where_its_receipt_goes(
    provider: Any, sender: SmsSender
) -> None:
    provider.will_answer(201, QUEUED)
    delivered = await sender.send(to_bogdan("Aveți de plată 120,00 lei."))
    assert delivered.provider_message_id == "SM77"
    (call,) = provider.calls
    assert call.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert call.form == {
        "To": "+40722100202",
        "From": "+40312345678",
        "Body": "Aveți de plată 120,00 lei.",
        "StatusCallback": STATUS,
    }


def test_answers_are_numbered_below_the_text() -> None:
    assert render(to_bogdan("Confirmați?", "Da", "Nu")) == ["Confirmați?\n1. Da\n2. Nu"]


def test_a_long_sms_is_cut_at_sentences_and_its_answers_stay_together() -> None:
    sentence = "Aceasta este o propoziție despre factură. "
    *texts, choices = render(to_bogdan(sentence * 60, "Da", "Nu"))
    assert all(len(text) <= 1600 and text.endswith(".") for text in texts)
    assert " ".join(texts) == (sentence * 60).strip()
    assert choices == "1. Da\n2. Nu"


@pytest.mark.parametrize(
    ("status", "body", "reason", "permanent", "uncertain"),
    [
        (400, {"code": 21211, "message": "Invalid 'To'"}, "invalid_address", True, False),
        (400, {"code": 21614, "message": "not a mobile"}, "landline", True, False),
        (400, {"code": 21610, "message": "unsubscribed"}, "opted_out", True, False),
        (400, {"code": 21408, "message": "no permission"}, "rejected", True, False),
        (400, {"code": 21617, "message": "too long"}, "rejected", True, False),
        (401, {"code": 20003, "message": "Authenticate"}, "rejected", False, False),
        (429, {"code": 20429, "message": "Too Many Requests"}, "rate_limited", False, False),
        (400, {"code": 14107, "message": "rate limit of messages"}, "rate_limited", False, False),
        (400, {"code": 20429, "message": "Too Many Requests"}, "rate_limited", False, False),
        (400, {"code": 21611, "message": "queue is full"}, "rate_limited", False, False),
        (400, {"code": 30022, "message": "US A2P limit"}, "rate_limited", False, False),
        (403, {"code": 20003, "message": "Forbidden"}, "rejected", False, False),
        (500, {"code": 20500, "message": "Internal"}, "unreachable", False, False),
        (503, b"<html>maintenance</html>", "unreachable", False, False),
        (504, b"<html>gateway time-out</html>", "timeout", False, True),
        (201, b"<html>welcome to the hotel</html>", "timeout", False, True),
        (
            400,
            {"type": "u", "title": "Bad", "status": 400, "code": 21211},
            "invalid_address",
            True,
            False,
        ),
    ],
)
async def test_what_twilio_answers_decides_whether_to_try_again(
    provider: Any,
    sender: SmsSender,
    status: int,
    body: Any,
    reason: str,
    permanent: bool,
    uncertain: bool,
) -> None:
    provider.will_answer(status, body)
    with pytest.raises(DeliveryFailed) as caught:
        await sender.send(to_bogdan("Bună ziua"))
    failure = caught.value
    assert (failure.reason, failure.permanent, failure.uncertain) == (reason, permanent, uncertain)


async def test_a_connection_lost_after_sending_is_uncertain(
    provider: Any, sender: SmsSender
) -> None:
    provider.will_hang_up()
    with pytest.raises(DeliveryFailed) as caught:
        await sender.send(to_bogdan("Bună ziua"))
    assert (caught.value.reason, caught.value.uncertain) == ("timeout", True)


async def test_nobody_listening_is_certain_and_may_be_tried_again(unused_tcp_port: int) -> None:
    client = make_client(ACCOUNT, TOKEN, f"http://127.0.0.1:{unused_tcp_port}", timeout=5)
    with pytest.raises(DeliveryFailed) as caught:
        await SmsSender(client, From((NUMBER,)), STATUS).send(to_bogdan("Bună ziua"))
    assert (caught.value.reason, caught.value.uncertain) == ("unreachable", False)


async def test_a_failure_in_the_middle_is_uncertain(provider: Any, sender: SmsSender) -> None:
    provider.will_answer(201, QUEUED)
    provider.will_answer(429, {"code": 20429, "message": "Too Many Requests"})
    with pytest.raises(DeliveryFailed) as caught:
        await sender.send(to_bogdan("propoziție. " * 200))
    assert (caught.value.uncertain, len(provider.calls)) == (True, 2)


async def test_a_blank_sms_is_never_sent(provider: Any, sender: SmsSender) -> None:
    with pytest.raises(DeliveryFailed, match="rejected"):
        await sender.send(to_bogdan("  "))
    assert provider.calls == []


async def test_too_many_requests_tell_how_long_to_wait(provider: Any, sender: SmsSender) -> None:
    told = {"code": 20429, "message": "Too Many Requests"}
    provider.will_answer(429, told, {"Retry-After": "7"})
    with pytest.raises(DeliveryFailed) as caught:
        await sender.send(to_bogdan("Bună ziua"))
    failure = caught.value
    assert (failure.reason, failure.retry_after, failure.everywhere) == ("rate_limited", 7.0, True)


async def test_a_name_that_cannot_be_looked_up_is_certain_and_may_be_tried_again() -> None:
    client = make_client(ACCOUNT, TOKEN, "http://twilio.invalid", timeout=5)
    with pytest.raises(DeliveryFailed) as caught:
        await SmsSender(client, From((NUMBER,)), STATUS).send(to_bogdan("Bună ziua"))
    assert (caught.value.reason, caught.value.uncertain) == ("unreachable", False)


@pytest.mark.parametrize(
    ("origin", "line", "form"),
    [
        (From((NUMBER, SECOND)), None, {"From": NUMBER}),
        (From((NUMBER, SECOND)), SECOND, {"From": SECOND}),
        (From((NUMBER,)), SECOND, {"From": NUMBER}),  # a number that was given up
        (From((), SERVICE), None, {"MessagingServiceSid": SERVICE}),
        (From((), SERVICE), SECOND, {"MessagingServiceSid": SERVICE, "From": SECOND}),
    ],
)
async def test_a_customer_goes_on_hearing_from_the_number_they_wrote_to(
    provider: Any, origin: From, line: str | None, form: dict[str, str]
) -> None:
    provider.will_answer(201, QUEUED)
    await sending(provider, origin).send(replace(to_bogdan("Bună ziua"), line=line))
    sent = provider.calls[0].form
    assert {name: sent[name] for name in ("From", "MessagingServiceSid") if name in sent} == form


async def test_our_own_id_goes_along_with_each_part(provider: Any, sender: SmsSender) -> None:
    for _ in range(2):
        provider.will_answer(201, QUEUED)
    message = replace(to_bogdan("propoziție. " * 200), id=UUID(int=7))
    delivered = await sender.send(message)
    ours = f"{STATUS}?message={UUID(int=7)}"
    assert [call.form["StatusCallback"] for call in provider.calls] == [
        f"{ours}&part=1&of=2",
        f"{ours}&part=2&of=2",
    ]
    # 1595 and 803 signs of UCS-2: 24 and 12 parts of 67
    assert delivered.segments == 36


async def test_letters_are_folded_where_that_saves_parts(provider: Any) -> None:
    provider.will_answer(201, QUEUED)
    auto = sending(provider, From((NUMBER,)), Diacritics.AUTO)
    delivered = await auto.send(to_bogdan("Doriți să plătiți în rate? " * 4, "Da, în două rate"))
    body = provider.calls[0].form["Body"]
    assert body.startswith("Doriti sa platiti in rate?")
    assert body.endswith("1. Da, in doua rate")
    assert delivered.segments == 1
