"""Do the migrations make exactly the tables of the models? Part of `make check`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Inspector, create_engine, inspect

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
        found += uncompared(inspect(connection))
    engine.dispose()
    return found


def uncompared(database: Inspector) -> list[str]:
    """What Alembic does not look at: sequences, primary keys and check constraints."""
    # The database has more sequences: each serial column brings its own.
    sequences = set(Base.metadata._sequences) - set(database.get_sequence_names())
    wanted, present = set[str](), set[str]()
    for table in Base.metadata.sorted_tables:
        checks = (each for each in table.constraints if isinstance(each, CheckConstraint))
        wanted |= {f"{table.name}.{check.name}" for check in checks}
        wanted.add(f"{table.name}.primary key {', '.join(table.primary_key.columns.keys())}")
        if database.has_table(table.name):
            keys = database.get_pk_constraint(table.name)["constrained_columns"]
            present.add(f"{table.name}.primary key {', '.join(keys)}")
            kept = database.get_check_constraints(table.name)
            present |= {f"{table.name}.{check['name']}" for check in kept}
    return sorted([f"sequence {name}" for name in sequences]) + sorted(
        f"constraint {name}" for name in wanted ^ present
    )


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
