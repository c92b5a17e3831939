"""What does a caller hear, step by step, and does nothing happen twice?"""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from bot.channels.message import Channel, Kind, Outbound, Spoken
from bot.channels.voice import make_router
from bot.channels.voice.payloads import parse, said
from bot.channels.voice.render import speakable
from bot.channels.voice.steps import Memory, Place, place_of

TOKEN, URL = "a7f3c5e1d2b4968700112233445566aa", "https://bot.example"
VOICE = "/webhooks/voice"
CALL = f"CA{77:032x}"
Payload = Callable[[str], bytes]


def words(name: str, language: str) -> str:
    return f"{name.removeprefix('utter_voice_').replace('_', ' ')} ({language})"


def to_caller(text: str, language: str = "ro", **more: Any) -> Outbound:
    return Outbound(Channel.VOICE, CALL, text, language, **more)


def say(*texts: str, owner: str = "bot", language: str = "ro", **more: Any) -> Spoken:
    return Spoken(tuple(to_caller(t, language) for t in texts), language, owner, **more)


class Phone:
    """Follows documents as Twilio does, one request at a time."""

    def __init__(self, twilio: Any, payload: Payload) -> None:
        self._twilio = twilio
        self._payload = payload

    async def ask(self, address: str, name: str) -> ET.Element:
        return ET.fromstring(await self.ask_raw(address, name))  # noqa: S314 - our own document

    async def ask_raw(self, address: str, name: str) -> str:
        path = address.removeprefix(URL)
        answer = await self._twilio.post(path, self._payload(f"voice/{name}.form"))
        assert answer.status_code == 200
        return str(answer.text)


@pytest.fixture
def twilio(door: Any, switchboard: Any, call_webhooks: Any) -> Any:
    router = make_router(
        door=door, switchboard=switchboard, auth_token=TOKEN, public_url=URL, words=words
    )
    return call_webhooks(router)


@pytest.fixture
def phone(twilio: Any, payload: Payload) -> Phone:
    return Phone(twilio, payload)


def verbs(document: ET.Element) -> list[str]:
    return [verb.tag for verb in document]


def heard(document: ET.Element) -> list[tuple[str | None, str | None]]:
    return [(verb.text, verb.get("language")) for verb in document.iter("Say")]


def gather(document: ET.Element) -> ET.Element:
    found = document.find("Gather")
    assert found is not None
    return found


def action(document: ET.Element, verb: str = "Gather") -> str:
    found = document.find(verb)
    assert found is not None
    return found.text or "" if verb == "Redirect" else found.attrib["action"]


async def test_a_call_begins_with_words_and_a_listening_line(phone: Phone, door: Any) -> None:
    door.words = [say("Bun venit la Limpede.", expects="language")]
    document = await phone.ask(f"{VOICE}/incoming", "incoming")
    assert verbs(document) == ["Gather"]
    assert heard(document) == [("Bun venit la Limpede.", "ro-RO")]
    listening = gather(document).attrib
    assert listening["input"] == "speech dtmf"
    assert listening["language"] == "ro-RO"
    assert listening["actionOnEmptyResult"] == "true"
    assert listening["action"] == f"{URL}{VOICE}/turn?step=1"
    (begin,) = door.messages
    assert (begin.kind, begin.address, begin.provider_message_id) == (
        Kind.BEGIN,
        CALL,
        f"{CALL}:0",
    )
    assert (begin.sender, begin.phone, begin.language_hint) == (
        "+40722100203",
        "+40722100203",
        "ro",
    )


async def test_a_hidden_caller_is_a_new_stranger(phone: Phone, door: Any) -> None:
    await phone.ask(f"{VOICE}/incoming", "incoming_withheld")
    (begin,) = door.messages
    assert (begin.sender, begin.phone, begin.address) == (f"withheld:{CALL}", None, CALL)


