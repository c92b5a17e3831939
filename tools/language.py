"""How often is a message's language mistaken, or left open? `python -m tools.language` tells."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from ruamel.yaml import YAML

from bot.nlu.language import Strength, detect, evidence
from tools.understanding.examples import held_out_examples

ROOT = Path(__file__).resolve().parent.parent

Message = tuple[str, str]  # text and language
Shares = tuple[str, int, int, int]  # language, messages, mistaken, left open


def shares(messages: list[Message], told: Callable[[str], str | None]) -> list[Shares]:
    """For each language: how many messages, how many taken for the other one, how many open."""
    return [_of(language, messages, told) for language in ("ro", "en")]


def sentence_of(text: str) -> str | None:
    """The language that a message is clearly a sentence of: what switches a conversation."""
    found = evidence(text)
    return found.language if found and found.strength == Strength.SENTENCE else None


def held_out() -> list[Message]:
    """The messages in other voices, which nothing has learned from."""
    return [(each.text, each.language) for each in held_out_examples()]


def training() -> list[Message]:
    """Every example of data/nlu that stands under a language."""
    return [
        message for file in sorted((ROOT / "data" / "nlu").glob("*.yml")) for message in _in(file)
    ]


def _in(file: Path) -> Iterator[Message]:
    for block in YAML(typ="safe").load(file)["nlu"]:
        language = (block.get("metadata") or {}).get("language")
        if language:
            for line in block["examples"].splitlines():
                yield line.removeprefix("- "), language


def _of(language: str, messages: list[Message], told: Callable[[str], str | None]) -> Shares:
    answers = [told(text) for text, written in messages if written == language]
    wrong = sum(answer not in (None, language) for answer in answers)
    return language, len(answers), wrong, answers.count(None)


def main() -> int:
    for name, messages in (("held out", held_out()), ("training", training())):
        for told in (detect, sentence_of):
            for language, asked, wrong, left_open in shares(messages, told):
                figures = f"{wrong / asked:6.1%} mistaken, {left_open / asked:6.1%} open"
                print(f"{name}, {told.__name__}, {language}: {asked} messages, {figures}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
