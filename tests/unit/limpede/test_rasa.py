"""Rasa is started with the keys that were made, whatever they look like."""

from __future__ import annotations

import argparse
import json
import stat
from pathlib import Path

from limpede import keys, rasa
from limpede.settings import Settings


def test_rasa_is_reached_from_this_machine_only_and_by_its_token(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, var=tmp_path, host="0.0.0.0")  # noqa: S104 - the app's own
    made = keys.load(settings)
    engine = rasa.Engine(python=Path("python"), var=tmp_path)
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", "--interface")
    parser.add_argument("-t", "--auth-token")
    options, _ = parser.parse_known_args(rasa.command(engine, settings, made)[1:])
    assert options.interface == "127.0.0.1"
    assert len(options.auth_token) >= 32


def test_rasa_has_no_other_way_in_than_our_channel_with_its_key(tmp_path: Path) -> None:
    """Its stock channels would take messages from anybody."""
    settings = Settings(_env_file=None, var=tmp_path)
    made = keys.load(settings)
    engine = rasa.Engine(python=Path("python"), var=tmp_path)
    rasa.configure(engine, settings, made, "postgresql+psycopg://limpede@localhost/limpede")
    channels = json.loads(engine.credentials.read_text())
    assert channels == {"bot.nlu.channel.LimpedeChannel": {"key": made.rasa_key}}
    actions = json.loads(engine.endpoints.read_text())["action_endpoint"]
    assert actions["headers"] == {"X-Limpede-Key": made.rasa_key}
    for file in (engine.credentials, engine.endpoints):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_token_that_begins_with_a_dash_is_a_token(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, var=tmp_path, rasa_token="-starts-with-a-dash")
    engine = rasa.Engine(python=Path("python"), var=tmp_path)
    command = rasa.command(engine, settings, keys.load(settings))
    # Read as Rasa reads it.
    parser = argparse.ArgumentParser()
    parser.add_argument("-t", "--auth-token")
    options, _ = parser.parse_known_args(command[1:])
    assert options.auth_token == "-starts-with-a-dash"
