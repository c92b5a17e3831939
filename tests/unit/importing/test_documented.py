"""docs/import.md says of every column what the code says."""

from __future__ import annotations

import pytest

from billing_backend.importing import KINDS, Kind
from billing_backend.importing.columns import Column
from limpede.settings import ROOT


def table(kind: Kind) -> str:
    rows = [f"| `{each.name}` | {when_empty(each)} | {each.about} |" for each in kind.columns]
    return "\n".join(["| Column | Empty | What |", "|---|---|---|", *rows])


def when_empty(column: Column) -> str:
    if column.required:
        return "never"
    default = column.default
    if isinstance(default, str) and default.startswith("="):
        return f"as `{default[1:]}`"
    return "allowed" if default is None else str(default)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_column_is_documented_as_it_is_read(kind: Kind) -> None:
    assert table(kind) in (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
