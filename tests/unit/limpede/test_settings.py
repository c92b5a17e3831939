"""Settings say what is wrong with them, by name."""

from __future__ import annotations

import pytest

from handoff.conversations.pacing import UNLIMITED, at_most
from limpede.settings import SettingsWrong, load
from limpede.twilio_account import lanes, origin


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
        "TWILIO_ACCOUNT_SID",
        "TWILIO_NUMBER",
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


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC1")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret")
    monkeypatch.setenv("TWILIO_NUMBER", "+40312345678")


@pytest.mark.parametrize("missing", ["TWILIO_ACCOUNT_SID", "TWILIO_NUMBER"])
def test_half_of_what_twilio_needs_is_refused(
    twilio: None, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(SettingsWrong, match=missing):
        load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWILIO_NUMBER", "0312345678"),
        ("TWILIO_SMS_NUMBERS", "+40312345679, 12"),
        ("TWILIO_MESSAGING_SERVICE_SID", "AC1"),
        ("SMS_PARTS_PER_SECOND", "0"),
        ("SMS_DIACRITICS", "none"),
    ],
)
def test_a_wrong_setting_of_sms_is_named(
    twilio: None, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsWrong, match=name):
        load()


def test_each_number_is_a_way_out_with_its_own_pace(
    twilio: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_SMS_NUMBERS", "+40312345679,+40312345678")
    numbers = ("+40312345678", "+40312345679")
    telegram, *sms = lanes(load())
    assert (telegram.pace, telegram.chat.burst) == (at_most(30), 3)
    assert [(lane.line, lane.lines, lane.pace) for lane in sms] == [
        (number, numbers, at_most(1)) for number in numbers
    ]


def test_a_messaging_service_is_one_way_out(twilio: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_MESSAGING_SERVICE_SID", "MG" + "0" * 32)
    monkeypatch.setenv("SMS_PARTS_PER_SECOND", "12")
    [_, sms] = lanes(load())
    assert (sms.line, sms.pace) == ("", at_most(12))
    assert origin(load()).sender(None) == {"messaging_service_sid": "MG" + "0" * 32}


def test_the_simulator_has_no_limits() -> None:
    assert [lane.pace for lane in lanes(load().with_demo())] == [UNLIMITED] * 2
