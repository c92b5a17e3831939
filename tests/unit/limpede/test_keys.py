"""Keys are made once, kept where only their owner reads, and given ones win."""

from __future__ import annotations

import stat
from pathlib import Path

from cryptography.fernet import Fernet

from limpede import keys
from limpede.settings import Settings


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    first = keys.load(settings)
    assert keys.load(settings) == first
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    Fernet(first.secret)


def test_a_given_key_wins(tmp_path: Path) -> None:
    assert keys.load(Settings(var=tmp_path, api_token="mine")).api_token == "mine"


def test_keys_do_not_show_when_printed(tmp_path: Path) -> None:
    made = keys.load(Settings(var=tmp_path))
    assert made.secret not in repr(made)
