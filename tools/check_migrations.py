"""Do the migrations make exactly the tables of the models? Part of `make check`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

import limpede.tables  # noqa: F401 - every table is known to Base.metadata
from billing_backend.db import Base
from limpede.database import migrate, plain
from limpede.postgres import EmbeddedPostgres


def drift(url: str) -> list[Any]:
    """What a new migration would have to do after the present ones; empty when in step."""
    migrate(url)
    engine = create_engine(plain(url).replace("://", "+psycopg://", 1))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[Any] = compare_metadata(context, Base.metadata)
    engine.dispose()
    return found


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", durable=False)
        try:
            found = drift(server.start())
        finally:
            server.destroy()
    for difference in found:
        print(f"not in a migration: {difference}")  # noqa: T201
    if not found:
        print("migrations and models are in step")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
