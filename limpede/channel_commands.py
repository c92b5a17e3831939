"""Does the outside world know our channels as they are set? Commands under `limpede channels`."""

from __future__ import annotations

import typer

from limpede import settings
from limpede.findings import tell
from limpede.settings import SettingsWrong

app = typer.Typer(help="Whether the channels are set up right.", no_args_is_help=True)
telegram_app = typer.Typer(no_args_is_help=True)
sms_app = typer.Typer(no_args_is_help=True)
app.add_typer(telegram_app, name="telegram")
app.add_typer(sms_app, name="sms")


@telegram_app.callback()
def telegram() -> None:
    """The Telegram bot."""


@telegram_app.command("check")
def check_telegram() -> None:
    """Ask Telegram how it knows the bot: a line for each thing that is right or wrong, and exit
    code 2 when anything is wrong."""
    chosen = settings.load()
    if chosen.telegram_bot_token is None:
        raise SettingsWrong("TELEGRAM_BOT_TOKEN is not set: Telegram is off")
    from limpede import telegram_check  # a provider's client is heavy; who is off does without

    tell(telegram_check.findings(chosen, chosen.telegram_bot_token.get_secret_value()))


@sms_app.callback()
def sms() -> None:
    """SMS, by Twilio."""


@sms_app.command("check")
def check_sms() -> None:
    """Ask Twilio how it knows the account and its numbers: a line for each thing that is right or
    wrong, and exit code 2 when anything is wrong."""
    chosen = settings.load()
    if chosen.twilio_auth_token is None and not chosen.simulator:
        raise SettingsWrong("TWILIO_AUTH_TOKEN is not set: SMS and the phone are off")
    from limpede import sms_check  # see above

    tell(sms_check.findings(chosen))
