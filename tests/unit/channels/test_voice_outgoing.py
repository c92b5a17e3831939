"""Is nobody whom we call connected, or told anything about anybody, before a key is pressed?"""

import xml.etree.ElementTree as ET
from typing import Any
from uuid import UUID

import pytest

from bot.channels.message import Kind
from bot.channels.voice import make_router
from bot.channels.voice.switchboard import CalledBack, Ending, Sentence

TOKEN, URL = "a7f3c5e1d2b4968700112233445566aa", "https://bot.example"
VOICE = "/webhooks/voice"
ATTEMPT = UUID(int=7)
CALL, OURS, CARMEN = f"CA{8:032x}", "+40312345679", "+40722100203"


def words(name: str, language: str) -> str:
    return f"{name.replace('_', ' ')} ({language})"


@pytest.fixture
def twilio(door: Any, switchboard: Any, call_webhooks: Any) -> Any:
    return call_webhooks(
        make_router(
            door=door, switchboard=switchboard, auth_token=TOKEN, public_url=URL, words=words
        )
    )


async def ask(twilio: Any, path: str, **form: str) -> ET.Element:
    whole = {
        "CallSid": CALL,
        "CallStatus": "in-progress",
        "From": OURS,
        "To": CARMEN,
        "Direction": "outbound-api",
        **form,
    }
    answer = await twilio.post(f"{VOICE}/{path}", whole)
    assert answer.status_code == 200
    return ET.fromstring(answer.text)  # noqa: S314 - our own document


def verbs(document: ET.Element) -> list[str]:
    return [verb.tag for verb in document]


def heard(document: ET.Element) -> list[tuple[str | None, str | None]]:
    return [(verb.text, verb.get("language")) for verb in document.iter("Say")]


async def test_an_agent_hears_who_calls_in_their_language_and_takes_the_call_by_a_key(
    twilio: Any, switchboard: Any
) -> None:
    switchboard.agents = [Sentence("Carmen Ilie, verified by PIN.", "en")]
    document = await ask(twilio, f"whisper?call={CALL}")
    assert heard(document) == [("Carmen Ilie, verified by PIN.", "en-US")]
    [gather] = document
    assert (gather.get("input"), gather.get("numDigits")) == ("dtmf", "1")
    taken = await ask(twilio, gather.attrib["action"].removeprefix(f"{URL}{VOICE}/"), Digits="1")
    assert verbs(taken) == []  # an empty document puts the caller through
    assert switchboard.takes == [CALL]


@pytest.mark.parametrize("digits", ["", "2"])
async def test_an_agent_who_does_not_press_the_key_is_not_connected(
    twilio: Any, switchboard: Any, digits: str
) -> None:
    document = await ask(twilio, f"whisper-key?call={CALL}", Digits=digits)
    assert (verbs(document), switchboard.takes) == (["Hangup"], [])


async def test_nobody_hears_of_a_caller_who_is_gone(twilio: Any, switchboard: Any) -> None:
    assert verbs(await ask(twilio, f"whisper?call={CALL}")) == ["Hangup"]


async def test_the_stages_of_an_agents_phone_begin_no_conversation(twilio: Any, door: Any) -> None:
    for status in ("initiated", "ringing", "in-progress", "completed", "busy"):
        assert verbs(await ask(twilio, "dial-status", CallStatus=status)) == []
    assert door.messages == []


async def test_who_is_called_back_hears_why_and_is_connected_by_a_key(
    twilio: Any, door: Any, switchboard: Any
) -> None:
    document = await ask(twilio, f"callback?attempt={ATTEMPT}", AnsweredBy="human")
    assert heard(document) == [("utter callback greeting (ro)", "ro-RO")]
    [gather] = document
    assert door.messages == []
    on = await ask(twilio, gather.attrib["action"].removeprefix(f"{URL}{VOICE}/"), Digits="1")
    assert verbs(on) == ["Redirect"]
    assert switchboard.accepted == [(CALL, CARMEN)]
    await ask(twilio, (on[0].text or "").removeprefix(f"{URL}{VOICE}/"))
    [first] = door.messages
    assert (first.kind, first.phone, first.address) == (Kind.SILENCE, CARMEN, CALL)


@pytest.mark.parametrize(
    ("digits", "ending"),
    [("2", Ending.DECLINED), ("", Ending.UNANSWERED), ("7", Ending.UNANSWERED)],
)
async def test_without_the_key_nobody_is_connected(
    twilio: Any, door: Any, switchboard: Any, digits: str, ending: Ending
) -> None:
    document = await ask(twilio, f"callback-key?attempt={ATTEMPT}", Digits=digits)
    assert (verbs(document), switchboard.endings) == (["Say", "Hangup"], [ending])
    assert door.messages == []


@pytest.mark.parametrize("machine", ["machine_end_beep", "machine_end_silence", "fax"])
async def test_a_machine_gets_one_message_and_no_question(
    twilio: Any, switchboard: Any, machine: str
) -> None:
    document = await ask(twilio, f"callback?attempt={ATTEMPT}", AnsweredBy=machine)
    assert heard(document) == [("utter callback voicemail (ro)", "ro-RO")]
    assert verbs(document) == ["Say", "Hangup"]
    assert switchboard.endings == [Ending.MACHINE]


@pytest.mark.parametrize("customer", [None, CalledBack("ro", wanted=False)])
async def test_a_call_that_nobody_wants_any_more_says_nothing(
    twilio: Any, switchboard: Any, customer: CalledBack | None
) -> None:
    switchboard.customer = customer
    document = await ask(twilio, f"callback?attempt={ATTEMPT}", AnsweredBy="human")
    assert (verbs(document), switchboard.endings) == (["Hangup"], [])


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        ("busy", Ending.BUSY),
        ("no-answer", Ending.NO_ANSWER),
        ("failed", Ending.FAILED),
        ("completed", Ending.UNANSWERED),
    ],
)
async def test_how_a_call_back_ended_is_told(
    twilio: Any, door: Any, switchboard: Any, status: str, ending: Ending
) -> None:
    await ask(twilio, f"callback-status?attempt={ATTEMPT}", CallStatus=status)
    assert (switchboard.endings, door.messages) == ([ending], [])


async def test_the_end_of_a_talk_is_the_end_of_its_conversation(
    twilio: Any, door: Any, switchboard: Any
) -> None:
    await ask(twilio, f"callback-key?attempt={ATTEMPT}", Digits="1")
    await ask(twilio, f"callback-status?attempt={ATTEMPT}", CallStatus="completed")
    assert [message.kind for message in door.messages] == [Kind.HANGUP]


@pytest.mark.parametrize(
    "path", ["whisper", "whisper-key", "callback?attempt=x", "callback-key", "callback-status"]
)
async def test_nonsense_leads_nowhere(twilio: Any, door: Any, switchboard: Any, path: str) -> None:
    assert verbs(await ask(twilio, path, CallStatus="completed")) in (["Hangup"], [])
    assert (door.messages, switchboard.endings, switchboard.accepted) == ([], [], [])


@pytest.mark.parametrize("path", ["whisper", "callback-key?attempt=x", "callback-status"])
async def test_without_a_right_signature_nothing_is_asked(twilio: Any, path: str) -> None:
    answer = await twilio.post(f"{VOICE}/{path}", {"CallSid": CALL}, signature="no")
    assert answer.status_code == 403
