"""Are the training data the same when they are read only once and never copied?"""

import copy

import pytest
from rasa.shared.importers import utils
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter

from bot.nlu.once_read import OnceReadImporter
from tools.understanding.examples import ROOT

GREETINGS = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - bună ziua
    - hello
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "greet.yml").write_text(GREETINGS, encoding="utf-8")
    return str(tmp_path)


@pytest.fixture
def reads(monkeypatch):
    """How often the files were read."""
    done, of_rasa = [], utils.training_data_from_paths
    monkeypatch.setattr(
        utils, "training_data_from_paths", lambda *given: done.append(given) or of_rasa(*given)
    )
    return done


def test_each_file_is_read_once_however_often_rasa_asks(folder, reads):
    importer = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), training_data_paths=[folder]
    )
    importer.get_nlu_data()
    importer.get_nlu_data("en")
    importer.get_domain()
    assert len(reads) == 1


def test_the_data_are_those_of_rasas_own_importer(folder):
    ours = OnceReadImporter(training_data_paths=folder).get_nlu_data()
    rasas = RasaFileImporter(training_data_paths=folder).get_nlu_data()
    assert ours.fingerprint() == rasas.fingerprint()


def test_what_is_merged_into_them_is_not_kept(folder):
    importer = OnceReadImporter(training_data_paths=folder)
    before = importer.get_nlu_data().fingerprint()
    importer.get_nlu_data().merge(importer.get_nlu_data()).filter_training_examples(lambda _: False)
    assert importer.get_nlu_data().fingerprint() == before


def test_an_example_is_shared_and_its_fingerprint_reckoned_once(folder):
    example = OnceReadImporter(training_data_paths=folder).get_nlu_data().training_examples[0]
    assert copy.deepcopy(example) is example
    before = example.fingerprint()
    example.set("intent", example.get("intent"))
    assert example._cached_fingerprint == before
    example.set("intent", "thank")
    assert example.fingerprint() != before
