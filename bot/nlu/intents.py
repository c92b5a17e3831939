"""What does the customer want? The intent classifier as a Rasa component."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.close_call import MEANINGS, UNCLEAR, close_call
from bot.nlu.expectations import answered_in_words, log_odds, may_be_asked_back
from bot.nlu.fingerprint import source_hash
from bot.nlu.intent_model import IntentModel, Settings, train
from bot.nlu.language import detect
from bot.nlu.metadata import expects_of, language_of
from bot.nlu.product_names import products_in, without_names
from bot.nlu.two_requests import ALSO, Ranking, TwoRequests, two_requests

logger = logging.getLogger(__name__)

_MODEL_FILE = "intents.joblib"
_REPORT_FILE = "report.json"
_RANKING_LENGTH = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class BillingIntentClassifier(IntentClassifier, GraphComponent):
    """Our intent model inside Rasa's graph; `threshold: null` in its config means the tuned one."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._settings = Settings(**{key: config[key] for key in self.get_default_config()})
        self._storage = storage
        self._resource = resource
        self._model: IntentModel | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return asdict(Settings())

    @staticmethod
    def required_packages() -> list[str]:
        """Their versions are part of the fingerprint: a model is only for those it was made by."""
        return ["sklearn", "scipy", "numpy"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return source_hash()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "BillingIntentClassifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "BillingIntentClassifier":
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            component._model = joblib.load(directory / _MODEL_FILE)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples, keep the model and a report on held-out messages beside it."""
        examples = [each for each in training_data.intent_examples if each.get(TEXT)]
        self._model = train(
            [each.get(TEXT) for each in examples],
            [each.get(INTENT) for each in examples],
            self._settings,
            [_language_of(each) for each in examples],
        )
        with self._storage.write_to(self._resource) as directory:
            joblib.dump(self._model, directory / _MODEL_FILE)
            report = json.dumps(self._model.report, indent=2)
            (directory / _REPORT_FILE).write_text(report)
        logger.info("intents, on held-out messages: %s", json.dumps(self._model.report))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing after this component learns from its guesses."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the likeliest ones. Commands ("/affirm") are read by Rasa itself."""
        for message in messages:
            text = message.get(TEXT) or ""
            if self._model is not None and not text.lstrip().startswith("/"):
                self._classify(message, text, self._model)
        return messages

    def _classify(self, message: Message, text: str, model: IntentModel) -> None:
        entities = frozenset(each["entity"] for each in message.get(ENTITIES, []))
        expects, language = expects_of(message), language_of(message) or detect(text)
        products = products_in(text, message.get(ENTITIES, []))

        def rank(part: str, odds: Mapping[str, float] | None = None) -> Ranking:
            return model.rank(without_names(part, products, language), odds, language)

        ranking = rank(text, log_odds(text, expects, entities))
        _set(message, ranking)
        if answered_in_words(expects):
            return
        two = two_requests(text, rank)
        if two is not None:
            _set_two(message, two)
        elif may_be_asked_back(expects) and (meanings := close_call(ranking)):
            message.set(MEANINGS, meanings, add_to_output=True)
            unclear = {"name": UNCLEAR, "confidence": 1 - ranking[0][1]}
            message.set(INTENT, unclear, add_to_output=True)


def _set(message: Message, ranking: Ranking) -> None:
    likely = [{"name": intent, "confidence": probability} for intent, probability in ranking]
    message.set(INTENT, likely[0], add_to_output=True)
    message.set(INTENT_RANKING_KEY, likely[:_RANKING_LENGTH], add_to_output=True)


def _set_two(message: Message, two: TwoRequests) -> None:
    """The message means its first request; the second travels beside it, each with what was found
    in its own words."""
    _set(message, two.first)
    entities = message.get(ENTITIES, [])
    first = [each for each in entities if each["start"] < two.cut]
    message.set(ENTITIES, first, add_to_output=True)
    second = {
        "intent": two.second[0][0],
        "before": two.first_words,
        "words": two.second_words,
        "entities": [each for each in entities if each["start"] >= two.cut],
    }
    message.set(ALSO, second, add_to_output=True)


def _language_of(example: Message) -> str | None:
    """The language that the training data say: `metadata: {language: ro}` beside an intent."""
    told = (example.get("metadata") or {}).get("intent")
    return told.get("language") if isinstance(told, dict) else None
