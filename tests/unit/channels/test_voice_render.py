"""Does the line speak and listen as it is set: languages, models, hints, keys, slowness?"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.channels.message import Button, Channel, Outbound, Spoken
from bot.channels.simulator.twiml_rules import complaints
from bot.channels.voice import Style, Tongue, Vocabulary
from bot.channels.voice.render import Dialling, Speech, Ways
from bot.channels.voice.vocabulary import LONGEST_PHRASE, MOST_PHRASES, joined

ROOT = Path(__file__).parents[3]
WAYS = Ways(*(f"https://bot.example/webhooks/voice/{name}" for name in "abcd"))
VOCABULARY = Vocabulary(ROOT / "data")


def say(text: str, language: str = "ro", **more: Any) -> Outbound:
    return Outbound(Channel.VOICE, "CA1", text, language, **more)


def listening(speech: Speech, *messages: Outbound, **how: Any) -> ET.Element:
    language = how.pop("language", "ro")
    document = speech.listen(Spoken(messages, language, "bot", **how), WAYS)
    assert complaints(document, public=True) == []
    return ET.fromstring(document)  # noqa: S314 - our own document


def speaking(style: Style | None = None) -> Speech:
    return Speech(lambda name, language: name, style or Style(), VOCABULARY.hints)


def gather(document: ET.Element) -> dict[str, str]:
    found = document.find("Gather")
    assert found is not None
    return dict(found.attrib)


def test_romanian_is_left_to_twilios_own_choice_of_model() -> None:
    attributes = gather(listening(speaking(), say("Cu ce vă ajut?")))
    assert (attributes["language"], attributes["speechTimeout"]) == ("ro-RO", "auto")
    assert "speechModel" not in attributes
    assert "enhanced" not in attributes


def test_english_is_heard_by_the_enhanced_telephone_model() -> None:
    attributes = gather(listening(speaking(), say("How can I help?", "en"), language="en"))
    assert (attributes["language"], attributes["speechModel"]) == ("en-US", "phone_call")
    # Twilio takes no "auto" beside a model.
    assert (attributes["enhanced"], attributes["speechTimeout"]) == ("true", "2")


def test_voice_model_and_pause_are_what_the_settings_say() -> None:
    romanian = Tongue("ro-RO", "Google.ro-RO-Standard-A", "deepgram_nova-2")
    document = listening(speaking(Style(tongues={"ro": romanian}, pause=4)), say("Bună ziua."))
    attributes = gather(document)
    assert (attributes["speechModel"], attributes["speechTimeout"]) == ("deepgram_nova-2", "4")
    assert "enhanced" not in attributes
    assert [one.get("voice") for one in document.iter("Say")] == ["Google.ro-RO-Standard-A"]


@pytest.mark.parametrize(
    ("expects", "language", "heard"),
    [
        (None, "ro", ["cât am de plată", "operator", "fibră 300"]),
        (None, "en", ["how much do I owe", "slower", "gigabit"]),
        ("confirm", "ro", ["da", "nu", "operator"]),
        ("extension_date", "ro", ["noiembrie", "mâine", "operator"]),
        ("extension_date", "en", ["November", "next week"]),
        ("language", "ro", ["engleză", "english"]),
    ],
)
def test_recognition_is_told_the_words_that_fit_the_question(
    expects: str | None, language: str, heard: list[str]
) -> None:
    hints = gather(listening(speaking(), say("?", language), language=language, expects=expects))[
        "hints"
    ].split(", ")
    assert set(heard) <= set(hints)


def test_months_are_not_expected_where_no_date_is_asked() -> None:
    assert "noiembrie" not in VOCABULARY.hints("confirm", "ro").split(", ")


def test_the_names_of_what_can_be_chosen_are_expected_first() -> None:
    message = say(
        "Despre care vorbim?", buttons=(Button("Acasă", "t1"), Button("Birou, etaj", "t2"))
    )
    hints = gather(listening(speaking(), message, expects="choice"))["hints"]
    assert hints.startswith("Acasă, Birou etaj, ")


def test_no_more_hints_than_twilio_takes() -> None:
    many: Iterable[str] = [f"cuvânt {number}" for number in range(900)] + ["x" * 101]
    hints = joined(many).split(", ")
    assert len(hints) == MOST_PHRASES
    assert max(map(len, hints)) <= LONGEST_PHRASE


@pytest.mark.parametrize("expects", ["pin", "code"])
def test_nobody_is_listened_to_while_a_secret_is_keyed_in(expects: str) -> None:
    attributes = gather(listening(speaking(), say("PIN-ul?"), expects=expects))
    assert attributes["input"] == "dtmf"
    assert {"language", "hints", "speechTimeout"} & set(attributes) == set()


def test_who_asked_for_it_is_spoken_to_slowly() -> None:
    document = listening(speaking(), say("Aveți de plată o sută de lei."), slow=True)
    [prosody] = document.iter("prosody")
    assert (prosody.text, prosody.get("rate")) == ("Aveți de plată o sută de lei.", "75%")


def test_a_voice_without_ssml_goes_on_as_it_is() -> None:
    style = Style(tongues={"ro": Tongue("ro-RO", "alice")})
    document = listening(speaking(style), say("Bună ziua."), slow=True)
    assert [one.text for one in document.iter("Say")] == ["Bună ziua."]


def test_what_must_be_heard_cannot_be_talked_over() -> None:
    document = listening(
        speaking(), say("Sunați la unu unu doi.", must_hear=True), say("Vă ascult.")
    )
    assert [verb.tag for verb in document] == ["Say", "Gather"]
    assert document[0].text == "Sunați la unu unu doi."


def test_an_agents_phone_is_asked_before_the_caller_is_put_through() -> None:
    here = "https://bot.example/webhooks/voice"
    dialling = Dialling(f"{here}/dialled", f"{here}/whisper?call=CA1", f"{here}/dial-status")
    style = Style(ringing=25, number="+40312345678")
    document = speaking(style).connect(Spoken((), "ro", "agent"), "+40722999001", dialling)
    assert complaints(document, public=True) == []
    dial = ET.fromstring(document).find("Dial")  # noqa: S314 - our own document
    assert dial is not None
    assert (dial.get("answerOnBridge"), dial.get("timeout")) == ("true", "25")
    assert (dial.get("callerId"), dial.get("action")) == ("+40312345678", f"{here}/dialled")
    [number] = dial
    assert (number.text, number.get("url")) == ("+40722999001", f"{here}/whisper?call=CA1")
    assert number.get("statusCallback") == f"{here}/dial-status"


def test_waiting_callers_hear_the_music_that_is_set() -> None:
    style = Style(music="https://bot.example/music.mp3")
    document = speaking(style).hold(Spoken((), "ro", "queue"), answer=WAYS.answer, again=WAYS.more)
    assert complaints(document, public=True) == []
    assert [one.text for one in ET.fromstring(document).iter("Play")] == [  # noqa: S314
        "https://bot.example/music.mp3"
    ]


def test_waiting_callers_can_press_a_key_while_they_are_spoken_to() -> None:
    spoken = Spoken((say("Sunteți pe locul 2."),), "ro", "queue")
    document = ET.fromstring(speaking().hold(spoken, answer=WAYS.answer, again=WAYS.more))  # noqa: S314 - our own document
    assert [said.text for said in document.iterfind("Gather/Say")] == ["Sunteți pe locul 2."]
    assert document.find("Say") is None
