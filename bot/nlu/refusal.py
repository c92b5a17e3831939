"""When is a message none of ours to answer? Tuned on held-out messages; numpy only."""

from dataclasses import dataclass

import numpy as np

# How far the class for what is out of scope may be favoured, in log-odds.
_BIASES = np.arange(0.0, 3.01, 0.25)


@dataclass(frozen=True)
class Refusal:
    """`bias` is added to the log-probability of the out-of-scope class, and no other intent less
    likely than `threshold` is believed."""

    bias: float = 0.0
    threshold: float = 0.0

    def refused(self, scores: np.ndarray, out: int) -> np.ndarray:
        """For each row of log-probabilities, whether it is out of scope; `out` is that column."""
        likely = softmax(self.biased(scores, out))
        return (likely.argmax(axis=1) == out) | (likely.max(axis=1) < self.threshold)

    def biased(self, scores: np.ndarray, out: int) -> np.ndarray:
        """The scores with the out-of-scope class favoured."""
        return scores + self.bias * (np.arange(scores.shape[1]) == out)


def tuned(scores: np.ndarray, in_scope: np.ndarray, out: int, loss: float) -> Refusal:
    """The refusal that catches most of what is out of scope while at most `loss` (a share of 1)
    of what is in scope is refused.

    `scores`: log-probabilities of held-out messages, a row each; `in_scope`: which rows are;
    `out`: the column of the out-of-scope class. A model that refuses more than `loss` by itself
    gets no bias and no threshold.
    """
    best, caught = Refusal(), -1.0
    for bias in _BIASES:
        candidate = Refusal(float(bias), _threshold(scores, in_scope, out, loss, float(bias)))
        refused = candidate.refused(scores, out)
        if refused[in_scope].mean() <= loss and refused[~in_scope].mean() > caught:
            best, caught = candidate, refused[~in_scope].mean()
    return best


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities from log-probabilities, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _threshold(
    scores: np.ndarray, in_scope: np.ndarray, out: int, loss: float, bias: float
) -> float:
    """The highest threshold that, with this bias, still keeps to the loss."""
    likely = softmax(Refusal(bias).biased(scores[in_scope], out))
    believed = np.sort(likely.max(axis=1)[likely.argmax(axis=1) != out])
    may_refuse = int(loss * len(likely)) - (len(likely) - len(believed))
    return float(believed[may_refuse]) if 0 < may_refuse < len(believed) else 0.0