@pytest.mark.parametrize(
    ("name", "kind", "text", "confidence"),
    [
        ("speech", Kind.SPEECH, "am fost taxată de două ori", 0.91838217),
        ("keys", Kind.KEYS, "10000003", None),
        ("silence", Kind.SILENCE, "", None),
    ],
)
async def test_what_the_caller_does_is_handed_in(
    phone: Phone, door: Any, name: str, kind: Kind, text: str, confidence: float | None
) -> None:
    document = await phone.ask(f"{VOICE}/incoming", "incoming")
    await phone.ask(action(document), name)
    said = door.messages[-1]
    assert (said.kind, said.text, said.confidence) == (kind, text, confidence)


@pytest.mark.parametrize(
    ("expects", "digits"),
    [("customer_number", "8"), ("code", "6"), ("pin", "4"), ("language", "1"), (None, "1")],
)
async def test_as_many_keys_are_awaited_as_the_question_has(
    phone: Phone, door: Any, expects: str | None, digits: str
) -> None:
    door.words = [say("Da?", expects=expects)]
    listening = gather(await phone.ask(f"{VOICE}/incoming", "incoming")).attrib
    assert (listening["numDigits"], listening["finishOnKey"]) == (digits, "#")


async def test_the_line_speaks_and_hears_english(phone: Phone, door: Any) -> None:
    door.words = [say("How can I help?", language="en")]
    document = await phone.ask(f"{VOICE}/incoming", "incoming")
    assert heard(document) == [("How can I help?", "en-US")]
    assert gather(document).get("language") == "en-US"


async def test_a_repeated_request_gets_the_document_given_before(phone: Phone, door: Any) -> None:
    door.words = [say("Bun venit."), say("Aveți de plată o sută de lei.")]
    first = await phone.ask_raw(f"{VOICE}/incoming", "incoming")
    assert await phone.ask_raw(f"{VOICE}/incoming", "incoming") == first
    second = await phone.ask_raw(f"{VOICE}/turn?step=1", "speech")
    assert await phone.ask_raw(f"{VOICE}/turn?step=1", "speech") == second
    assert await phone.ask_raw(f"{VOICE}/incoming", "incoming") == first
    assert [m.kind for m in door.messages] == [Kind.BEGIN, Kind.SPEECH]
    assert "o sută de lei" in second


async def test_a_repeated_request_that_finds_the_words_gone_gets_the_first_ones_document(
    phone: Phone, door: Any
) -> None:
    door.words = [say("Bun venit."), say("Creditul a fost acordat.")]
    await phone.ask_raw(f"{VOICE}/incoming", "incoming")
    first = await phone.ask_raw(f"{VOICE}/turn?step=1", "speech")
    stored = door.stored[f"{CALL}:1"]
    remembered, stored.answer = stored.answer, None
    waiting = door.spoken

    async def meanwhile_the_first_is_answered(conversation_id: Any, **how: Any) -> Spoken:
        stored.answer = remembered
        return await waiting(conversation_id, **how)

    door.spoken = meanwhile_the_first_is_answered
    assert await phone.ask_raw(f"{VOICE}/turn?step=1", "speech") == first


async def test_a_slow_turn_is_bridged_and_then_told(phone: Phone, door: Any) -> None:
    door.words = [
        say("Bun venit."),
        say(pending=True),
        say(pending=True),
        say("Am găsit eroarea."),
    ]
    await phone.ask(f"{VOICE}/incoming", "incoming")
    first = await phone.ask(f"{VOICE}/turn?step=1", "speech")
    assert heard(first) == [("one moment (ro)", "ro-RO")]
    assert verbs(first) == ["Say", "Redirect"]
    second = await phone.ask(action(first, "Redirect"), "redirected")
    assert verbs(second) == ["Pause", "Redirect"]
    third = await phone.ask(action(second, "Redirect"), "redirected")
    assert heard(third) == [("Am găsit eroarea.", "ro-RO")]
    assert action(third) == f"{URL}{VOICE}/turn?step=2"
    assert [m.kind for m in door.messages] == [Kind.BEGIN, Kind.SPEECH]
    assert set(door.waits) == {8.0}


