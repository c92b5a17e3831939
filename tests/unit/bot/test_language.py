"""Which language does a conversation go on in? Tables of what is said, one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import Held, after_proof, after_words
from tests.unit.nlu.neutral import NEUTRAL

OWE = "how much do I owe this month?"
WHY = "why did my bill go up so much?"
CAT = "cât am de plată luna aceasta?"
CE = "de ce e factura mai mare?"

SOURCES = ("default", "hint", "guessed", "profile", "detected", "chosen")
neutral = st.one_of(
    st.sampled_from(NEUTRAL),
    st.integers(min_value=0).map(str),
    st.emails(),
    st.from_regex(r"[A-Z]{2,3}-20[0-9]{2}-[0-9]{6}", fullmatch=True),
)


@pytest.mark.parametrize(
    ("begun", "said", "languages"),
    [
        # the first words decide, however few
        (("ro", "default"), ["hello"], "en"),
        (("ro", "hint"), ["how much"], "en"),
        (("en", "hint"), ["Bună ziua"], "ro"),
        (("en", "hint"), ["factura"], "ro"),
        (("ro", "default"), [OWE, WHY], "en en"),
        (("ro", "default"), ["ok", "yes", "Ana", "hello"], "ro ro ro en"),
        # a sentence is followed at once, and back
        (("ro", "default"), [CAT, OWE, "thanks", CE], "ro en en ro"),
        (("ro", "profile"), [OWE], "en"),
        (("en", "guessed"), [CAT], "ro"),
        # a short phrase is not, two in a row are
        (("ro", "detected"), ["how much"], "ro"),
        (("ro", "detected"), ["how much", "my bill"], "ro en"),
        (("ro", "detected"), ["how much", CAT, "my bill"], "ro ro ro"),
        (("ro", "detected"), ["how much", "ok", "123", "my bill"], "ro ro ro en"),
        (("en", "detected"), ["vreau o reducere", "how much", "vreau o reducere"], "en en en"),
        (("en", "guessed"), ["vreau o reducere", OWE], "en en"),
        (("ro", "profile"), ["my bill"], "ro"),
        # words alone never are
        (("ro", "detected"), ["hello", "why?", "hello", "hi"], "ro ro ro ro"),
        (("en", "detected"), ["salut", "factura", "salut"], "en en en"),
        (("en", "guessed"), ["factura", "salut"], "en en"),
        # a choice is left for two sentences in a row, and for nothing less
        (("ro", "chosen"), [OWE], "ro"),
        (("ro", "chosen"), [OWE, WHY], "ro en"),
        (("ro", "chosen"), [OWE, "da", WHY], "ro ro en"),
        (("ro", "chosen"), [OWE, CAT, WHY], "ro ro ro"),
        (("ro", "chosen"), ["how much", "my bill", "how much", "my bill"], "ro ro ro ro"),
        (("en", "chosen"), [CAT, CE, OWE], "en ro en"),
        # both at once prove nothing
        (("en", "detected"), ["am nevoie de ajutor with my bill please"] * 3, "en en en"),
    ],
)
def test_a_conversation_goes_on_in(begun: tuple[str, str], said: list[str], languages: str) -> None:
    held = Held(*begun)
    spoken = []
    for text in said:
        held = after_words(held, text)
        spoken.append(held.language)
    assert spoken == languages.split()


@pytest.mark.parametrize(
    ("source", "said", "expected"),
    [
        ("hint", "hello", "guessed"),
        ("hint", "how much", "guessed"),
        ("hint", OWE, "detected"),
        ("guessed", OWE, "detected"),
        ("profile", OWE, "detected"),
        ("chosen", OWE, "chosen"),
    ],
)
def test_the_ground_grows_with_what_is_written(source: str, said: str, expected: str) -> None:
    assert after_words(Held("en", source), said) == Held("en", expected)


@pytest.mark.parametrize("source", SOURCES)
def test_the_profile_knows_better_than_a_guess_only(source: str) -> None:
    guess = source in ("default", "hint", "guessed")
    expected = Held("en", "profile") if guess else Held("ro", source)
    assert after_proof(Held("ro", source), "en") == expected


def test_a_language_that_we_do_not_speak_is_no_profile() -> None:
    assert after_proof(Held("ro", "default"), "hu") == Held("ro", "default")


def test_on_the_phone_a_recogniser_is_believed_sentences_only() -> None:
    assert after_words(Held("ro", "hint"), "how much", heard=True) == Held("ro", "hint")
    assert after_words(Held("ro", "hint"), OWE, heard=True) == Held("en", "detected")
    chosen = after_words(Held("ro", "chosen"), OWE, heard=True)
    assert chosen.language == "ro"


@given(
    st.sampled_from(["ro", "en"]), st.sampled_from(SOURCES), st.integers(0, 1), st.lists(neutral)
)
def test_what_proves_nothing_never_changes_anything(
    language: str, source: str, leaning: int, said: list[str]
) -> None:
    begun = held = Held(language, source, leaning)
    for text in said:
        held = after_words(held, text)
    assert held == begun


@given(st.lists(st.sampled_from([*NEUTRAL, "how much", "hello", "vreau o reducere", OWE, CAT])))
def test_a_conversation_never_changes_twice_without_two_sentences_or_four_phrases(
    said: list[str],
) -> None:
    held = Held("ro", "detected")
    changes = 0
    for text in said:
        after = after_words(held, text)
        changes += after.language != held.language
        held = after
    sentences = sum(text in (OWE, CAT) for text in said)
    phrases = sum(text in ("how much", "vreau o reducere") for text in said)
    assert changes <= sentences + phrases // 2
