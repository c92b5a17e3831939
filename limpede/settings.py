"""What can be set, by which name, and what does it mean when it is not set?

Every setting is an environment variable or a line of `.env`, named in upper case; .env.example
explains each one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


class SettingsWrong(Exception):
    """A setting is missing or wrong; the message names it."""


class Settings(BaseSettings):
    """All settings, typed."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", env_ignore_empty=True, populate_by_name=True
    )

    # The app and its database
    host: str = Field("127.0.0.1", validation_alias="LIMPEDE_HOST")
    port: int = Field(8000, ge=1, le=65535, validation_alias="LIMPEDE_PORT")
    public_url: str | None = Field(None, validation_alias="LIMPEDE_PUBLIC_URL")
    var: Path = Field(ROOT / "var", validation_alias="LIMPEDE_VAR")
    database_url: SecretStr | None = Field(None, validation_alias="DATABASE_URL")
    secret_key: SecretStr | None = Field(None, validation_alias="LIMPEDE_SECRET_KEY")
    roles: str = Field("channels,actions,billing,desk,worker", validation_alias="LIMPEDE_ROLES")
    log_format: str = Field("console", pattern="^(console|json)$", validation_alias="LOG_FORMAT")

    # The company
    company: str = Field("Demo Telecom", validation_alias="LIMPEDE_COMPANY")
    zone: str = Field("Europe/Bucharest", validation_alias="LIMPEDE_TIME_ZONE")
    company_file: Path | None = Field(None, validation_alias="LIMPEDE_COMPANY_FILE")
    document_link_hours: int = Field(
        72, ge=1, le=24 * 366, validation_alias="LIMPEDE_DOCUMENT_LINK_HOURS"
    )

    # Privacy and abuse
    conversation_months: int = Field(
        24, ge=1, le=120, validation_alias="LIMPEDE_CONVERSATION_MONTHS"
    )
    messages_per_minute: int = Field(
        40, ge=5, le=100_000, validation_alias="LIMPEDE_MESSAGES_PER_MINUTE"
    )

    # Rasa
    rasa_url: str | None = Field(None, validation_alias="RASA_URL")
    rasa_port: int = Field(5005, ge=1, le=65535, validation_alias="RASA_PORT")
    rasa_key: SecretStr | None = Field(None, validation_alias="LIMPEDE_RASA_KEY")
    rasa_token: SecretStr | None = Field(None, validation_alias="LIMPEDE_RASA_TOKEN")

    # The billing system: a company's own, as module:function; without it the built-in one
    billing: str | None = Field(None, validation_alias="LIMPEDE_BILLING")

    # The billing API
    api_token: SecretStr | None = Field(None, validation_alias="LIMPEDE_API_TOKEN")

    # Telegram
    telegram_bot_token: SecretStr | None = Field(None, validation_alias="TELEGRAM_BOT_TOKEN")
    telegram_webhook_url: str | None = Field(None, validation_alias="TELEGRAM_WEBHOOK_URL")
    telegram_webhook_secret: SecretStr | None = Field(
        None, validation_alias="TELEGRAM_WEBHOOK_SECRET"
    )
    telegram_api_url: str | None = Field(None, validation_alias="TELEGRAM_API_URL")
    telegram_per_second: float = Field(
        30, ge=1, le=1000, validation_alias="TELEGRAM_MESSAGES_PER_SECOND"
    )

    # Twilio: SMS and the phone
    twilio_account_sid: str | None = Field(None, validation_alias="TWILIO_ACCOUNT_SID")
    twilio_auth_token: SecretStr | None = Field(None, validation_alias="TWILIO_AUTH_TOKEN")
    twilio_number: str | None = Field(None, validation_alias="TWILIO_NUMBER")
    twilio_sms_numbers: str = Field("", validation_alias="TWILIO_SMS_NUMBERS")
    twilio_messaging_service_sid: str | None = Field(
        None, pattern="^MG[0-9a-fA-F]{32}$", validation_alias="TWILIO_MESSAGING_SERVICE_SID"
    )
    twilio_api_url: str | None = Field(None, validation_alias="TWILIO_API_URL")
    sms_per_second: float = Field(1, gt=0, le=1000, validation_alias="SMS_PARTS_PER_SECOND")
    sms_diacritics: str = Field(
        "keep", pattern="^(keep|fold|auto)$", validation_alias="SMS_DIACRITICS"
    )
    voice_romanian: str = Field("Google.ro-RO-Wavenet-A", validation_alias="VOICE_ROMANIAN")
    voice_english: str = Field("Polly.Joanna-Neural", validation_alias="VOICE_ENGLISH")
    speech_model_romanian: str = Field("auto", validation_alias="SPEECH_MODEL_ROMANIAN")
    speech_model_english: str = Field("phone_call", validation_alias="SPEECH_MODEL_ENGLISH")
    speech_pause_seconds: int = Field(2, ge=1, le=10, validation_alias="SPEECH_PAUSE_SECONDS")
    speech_confirm_below: float = Field(0.5, ge=0, le=1, validation_alias="SPEECH_CONFIRM_BELOW")
    speech_noise_below: float = Field(0.2, ge=0, le=1, validation_alias="SPEECH_NOISE_BELOW")
    hold_music_url: str | None = Field(None, pattern="^https://", validation_alias="HOLD_MUSIC_URL")
    ringing_seconds: int = Field(20, ge=5, le=60, validation_alias="VOICE_RINGING_SECONDS")

    # Stripe: payments by link, and refunds
    stripe_api_key: SecretStr | None = Field(None, validation_alias="STRIPE_API_KEY")
    stripe_webhook_secret: SecretStr | None = Field(None, validation_alias="STRIPE_WEBHOOK_SECRET")
    stripe_api_base: str | None = Field(None, validation_alias="STRIPE_API_BASE")

    # The simulator and the demo company
    simulator: bool = Field(False, validation_alias="LIMPEDE_SIMULATOR")
    demo: bool = Field(False, validation_alias="LIMPEDE_DEMO")

    @model_validator(mode="after")
    def _simulator_stands_alone(self) -> Self:
        real = [
            name
            for name, value in (
                ("TELEGRAM_BOT_TOKEN", self.telegram_bot_token),
                ("TWILIO_AUTH_TOKEN", self.twilio_auth_token),
                ("STRIPE_API_KEY", self.stripe_api_key),
            )
            if value is not None
        ]
        if self.simulator and real:
            raise ValueError(
                f"LIMPEDE_SIMULATOR is on and {' and '.join(real)} is set: the simulator does"
                " not run beside real credentials; unset one of them"
            )
        return self

    @model_validator(mode="after")
    def _twilio_is_whole(self) -> Self:
        if self.twilio_auth_token is None:
            return self
        if self.twilio_account_sid is None:
            raise ValueError("TWILIO_ACCOUNT_SID must be set beside TWILIO_AUTH_TOKEN")
        if not self.sms_numbers and self.twilio_messaging_service_sid is None:
            raise ValueError(
                "TWILIO_NUMBER (or TWILIO_MESSAGING_SERVICE_SID) must be set beside"
                " TWILIO_AUTH_TOKEN: SMS are sent from it"
            )
        return self

    @model_validator(mode="after")
    def _numbers_are_numbers(self) -> Self:
        for number in self.sms_numbers:
            if not _NUMBER.fullmatch(number):
                raise ValueError(
                    f"TWILIO_NUMBER, TWILIO_SMS_NUMBERS: {number} is no number like +40312345678"
                )
        return self

    @model_validator(mode="after")
    def _stripe_is_believed(self) -> Self:
        if self.stripe_api_key is not None and self.stripe_webhook_secret is None:
            raise ValueError(
                "STRIPE_WEBHOOK_SECRET must be set beside STRIPE_API_KEY: without it nobody knows"
                " that a payment arrived"
            )
        return self

    @model_validator(mode="after")
    def _demo_is_built_in(self) -> Self:
        if self.demo and self.billing is not None:
            raise ValueError(
                "LIMPEDE_BILLING is set: the demo company lives in the built-in billing; unset it"
                " or start without --demo"
            )
        return self

    def with_demo(self) -> Settings:
        """These settings with the demo company and the simulator on."""
        given = {**self.model_dump(), "simulator": True, "demo": True}
        return _checked(lambda: Settings.model_validate(given))

    def require_database(self) -> str:
        """The URL of the database that the app is run against."""
        if self.database_url is None:
            raise SettingsWrong("DATABASE_URL must be set; `limpede up` runs a database for you")
        return self.database_url.get_secret_value()

    @property
    def base_url(self) -> str:
        """Where providers and browsers reach the app, without a slash at the end."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def sms_numbers(self) -> tuple[str, ...]:
        """Our numbers for SMS, the one that is used by default first."""
        named = [self.twilio_number or "", *self.twilio_sms_numbers.split(",")]
        return tuple(dict.fromkeys(one.strip() for one in named if one.strip()))

    @property
    def takes_payments(self) -> bool:
        """Whether customers can be given payment links."""
        return self.billing is None and (self.simulator or self.stripe_api_key is not None)

    @property
    def local_url(self) -> str:
        """Where processes on this machine reach the app."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def rasa_base_url(self) -> str:
        return (self.rasa_url or f"http://127.0.0.1:{self.rasa_port}").rstrip("/")

    @property
    def role_names(self) -> frozenset[str]:
        return frozenset(name.strip() for name in self.roles.split(",") if name.strip())


def load() -> Settings:
    """The settings of this process. Raises SettingsWrong with one sentence naming the setting."""
    return _checked(Settings)


def _checked(make: Callable[[], Settings]) -> Settings:
    try:
        return make()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise SettingsWrong(f"{name}: {message}" if name else message) from None
