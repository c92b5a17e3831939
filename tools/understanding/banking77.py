"""How does the intent model do on BANKING77, which others are measured on too?

Its public split, train.csv and test.csv (columns text and category), fetched by whoever runs this:
https://github.com/PolyAI-LDN/task-specific-datasets, folder banking_data.
"""

import csv
import time
from pathlib import Path

import numpy as np

from bot.nlu.intent_model import Settings, train
from tools.understanding.examples import WrongFile
from tools.understanding.saying import say


def run(folder: Path) -> int:
    """Prints accuracy, training time and time for a message; says so when the files are absent."""
    files = [folder / "train.csv", folder / "test.csv"]
    if not all(path.exists() for path in files):
        say(f"Skipped: {folder} has no train.csv and test.csv of BANKING77 (see the address in")
        say("tools/understanding/banking77.py); fetch them and run `make bench-nlu` again.")
        return 0
    (texts, labels), (asked, meant) = map(_rows, files)
    began = time.perf_counter()
    model = train(texts, labels, Settings())
    learned = time.perf_counter() - began
    took, right = [], 0
    for text, label in zip(asked, meant, strict=True):
        began = time.perf_counter()
        right += model.rank(text)[0][0] == label
        took.append(time.perf_counter() - began)
    half, most = np.percentile(took, [50, 95]) * 1000
    say(f"BANKING77: accuracy {right / len(asked):.1%} of {len(asked)} messages")
    say(f"training {learned:.1f} s, a message {half:.2f} ms (p50), {most:.2f} ms (p95)")
    return 0


def _rows(path: Path) -> tuple[list[str], list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"text", "category"} <= rows[0].keys():
        raise WrongFile(f"{path} has no columns text and category")
    return [row["text"] for row in rows], [row["category"] for row in rows]
