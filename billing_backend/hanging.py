"""Which rows hang from given rows, by foreign keys? For what concerns a person as a whole.

Read from the tables' own definitions: a table that is added later is found without anybody
having to think of it.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    LargeBinary,
    RowMapping,
    Table,
    delete,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.db import Base

Rows = dict[str, list[dict[str, Any]]]

# A hash that is kept as text is of no use to anybody but a thief, like those kept as bytes.
_HASHES = frozenset({"hash", "password_hash"})


async def rows(session: AsyncSession, root: type[Base], ids: Sequence[UUID]) -> Rows:
    """By table, the rows of `root` with these ids and all that hang from them, parents before
    children. Digests and sealed secrets are left out."""
    return {
        table.name: [_shown(table, row) for row in those]
        async for table, those in _walk(session, root, ids)
    }


async def delete_rows(
    session: AsyncSession, root: type[Base], ids: Sequence[UUID]
) -> dict[str, int]:
    """Deletes the same rows, children first; answers how many of each table there were."""
    hanging = [found async for found in _walk(session, root, ids)]
    for table, those in reversed(hanging):
        key = list(table.primary_key)
        gone = [tuple(row[column.name] for column in key) for row in those]
        await session.execute(delete(table).where(tuple_(*key).in_(gone)))
    return {table.name: len(those) for table, those in hanging}


async def _walk(
    session: AsyncSession, root: type[Base], ids: Sequence[UUID]
) -> AsyncIterator[tuple[Table, Sequence[RowMapping]]]:
    """Parents come before children, so that one pass over the tables finds every level."""
    ids_of: dict[str, list[Any]] = {}
    for table in Base.metadata.sorted_tables:
        where = _condition(table, root, ids, ids_of)
        if where is None:
            continue
        those = (await session.execute(select(table).where(where))).mappings().all()
        if those:
            ids_of[table.name] = [row["id"] for row in those] if "id" in table.c else []
            yield table, those


def _condition(
    table: Table, root: type[Base], ids: Sequence[UUID], ids_of: dict[str, list[Any]]
) -> ColumnElement[bool] | None:
    """Which rows of the table hang from what was found so far; None when none can."""
    if table is root.__table__:
        return table.c.id.in_(ids)
    links = [link for link in table.foreign_keys if ids_of.get(_target(link))]
    if not links:
        return None
    return or_(*(link.parent.in_(ids_of[_target(link)]) for link in links))


def _target(link: ForeignKey) -> str:
    return link.column.table.name


def _shown(table: Table, row: RowMapping) -> dict[str, Any]:
    return {
        column.name: row[column.name]
        for column in table.columns
        if not isinstance(column.type, LargeBinary) and column.name not in _HASHES
    }
