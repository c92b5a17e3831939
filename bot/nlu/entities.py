"""Which dates, months, amounts, invoices, plans, contacts does a message name? A Rasa component."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.amounts import find_amounts
from bot.nlu.catalogue_names import CatalogueNames
from bot.nlu.contacts import find_emails, find_phone_numbers
from bot.nlu.dates import find_dates
from bot.nlu.fingerprint import source_hash
from bot.nlu.metadata import expects_of, today_of
from bot.nlu.months import find_months, is_compared_with
from bot.nlu.reading import Found, Reading, read
from bot.nlu.references import find_invoice_numbers, find_language_names, find_which_invoice

_NAMES_FILE = "names.json"
_NO_NAMES = CatalogueNames({})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class BillingEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Puts what `extract` finds on each message. The names of plans are the synonyms of the
    training data (data/nlu/plans.yml): they are kept in the model."""

    def __init__(
        self,
        storage: ModelStorage | None = None,
        resource: Resource | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._storage = storage
        self._resource = resource
        self._names = CatalogueNames(names or {})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "BillingEntityExtractor":
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "BillingEntityExtractor":
        with model_storage.read_from(resource) as directory:
            names = json.loads((directory / _NAMES_FILE).read_text(encoding="utf-8"))
        return cls(model_storage, resource, names)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return source_hash()

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the names of plans and add-ons, each with its code."""
        assert self._storage is not None
        assert self._resource is not None
        names = dict(sorted(training_data.entity_synonyms.items()))
        with self._storage.write_to(self._resource) as directory:
            (directory / _NAMES_FILE).write_text(json.dumps(names), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The classifier learns from the words alone."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            expected = expects_of(message) == "extension_date"
            text, today = message.get(TEXT) or "", today_of(message)
            found = self.add_extractor_name(extract(text, today, expected, self._names))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def extract(
    text: str, today: date, date_expected: bool = False, names: CatalogueNames = _NO_NAMES
) -> list[dict[str, Any]]:
    """Rasa entities: date (ISO), month (YYYY-MM), other_month (one to compare with), amount (bani,
    as a string), invoice_number, invoice_which ("previous" or "latest"), plan (its code),
    phone_number (international), email, language_name ("ro" or "en"). No two share words: an
    invoice number's digits are no date, an amount's no day, a date's month no month. Commands
    ("/affirm") name nothing.
    """
    if text.lstrip().startswith("/"):
        return []
    reading = read(text)
    taken: list[Found] = []
    entities: list[dict[str, Any]] = []
    for name, found in (
        ("email", find_emails(reading)),
        ("phone_number", find_phone_numbers(reading)),
        ("plan", names.find(reading)),
        ("invoice_number", find_invoice_numbers(reading)),
        ("amount", find_amounts(reading)),
        ("date", find_dates(reading, today, date_expected)),
        ("month", find_months(reading, today, date_expected)),
        ("invoice_which", _not_compared_with(find_which_invoice(reading), reading)),
        ("language_name", find_language_names(reading)),
    ):
        free = [one for one in found if all(_apart(one, other) for other in taken)]
        taken.extend(free)
        entities.extend(_entity(name, one) for one in free if one.value is not None)
    in_order = sorted(entities, key=lambda entity: entity["start"])
    if not date_expected:
        _name_other_month(in_order, reading)
    return in_order


def _not_compared_with(found: list[Found], reading: Reading) -> list[Found]:
    """ "More than the one before" asks about the newest bill, which is held against that anyway."""
    return [one for one in found if not is_compared_with(reading, one.start)]


def _apart(one: Found, other: Found) -> bool:
    return one.end <= other.start or other.end <= one.start


def _name_other_month(entities: list[dict[str, Any]], reading: Reading) -> None:
    """Of several months one is compared with: that after "than", else the second."""
    months = [entity for entity in entities if entity["entity"] == "month"]
    compared = [month for month in months if is_compared_with(reading, month["start"])]
    second = [month for month in months[1:] if month["value"] != months[0]["value"]]
    for month in (compared or second)[:1]:
        month["entity"] = "other_month"


def _entity(name: str, found: Found) -> dict[str, Any]:
    return {"entity": name, "start": found.start, "end": found.end, "value": str(found.value)}
