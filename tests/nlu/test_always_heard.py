"""Are the words that a caller may say at any moment understood, whatever is asked? On the project's
own model."""

import pytest

from bot.nlu.expectations import log_odds

ALWAYS = {
    "repeat": ("repetați", "repetă", "mai spuneți o dată", "mai rar", "vorbiți mai rar, vă rog",
               "repeat", "say that again", "slower", "slower please"),
    "talk_to_human": ("operator", "un operator, vă rog", "vreau un coleg", "agent",
                      "operator please", "talk to a person"),
}  # fmt: skip
ASKED = (None, "customer_number", "confirm", "choice", "language", "extension_date", "instalments",
         "dispute_line", "dispute_reason", "leaving_reason")  # fmt: skip


@pytest.mark.parametrize("expects", ASKED)
@pytest.mark.parametrize(
    ("words", "intent"), [(words, intent) for intent, said in ALWAYS.items() for words in said]
)
def test_repeat_slower_and_operator_are_understood_at_every_question(
    understood, words, intent, expects
):
    assert understood.rank(words, log_odds(words, expects, frozenset()))[0][0] == intent
