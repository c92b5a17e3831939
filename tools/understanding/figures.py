"""How many messages were understood, intent by intent, and how honest is the certainty? Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tools.understanding.examples import Example

OUT_OF_SCOPE = "out_of_scope"
LANGUAGES = ("ro", "en")
_BINS = 10


@dataclass(frozen=True)
class Answer:
    """What the model made of a message: the intent it would act on, and how sure it is."""

    example: Example
    intent: str
    confidence: float

    @property
    def right(self) -> bool:
        return self.intent == self.example.intent

    @property
    def in_scope(self) -> bool:
        return self.example.intent != OUT_OF_SCOPE


@dataclass(frozen=True)
class IntentFigures:
    intent: str
    messages: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def summary(answers: Sequence[Answer]) -> dict[str, float]:
    """Shares of 1. `accuracy`: of messages in scope that are understood, refusals count as wrong;
    `refused`: of messages in scope; `caught` and `caught_precision`: out of scope."""
    found: dict[str, float] = {}
    for language in LANGUAGES:
        own = [each for each in answers if each.example.language == language]
        inside = [each for each in own if each.in_scope]
        outside = [each for each in own if not each.in_scope]
        refused = [each for each in own if each.intent == OUT_OF_SCOPE]
        found[f"accuracy_{language}"] = _share([each.right for each in inside])
        found[f"refused_{language}"] = _share([each.intent == OUT_OF_SCOPE for each in inside])
        found[f"caught_{language}"] = _share([each.right for each in outside])
        found[f"caught_precision_{language}"] = _share([not each.in_scope for each in refused])
    found["calibration_error"] = calibration_error(answers)
    return found


def by_intent(answers: Sequence[Answer], language: str | None = None) -> list[IntentFigures]:
    """Precision, recall and F1 of each intent that occurs, in one language or all."""
    own = [each for each in answers if language in (None, each.example.language)]
    said = Counter(each.intent for each in own)
    meant = Counter(each.example.intent for each in own)
    right = Counter(each.intent for each in own if each.right)
    return [
        IntentFigures(
            name,
            meant[name],
            right[name] / said[name] if said[name] else 0.0,
            right[name] / meant[name] if meant[name] else 0.0,
        )
        for name in sorted(meant)
    ]


def calibration(answers: Sequence[Answer]) -> list[tuple[float, float, int]]:
    """Messages by certainty, in tenths: (mean certainty, share that is right, how many)."""
    bins: list[list[Answer]] = [[] for _ in range(_BINS)]
    for each in answers:
        bins[min(int(each.confidence * _BINS), _BINS - 1)].append(each)
    return [
        (
            sum(each.confidence for each in one) / len(one),
            _share([each.right for each in one]),
            len(one),
        )
        for one in bins
        if one
    ]


def calibration_error(answers: Sequence[Answer]) -> float:
    """The expected calibration error: how far certainty and truth are apart, on average."""
    total = len(answers)
    return sum(abs(sure - right) * count / total for sure, right, count in calibration(answers))


def worst(answers: Sequence[Answer], most: int = 50) -> list[Answer]:
    """The errors the model is surest of."""
    wrong = [each for each in answers if not each.right]
    return sorted(wrong, key=lambda each: -each.confidence)[:most]


def drops(now: dict[str, float], before: dict[str, float], tolerance: float = 0.01) -> list[str]:
    """What has become worse by more than the tolerance, one sentence each."""
    return [
        f"{name} was {before[name]:.3f} and is {now[name]:.3f}"
        for name in sorted(before)
        if _worse(name, now[name], before[name]) > tolerance
    ]


def _worse(name: str, now: float, before: float) -> float:
    smaller_is_better = name.startswith(("refused", "calibration_error"))
    return now - before if smaller_is_better else before - now


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0
