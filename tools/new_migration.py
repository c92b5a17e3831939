"""What must change in the database so that it fits the models again? Writes it as a migration.

    .venv/bin/python -m tools.new_migration "keep payment links"

Compares the models with a fresh server brought to the newest migration, and writes the next
numbered file in migrations/versions. Read it before you commit it: a renamed column looks like
one dropped and one added, and what Alembic does not compare must be written by hand (sequences,
triggers, check constraints of tables that exist already).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from limpede.database import migrate
from limpede.postgres import EmbeddedPostgres
from limpede.settings import ROOT


def write(message: str, url: str) -> Path:
    """The file with what the models have and the database at `url`, once migrated, has not."""
    migrate(url)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["url"] = url
    Path(ROOT / "migrations" / "versions").mkdir(exist_ok=True)
    made = command.revision(config, message, autogenerate=True, rev_id=_next_number(config))
    assert made is not None
    assert not isinstance(made, list)
    return Path(made.path)


def _next_number(config: Config) -> str:
    count = sum(1 for _ in ScriptDirectory.from_config(config).walk_revisions())
    return f"{count + 1:04d}"


def main() -> int:
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        print('say what changes: python -m tools.new_migration "keep payment links"')  # noqa: T201
        return 2
    with tempfile.TemporaryDirectory() as folder:
        # The server runs as another user when we are root: it must be able to pass the folder.
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres", durable=False)
        try:
            print(write(message, server.start()).relative_to(ROOT))  # noqa: T201
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
