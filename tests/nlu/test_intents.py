"""Does the classifier learn, say how sure it is, refuse honestly, and survive being stored?"""

import pytest
from rasa.core.agent import load_agent
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import fingerprint
from bot.nlu.intent_model import OUT_OF_SCOPE, IntentModel, Settings, train
from bot.nlu.intents import BillingIntentClassifier

from .conftest import EXAMPLES


def examples():
    pairs = [(text, name) for name, texts in EXAMPLES.items() for text in texts.split("|")]
    return [text for text, _ in pairs], [name for _, name in pairs]


@pytest.fixture(scope="module")
def trained() -> IntentModel:
    return train(*examples(), Settings())


@pytest.fixture
def stored(tmp_path):
    """A classifier trained, written to Rasa's storage and read back."""
    storage, resource = LocalModelStorage.create(tmp_path), Resource("intents")
    context = ExecutionContext(GraphSchema({}), "1")
    config = BillingIntentClassifier.get_default_config()
    pairs = zip(*examples(), strict=True)
    data = TrainingData([Message.build(text, intent=name) for text, name in pairs])
    BillingIntentClassifier.create(config, storage, resource, context).train(data)
    return BillingIntentClassifier.load(config, storage, resource, context)


def intent_of(component, text, **metadata):
    message = Message(data={"text": text, "metadata": metadata or None})
    (message,) = component.process([message])
    return message.get("intent")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("buna ziua", "greet"),
        ("CÂT AM DE PLATĂ???", "check_balance"),
        ("how much do i owe you", "check_balance"),
        ("multumesc frumos", "thank"),
    ],
)
def test_a_stored_classifier_understands(stored, text, intent):
    assert intent_of(stored, text)["name"] == intent


def test_probabilities_sum_to_one_with_the_likeliest_first(trained):
    ranking = trained.rank("cât am de plată")
    shares = [probability for _, probability in ranking]
    assert ranking[0][0] == "check_balance"
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1)


def test_what_is_not_likely_enough_is_out_of_scope():
    careful = train(*examples(), Settings(threshold=0.999))
    ranking = careful.rank("cât")
    assert ranking[0][0] == OUT_OF_SCOPE
    assert [name for name, _ in ranking].count(OUT_OF_SCOPE) == 1


@pytest.mark.parametrize("text", ["", "   ", "...", "😀😀"])
def test_a_message_without_words_is_out_of_scope(trained, text):
    assert trained.rank(text)[0] == (OUT_OF_SCOPE, 1.0)


def test_the_same_data_make_the_same_model(trained):
    assert train(*examples(), Settings()).rank("salut") == trained.rank("salut")


def test_an_intent_with_one_example_is_refused():
    with pytest.raises(ValueError, match="two examples"):
        train(["da", "da da", "nu"], ["affirm", "affirm", "deny"], Settings())


def test_two_intents_are_enough():
    model = train(["da", "sigur", "nu", "deloc"], ["affirm", "affirm", "deny", "deny"], Settings())
    assert model.rank("da da")[0][0] == "affirm"


def test_the_question_weighs_in(stored):
    alone = intent_of(stored, "ok atunci")
    asked = intent_of(stored, "ok atunci", expects="confirm")
    assert asked["name"] == "affirm"
    assert alone["name"] != "affirm" or alone["confidence"] < asked["confidence"]


def test_nonsense_after_a_question_is_no_yes(stored):
    assert intent_of(stored, "pizza vremea meciul", expects="confirm")["name"] == OUT_OF_SCOPE


def test_commands_are_left_to_rasa(stored):
    assert intent_of(stored, "/affirm") is None


def test_a_change_of_our_code_trains_anew(monkeypatch, tmp_path):
    module = tmp_path / "fingerprint.py"
    module.write_text("one")
    monkeypatch.setattr(fingerprint, "__file__", str(module))
    before = BillingIntentClassifier.fingerprint_addon({})
    module.write_text("two")
    assert BillingIntentClassifier.fingerprint_addon({}) != before


def test_rasa_parses_with_it(model):
    async def parse():
        agent = await load_agent(model)
        return await agent.parse_message("cât am de plată")

    import asyncio

    parsed = asyncio.run(parse())
    assert parsed["intent"]["name"] == "check_balance"
    assert len(parsed["intent_ranking"]) == 5
