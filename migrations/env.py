"""How does Alembic find our tables and the database? Called by limpede.database.migrate."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import create_engine, pool, text

import limpede.tables  # noqa: F401 - every table is known to Base.metadata
from billing_backend.db import AwareDateTime, Base
from limpede.database import plain


def ours(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Rasa's schema is Rasa's business."""
    return not (kind == "table" and reflected and thing.schema == "rasa")


def rendered(kind: str, thing: Any, context: Any) -> str | bool:
    """Migrations stand by themselves: none imports a type that the code may rename one day."""
    return kind == "type" and isinstance(thing, AwareDateTime) and "sa.DateTime(timezone=True)"


def run() -> None:
    options = context.config.attributes
    url = plain(options["url"]).replace("://", "+psycopg://", 1)
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = '{options.get('lock_timeout', '10s')}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=ours,
            render_item=rendered,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
