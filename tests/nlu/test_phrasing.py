"""Are messages that say the same in nearly the same words kept on one side of a split?"""

import numpy as np
import pytest

from bot.nlu.phrasing import folds, phrasings

WORDS = [
    "cand e scadenta", "cand este scadenta", "care e scadenta", "pana in ce zi pot da banii",
    "vreau sa platesc", "vreau sa platesc acum", "link de plata", "hai sa achit factura",
]  # fmt: skip
LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1])


def test_near_duplicates_are_one_phrasing_and_others_are_not():
    numbers = phrasings(WORDS, LABELS)
    assert numbers[0] == numbers[1]
    assert numbers[4] == numbers[5]
    assert len({numbers[0], numbers[3], numbers[4], numbers[6], numbers[7]}) == 5


def test_a_phrasing_has_one_intent():
    same = phrasings(["da", "da"], np.array([0, 1]))
    assert same[0] != same[1]


def test_no_phrasing_stands_on_both_sides():
    numbers, held_by = phrasings(WORDS, LABELS), folds(WORDS, LABELS, 5)
    for number in set(numbers):
        assert len(set(held_by[numbers == number])) == 1


def test_every_intent_has_something_in_each_fold():
    held_by = folds(WORDS, LABELS, 5)
    count = held_by.max() + 1
    assert count >= 2
    for label in (0, 1):
        assert set(held_by[label == LABELS]) == set(range(count))


def test_too_few_to_keep_apart_are_dealt_one_by_one():
    held_by = folds(["da", "da da", "nu", "nu nu"], np.array([0, 0, 1, 1]), 5)
    assert sorted(held_by) == [0, 0, 1, 1]


def test_one_example_is_not_enough():
    with pytest.raises(ValueError, match="two examples"):
        folds(["da", "da da", "nu"], np.array([0, 0, 1]), 5)
