"""Do words of both languages stand for the same ideas?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.concepts import concept_pairs, concept_sequences, concepts, is_known
from bot.nlu.normaliser import normalise


@pytest.mark.parametrize(
    ("romanian", "english", "ideas"),
    [
        ("am plătit de două ori", "I paid twice", {"PAY", "TWICE"}),
        ("de ce e factura mai mare", "why is my bill higher", {"WHY", "BILL", "HIGH"}),
        ("vreau un om", "I want a human", {"WANT", "PERSON"}),
        ("opriți plata automată", "turn off autopay", {"AUTO"}),
        ("vreau banii înapoi", "I want my money back", {"MONEYBACK", "REFUND"}),
    ],
)
def test_two_languages_share_ideas(romanian, english, ideas):
    assert ideas <= set(concepts(normalise(romanian)))
    assert ideas <= set(concepts(normalise(english)))


def test_ideas_are_paired_whatever_their_order():
    one, other = concept_pairs("factura mare"), concept_pairs("mare factura")
    assert one == other
    assert "BILL+HIGH" in one


def test_a_stem_is_not_looked_for_inside_a_word():
    assert "CARD" not in concepts("acard")
    assert concepts("xyzzy") == []


@given(st.text())
def test_any_text_has_its_ideas(text):
    concept_pairs(normalise(text))


def test_ideas_in_their_order_stand_for_the_words_of_both_languages():
    assert set(concept_sequences("factura mare")) == {"BILL", "HIGH", "BILL HIGH"}
    assert "xyzzy BILL" in concept_sequences("xyzzy factura")


def test_words_of_no_idea_are_not_known():
    assert is_known("factura")
    assert not is_known("xyzzy")