async def test_what_is_ready_of_a_slow_turn_is_said_at_once(phone: Phone, door: Any) -> None:
    door.words = [say("Mă uit imediat.", pending=True)]
    document = await phone.ask(f"{VOICE}/incoming", "incoming")
    assert heard(document) == [("Mă uit imediat.", "ro-RO")]
    assert verbs(document) == ["Gather", "Redirect"]


async def test_a_turn_that_never_ends_closes_the_line_with_a_sentence(
    phone: Phone, door: Any
) -> None:
    door.otherwise = say(pending=True)
    document = await phone.ask(f"{VOICE}/incoming", "incoming")
    rounds = 0
    while document.find("Redirect") is not None:
        document = await phone.ask(action(document, "Redirect"), "redirected")
        rounds += 1
    assert heard(document) == [("trouble (ro)", "ro-RO")]
    assert verbs(document) == ["Say", "Hangup"]
    assert 10 <= rounds <= 30


async def test_last_words_close_the_line(phone: Phone, door: Any) -> None:
    door.words = [Spoken((to_caller("La revedere.", hang_up=True),), "ro", "bot")]
    document = await phone.ask(f"{VOICE}/incoming", "incoming")
    assert verbs(document) == ["Say", "Hangup"]


async def test_waiting_for_a_person_is_a_queue_with_keys_until_an_agent_is_there(
    phone: Phone, door: Any
) -> None:
    door.words = [
        say("Bun venit."),
        say("Un coleg vă preia. Sunteți pe locul doi.", owner="queue"),
        say(owner="queue"),
        say("Sunteți pe primul loc.", owner="queue"),
        say("Ați ales să așteptați.", owner="queue"),
        say("Bună ziua, sunt Radu.", owner="agent"),
        say(owner="agent"),
        say("Văd factura.", owner="agent"),
        say(owner="agent"),
    ]
    await phone.ask(f"{VOICE}/incoming", "incoming")
    enqueued = await phone.ask(f"{VOICE}/turn?step=1", "speech")
    assert verbs(enqueued) == ["Gather", "Enqueue"]
    assert gather(enqueued).get("input") == "dtmf"
    queue = enqueued.find("Enqueue")
    assert queue is not None

    first = await phone.ask(queue.attrib["waitUrl"], "queue_round")
    assert (verbs(first), heard(first)) == (["Gather", "Redirect"], [])
    second = await phone.ask(action(first, "Redirect"), "queue_round")
    assert heard(second) == [("Sunteți pe primul loc.", "ro-RO")]

    pressed = await phone.ask(action(second), "key_in_queue")
    assert (door.messages[-1].kind, door.messages[-1].text) == (Kind.KEYS, "2")
    assert heard(pressed) == [("Ați ales să așteptați.", "ro-RO")]

    left = await phone.ask(action(pressed, "Redirect"), "queue_round")
    assert verbs(left) == ["Say", "Leave"]
    assert heard(left) == [("Bună ziua, sunt Radu.", "ro-RO")]

    with_agent = await phone.ask(queue.attrib["action"], "left_queue")
    assert verbs(with_agent) == ["Gather", "Redirect"]
    assert gather(with_agent).get("actionOnEmptyResult") is None
    told = await phone.ask(action(with_agent, "Redirect"), "redirected")
    assert heard(told) == [("Văd factura.", "ro-RO")]
    await phone.ask(action(told), "speech")
    kinds = [m.kind for m in door.messages]
    assert kinds == [Kind.BEGIN, Kind.SPEECH, Kind.KEYS, Kind.SPEECH]
    # only what the caller did is waited for; the rounds between never hold the caller up
    assert door.waits == [8.0, 8.0, 0, 0, 8.0, 0, 0, 0, 8.0]


