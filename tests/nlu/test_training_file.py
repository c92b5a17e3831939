"""Does Rasa read what we write of reviewed messages, word for word, beside what is taught?"""

import asyncio

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.validator import Validator

from bot.training_file import Example, in_yaml, plain, sorted_out, taught_in
from tools.understanding.examples import ROOT

REVIEWED = [
    Example("check_payment_status", "ro", "mi-a intrat oare abonamentul ăla zburător"),
    Example("check_payment_status", "en", "is the flying subscription in yet"),
    Example("dispute_charge", "ro", 'am zis "nu": [card](vechi){"a": 1} // #3 & *toate* | 5 > 3'),
    Example("request_callback", "ro", "- sunați-mă: 0700 000 000, despre gogoși 😡"),
    Example("out_of_scope", "en", "/restart the flying donuts\u2028please"),
]


@pytest.fixture(scope="module")
def written():
    result = sorted_out(REVIEWED, taught_in(ROOT / "data" / "nlu"))
    assert result.new == REVIEWED
    return in_yaml(result.new, ["Of the test."])


def test_rasas_own_reader_reads_every_example_as_it_was_written(written):
    read = RasaYAMLReader().reads(written).intent_examples
    got = sorted(
        (each.get("intent"), each.get("metadata")["intent"]["language"], each.get("text"))
        for each in read
    )
    assert got == sorted((each.intent, each.language, plain(each.text)) for each in REVIEWED)
    assert not any(each.get("entities") for each in read)


# Rasa says of every domain with slots that they are no longer filled by themselves.
@pytest.mark.filterwarnings("ignore:Slot auto-fill has been removed:UserWarning")
def test_moved_beside_the_training_data_it_passes_their_checks(written, tmp_path):
    file = tmp_path / "learned.yml"
    file.write_text(written, encoding="utf-8")
    importer = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data"), str(file)]
    )
    validator = asyncio.run(_of(importer))
    assert {each.intent for each in REVIEWED} <= set(validator.domain.intents)
    assert validator.verify_example_repetition_in_intents(ignore_warnings=False)
    texts = {each.get("text") for each in validator.intents.intent_examples}
    assert {plain(each.text) for each in REVIEWED} <= texts


async def _of(importer):
    return Validator.from_importer(importer)
