"""Which examination is held? Run by `make eval` and `make bench-nlu`.

python -m tools.understanding                    the project's own, as figures and a page
python -m tools.understanding --keep             and keep the figures as those to hold
python -m tools.understanding messages.jsonl     any messages, by the trained assistant
python -m tools.understanding --banking77 FOLDER BANKING77's train.csv and test.csv
"""

import argparse
import json
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from tools.understanding import banking77
from tools.understanding.examination import (
    asked,
    asked_by_phrasing,
    parsed,
    project_settings,
    trained,
    within,
)
from tools.understanding.examples import (
    ROOT,
    WrongFile,
    held_out_examples,
    read,
    training_examples,
)
from tools.understanding.figures import LANGUAGES, Answer, by_intent, summary, worst
from tools.understanding.page import write
from tools.understanding.saying import complain, say

KEPT = ROOT / "tests" / "nlu" / "figures.json"
_PAGE_FOLDER = ROOT / "var" / "understanding"
_MODEL = ROOT / "var" / "models" / "limpede.tar.gz"
_TITLES = {
    "held_out": "Other voices (tests/nlu)",
    "by_phrasing": "Other voices, split by phrasing: no paraphrase of theirs was learned",
    "within": "The training data themselves, each held out with its phrasing",
}


def main() -> int:
    """The exit code: 2 with one line on stderr when a file is not as it should be."""
    # Rasa's libraries of 2023 use each other's old ways, and set filters of their own.
    warnings.showwarning = lambda *_, **__: None
    chosen = _arguments()
    try:
        if chosen.banking77:
            return banking77.run(chosen.banking77)
        if chosen.file:
            return _examine_file(chosen.file)
    except WrongFile as error:
        complain(error)
        return 2
    return _examine_project(keep=chosen.keep)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.understanding", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="lines of text, intent and lang")
    parser.add_argument("--keep", action="store_true", help=f"write {KEPT.relative_to(ROOT)}")
    parser.add_argument("--banking77", type=Path, metavar="FOLDER")
    return parser.parse_args()


def _examine_project(*, keep: bool) -> int:
    settings, examples = project_settings(), training_examples()
    say(f"Learning from {len(examples)} messages ...")
    model = trained(examples, settings)
    others = held_out_examples()
    sets = {
        "held_out": asked(model, others),
        "by_phrasing": asked_by_phrasing(examples, others, settings),
        "within": within(model, examples, settings),
    }
    parts = {_TITLES[name]: answers for name, answers in sets.items()}
    for title, answers in parts.items():
        say(f"\n{title}: {len(answers)} messages")
        _print_summary(answers)
    if keep:
        figures = {name: _rounded(answers) for name, answers in sets.items()}
        KEPT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        say(f"\nKept in {KEPT.relative_to(ROOT)}")
    say(f"\nThe page: {write(parts, _PAGE_FOLDER).relative_to(ROOT)}")
    return 0


def _examine_file(path: Path) -> int:
    examples = read(path)
    if _MODEL.exists():
        say("Asking the trained assistant ...")
        answers = parsed(_MODEL, examples)
    else:
        say("No assistant is trained yet: learning from data/nlu ...")
        answers = asked(trained(training_examples(), project_settings()), examples)
    _print_summary(answers)
    say(f"\n{'intent':28} {'messages':>8} {'precision':>9} {'recall':>7} {'F1':>6}")
    for one in by_intent(answers):
        line = f"{one.precision:9.2f} {one.recall:7.2f} {one.f1:6.2f}"
        say(f"{one.intent:28} {one.messages:8} {line}")
    say("\nErrors, the surest first: meant, taken for, certainty, message")
    for each in worst(answers, most=len(answers)):
        say(f"{each.example.intent}\t{each.intent}\t{each.confidence:.2f}\t{each.example.text}")
    return 0


def _print_summary(answers: Sequence[Answer]) -> None:
    found = summary(answers)
    for language in LANGUAGES:
        own = [each for each in answers if each.example.language == language]
        parts = []
        if any(each.in_scope for each in own):
            parts.append(f"in scope understood {found[f'accuracy_{language}']:.1%}")
            parts.append(f"refused {found[f'refused_{language}']:.1%}")
        if not all(each.in_scope for each in own):
            parts.append(f"out of scope caught {found[f'caught_{language}']:.1%}")
        if parts:
            say(f"  {language}: {', '.join(parts)}")
    right = sum(each.right for each in answers) / len(answers)
    say(f"  all: right {right:.1%}, calibration error {found['calibration_error']:.3f}")


def _rounded(answers: Sequence[Answer]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in summary(answers).items()}


if __name__ == "__main__":
    sys.exit(main())
