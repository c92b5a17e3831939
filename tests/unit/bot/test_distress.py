"""Which words bring a person at once?"""

import pytest

from bot.distress import sign_of


@pytest.mark.parametrize(
    "words",
    [
        "Nu mai vreau să trăiesc",
        "îmi vine să mă omor din cauza facturii",
        "mă sinucid",
        "vreau sa mor",
        "I want to die",
        "I'm going to kill myself",
        "i dont want to live anymore",
    ],
)
def test_distress(words: str) -> None:
    assert sign_of(words) == "distress"


@pytest.mark.parametrize(
    "words",
    [
        "vă dau în judecată",
        "ne vedem la tribunal!",
        "vorbesc cu avocatul meu",
        "fac plângere la ANPC",
        "sesizez Protecția Consumatorilor",
        "I will sue you",
        "you'll hear from my lawyer",
        "I'm taking legal action",
    ],
)
def test_legal_threats(words: str) -> None:
    assert sign_of(words) == "legal_threat"


@pytest.mark.parametrize(
    "words",
    [
        "cât am de plată?",
        "mor de curiozitate cât e factura",
        "e prea scump, plec la altcineva",
        "why is my bill so high?",
        "you are killing me with these prices",
        "I'd like a court TV channel",
        "",
    ],
)
def test_ordinary_words_bring_nobody(words: str) -> None:
    assert sign_of(words) is None
