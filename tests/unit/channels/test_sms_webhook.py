"""Is only Twilio let in with an SMS, and what is each one taken for?"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from bot.channels.message import Channel, Inbound, Kind
from bot.channels.sms import make_router
from bot.channels.sms.payloads import parse, parse_status

PATH, STATUS = "/webhooks/sms", "/webhooks/sms/status"
TOKEN, URL = "a7f3c5e1d2b4968700112233445566aa", "https://bot.example"
Payload = Callable[[str], bytes]


@pytest.fixture
def twilio(door: Any, call_webhooks: Any) -> Any:
    return call_webhooks(make_router(door=door, auth_token=TOKEN, public_url=URL + "/"))


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("text", Kind.TEXT, "Cat am de plata si pana cand?"),
        ("stop", Kind.COMMAND, "stop"),
        ("start", Kind.COMMAND, "start"),
        ("opted_out_at_twilio", Kind.COMMAND, "stop"),
        ("photo_without_text", Kind.MEDIA, "photo"),
        ("photo_with_text", Kind.TEXT, "asta e factura"),
        ("blank", Kind.MEDIA, "empty"),
    ],
)
async def test_each_recorded_sms_is_understood(
    twilio: Any, door: Any, payload: Payload, name: str, kind: Kind, text: str
) -> None:
    answer = await twilio.post(PATH, payload(f"sms/{name}.form"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml"
    assert answer.text.endswith("<Response/>")
    (message,) = door.messages
    assert (message.kind, message.text) == (kind, text)
    assert (message.address, message.sender, message.phone) == ("+40722100202",) * 3
    assert message.language_hint == "ro"


async def test_a_repeated_delivery_changes_nothing(
    twilio: Any, door: Any, payload: Payload
) -> None:
    answers = [await twilio.post(PATH, payload("sms/two_segments.form")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(door.messages) == 1


@pytest.mark.parametrize("name", ["from_a_name", "from_a_short_code"])
async def test_nobody_who_cannot_be_answered_is_stored(
    twilio: Any, door: Any, payload: Payload, name: str
) -> None:
    assert (await twilio.post(PATH, payload(f"sms/{name}.form"))).status_code == 200
    assert door.messages == []


@pytest.mark.parametrize("body", ["Cancel", "yes", "end", "stop it now", "nu mai vreau"])
def test_words_that_answer_a_question_do_not_sign_off(body: str) -> None:
    inbound = parse({"MessageSid": "SM1", "From": "+40722100202", "Body": body})
    assert inbound is not None
    assert (inbound.kind, inbound.text) == (Kind.TEXT, body)


@pytest.mark.parametrize("path", [PATH, STATUS])
@pytest.mark.parametrize("signature", ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
async def test_without_a_right_signature_nothing_is_stored(
    twilio: Any, door: Any, payload: Payload, path: str, signature: str
) -> None:
    labels = {"channel": "sms", "reason": "bad_signature"}
    before = REGISTRY.get_sample_value("limpede_webhook_refused_total", labels) or 0
    answer = await twilio.post(path, payload("sms/text.form"), signature=signature)
    assert (answer.status_code, door.messages, door.statuses) == (403, [], [])
    after = REGISTRY.get_sample_value("limpede_webhook_refused_total", labels)
    assert after == before + 1


async def test_a_huge_body_and_too_many_fields_are_refused(twilio: Any, door: Any) -> None:
    huge = {"MessageSid": "SM1", "From": "+40722100202", "Body": "a" * 1024 * 1024}
    many = {f"Field{n}": "x" for n in range(300)}
    assert (await twilio.post(PATH, huge)).status_code == 413
    assert (await twilio.post(PATH, many)).status_code == 403
    assert door.messages == []


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("status_delivered", [(Channel.SMS, f"SM{90:032x}", "delivered")]),
        ("status_undelivered", [(Channel.SMS, f"SM{91:032x}", "undelivered")]),
        ("status_sent", []),
        ("text", []),
    ],
)
async def test_only_final_receipts_are_kept(
    twilio: Any, door: Any, payload: Payload, name: str, statuses: list[Any]
) -> None:
    assert (await twilio.post(STATUS, payload(f"sms/{name}.form"))).status_code == 200
    assert door.statuses == statuses


names = st.sampled_from(
    ["MessageSid", "From", "Body", "NumMedia", "MediaContentType0", "OptOutType", "MessageStatus"]
)
texts = st.one_of(
    st.text(max_size=40), st.sampled_from(["+40722100202", "SM1", "STOP", "9" * 5000, "delivered"])
)


@given(st.dictionaries(names, texts))
def test_no_form_makes_the_parsers_fail(form: dict[str, str]) -> None:
    assert parse(form) is None or isinstance(parse(form), Inbound)
    assert parse_status(form) is None or len(parse_status(form) or ()) == 2
