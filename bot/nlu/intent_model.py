"""How likely is each intent for a message? scikit-learn only; Rasa is in intents.py.

Five views of the text (views.py), one linear support vector machine for each intent, and a softmax
over their margins whose sharpness is fitted on held-out messages, so that 0.8 means right eight
times in ten. Held out is by phrasing (phrasing.py): what is tuned there also holds for words that
nobody has written down yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.svm import LinearSVC

from bot.nlu.language import DEFAULT_LANGUAGE, detect
from bot.nlu.normaliser import normalise
from bot.nlu.phrasing import folds
from bot.nlu.refusal import Refusal, softmax, tuned
from bot.nlu.spelling import Spelling
from bot.nlu.views import Views

LANGUAGES = ("ro", "en")
OUT_OF_SCOPE = "out_of_scope"
_FOLDS = 3
# A hundred times scikit-learn's own: the same answers in two thirds of the time.
_TOLERANCE = 0.01
# The same data make the same model; in threads they would not: liblinear shares one generator.
_SEED = 1


@dataclass(frozen=True)
class Settings:
    """What may be tuned. `in_scope_loss` is the share of held-out messages that are in scope and
    may be refused ("I can't help with that") so that more of what is out of scope is caught.
    `surer` is how many times sharper certainty is than the held-out messages say: each is held out
    with its whole phrasing, which is harder than life (docs/understanding.md)."""

    c: float = 0.5
    in_scope_loss: float = 0.18
    surer: float = 1.4
    threshold: float | None = None  # a fixed one, instead of the tuned


class _Margins:
    """From normalised texts to margins."""

    def __init__(self, settings: Settings) -> None:
        self._c = settings.c

    def fit(self, words: Sequence[str], labels: np.ndarray) -> "_Margins":
        self._spelling = Spelling(words)
        self._views = Views(len(words))
        machine = LinearSVC(C=self._c, random_state=_SEED, class_weight="balanced", tol=_TOLERANCE)
        machine.fit(self._views.fit_transform(words), labels)
        weights, biases = machine.coef_.T, machine.intercept_
        if weights.shape[1] == 1:  # two intents share one margin in scikit-learn
            weights, biases = np.hstack([-weights, weights]), np.hstack([-biases, biases])
        self._weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._biases = biases.astype(np.float32)
        return self

    def of(self, words: Sequence[str]) -> np.ndarray:
        """One row for each message, one column for each intent."""
        read = [self._spelling.corrected(text) for text in words]
        return np.asarray(self._views.transform(read) @ self._weights + self._biases)


@dataclass
class IntentModel:
    """A trained model, and how it did on held-out messages (shares of 1)."""

    margins: _Margins
    intents: list[str]
    sharpness: float
    refusals: dict[str, Refusal]  # by language
    report: dict[str, float]

    def rank(
        self,
        text: str,
        log_odds: Mapping[str, float] | None = None,
        language: str | None = None,
    ) -> list[tuple[str, float]]:
        """(intent, probability), the likeliest first; OUT_OF_SCOPE first when none is likely.

        `log_odds` is what is known beside the words, added to an intent's log-probability. The
        probabilities sum to 1 as the model sees it; a refusal moves OUT_OF_SCOPE to the front
        and gives it what is missing from the likeliest intent. `language` is detected when it is
        not known.
        """
        words = normalise(text)
        if not words:
            return [(OUT_OF_SCOPE, 1.0), *((name, 0.0) for name in self._in_scope())]
        language = _known(language) or _known(detect(text)) or DEFAULT_LANGUAGE
        return self.ranked(self.margins.of([words])[0], language, log_odds)

    def ranked(
        self, margins: np.ndarray, language: str, log_odds: Mapping[str, float] | None = None
    ) -> list[tuple[str, float]]:
        """The same from the margins of one message, a column for each of `intents`."""
        refusal = self.refusals[language]
        scores = self.sharpness * margins
        for intent, value in ((OUT_OF_SCOPE, refusal.bias), *(log_odds or {}).items()):
            if intent in self.intents:
                scores[self.intents.index(intent)] += value
        likely = softmax(scores[None, :])[0]
        ranking = sorted(
            zip(self.intents, map(float, likely), strict=False), key=lambda pair: -pair[1]
        )
        if ranking[0][0] == OUT_OF_SCOPE or ranking[0][1] >= refusal.threshold:
            return ranking
        others = [pair for pair in ranking if pair[0] != OUT_OF_SCOPE]
        return [(OUT_OF_SCOPE, 1 - ranking[0][1]), *others]

    def _in_scope(self) -> list[str]:
        return [name for name in self.intents if name != OUT_OF_SCOPE]


def train(
    texts: Sequence[str],
    intents: Sequence[str],
    settings: Settings,
    languages: Sequence[str | None] | None = None,
) -> IntentModel:
    """The model of these examples. Every intent needs two or more: the sharpness and the refusals
    are tuned on messages held out of learning. A language that is not told is detected."""
    words = [normalise(text) for text in texts]
    names = sorted(set(intents))
    labels = np.array([names.index(intent) for intent in intents])
    spoken = np.array(
        [
            _known(told) or _known(detect(text)) or ""
            for text, told in zip(texts, languages or [None] * len(texts), strict=True)
        ]
    )
    margins = held_out_margins(words, labels, settings)
    sharpness = settings.surer * _fitted_sharpness(margins, labels)
    refusals = _refusals(sharpness * margins, labels, names, settings, spoken)
    report = _report(sharpness * margins, labels, names, refusals, spoken)
    return IntentModel(_Margins(settings).fit(words, labels), names, sharpness, refusals, report)


def held_out_margins(words: list[str], labels: np.ndarray, settings: Settings) -> np.ndarray:
    """The margins of each text by a model that has learned none of its phrasing."""
    fold_of = folds(words, labels, _FOLDS)
    margins = np.zeros((len(words), labels.max() + 1))
    for fold in range(fold_of.max() + 1):
        learn, hold = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        learned = _Margins(settings).fit([words[i] for i in learn], labels[learn])
        margins[hold] = learned.of([words[i] for i in hold])
    return margins


def _known(language: str | None) -> str | None:
    return language if language in LANGUAGES else None


def _fitted_sharpness(margins: np.ndarray, labels: np.ndarray) -> float:
    """The factor on the margins that makes the held-out truth likeliest (temperature scaling)."""
    rows = np.arange(len(labels))

    def surprise(log_factor: float) -> float:
        likely = softmax(np.exp(log_factor) * margins)
        return float(-np.log(likely[rows, labels] + 1e-12).mean())

    best = minimize_scalar(surprise, bounds=(-2.0, 4.0), method="bounded")
    return float(np.exp(best.x))


def _refusals(
    scores: np.ndarray,
    labels: np.ndarray,
    names: list[str],
    settings: Settings,
    spoken: np.ndarray,
) -> dict[str, Refusal]:
    """Tuned for each language on its own messages; those of no language count for both."""
    if settings.threshold is not None:
        return {language: Refusal(threshold=settings.threshold) for language in LANGUAGES}
    if OUT_OF_SCOPE not in names:  # nothing to catch, nothing to tune on
        return {language: Refusal() for language in LANGUAGES}
    out = names.index(OUT_OF_SCOPE)
    refusals = {}
    for language in LANGUAGES:
        own = (spoken == language) | (spoken == "")
        enough = own.any() and (labels[own] == out).any() and (labels[own] != out).any()
        own = own if enough else np.ones(len(labels), dtype=bool)
        refusals[language] = tuned(scores[own], labels[own] != out, out, settings.in_scope_loss)
    return refusals


def _report(
    scores: np.ndarray,
    labels: np.ndarray,
    names: list[str],
    refusals: dict[str, Refusal],
    spoken: np.ndarray,
) -> dict[str, float]:
    """How the model does on held-out messages, as shares of 1 (`messages` is their number)."""
    out = names.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in names else -1
    report = {
        "messages": float(len(labels)),
        "accuracy": float((scores.argmax(axis=1) == labels).mean()),
    }
    for language, refusal in refusals.items():
        own = spoken == language
        if not own.any():
            continue
        refused = refusal.refused(scores[own], out)
        right = (refusal.biased(scores[own], out).argmax(axis=1) == labels[own]) & ~refused
        in_scope = labels[own] != out
        report[f"in_scope_right_{language}"] = float(right[in_scope].mean())
        report[f"in_scope_refused_{language}"] = float(refused[in_scope].mean())
        if not in_scope.all():
            report[f"out_of_scope_caught_{language}"] = float(refused[~in_scope].mean())
        report[f"bias_{language}"] = refusal.bias
        report[f"threshold_{language}"] = refusal.threshold
    return report
