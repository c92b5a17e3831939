"""How does what agents have decided become training examples? The commands of `limpede nlu`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from billing_backend.clock import SystemClock, business_date
from billing_backend.db import Sessions, transaction
from bot.examples import example_of
from bot.nlu.choosing import LANGUAGES
from bot.training_file import Example, Sorted, in_yaml, sorted_out, taught_in
from handoff import reviews
from handoff.reviews import MessageReview
from limpede import database, settings
from limpede.settings import ROOT, SettingsWrong

TAUGHT = ROOT / "data" / "nlu"
app = typer.Typer(help="What the assistant is to learn.", no_args_is_help=True)
console = Console(stderr=True)


@app.command("export-reviews")
def export_reviews(
    out: Annotated[Path | None, typer.Option(help="A new file; stdout if not given.")] = None,
    since: Annotated[str | None, typer.Option(help="Decided on that day or later.")] = None,
    language: Annotated[str | None, typer.Option(help="ro or en; both if not given.")] = None,
    mark: Annotated[
        bool, typer.Option("--mark", help="They are not written again next time.")
    ] = False,
) -> None:
    """Write the messages that agents gave a meaning as Rasa training examples, for a person to
    read, move into data/nlu and commit."""
    chosen = settings.load()
    if language is not None and language not in LANGUAGES:
        raise SettingsWrong(f"--language: give one of {', '.join(LANGUAGES)}")
    if out is not None and out.exists():
        raise SettingsWrong(f"--out: {out} is there already: name a new file")
    first = None if since is None else _begin(since, ZoneInfo(chosen.zone))
    now = SystemClock().now()

    async def export(sessions: Sessions) -> Sorted:
        async with transaction(sessions) as session:
            found = await reviews.to_export(session, since=first, language=language)
            by_review = {review.id: _example(review) for review in found}
            result = sorted_out(list(by_review.values()), taught_in(TAUGHT))
            # Before they are marked: what was not written is not marked either.
            _write(result.new, out, business_date(now, chosen.zone))
            if mark:
                done = {*result.new, *result.known}
                ids = [key for key, example in by_review.items() if example in done]
                await reviews.mark_exported(session, ids, now=now)
            return result

    with database.database(chosen) as url:
        database.migrate(url)
        try:
            result = database.with_sessions(url, export)
        except OSError as error:
            raise SettingsWrong(f"--out: {out}: {error.strerror}") from error
    _tell(result)


def _begin(day: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time.min, zone)
    except ValueError as error:
        raise SettingsWrong("--since: write the day as 2026-11-25") from error


def _example(review: MessageReview) -> Example:
    """Masked once more: an agent may have written into it."""
    assert review.intent is not None
    return Example(review.intent, review.language, example_of(review.text))


def _write(examples: Sequence[Example], out: Path | None, today: date) -> None:
    if not examples:
        return
    origin = (
        f"Written by `limpede nlu export-reviews` on {today.isoformat()}: what customers said and",
        "agents gave a meaning at the desk. Figures are made up. Read every line before you commit",
        "it: no name may be left, and one sentence stands under one intent only.",
    )
    text = in_yaml(examples, origin)
    if out is None:
        typer.echo(text, nl=False)
    else:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)


def _tell(result: Sorted) -> None:
    for each in result.contradicting:
        words = f"left out, because it stands under another intent too: {each.text} ({each.intent})"
        console.print(words, highlight=False, markup=False)
    intents = len({each.intent for each in result.new})
    console.print(
        f"{len(result.new)} examples of {intents} intents, {len(result.known)} known before,"
        f" {len(result.contradicting)} contradicting",
        highlight=False,
    )
