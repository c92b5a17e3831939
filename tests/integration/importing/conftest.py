"""What the import's tests share: the example files, and small ones that differ in one row."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.importing import KINDS, Report, import_file
from billing_backend.policy import Policy
from limpede.settings import ROOT

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
EXAMPLES = ROOT / "docs" / "examples"
Import = Callable[..., Awaitable[Report]]


@pytest.fixture
def bring(session: AsyncSession) -> Import:
    """Imports a file of a kind: the example's, or this text instead."""

    async def work(
        kind: str, content: str | bytes | None = None, *, skip_bad: bool = False
    ) -> Report:
        if content is None:
            content = example(kind).read_bytes()
        raw = content.encode() if isinstance(content, str) else content
        return await import_file(
            session, KINDS[kind], io.BytesIO(raw), skip_bad=skip_bad, now=NOW, policy=Policy()
        )

    return work


@pytest.fixture
async def company(bring: Import) -> Import:
    """The example company, imported; answers how to bring more."""
    for kind in KINDS:
        report = await bring(kind)
        assert report.problems == []
    return bring


def example(kind: str) -> Path:
    return EXAMPLES / f"{kind}.csv"


def changed(kind: str, before: str, after: str) -> str:
    """The example file with one thing written otherwise."""
    text = example(kind).read_text(encoding="utf-8")
    assert before in text
    return text.replace(before, after)


def told(report: Report) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.reason) for each in report.problems]
