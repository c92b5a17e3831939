"""Is a mere insult told from a request and from a complaint?"""

from __future__ import annotations

import pytest

from bot.insult import is_insult


@pytest.mark.parametrize(
    "text",
    [
        "idiotule",
        "Ești prost!",
        "haha ești prost",
        "sunteți niște idioți",
        "du-te dracului",
        "bot tâmpit",
        "măi cretinilor",
        "mă nesimțiților",
        "you stupid bot",
        "you're an idiot",
        "fuck you",
        "piece of shit",
        "FUCK OFF",
    ],
)
def test_an_insult_alone(text: str) -> None:
    assert is_insult(text)


@pytest.mark.parametrize(
    "text",
    [
        "bună ziua",
        "nu",
        "cât am de plată, idiotule",
        "idioților, de ce e factura așa mare",
        "fuck, how much do I owe",
        "I was charged twice you idiots",
        "sunteți niște hoți",  # a complaint, which a person hears
        "am un boiler stricat",
        "this is a stupid charge, remove it",
        "prostii ați pus pe factură",
        "",
    ],
)
def test_whatever_says_more_is_no_mere_insult(text: str) -> None:
    assert not is_insult(text)
