"""Rasa is started with the keys that were made, whatever they look like."""

from __future__ import annotations

import argparse
from pathlib import Path

from limpede import keys, rasa
from limpede.settings import Settings


def test_a_token_that_begins_with_a_dash_is_a_token(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, var=tmp_path, rasa_token="-starts-with-a-dash")
    engine = rasa.Engine(python=Path("python"), var=tmp_path)
    command = rasa.command(engine, settings, keys.load(settings))
    # Read as Rasa reads it.
    parser = argparse.ArgumentParser()
    parser.add_argument("-t", "--auth-token")
    options, _ = parser.parse_known_args(command[1:])
    assert options.auth_token == "-starts-with-a-dash"
