"""Is only Twilio let in with an SMS, and what is each one taken for?"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from bot.channels.message import Inbound, Kind, Media
from bot.channels.sms import make_router
from bot.channels.sms.payloads import parse, parse_status
from handoff.conversations import Report, Status

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
    ("name", "reports"),
    [
        ("status_sent", [Report("sms", f"SM{90:032x}", Status.SENT)]),
        ("status_delivered", [Report("sms", f"SM{90:032x}", Status.DELIVERED)]),
        ("status_undelivered", [Report("sms", f"SM{91:032x}", Status.FAILED, "switched_off")]),
        ("text", []),
    ],
)
async def test_a_receipt_is_handed_in(
    twilio: Any, door: Any, payload: Payload, name: str, reports: list[Report]
) -> None:
    assert (await twilio.post(STATUS, payload(f"sms/{name}.form"))).status_code == 200
    assert door.statuses == reports


async def test_a_receipt_brings_our_own_id_along_and_its_signature_covers_it(
    twilio: Any, door: Any, payload: Payload
) -> None:
    ours = f"{STATUS}?message={UUID(int=7)}&part=2&of=3"
    assert (await twilio.post(ours, payload("sms/status_delivered.form"))).status_code == 200
    [report] = door.statuses
    assert (report.message_id, report.part, report.of) == (UUID(int=7), 2, 3)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("21610", "opted_out"),
        ("30003", "switched_off"),
        ("30004", "blocked"),
        ("30005", "invalid_address"),
        ("30006", "landline"),
        ("30007", "filtered"),
        ("30008", "undelivered"),
        ("99999", "undelivered"),
        ("", "undelivered"),
    ],
)
def test_twilios_codes_are_reasons_of_ours(code: str, reason: str) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": code}
    report = parse_status(form, {})
    assert report is not None
    assert (report.status, report.reason) == (Status.FAILED, reason)


@pytest.mark.parametrize(
    "query", [{"message": "7"}, {"message": str(UUID(int=7)), "part": "0"}, {"of": "x"}]
)
def test_a_receipt_with_a_query_that_is_not_ours_is_none(query: dict[str, str]) -> None:
    assert parse_status({"MessageSid": "SM1", "MessageStatus": "sent"}, query) is None


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ("STOP", "stop"),
        ("Dezabonare!", "stop"),
        (" unsubscribe ", "stop"),
        ("start", "start"),
        ("HELP", "help"),
        ("Ajutor", "help"),
        ("info?", "help"),
        ("INFORMAȚII", "help"),
    ],
)
def test_the_words_of_the_networks_are_commands_in_both_languages(body: str, command: str) -> None:
    inbound = parse({"MessageSid": "SM1", "From": "+40722100202", "Body": body})
    assert inbound is not None
    assert (inbound.kind, inbound.text, inbound.answered) == (Kind.COMMAND, command, False)


async def test_what_twilio_answered_at_its_own_door_is_told(
    twilio: Any, door: Any, payload: Payload
) -> None:
    await twilio.post(PATH, payload("sms/opted_out_at_twilio.form"))
    assert [message.answered for message in door.messages] == [True]


def test_a_picture_is_kept_as_ids_and_never_as_an_address() -> None:
    form = {
        "MessageSid": "MM1",
        "From": "+40722100202",
        "To": "+40312345678",
        "Body": "asta e factura",
        "NumMedia": "3",
        "MediaUrl0": "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "MediaContentType0": "image/JPEG; charset=x",
        "MediaUrl1": "https://evil.example/Messages/../Media/x?y",
        "MediaUrl2": "https://evil.example/Messages/MM1/Media/ME2",
        "MediaContentType2": "text/html",
    }
    inbound = parse(form)
    assert inbound is not None
    assert inbound.media == (Media("MM1/ME1", "image/jpeg"), Media("MM1/ME2", "text/html"))
    assert (inbound.kind, inbound.text, inbound.line) == (
        Kind.TEXT,
        "asta e factura",
        "+40312345678",
    )


names = st.sampled_from(
    ["MessageSid", "From", "Body", "NumMedia", "MediaContentType0", "OptOutType", "MessageStatus"]
)
texts = st.one_of(
    st.text(max_size=40), st.sampled_from(["+40722100202", "SM1", "STOP", "9" * 5000, "delivered"])
)


@given(st.dictionaries(names, texts))
def test_no_form_makes_the_parsers_fail(form: dict[str, str]) -> None:
    assert parse(form) is None or isinstance(parse(form), Inbound)
    assert parse_status(form, form) is None or isinstance(parse_status(form, {}), Report)
