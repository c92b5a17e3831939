"""How is an examination shown? One HTML page with two pictures for each set of messages."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jinja2 import Environment

from tools.understanding.figures import (
    LANGUAGES,
    Answer,
    by_intent,
    calibration,
    summary,
    worst,
)

_TEMPLATE = Path(__file__).with_name("page.html")


def write(parts: dict[str, Sequence[Answer]], folder: Path) -> Path:
    """The page of these sets of answers, by title; the pictures are inside it."""
    folder.mkdir(parents=True, exist_ok=True)
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    html = template.render(
        languages=LANGUAGES, parts=[_part(title, answers) for title, answers in parts.items()]
    )
    page = folder / "index.html"
    page.write_text(html, encoding="utf-8")
    return page


def _part(title: str, answers: Sequence[Answer]) -> dict[str, object]:
    names = sorted({each.example.intent for each in answers})
    rows = {
        language: {one.intent: one for one in by_intent(answers, language)}
        for language in LANGUAGES
    }
    return {
        "title": title,
        "count": len(answers),
        "summary": summary(answers),
        "intents": {
            name: {language: rows[language].get(name) for language in LANGUAGES} for name in names
        },
        "confusion": _confusion(answers, names),
        "calibration": _calibration(answers),
        "worst": worst(answers),
    }


def _confusion(answers: Sequence[Answer], names: list[str]) -> str:
    place = {name: at for at, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)))
    for each in answers:
        if each.intent in place:
            counts[place[each.example.intent], place[each.intent]] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = _canvas(12, 11)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("taken for")
    axes.set_ylabel("meant")
    return _picture(figure)


def _calibration(answers: Sequence[Answer]) -> str:
    points = calibration(answers)
    figure, axes = _canvas(5, 5)
    axes.plot([0, 1], [0, 1], color="#999", linewidth=1)
    axes.scatter(
        [sure for sure, _, _ in points],
        [right for _, right, _ in points],
        s=[8 + 400 * count / len(answers) for _, _, count in points],
    )
    axes.set_xlabel("certainty")
    axes.set_ylabel("share that is right")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    return _picture(figure)


def _canvas(width: int, height: int) -> tuple[object, object]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _picture(figure: object) -> str:
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=110, bbox_inches="tight")
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode()
