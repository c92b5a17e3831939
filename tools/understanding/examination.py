"""What does the intent model answer to messages whose meaning is known?"""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.nlu.intent_model import IntentModel, Settings, held_out_margins, train
from bot.nlu.language import DEFAULT_LANGUAGE, detect
from bot.nlu.normaliser import normalise
from bot.nlu.phrasing import phrasings
from tools.understanding.examples import ROOT, Example
from tools.understanding.figures import LANGUAGES, Answer


def project_settings(config: Path = ROOT / "config.yml") -> Settings:
    """The classifier's settings as config.yml has them."""
    from ruamel.yaml import YAML

    pipeline = YAML(typ="safe").load(config)["pipeline"]
    (own,) = (each for each in pipeline if each["name"].endswith("BillingIntentClassifier"))
    return Settings(**{key: value for key, value in own.items() if key != "name"})


def trained(examples: Sequence[Example], settings: Settings) -> IntentModel:
    return train(
        [each.text for each in examples],
        [each.intent for each in examples],
        settings,
        [each.language for each in examples],
    )


def asked(model: IntentModel, examples: Sequence[Example]) -> list[Answer]:
    """The answers of a model to messages it has not learned."""
    return [Answer(each, *model.rank(each.text, language=each.language)[0]) for each in examples]


def asked_by_phrasing(
    examples: Sequence[Example], asked_of: Sequence[Example], settings: Settings
) -> list[Answer]:
    """The answers of a model that has learned of the examples only those that share a phrasing
    with none of the messages asked: no paraphrases stand on both sides."""
    return asked(trained(without_phrasings_of(asked_of, examples), settings), asked_of)


def without_phrasings_of(others: Sequence[Example], examples: Sequence[Example]) -> list[Example]:
    """The examples that are paraphrases of none of the others."""
    both = [*examples, *others]
    names = sorted({each.intent for each in both})
    labels = np.array([names.index(each.intent) for each in both])
    numbers = phrasings([normalise(each.text) for each in both], labels)
    theirs = set(numbers[len(examples) :])
    return [each for each, number in zip(examples, numbers, strict=False) if number not in theirs]


def within(model: IntentModel, examples: Sequence[Example], settings: Settings) -> list[Answer]:
    """The answers to the examples themselves, each by a model that has learned nothing like it.
    Sharpness and refusals are the model's, tuned on these same answers."""
    words = [normalise(each.text) for each in examples]
    labels = np.array([model.intents.index(each.intent) for each in examples])
    margins = held_out_margins(words, labels, settings)
    return [
        Answer(each, *model.ranked(row, _spoken(each))[0])
        for each, row in zip(examples, margins, strict=True)
    ]


def parsed(model_file: Path, examples: Sequence[Example]) -> list[Answer]:
    """The answers of the assistant as it is served: Rasa, our pipeline, the model in the file."""
    import structlog
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    # Rasa would print every message at its debug level.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    agent = Agent.load(str(model_file))

    async def answers() -> list[Answer]:
        found = []
        for each in examples:
            spoken = {"language": each.language} if each.language in LANGUAGES else {}
            message = UserMessage(each.text, metadata=spoken)
            understood = await agent.processor.parse_message(message)
            # The likeliest, also where the assistant would rather ask which of two is meant.
            intent = next(iter(understood.get("intent_ranking") or []), understood["intent"])
            found.append(Answer(each, str(intent["name"]), float(intent["confidence"])))
        return found

    return asyncio.run(answers())


def _spoken(example: Example) -> str:
    if example.language in LANGUAGES:
        return example.language
    return detect(example.text) or DEFAULT_LANGUAGE
