"""What does the intent model see of a message? Five views, each a vector; scikit-learn only.

Words are exact; letters inside words forgive slips and endings; ideas in pairs carry meaning from
one language and verb to another; ideas in their order keep "I want to pay" apart from "want me to
pay"; the shape tells a short answer from a story, and a billing question from talk of other
things. What each is worth was measured: docs/understanding.md.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.concepts import concept_pairs, concept_sequences, is_known

# How much each view weighs against the others.
_WORDS, _LETTERS, _PAIRS, _SEQUENCES, _SHAPE = 0.7, 1.0, 1.0, 1.4, 1.0
# From so many examples on, what occurs once is left out: it halves the model and costs nothing.
_MANY = 1_000
_LONGEST = 12  # words that are told apart one by one


class Views:
    """From normalised texts to one matrix, a row for each text.

    No term is weighted by its rarity: in messages of five words that favoured accidents (a point
    and a half of accuracy). Not scikit-learn's own union of features, which spends 0.5 ms of a
    message on handing small matrices around.
    """

    def __init__(self, examples: int) -> None:
        rare = {"min_df": 2 if examples >= _MANY else 1, "use_idf": False, "dtype": np.float32}
        self._views = [
            (TfidfVectorizer(tokenizer=str.split, token_pattern=None, ngram_range=(1, 2),
                             lowercase=False, sublinear_tf=True, **rare), _WORDS),
            (TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), lowercase=False,
                             sublinear_tf=True, **rare), _LETTERS),
            (TfidfVectorizer(analyzer=concept_pairs, **rare), _PAIRS),
            (TfidfVectorizer(analyzer=concept_sequences, **rare), _SEQUENCES),
            (TfidfVectorizer(analyzer=_shape, use_idf=False, dtype=np.float32), _SHAPE),
        ]  # fmt: skip

    def fit_transform(self, words: Sequence[str]) -> csr_matrix:
        return hstack([view.fit_transform(words) * weight for view, weight in self._views], "csr")

    def transform(self, words: Sequence[str]) -> csr_matrix:
        return hstack([view.transform(words) * weight for view, weight in self._views], "csr")


def _shape(words: str) -> "list[str]":
    """How long the text is, and what share of its words are words of billing."""
    split = words.split()
    known = sum(map(is_known, split))
    return [f"long {min(len(split), _LONGEST)}", f"known {4 * known // max(len(split), 1)}"]
