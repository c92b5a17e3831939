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

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Understanding</title><style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse } td, th { padding: .15rem .7rem; text-align: right }
td:first-child, th:first-child, .text { text-align: left } tr:nth-child(even) { background: #f3f5f7 }
img { max-width: 100% }
</style></head><body><h1>How well are messages understood?</h1>
{% for part in parts %}<h2>{{ part.title }}</h2>
<p>{{ part.count }} messages.</p>
<table><tr><th>figure</th><th>value</th></tr>
{% for name, value in part.summary.items() %}<tr><td>{{ name }}</td><td>{{ "%.3f"|format(value) }}</td></tr>
{% endfor %}</table>
<h3>Intent by intent</h3>
<table><tr><th>intent</th>{% for language in languages %}<th>{{ language }}: messages</th>
<th>precision</th><th>recall</th><th>F1</th>{% endfor %}</tr>
{% for name, row in part.intents.items() %}<tr><td>{{ name }}</td>
{% for language in languages %}{% set one = row[language] %}{% if one %}<td>{{ one.messages }}</td>
<td>{{ "%.2f"|format(one.precision) }}</td><td>{{ "%.2f"|format(one.recall) }}</td>
<td>{{ "%.2f"|format(one.f1) }}</td>{% else %}<td></td><td></td><td></td><td></td>{% endif %}{% endfor %}</tr>
{% endfor %}</table>
<h3>What is taken for what</h3><img alt="confusion matrix" src="{{ part.confusion }}">
<h3>How honest is the certainty</h3><img alt="calibration" src="{{ part.calibration }}">
<h3>The errors it is surest of</h3>
<table><tr><th>message</th><th>meant</th><th>taken for</th><th>certainty</th></tr>
{% for each in part.worst %}<tr><td class="text">{{ each.example.text }}</td>
<td>{{ each.example.intent }}</td><td>{{ each.intent }}</td>
<td>{{ "%.2f"|format(each.confidence) }}</td></tr>
{% endfor %}</table>{% endfor %}</body></html>
"""


def write(parts: dict[str, Sequence[Answer]], folder: Path) -> Path:
    """The page of these sets of answers, by title; the pictures are inside it."""
    folder.mkdir(parents=True, exist_ok=True)
    template = Environment(autoescape=True).from_string(_PAGE)
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
