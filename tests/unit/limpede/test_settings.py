"""Settings say what is wrong with them, by name."""

from __future__ import annotations

import pytest

from limpede.settings import SettingsWrong, load


@pytest.fixture(autouse=True)
def no_dotenv(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    for name in ("LIMPEDE_SIMULATOR", "TELEGRAM_BOT_TOKEN", "TWILIO_AUTH_TOKEN", "LIMPEDE_PORT"):
        monkeypatch.delenv(name, raising=False)


def test_the_simulator_is_off_unless_asked_for() -> None:
    assert not load().simulator
    assert load().with_demo().simulator


@pytest.mark.parametrize("name", ["TELEGRAM_BOT_TOKEN", "TWILIO_AUTH_TOKEN"])
def test_the_simulator_refuses_to_run_beside_real_credentials(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("LIMPEDE_SIMULATOR", "1")
    monkeypatch.setenv(name, "123:secret")
    with pytest.raises(SettingsWrong, match=name) as refused:
        load()
    assert "123:secret" not in str(refused.value)


def test_the_demo_refuses_real_credentials_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:secret")
    with pytest.raises(SettingsWrong, match="TELEGRAM_BOT_TOKEN"):
        load().with_demo()


@pytest.mark.parametrize(
    ("name", "value"), [("LIMPEDE_PORT", "eight"), ("LIMPEDE_PORT", "70000"), ("LOG_FORMAT", "x")]
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsWrong, match=name):
        load()


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMPEDE_PORT", "")
    assert load().port == 8000
