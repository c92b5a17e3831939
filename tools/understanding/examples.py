"""Which messages are learned from, and which only asked?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HELD_OUT = ROOT / "tests" / "nlu"


class WrongFile(Exception):
    """The file cannot be examined. Its message says which line and why."""


@dataclass(frozen=True)
class Example:
    text: str
    intent: str
    language: str  # "ro", "en"; "other" for what is neither


def training_examples(folder: Path = ROOT / "data" / "nlu") -> list[Example]:
    """What the assistant learns from, as Rasa reads it."""
    from rasa.shared.nlu.training_data.loading import load_data  # slow: other commands do without

    return [
        Example(each.get("text"), each.get("intent"), _language(each.get("metadata")))
        for each in load_data(str(folder)).intent_examples
    ]


def held_out_examples() -> list[Example]:
    """Every message of tests/nlu/*.jsonl."""
    return [each for path in sorted(HELD_OUT.glob("*.jsonl")) for each in read(path)]


def read(path: Path) -> list[Example]:
    """Lines of {"text", "intent", "lang"}; raises WrongFile."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongFile(f"{path} cannot be read: {error}") from None
    examples = list(_parsed(path, lines))
    if not examples:
        raise WrongFile(f"{path} has no messages in it")
    return examples


def _parsed(path: Path, lines: list[str]) -> Iterator[Example]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield Example(str(row["text"]), str(row["intent"]), str(row.get("lang", "other")))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise WrongFile(
                f'{path}, line {number}: expected {{"text": ..., "intent": ..., "lang": ...}}'
            ) from None


def _language(metadata: object) -> str:
    told = metadata.get("intent") if isinstance(metadata, dict) else None
    return str(told.get("language", "other")) if isinstance(told, dict) else "other"
