"""Does .env.example name every setting there is, no other, and the true defaults?"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from limpede.settings import ROOT, Settings

EXAMPLE = ROOT / ".env.example"
LINE = re.compile(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


def in_the_example() -> list[tuple[str, str]]:
    return LINE.findall(EXAMPLE.read_text(encoding="utf-8"))


def in_the_code() -> set[str]:
    return {str(field.validation_alias) for field in Settings.model_fields.values()}


def test_every_setting_is_in_the_example() -> None:
    missing = in_the_code() - {name for name, _ in in_the_example()}
    assert not missing, f"explain in .env.example: {', '.join(sorted(missing))}"


def test_every_name_in_the_example_is_a_setting() -> None:
    unknown = {name for name, _ in in_the_example()} - in_the_code()
    assert not unknown, f"no setting of limpede/settings.py: {', '.join(sorted(unknown))}"


def test_no_setting_is_in_the_example_twice() -> None:
    counts = Counter(name for name, _ in in_the_example())
    assert [name for name, count in counts.items() if count > 1] == []


def test_a_copied_example_changes_nothing() -> None:
    assert not re.search(r"^[A-Z]", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_values_in_the_example_are_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in in_the_code():
        monkeypatch.delenv(name, raising=False)
    every_line = tmp_path / "env"
    every_line.write_text("\n".join(f"{name}={value}" for name, value in in_the_example()))

    written_out = Settings(_env_file=every_line)

    assert written_out == Settings(_env_file=None)
