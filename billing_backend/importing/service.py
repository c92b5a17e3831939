"""How is a file imported: all of it, or nothing?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit
from billing_backend.clock import business_date
from billing_backend.importing import staging
from billing_backend.importing.kinds import Context, Kind, Wrong
from billing_backend.importing.reading import BadRow, count_lines, rows
from billing_backend.importing.values import values_of
from billing_backend.policy import Policy

Tell = Callable[[int, int], None]  # (done, of): every row is read, then written
_CHUNK = 2_000
_LISTED = 1_000
_ALREADY = "is there already with another value; an import adds, it does not change"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row. `column` is empty when it is the row itself."""

    line: int
    column: str
    reason: str


@dataclass(slots=True)
class Report:
    """What an import did, in rows. Of the `bad` ones the first thousand are told in `problems`.

    `refused`: there were bad rows and they were not to be skipped, so nothing was written.
    """

    imported: int = 0
    known: int = 0  # in the database already, and the same
    bad: int = 0
    problems: list[Problem] = field(default_factory=list)
    refused: bool = False

    def note(self, line: int, wrong: Sequence[Wrong]) -> None:
        self.bad += 1
        if self.bad <= _LISTED:
            self.problems += [Problem(line, *each) for each in wrong]


async def import_file(
    session: AsyncSession,
    kind: Kind,
    file: BinaryIO,
    *,
    skip_bad: bool = False,
    now: datetime,
    policy: Policy,
    tell: Tell = lambda done, of: None,
) -> Report:
    """Reads and checks the whole file, then writes it in the caller's transaction.

    One bad row and nothing is written, unless `skip_bad`. Rows that are there already change
    nothing, so that a file may come twice; one that differs from what is there is bad. Raises
    FileUnreadable. Memory does not grow with the file.
    """
    report = Report()
    of = count_lines(file)
    staged = await staging.stage(session, kind)
    await _read(
        session,
        kind,
        staged,
        file,
        report,
        today=business_date(now, policy.zone),
        tell=lambda done: tell(done, 2 * of),
    )
    await staging.settle(session)
    await _check(session, kind, staged, report)
    await _leave_out_known(session, kind, staged, report)
    report.problems.sort(key=lambda problem: problem.line)
    report.refused = report.bad > 0 and not skip_bad
    if report.refused:
        return report
    report.imported = await staging.count(session, staged)
    if report.imported:
        context = Context(now, policy, tell=lambda done: tell(of + done, 2 * of))
        await kind.write(session, staged, context)
        await _keep_record(session, kind, report, now)
    return report


async def _read(
    session: AsyncSession,
    kind: Kind,
    staged: Table,
    file: BinaryIO,
    report: Report,
    *,
    today: date,
    tell: Callable[[int], None],
) -> None:
    chunk: list[dict[str, Any]] = []
    broken: set[str] = set()  # things of several rows of which one is bad
    for line, fields in rows(file, [column.name for column in kind.columns]):
        if isinstance(fields, BadRow):
            report.note(line, [("", str(fields))])
            continue
        values, wrong = values_of(kind, fields, today)
        if wrong:
            report.note(line, wrong)
            broken.add(values.get(kind.together or "") or "")
            continue
        chunk.append({"line": line, **values})
        if len(chunk) == _CHUNK:
            await staging.put(session, staged, chunk)
            chunk.clear()
            tell(line)
    await staging.put(session, staged, chunk)
    if kind.together is not None:
        await staging.remove_named(session, staged, kind.together, sorted(broken))


async def _check(session: AsyncSession, kind: Kind, staged: Table, report: Report) -> None:
    """Tells of the rows that are wrong beside others, and takes them out."""
    for check in kind.checks:
        wrong = await staging.found(session, check.wrong(staged))
        for line, reason in wrong:
            report.note(line, [(check.column, reason)])
        await staging.remove(session, staged, [line for line, _ in wrong], kind.together)


async def _leave_out_known(
    session: AsyncSession, kind: Kind, staged: Table, report: Report
) -> None:
    known = kind.known(staged).subquery("known")
    differs_in = known.c.differs_in
    different = await staging.found(
        session, select(known.c.line, differs_in).where(differs_in.is_not(None))
    )
    for line, column in different:
        report.note(line, [(column, _ALREADY)])
    taken_out = await staging.remove_all(session, staged, select(known.c.line))
    report.known = taken_out - len(different)


async def _keep_record(session: AsyncSession, kind: Kind, report: Report, now: datetime) -> None:
    await audit.record(
        session,
        actor="operator",
        action="import.done",
        subject=f"import:{kind.name}",
        details={"imported": report.imported, "known": report.known, "skipped": report.bad},
        now=now,
    )
