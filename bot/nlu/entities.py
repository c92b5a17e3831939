"""Which dates, months, amounts, invoices and languages does a message name? A Rasa component."""

from datetime import date
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.amounts import find_amounts
from bot.nlu.dates import find_dates
from bot.nlu.fingerprint import source_hash
from bot.nlu.metadata import expects_of, today_of
from bot.nlu.months import find_months, is_compared_with
from bot.nlu.reading import Found, Reading, read
from bot.nlu.references import find_invoice_numbers, find_language_names


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class BillingEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Puts what `extract` finds on each message."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "BillingEntityExtractor":
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return source_hash()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            expected = expects_of(message) == "extension_date"
            found = extract(message.get(TEXT) or "", today_of(message), expected)
            found = self.add_extractor_name(found)
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def extract(text: str, today: date, date_expected: bool = False) -> list[dict[str, Any]]:
    """Rasa entities: date (ISO), month (YYYY-MM), other_month (one to compare with), amount (bani,
    as a string), invoice_number, language_name ("ro" or "en"). No two share words: an invoice
    number's digits are no date, an amount's no day, a date's month no month. Commands
    ("/affirm") name nothing.
    """
    if text.lstrip().startswith("/"):
        return []
    reading = read(text)
    taken: list[Found] = []
    entities: list[dict[str, Any]] = []
    for name, found in (
        ("invoice_number", find_invoice_numbers(reading)),
        ("amount", find_amounts(reading)),
        ("date", find_dates(reading, today, date_expected)),
        ("month", find_months(reading, today, date_expected)),
        ("language_name", find_language_names(reading)),
    ):
        free = [one for one in found if all(_apart(one, other) for other in taken)]
        taken.extend(free)
        entities.extend(_entity(name, one) for one in free if one.value is not None)
    in_order = sorted(entities, key=lambda entity: entity["start"])
    if not date_expected:
        _name_other_month(in_order, reading)
    return in_order


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
