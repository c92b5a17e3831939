"""Is a slip taken for the word that was meant, and nothing else made of what was?"""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.spelling import Spelling, distance

SPELLING = Spelling(["vreau factura mea acum"] * 5 + ["plata facturii"] * 3 + ["rar intalnit"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("vreau factrua", "vreau factura"),  # two letters swapped
        ("vreu factura", "vreau factura"),  # one left out
        ("vreauu facturra", "vreau factura"),  # one doubled
        ("vteau gactura", "vreau factura"),  # the key beside, the first letter too
        ("vreau factura", "vreau factura"),
        ("vreau pizza", "vreau pizza"),  # near to nothing
        ("mae", "mae"),  # too short to guess
        ("rra intalnti", "rra intalnti"),  # said too rarely to be guessed
        ("xamount fctura123", "xamount fctura123"),
        ("", ""),
    ],
)
def test_slips(written, meant):
    assert SPELLING.corrected(written) == meant


def test_what_is_said_most_often_is_meant():
    spelling = Spelling(["plata"] * 9 + ["plati"] * 4)
    assert spelling.corrected("plato") == "plata"


def test_it_can_be_stored():
    assert pickle.loads(pickle.dumps(SPELLING)).corrected("factrua") == "factura"  # noqa: S301


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("plata", "plata", 0), ("plata", "palta", 1), ("plata", "plat", 1), ("plata", "plitu", None)],
)
def test_the_distance_of_two_words(one, other, slips):
    assert distance(one, other, 1) == slips


@given(st.text(), st.text())
def test_the_distance_is_the_same_both_ways(one, other):
    if one.isalpha() and other.isalpha():
        assert distance(one, other, 3) == distance(other, one, 3)
