"""Does Rasa say our words in the language of the latest message, and never silence?"""

import asyncio

import pytest
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.nlu.choosing import MissingVariable, ResponseGap
from bot.nlu.responses import ResponseChooser

from .conftest import DOMAIN


@pytest.fixture
def chooser():
    endpoint = EndpointConfig(type="bot.nlu.responses.ResponseChooser")
    chooser = NaturalLanguageGenerator.create(endpoint, Domain.from_yaml(DOMAIN))
    assert isinstance(chooser, ResponseChooser)
    return chooser


def tracker(text="da", channel="sms", **metadata):
    said = UserUttered(text, input_channel=channel, metadata=metadata)
    return DialogueStateTracker.from_events("ana", [said])


def say(chooser, name, of, **values):
    return asyncio.run(chooser.generate(name, of, "collector", **values))


def test_the_language_the_app_named(chooser):
    assert say(chooser, "utter_greet", tracker(language="en")) == {"text": "Hello!"}


def test_else_the_language_of_the_words_else_romanian(chooser):
    assert say(chooser, "utter_greet", tracker("how are you"))["text"] == "Hello!"
    assert say(chooser, "utter_greet", tracker("ok"))["text"] == "Bună ziua!"
    nobody = DialogueStateTracker.from_events("ana", [])
    assert say(chooser, "utter_greet", nobody)["text"] == "Bună ziua!"


def test_the_channel_of_the_latest_message(chooser):
    of = tracker(channel="voice", language="ro")
    assert say(chooser, "utter_greet", of)["text"] == "Bună ziua, ați sunat la noi."


def test_an_action_that_changed_the_language_is_obeyed_at_once(chooser):
    of = tracker(language="ro")
    assert say(chooser, "utter_greet", of, language="en")["text"] == "Hello!"


def test_variables_are_filled(chooser):
    said = say(chooser, "utter_balance", tracker(language="en"), amount="RON 45.00")
    assert said == {"text": "You owe RON 45.00."}


def test_a_missing_variable_is_an_error(chooser):
    with pytest.raises(MissingVariable):
        say(chooser, "utter_balance", tracker(language="en"))


def test_an_unknown_response_is_an_error_but_for_those_rasa_only_asks_about(chooser):
    with pytest.raises(ResponseGap):
        say(chooser, "utter_unheard_of", tracker())
    assert say(chooser, "utter_restart", tracker()) is None
