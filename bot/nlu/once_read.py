"""How are the training data read only once, and never copied? As an importer of Rasa's.

Rasa asks its importer for the same data several times in a training, each time reads, checks and
puts together every file, and copies and fingerprints every example a dozen times over: together
half of a whole training.
"""

from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class OnceReadImporter(RasaFileImporter):
    """Rasa's own importer of files, with a memory."""

    _nlu_data: TrainingData | None = None

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The training data of all files, the same object each time."""
        if self._nlu_data is None:
            self._nlu_data = _shared(super().get_nlu_data(language))
        return self._nlu_data


class _Example(Message):
    """An example that is shared where Rasa would copy it. Our components do not change examples;
    Rasa sets their intents again and again, to what they are."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Example":
        return self

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        if add_to_output or self.data.get(prop) != info:
            super().set(prop, info, add_to_output)


def _shared(read: TrainingData) -> TrainingData:
    examples = [
        _Example(each.data, each.output_properties, each.time, each.features)
        for each in read.training_examples
    ]
    return TrainingData(
        examples, read.entity_synonyms, read.regex_features, read.lookup_tables, read.responses
    )
