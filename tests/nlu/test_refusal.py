"""Is as much caught as the stated loss allows, and never more lost?"""

import numpy as np
import pytest

from bot.nlu.refusal import Refusal, softmax, tuned

OUT = 2
# Log-probabilities of 200 messages for two intents and the out-of-scope class. Those in scope
# lean to one of the intents, the others to no class in particular: the classes overlap.
_random = np.random.default_rng(7)
IN_SCOPE = np.arange(200) < 150
SCORES = _random.normal(size=(200, 3))
SCORES[:75, 0] += 3
SCORES[75:150, 1] += 3
SCORES[150:, OUT] += 1


def shares(refusal):
    refused = refusal.refused(SCORES, OUT)
    return refused[IN_SCOPE].mean(), refused[~IN_SCOPE].mean()


@pytest.mark.parametrize("loss", [0.05, 0.1, 0.2, 0.4])
def test_no_more_than_the_stated_loss(loss):
    lost, caught = shares(tuned(SCORES, IN_SCOPE, OUT, loss))
    assert lost <= loss
    assert caught > lost


def test_a_higher_loss_catches_more():
    caught = [shares(tuned(SCORES, IN_SCOPE, OUT, loss))[1] for loss in (0.05, 0.1, 0.2, 0.4)]
    assert caught == sorted(caught)
    assert caught[-1] > caught[0]


def test_a_model_that_refuses_too_much_by_itself_is_left_as_it_is():
    assert tuned(SCORES, IN_SCOPE, OUT, 0.0) == Refusal()


def test_the_bias_favours_only_the_class_for_what_is_out_of_scope():
    biased = Refusal(bias=2.0).biased(np.zeros((1, 3)), OUT)
    assert biased.tolist() == [[0.0, 0.0, 2.0]]


def test_probabilities_of_any_scores_sum_to_one():
    likely = softmax(np.array([[1000.0, -1000.0], [0.0, 0.0]]))
    assert likely.sum(axis=1).tolist() == [1.0, 1.0]
