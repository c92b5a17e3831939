"""What must change in the database for the models as they are? `make migration MESSAGE="..."`.

Compares the models with a fresh database at the newest migration and writes the next one. Read
it before committing: a renamed column looks like one dropped and one added.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from limpede.database import migrate
from limpede.postgres import EmbeddedPostgres
from limpede.settings import ROOT


def main(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", durable=False)
        try:
            url = server.start()
            migrate(url)
            config = Config()
            config.set_main_option("script_location", str(ROOT / "migrations"))
            number = len(list((ROOT / "migrations" / "versions").glob("*.py"))) + 1
            config.set_main_option("file_template", f"{number:04d}_%%(slug)s")
            config.attributes["url"] = url
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
        finally:
            server.destroy()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('say what changes: make migration MESSAGE="add the colour of envelopes"')
    main(sys.argv[1])
