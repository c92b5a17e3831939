"""Where do a file's rows lie until all of it is known to be right?

In a temporary table: it is typed, holds files of any size without memory of ours, is compared
with the tables by the database, and is gone with the transaction.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import (
    ColumnElement,
    Integer,
    MetaData,
    Row,
    Table,
    case,
    delete,
    func,
    null,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.schema import CreateTable

from billing_backend.bulk import copy_rows
from billing_backend.importing.kinds import Kind, Query

_PAGE = 1_000


async def stage(session: AsyncSession, kind: Kind) -> Table:
    """An empty table for the kind's rows; `line` is their place in the file."""
    staged = Table(
        "import_row",
        MetaData(),
        SqlColumn("line", Integer, primary_key=True, autoincrement=False),
        *(SqlColumn(column.name, column.sql) for column in kind.columns),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    await session.execute(text("DROP TABLE IF EXISTS import_row"))
    await session.execute(CreateTable(staged))
    return staged


async def put(session: AsyncSession, staged: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    await copy_rows(session, staged, rows)


async def settle(session: AsyncSession) -> None:
    """Tells the server how many rows there are, so that it plans the checks for them.

    In this transaction every query is planned for what is there: a plan kept from when the
    tables were small would take minutes.
    """
    await session.execute(text("ANALYZE import_row"))
    await session.execute(text("SET LOCAL plan_cache_mode TO force_custom_plan"))


async def found(session: AsyncSession, wrong: Query) -> list[tuple[int, str]]:
    """(line, what the query says of it), by line."""
    return [(row[0], row[1]) for row in (await session.execute(wrong)).all()]


async def remove(
    session: AsyncSession, staged: Table, lines: Sequence[int], together: str | None
) -> None:
    """Takes the lines out, and with them the rest of what they are part of."""
    if not lines:
        return
    chosen = staged.c.line == func.any(list(lines))
    if together is not None:
        part = staged.alias("part")
        names = select(part.c[together]).where(part.c.line == func.any(list(lines)))
        chosen = staged.c[together].in_(names)
    await session.execute(delete(staged).where(chosen))


async def remove_named(
    session: AsyncSession, staged: Table, together: str, names: Sequence[str]
) -> None:
    """Takes out whatever carries one of these names."""
    if names:
        await session.execute(delete(staged).where(staged.c[together] == func.any(list(names))))


async def remove_all(session: AsyncSession, staged: Table, lines: Query) -> int:
    """Takes the query's lines out; answers how many they were."""
    taken_out = delete(staged).where(staged.c.line.in_(lines)).returning(staged.c.line)
    query = select(func.count()).select_from(taken_out.cte("taken_out"))
    return await session.scalar(query) or 0


async def count(session: AsyncSession, staged: Table) -> int:
    return await session.scalar(select(func.count()).select_from(staged)) or 0


async def pages(
    session: AsyncSession, query: Query, *, size: int = _PAGE
) -> AsyncIterator[Sequence[Row[Any]]]:
    """The query's rows, so many at a time; other statements may run in between."""
    streamed = await session.stream(query, execution_options={"yield_per": size})
    async for page in streamed.partitions(size):
        yield page


# --- for the checks of the kinds ---


def repeated(staged: Table, *columns: str) -> Query:
    """Lines whose values of these columns stood in an earlier line."""
    key = [staged.c[name] for name in columns]
    earlier = (
        select(
            staged.c.line,
            func.first_value(staged.c.line).over(partition_by=key, order_by=staged.c.line),
        )
        .where(*(column.is_not(None) for column in key))
        .subquery("earlier")
    )
    line, first = earlier.c
    return select(line, func.concat("stands in line ", first, " already")).where(line > first)


def varying(staged: Table, key: str, columns: Sequence[str]) -> Query:
    """Lines that differ in one of these columns from the first line with their key."""
    by, order = staged.c[key], staged.c.line

    def first(of: str) -> ColumnElement[Any]:
        value = func.first_value(staged.c[of]).over(partition_by=by, order_by=order)
        return value.label(f"of_first_{of}")

    rows = select(
        staged.c.line,
        first("line"),
        *(staged.c[name] for name in columns),
        *(first(name) for name in columns),
    ).subquery("rows")
    name = differing([(each, rows.c[each], rows.c[f"of_first_{each}"]) for each in columns])
    words = func.concat(key, " has another ", name, " in line ", rows.c.of_first_line)
    return select(rows.c.line, words).where(name.is_not(None))


Pair = tuple[str, ColumnElement[Any], ColumnElement[Any] | InstrumentedAttribute[Any]]


def differing(pairs: Sequence[Pair]) -> ColumnElement[Any]:
    """The name of the first pair whose two sides are not the same; NULL when all are."""
    return case(
        *((ours.is_distinct_from(theirs), name) for name, ours, theirs in pairs), else_=null()
    )
