"""Is the language of a message recognised, and doubt admitted?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.language import Evidence, Strength, detect, evidence
from tests.unit.nlu.neutral import NEUTRAL
from tools.language import held_out, sentence_of, shares


@pytest.mark.parametrize(
    "text",
    [
        "Bună ziua",
        "cat am de plata",
        "de ce asa mult",
        "i-am platit deja",
        "mi-ati luat de doua ori",
        "vreau un discount",
        "da",
        "nu mersi",
        "când e scadența",
        "imi trebuie un discount la billing",
    ],
)
def test_romanian_with_and_without_diacritics(text):
    assert detect(text) == "ro"


@pytest.mark.parametrize(
    "text",
    ["hello", "how much do I owe", "yes", "no thanks", "why so much", "talk to a person pls"],
)
def test_english(text):
    assert detect(text) == "en"


@pytest.mark.parametrize(
    "text", ["", "ok", "Popescu", "123456", "👍", "internet", "Ana", "привет", "مرحبا", "xqzt"]
)
def test_doubt_is_admitted(text):
    assert detect(text) is None


@given(st.text())
def test_any_text_gets_an_answer(text):
    assert detect(text) in ("ro", "en", None)


WORD, PHRASE, SENTENCE = Strength.WORD, Strength.PHRASE, Strength.SENTENCE


@pytest.mark.parametrize(
    ("text", "language", "strength"),
    [
        # whole sentences
        ("cat am de plata", "ro", SENTENCE),
        ("Cât am de plată luna asta?", "ro", SENTENCE),
        ("de ce e factura mai mare", "ro", SENTENCE),
        ("Vreau să plătesc factura", "ro", SENTENCE),
        ("mi-ați luat banii de două ori", "ro", SENTENCE),
        ("nu sunt de acord cu suma asta", "ro", SENTENCE),
        ("imi trebuie un discount la abonament ca e prea scump", "ro", SENTENCE),
        ("când e scadența facturii?", "ro", SENTENCE),
        ("puteti sa imi dati un card de reducere la internet", "ro", SENTENCE),
        ("buna ziua, as vrea sa vorbesc cu un operator", "ro", SENTENCE),
        ("am platit ieri si tot apare neplatita", "ro", SENTENCE),
        ("Hi, vreau sa platesc factura", "ro", SENTENCE),
        ("ok thanks, dar cat costa pe luna?", "ro", SENTENCE),
        ("how much do I owe", "en", SENTENCE),
        ("Why did my bill go up so much this month?", "en", SENTENCE),
        ("I don't understand this charge", "en", SENTENCE),
        ("I'd like to talk to a person", "en", SENTENCE),
        ("you charged me twice for the same thing", "en", SENTENCE),
        ("can I pay later, next Friday?", "en", SENTENCE),
        ("Salut, I want to pay my bill", "en", SENTENCE),
        ("please send me the invoice by email", "en", SENTENCE),
        ("da, but when is it due?", "en", SENTENCE),
        ("what's my balance for the Abonament Mobil 50 GB", "en", SENTENCE),
        ("I want a discount", "en", SENTENCE),
        ("cat costa pe luna", "ro", SENTENCE),
        # phrases
        ("vreau o reducere", "ro", PHRASE),
        ("factura octombrie", "ro", PHRASE),
        ("how much", "en", PHRASE),
        ("my bill", "en", PHRASE),
        # single words: enough for a first guess only
        ("hello", "en", WORD),
        ("Hi Limpede!", "en", WORD),
        ("good morning", "en", WORD),
        ("Bună ziua", "ro", WORD),
        ("salut", "ro", WORD),
        ("factura", "ro", WORD),
        ("why?", "en", WORD),
        ("trei", "ro", WORD),
    ],
)
def test_what_words_prove(text: str, language: str, strength: Strength) -> None:
    assert evidence(text) == Evidence(language, strength)


@pytest.mark.parametrize(
    "text",
    [*NEUTRAL, "am nevoie de ajutor with my bill please", "cat is the plata for luna asta"],
)
def test_what_proves_nothing(text: str) -> None:
    assert evidence(text) is None


@given(st.text())
def test_any_text_may_be_asked_for_proof(text: str) -> None:
    found = evidence(text)
    assert found is None or found.language in ("ro", "en")


def test_messages_in_another_voice_are_hardly_ever_taken_for_the_other_language() -> None:
    """Figures: docs/understanding.md. `python -m tools.language` prints them."""
    messages = held_out()
    for language, asked, wrong, undecided in shares(messages, detect):
        assert wrong <= 0.02 * asked, language
        assert undecided <= 0.12 * asked, language
    sentences = shares(messages, sentence_of)
    assert all(wrong <= 0.005 * asked for _, asked, wrong, _ in sentences)