async def test_a_round_in_the_queue_that_comes_twice_is_the_same_round(
    phone: Phone, door: Any
) -> None:
    door.words = [say("Un coleg vă preia.", owner="queue"), say("Locul unu.", owner="queue")]
    enqueued = await phone.ask(f"{VOICE}/incoming", "incoming")
    queue = enqueued.find("Enqueue")
    assert queue is not None
    first = await phone.ask_raw(queue.attrib["waitUrl"], "queue_round")
    assert await phone.ask_raw(queue.attrib["waitUrl"], "queue_round") == first
    assert "Locul unu." in first


async def test_a_key_in_the_queue_that_comes_twice_is_pressed_once(phone: Phone, door: Any) -> None:
    door.words = [say("Un coleg vă preia.", owner="queue"), say("Vă sunăm.", owner="queue")]
    await phone.ask(f"{VOICE}/incoming", "incoming")
    address = f"{VOICE}/wait?step=0&queue=1&key=1"
    first = await phone.ask_raw(address, "key_in_queue")
    assert await phone.ask_raw(address, "key_in_queue") == first
    assert [m.kind for m in door.messages] == [Kind.BEGIN, Kind.KEYS]


async def test_a_second_wait_in_the_same_step_is_not_the_first_one(phone: Phone, door: Any) -> None:
    door.words = [
        say("Așteptați.", owner="queue"),
        say(owner="agent"),
        say("Din nou.", owner="queue"),
    ]
    first = (await phone.ask(f"{VOICE}/incoming", "incoming")).find("Enqueue")
    assert first is not None
    assert verbs(await phone.ask(first.attrib["waitUrl"], "queue_round")) == ["Leave"]
    second = (await phone.ask(first.attrib["action"], "left_queue")).find("Enqueue")
    assert second is not None
    door.otherwise = say("Locul doi.", owner="queue")
    again = await phone.ask(second.attrib["waitUrl"], "queue_round")
    assert heard(again) == [("Locul doi.", "ro-RO")]


async def test_where_the_queue_has_no_place_the_line_itself_waits(phone: Phone, door: Any) -> None:
    door.words = [say("Așteptați.", owner="queue"), say(owner="queue")]
    queue = (await phone.ask(f"{VOICE}/incoming", "incoming")).find("Enqueue")
    assert queue is not None
    document = await phone.ask(queue.attrib["action"], "queue_full")
    assert verbs(document) == ["Gather", "Redirect"]
    assert action(document) == f"{URL}{VOICE}/turn?step=1"


async def test_an_agents_phone_is_dialled_and_the_call_comes_back(
    phone: Phone, door: Any, switchboard: Any
) -> None:
    door.words = [say("Bun venit.", owner="agent", connect="+40722999001"), say(owner="bot")]
    document = await phone.ask(f"{VOICE}/incoming", "incoming")
    assert verbs(document) == ["Say", "Say", "Dial"]
    assert heard(document)[-1] == ("connecting (ro)", "ro-RO")
    dial = document.find("Dial")
    assert dial is not None
    assert [number.text for number in dial] == ["+40722999001"]
    back = await phone.ask(dial.attrib["action"], "dial_over")
    assert verbs(back) == ["Gather"]
    await phone.ask(dial.attrib["action"], "dial_over")  # told twice, it is put down once
    assert switchboard.put_downs == 1


async def test_an_agents_phone_is_dialled_only_after_the_queue_is_left(
    phone: Phone, door: Any
) -> None:
    door.words = [
        say("Așteptați.", owner="queue"),
        say(owner="agent", connect="+40722999001"),
        say(owner="agent"),
        say(owner="agent"),
    ]
    queue = (await phone.ask(f"{VOICE}/incoming", "incoming")).find("Enqueue")
    assert queue is not None
    assert verbs(await phone.ask(queue.attrib["waitUrl"], "queue_round")) == ["Leave"]
    dialled = await phone.ask(queue.attrib["action"], "left_queue")
    assert verbs(dialled) == ["Say", "Dial"]
    back = await phone.ask(action(dialled, "Dial"), "dial_over")
    assert verbs(back) == ["Gather", "Redirect"]


