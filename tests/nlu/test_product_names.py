"""Is a company understood whose products have names that no example has?"""

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.two_requests import ALSO

NAMES = ["Zen Home", "Orion", "Casa Plus", "Nordik 5", "Alba Max", "Pachet Vesel"]
SAID = {
    "change_plan": [
        "vreau {}", "treceți-mă pe {}", "nu mai vreau {}", "scoateți {}", "aș vrea și {}",
        "adăugați {} la abonament", "renunț la {}", "move me to {}", "I want {}", "remove {}",
        "take {} off", "add {} please", "i don't want {} anymore", "can i have {}",
    ],
    "ask_plan_info": [
        "cât costă {}", "ce include {}", "ce e {}", "how much is {}", "what does {} include",
        "what is {}",
    ],
    "cancel_service": ["reziliez {}", "cancel {}"],
    "report_technical_issue": ["nu merge {}", "{} doesn't work"],
    "explain_bill": ["de ce plătesc {}", "why am I paying for {}"],
}  # fmt: skip


def parsed(classifier, text, name, *, known=True):
    """`known`: the extractor has found the name, as it does with those of data/nlu/plans.yml."""
    start = text.index(name)
    found = [{"entity": "plan", "start": start, "end": start + len(name), "value": "CODE"}]
    message = Message(data={"text": text, "entities": found if known else [], "metadata": None})
    (message,) = classifier.process([message])
    return message


def understood_share(classifier, *, known):
    said = [
        (meant, parsed(classifier, words.format(name), name, known=known))
        for meant, sentences in SAID.items()
        for words in sentences
        for name in NAMES
    ]
    right = [meant == message.get("intent_ranking")[0]["name"] for meant, message in said]
    return sum(right) / len(right)


def test_a_message_is_understood_whatever_the_product_is_called(classifier):
    assert understood_share(classifier, known=True) >= 0.95
    assert understood_share(classifier, known=False) < 0.8  # or the names would not be needed


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_a_part_of_a_message_is_read_alike(classifier, name):
    text = f"cât am de plată și cât costă {name}?"
    second = parsed(classifier, text, name).get(ALSO)
    assert second is not None
    assert (second["intent"], second["words"]) == ("ask_plan_info", f"cât costă {name}?")
