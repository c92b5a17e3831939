"""Settings say what is wrong with them, by name."""

from __future__ import annotations

import pytest

from limpede.settings import SettingsWrong, load


@pytest.fixture(autouse=True)
def no_dotenv(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    for name in (
        "LIMPEDE_SIMULATOR",
        "TELEGRAM_BOT_TOKEN",
        "TWILIO_AUTH_TOKEN",
        "STRIPE_API_KEY",
        "STRIPE_WEBHOOK_SECRET",
        "LIMPEDE_PORT",
    ):
        monkeypatch.delenv(name, raising=False)


def test_the_simulator_is_off_unless_asked_for() -> None:
    assert not load().simulator
    assert load().with_demo().simulator


@pytest.mark.parametrize("name", ["TELEGRAM_BOT_TOKEN", "TWILIO_AUTH_TOKEN", "STRIPE_API_KEY"])
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


def test_stripe_without_its_signing_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "sk_live_secret")
    with pytest.raises(SettingsWrong, match="STRIPE_WEBHOOK_SECRET") as refused:
        load()
    assert "sk_live_secret" not in str(refused.value)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_1")
    assert load().takes_payments


def test_without_stripe_and_without_the_simulator_there_are_no_links() -> None:
    assert not load().takes_payments
    assert load().with_demo().takes_payments
