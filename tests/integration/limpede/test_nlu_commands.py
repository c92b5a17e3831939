"""What agents decided is written as training examples, and nothing is taught by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select

from billing_backend.db import Sessions, transaction
from handoff import reviews
from handoff.conversations import InboundMessage, open_conversation, receive
from handoff.reviews import Why
from handoff.reviews.models import MessageReview
from limpede import database
from limpede.postgres import EmbeddedPostgres
from tests import command_line
from tests.command_line import Command, Said

EARLY = datetime(2026, 11, 20, 10, tzinfo=UTC)
LATE = datetime(2026, 11, 24, 23, tzinfo=UTC)  # 1:00 of the 25th at the business
# What was said in which language, what an agent made of it (None: dismissed), and when.
DECIDED = [
    ("mi-a intrat oare abonamentul ăla zburător", "ro", "check_payment_status", EARLY),
    ("sunați-mă la 0722 100 201 despre gogoși", "ro", "request_callback", LATE),
    ("is the flying subscription in yet", "en", "check_payment_status", LATE),
    ("cât am de plată", "ro", "check_balance", EARLY),  # taught already
    ("cât am de plată pe aici", "ro", None, EARLY),  # dismissed
    ("la revedere", "ro", "check_usage", EARLY),  # taught as something else
]


@pytest.fixture
def limpede(tmp_path: Path) -> Iterator[Command]:
    """The command line beside a database with what was decided."""
    var = tmp_path / "var"
    server = EmbeddedPostgres(var / "postgres", durable=False)
    url = server.start()
    try:
        database.migrate(url)
        database.with_sessions(url, decided)
        yield partial(command_line.limpede, var, "nlu", "export-reviews")
    finally:
        server.destroy()


async def decided(sessions: Sessions) -> None:
    for number, (words, language, intent, at) in enumerate(DECIDED):
        async with transaction(sessions) as session:
            conversation = await open_conversation(
                session,
                channel="telegram",
                address=str(number),
                sender=str(number),
                phone=None,
                language_hint=language,
                now=EARLY,
            )
            stored = await receive(
                session,
                conversation,
                provider_message_id=str(number),
                kind="text",
                text=words,
                data={},
                now=EARLY,
            )
            message = await session.get_one(InboundMessage, stored.message_id)
            await reviews.keep(session, conversation, message, why=Why.FAILED, text=words)
            review = await session.scalar(
                select(MessageReview.id).where(MessageReview.message_id == message.id)
            )
            assert review is not None
            await reviews.decide(session, review, intent=intent, text=None, by=uuid4(), now=at)


def examples(done: Said) -> dict[tuple[str, str], list[str]]:
    """By intent and language."""
    assert done.returncode == 0, done.stderr
    return {
        (block["intent"], block["metadata"]["language"]): [
            line.removeprefix("- ") for line in block["examples"].splitlines()
        ]
        for block in YAML(typ="safe").load(done.stdout)["nlu"]
    }


def refused(done: Said, *words: str) -> None:
    assert done.returncode == 2, done.stderr
    said = " ".join(done.stderr.split())
    assert said.startswith("limpede: ")
    assert "Traceback" not in said
    for word in words:
        assert word in said


def test_what_is_new_is_written_and_what_is_not_is_told(limpede: Command) -> None:
    done = limpede()
    assert examples(done) == {
        ("check_payment_status", "en"): ["is the flying subscription in yet"],
        ("check_payment_status", "ro"): ["mi-a intrat oare abonamentul ăla zburător"],
        ("request_callback", "ro"): ["sunați-mă la 0700 000 000 despre gogoși"],
    }
    assert done.stdout.startswith("# Written by `limpede nlu export-reviews` on ")
    said = " ".join(done.stderr.split())
    assert "3 examples of 2 intents, 1 known before, 1 contradicting" in said
    assert "left out" in said
    assert "la revedere (check_usage)" in said


def test_it_is_narrowed_by_day_and_language(limpede: Command) -> None:
    since = examples(limpede("--since", "2026-11-25"))
    assert set(since) == {("check_payment_status", "en"), ("request_callback", "ro")}
    assert set(examples(limpede("--language", "en"))) == {("check_payment_status", "en")}
    nothing = limpede("--since", "2030-01-01")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "0 examples of 0 intents" in nothing.stderr


def test_marked_ones_are_written_once_and_contradicting_ones_come_again(
    limpede: Command, tmp_path: Path
) -> None:
    out = tmp_path / "learned.yml"
    plain = limpede()
    marked = limpede("--mark", "--out", str(out))
    assert (marked.returncode, marked.stdout) == (0, "")
    assert out.read_text(encoding="utf-8") == plain.stdout, "without --mark nothing is marked"
    again = limpede()
    assert again.stdout == ""
    assert "0 examples of 0 intents, 0 known before, 1 contradicting" in " ".join(
        again.stderr.split()
    )


def test_bad_input_is_told_in_a_line_and_marks_nothing(limpede: Command, tmp_path: Path) -> None:
    refused(limpede("--since", "yesterday"), "--since")
    refused(limpede("--language", "fr"), "--language")
    there = tmp_path / "there.yml"
    there.write_text("mine", encoding="utf-8")
    refused(limpede("--mark", "--out", str(there)), "there.yml", "already")
    assert there.read_text(encoding="utf-8") == "mine"
    refused(limpede("--mark", "--out", str(tmp_path / "no" / "folder.yml")), "--out")
    assert len(examples(limpede())) == 3
