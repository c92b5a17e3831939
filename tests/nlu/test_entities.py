"""Are the entities of a message those of the border, none of them made of another's words?"""

from datetime import date

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.entities import BillingEntityExtractor, extract

TODAY = date(2026, 11, 24)


def named(text, **more):
    return [(each["entity"], each["value"]) for each in extract(text, TODAY, **more)]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("pot plăti 45,50 lei până vineri?", [("amount", "4550"), ("date", "2026-11-27")]),
        ("factura din octombrie", [("month", "2026-10")]),
        (
            "de ce e factura din octombrie mai mare decât cea din august",
            [("month", "2026-10"), ("other_month", "2026-08")],
        ),
        ("de ce e mai mare decât cea dinainte", []),
        ("dar în luna dinainte?", [("invoice_which", "previous")]),
        ("și înainte de asta", [("invoice_which", "previous")]),
        ("compară august cu octombrie", [("month", "2026-08"), ("other_month", "2026-10")]),
        ("mai mult decât luna trecută", [("other_month", "2026-10")]),
        ("15 decembrie", [("date", "2026-12-15")]),  # its month is no month of an invoice
        ("factura LMP-2026-000123", [("invoice_number", "LMP-2026-000123")]),  # and no date
        ("12.11 lei", [("amount", "1211")]),
        ("31 februarie", []),
        ("in english please", [("language_name", "en")]),
        ("EN please", [("language_name", "en")]),
        ("Ro, vă rog", [("language_name", "ro")]),
        ("en gros, câți bani", []),
        ("cea dinainte, nu asta", [("invoice_which", "previous")]),
        (
            "sunați-mă mâine la 0722 123 456",
            [("date", "2026-11-25"), ("phone_number", "+40722123456")],
        ),
        ("mail nou: ana.pop@exemplu.ro", [("email", "ana.pop@exemplu.ro")]),
        ("din august și octombrie", [("month", "2026-08"), ("other_month", "2026-10")]),
        ("bună ziua", []),
        ("", []),
        ('/inform{"date": "2026-12-01"}', []),
    ],
)
def test_entities(text, entities):
    assert named(text) == entities


def test_a_bare_number_is_a_day_only_after_the_question_until_when():
    assert named("15") == []
    assert named("15", date_expected=True) == [("date", "2026-12-15")]


def test_the_component_reads_today_and_the_question_from_the_metadata():
    message = Message(
        data={"text": "15", "metadata": {"today": "2027-03-01", "expects": "extension_date"}}
    )
    (message,) = BillingEntityExtractor().process([message])
    (entity,) = message.get("entities")
    assert (entity["value"], entity["extractor"]) == ("2027-03-15", "BillingEntityExtractor")


@pytest.mark.parametrize("metadata", [None, {}, {"today": "soon"}, {"today": 7}, "text"])
def test_without_a_today_the_machines_own_is_used(metadata):
    message = Message(data={"text": "azi", "metadata": metadata})
    (message,) = BillingEntityExtractor().process([message])
    (entity,) = message.get("entities")
    assert date.fromisoformat(entity["value"])


def test_the_names_of_plans_come_from_the_training_data_and_stay_in_the_model(tmp_path):
    storage, resource = LocalModelStorage.create(tmp_path), Resource("entities")
    context = ExecutionContext(GraphSchema({}), "1")
    data = TrainingData(entity_synonyms={"fibră 1000": "INTERNET_1000"})
    BillingEntityExtractor.create({}, storage, resource, context).train(data)
    loaded = BillingEntityExtractor.load({}, storage, resource, context)
    (message,) = loaded.process([Message(data={"text": "trec pe fibra 1000"})])
    (entity,) = message.get("entities")
    assert (entity["entity"], entity["value"]) == ("plan", "INTERNET_1000")


def test_a_very_long_message_is_read():
    assert len(named("vineri " * 2_000)) > 0
