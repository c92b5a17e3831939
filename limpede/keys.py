"""Where do the keys come from that processes of one installation share?

Each may be given as a setting. Those that are not are made once and kept in var/keys.json, which
only the owner of the installation can read.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, fields
from pathlib import Path

from cryptography.fernet import Fernet
from pydantic import SecretStr

from limpede.settings import Settings


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """`secret` seals codes and PINs on their way; the others are shown between processes."""

    secret: str
    rasa_key: str
    rasa_token: str
    api_token: str
    telegram_webhook_secret: str
    twilio_auth_token: str
    telegram_bot_token: str
    stripe_api_key: str
    stripe_webhook_secret: str


def load(settings: Settings) -> Keys:
    """The keys, complete; missing ones are made now."""
    given = {
        "secret": settings.secret_key,
        "rasa_key": settings.rasa_key,
        "rasa_token": settings.rasa_token,
        "api_token": settings.api_token,
        "telegram_webhook_secret": settings.telegram_webhook_secret,
        "twilio_auth_token": settings.twilio_auth_token,
        "telegram_bot_token": settings.telegram_bot_token,
        "stripe_api_key": settings.stripe_api_key,
        "stripe_webhook_secret": settings.stripe_webhook_secret,
    }
    kept = _kept(settings.var / "keys.json")
    return Keys(
        **{field.name: _value(given[field.name], kept[field.name]) for field in fields(Keys)}
    )


def _value(given: SecretStr | None, kept: str) -> str:
    return kept if given is None else given.get_secret_value()


def _kept(file: Path) -> dict[str, str]:
    """The made keys; the file is written whole or not at all."""
    made = json.loads(file.read_text()) if file.exists() else {}
    missing = {field.name for field in fields(Keys)} - made.keys()
    if missing:
        made |= {name: _new(name) for name in sorted(missing)}
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made, indent=2))
        draft.replace(file)
    return made


def _new(name: str) -> str:
    if name == "secret":
        return Fernet.generate_key().decode()
    if name == "telegram_bot_token":
        # The shape that Telegram's clients insist on, for the simulator.
        return f"{secrets.randbelow(10**9):09d}:{secrets.token_urlsafe(26)}"
    return secrets.token_urlsafe(32)
