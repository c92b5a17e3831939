"""What must be known of a kind of file to import it?"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, Table
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.importing.columns import Column, Values
from billing_backend.policy import Policy

Wrong = tuple[str, str]  # (column, reason)
Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Check:
    """Rows that are wrong beside the others, of the file or of the database.

    `wrong` selects (line, reason) from the staged rows; the reason is about `column`.
    """

    column: str
    wrong: Callable[[Table], Query]


@dataclass(frozen=True, slots=True)
class Context:
    """What a kind's writing needs beside the rows."""

    now: datetime
    policy: Policy
    tell: Callable[[int], None]  # so many rows more are written


@dataclass(frozen=True, slots=True)
class Kind:
    """`together`: the column whose rows are one thing (an invoice's lines): one wrong, all wrong.

    `row` says what is wrong with one row's values taken together, given today. `known` selects
    (line, differs_in: the column that differs or NULL) of the rows that are there already.
    `write` moves what is staged into the tables.
    """

    name: str
    columns: tuple[Column, ...]
    row: Callable[[Values, date], Iterable[Wrong]]
    checks: Sequence[Check]
    known: Callable[[Table], Query]
    write: Callable[[AsyncSession, Table, Context], Awaitable[None]]
    together: str | None = None
