"""How is Rasa configured, trained and started as an engine of ours?"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bot import masking
from limpede.database import plain
from limpede.keys import Keys
from limpede.settings import ROOT, Settings, SettingsWrong

ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SQLALCHEMY_WARN_20": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "PYTHONUNBUFFERED": "1",
    "SANIC_WORKERS": "1",
}
_TRAINED_FROM = ("config.yml", "domain.yml", "data/**/*.yml", "bot/nlu/*.py", "bot/nlu/uv.lock")


@dataclass(frozen=True, slots=True)
class Engine:
    """Paths of one installation's Rasa."""

    python: Path
    var: Path

    @property
    def model(self) -> Path:
        return self.var / "models" / "limpede.tar.gz"

    @property
    def endpoints(self) -> Path:
        return self.var / "endpoints.yml"

    @property
    def credentials(self) -> Path:
        return self.var / "credentials.yml"


def engine(settings: Settings) -> Engine:
    """Raises SettingsWrong when Rasa's environment is not installed."""
    python = ROOT / "bot" / "nlu" / ".venv" / "bin" / "python"
    if not python.exists():
        raise SettingsWrong(
            "Rasa's environment is missing: run `make setup` (it needs Python 3.10;"
            " RASA_PYTHON names one that it does not find by itself)"
        )
    return Engine(python=python, var=settings.var)


def fingerprint() -> str:
    """Changes whenever the model would."""
    digest = hashlib.sha256()
    for pattern in _TRAINED_FROM:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(str(file.relative_to(ROOT)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def trained(rasa: Engine) -> bool:
    """Whether the model there is was made from the present data."""
    note = rasa.model.with_name("trained-from")
    return rasa.model.exists() and note.exists() and note.read_text() == fingerprint()


def train(rasa: Engine) -> None:
    """Make the model; raises SettingsWrong with the last lines of what Rasa said."""
    rasa.model.parent.mkdir(parents=True, exist_ok=True)
    made_from = fingerprint()
    done = subprocess.run(  # noqa: S603 - our own environment, no shell
        [
            *(str(rasa.python), "-m", "bot.nlu", "train"),
            *("--config", "config.yml", "--domain", "domain.yml", "--data", "data"),
            *("--endpoints", "endpoints.yml"),
            *("--out", str(rasa.model.parent), "--fixed-model-name", "limpede"),
            # A third of the time, reading everything once more; `make check` does it.
            "--skip-validation",
        ],
        cwd=ROOT,
        env=_environment(rasa),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not rasa.model.exists():
        log = rasa.var / "train.log"
        log.write_text(done.stdout + done.stderr)
        raise SettingsWrong(f"Rasa could not be trained from data/: see {log}")
    rasa.model.with_name("trained-from").write_text(made_from)


def configure(rasa: Engine, settings: Settings, keys: Keys, database_url: str) -> None:
    """Write what Rasa is told at its start; the files hold keys and belong to the owner alone."""
    address = plain(database_url).replace("://", "+psycopg2://", 1)
    joint = "&" if "?" in address else "?"
    endpoints = {
        "action_endpoint": {
            "url": f"{settings.local_url}/actions",
            "headers": {"X-Limpede-Key": keys.rasa_key},
            "enable_selective_domain": True,
        },
        "tracker_store": {
            "type": "SQL",
            "url": f"{address}{joint}options=-csearch_path%3Drasa"
            "&fallback_application_name=limpede-rasa",
        },
        "nlg": {"type": "bot.nlu.responses.ResponseChooser"},
    }
    _write(rasa.endpoints, endpoints)
    _write(rasa.credentials, {"bot.nlu.channel.LimpedeChannel": {"key": keys.rasa_key}})


def command(rasa: Engine, settings: Settings, keys: Keys) -> list[str]:
    """The command line of Rasa's server, on loopback."""
    return [
        *(str(rasa.python), "-m", "bot.nlu", "run", "--enable-api"),
        *("--interface", "127.0.0.1", "--port", str(settings.rasa_port)),
        f"--auth-token={keys.rasa_token}",  # in one: it may begin with a dash
        *("--model", str(rasa.model)),
        *("--endpoints", str(rasa.endpoints), "--credentials", str(rasa.credentials)),
    ]


def environment(rasa: Engine) -> dict[str, str]:
    return {**ENVIRONMENT, "RASA_CACHE_DIRECTORY": str(rasa.var / "rasa-cache")}


def quiet(line: str) -> str:
    """A line of Rasa's output as it may be logged (it prints customers' words on errors)."""
    return masking.mask_for_logs(line)


def _environment(rasa: Engine) -> dict[str, str]:
    return {**os.environ, **environment(rasa)}


def _write(file: Path, content: object) -> None:
    file.touch(mode=0o600)
    # JSON is YAML, and quotes every value as it must be.
    file.write_text(json.dumps(content, indent=2))