@pytest.mark.parametrize(
    ("address", "name"),
    [("status", "completed"), ("turn?step=0&part=1", "hung_up_in_queue"), ("wait", "completed")],
)
async def test_the_end_of_a_call_is_handed_in_whoever_tells_it(
    phone: Phone, door: Any, address: str, name: str
) -> None:
    await phone.ask(f"{VOICE}/incoming", "incoming")
    for _ in range(2):
        assert verbs(await phone.ask(f"{VOICE}/{address}", name)) == []
    assert [m.kind for m in door.messages] == [Kind.BEGIN, Kind.HANGUP]


async def test_when_all_fails_the_caller_hears_it_in_their_language(
    phone: Phone, door: Any
) -> None:
    document = await phone.ask(f"{VOICE}/fallback", "failed_document")
    assert heard(document) == [("trouble (ro)", "ro-RO")]
    assert verbs(document) == ["Say", "Hangup"]


@pytest.mark.parametrize(
    "address", ["incoming", "turn?step=1", "wait?step=1", "status", "fallback"]
)
async def test_without_a_right_signature_nothing_is_stored(
    twilio: Any, door: Any, payload: Payload, address: str
) -> None:
    labels = {"channel": "voice", "reason": "bad_signature"}
    before = REGISTRY.get_sample_value("limpede_webhook_refused_total", labels) or 0
    answer = await twilio.post(f"{VOICE}/{address}", payload("voice/speech.form"), signature="no")
    assert (answer.status_code, door.messages) == (403, [])
    assert REGISTRY.get_sample_value("limpede_webhook_refused_total", labels) == before + 1


async def test_the_signature_covers_the_step(twilio: Any, door: Any, payload: Payload) -> None:
    """A signature for one step of a call opens no other."""
    signed = await twilio.post(f"{VOICE}/turn?step=1", payload("voice/speech.form"))
    right = signed.request.headers["x-twilio-signature"]
    moved = await twilio.post(f"{VOICE}/turn?step=2", payload("voice/speech.form"), signature=right)
    assert moved.status_code == 403


@given(
    st.dictionaries(st.sampled_from(["step", "part", "queue", "key", "tries", "now"]), st.text())
)
def test_no_address_makes_a_place_fail(query: dict[str, str]) -> None:
    assert isinstance(place_of(query), Place)


@given(st.builds(Place, *[st.integers(0, 10**8)] * 5, st.booleans()))
def test_a_place_is_read_back_from_its_address(place: Place) -> None:
    query = dict(pair.split("=") for pair in place.query().split("&"))
    assert place_of(query) == place


names = st.sampled_from(
    ["CallSid", "From", "CallStatus", "SpeechResult", "Confidence", "Digits", "QueueResult"]
)


@given(st.dictionaries(names, st.text(max_size=30) | st.sampled_from(["CA1", "nan", "1e400", "#"])))
def test_no_form_makes_the_parser_fail(form: dict[str, str]) -> None:
    call = parse(form)
    assert call is None or said(call, "1").address == call.sid


@given(st.text(st.characters()))
def test_whatever_an_agent_types_is_a_valid_document(text: str) -> None:
    ET.fromstring(f"<Say>{speakable(text).replace('&', '&amp;')}</Say>")  # noqa: S314


def test_markup_and_emoji_are_not_spelled_out() -> None:
    assert speakable("• *Bună* ziua 😀,\n_Ana_ ☎ & co") == "Bună ziua , Ana & co"


def test_only_the_last_answers_of_a_step_are_kept() -> None:
    memory = Memory()
    for number in range(9):
        memory = memory.with_answer(str(number), f"document {number}", None)
    kept = Memory.read(memory.write())
    assert list(kept.answers) == ["5", "6", "7", "8"]
