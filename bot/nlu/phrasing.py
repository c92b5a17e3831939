"""Which examples say the same in nearly the same words? They never stand on both sides of a split.

A split by chance would put "can I pay later" among what is learned and "can I pay it later" among
what is held out, and measure memory instead of understanding. scipy and scikit-learn only.
"""

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.feature_extraction.text import TfidfVectorizer

# How unlike two phrasings are, from 0 to 1, by the letters they share; "când e scadența" and
# "când e termenul" are two, "care e scadența" and "care-i scadența" are one.
APART = 0.5


def phrasings(words: Sequence[str], labels: np.ndarray) -> np.ndarray:
    """For each normalised text the number of its phrasing; no phrasing has two intents."""
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    vectors = letters.fit_transform(words)
    numbers = np.zeros(len(words), dtype=int)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        numbers[rows] = numbers.max() + _clusters(vectors[rows])
    return numbers


def folds(words: Sequence[str], labels: np.ndarray, most: int) -> np.ndarray:
    """For each text the number of the fold that holds it out, `most` folds or fewer: every
    intent has a phrasing in each. Raises ValueError when an intent has one example only."""
    if np.bincount(labels).min() < 2:
        raise ValueError("an intent needs two examples or more")
    groups = phrasings(words, labels)
    count = min(most, min(len(np.unique(groups[labels == each])) for each in np.unique(labels)))
    if count < 2:  # too few to keep phrasings together
        groups, count = np.arange(len(words)), 2
    held_by = np.zeros(len(words), dtype=int)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        held_by[rows] = _dealt(groups[rows], count)
    return held_by


def _clusters(vectors: np.ndarray) -> np.ndarray:
    if vectors.shape[0] == 1:
        return np.ones(1, dtype=int)
    unlike = 1 - (vectors @ vectors.T).toarray()
    np.fill_diagonal(unlike, 0)
    tree = linkage(squareform(unlike.clip(0), checks=False), "average")
    return fcluster(tree, APART, "distance")


def _dealt(groups: np.ndarray, count: int) -> np.ndarray:
    """Whole groups dealt to folds, the largest first, each to the fold that has the fewest."""
    fold_of = np.zeros(len(groups), dtype=int)
    sizes = np.zeros(count, dtype=int)
    names, members = np.unique(groups, return_counts=True)
    for name, size in sorted(
        zip(names, members, strict=True), key=lambda pair: (-pair[1], pair[0])
    ):
        fold = int(sizes.argmin())
        fold_of[groups == name] = fold
        sizes[fold] += size
    return fold_of
