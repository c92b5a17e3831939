"""What can an operator tell the product to do?

Wrong settings and wrong input end in one line on stderr and exit code 2.
"""

from __future__ import annotations

import sys

from rich.console import Console
from typer.core import TyperGroup

from limpede.later import Later
from limpede.settings import SettingsWrong

COMMANDS = (
    Later(
        "up",
        "limpede.product_commands:up",
        "Start the database, the assistant and the app; stop them all on Ctrl-C.",
    ),
    Later(
        "serve",
        "limpede.product_commands:serve",
        "Run the app alone, against DATABASE_URL and RASA_URL.",
    ),
    Later(
        "migrate",
        "limpede.product_commands:migrate",
        "Bring the tables of the database up to this version.",
    ),
    Later(
        "train",
        "limpede.product_commands:train",
        "Train the assistant, if its training data changed.",
    ),
    Later(
        "agent",
        "limpede.agent_command:agent",
        "Add an agent to the desk, or give one a new password, asked for or read from stdin.",
    ),
    Later(
        "rasa-config",
        "limpede.product_commands:rasa_config",
        "Write var/endpoints.yml and var/credentials.yml, for a Rasa that is run elsewhere.",
    ),
    Later(
        "import",
        "limpede.import_command:import_",
        "Import a company's own data: the whole file, or nothing; twice changes nothing.",
    ),
    Later("billing", "limpede.billing_commands:app", "Invoices and payments by command."),
    Later("channels", "limpede.channel_commands:app", "Whether the channels are set up right."),
    Later("token", "limpede.token_commands:app", "Tokens of programs that use the billing API."),
    Later("privacy", "limpede.privacy_commands:app", "What is kept of a customer as a person."),
    Later("nlu", "limpede.nlu_commands:app", "What the assistant is to learn."),
)
app = TyperGroup(
    name="limpede",
    help="Limpede, a billing-support assistant.",
    commands=COMMANDS,
    no_args_is_help=True,
)
console = Console(stderr=True)


def main() -> None:
    """The entry point: one clear line instead of a traceback for what the operator can mend."""
    try:
        app()
    except SettingsWrong as error:
        console.print(f"limpede: {error}", style="bold red", highlight=False)
        sys.exit(2)
