"""How fast do a company's own files come in, and does memory grow with them?"""

from __future__ import annotations

import io
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench.table import Row
from billing_backend.db import Sessions, transaction
from billing_backend.importing import KINDS, Report, import_file
from billing_backend.policy import Policy
from limpede import database
from limpede.postgres import EmbeddedPostgres

_NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
_LINES_OF_INVOICE = 5


def measure(console: Console, rows: int) -> list[Row]:
    """Imports a file of that many rows of each kind into an empty database."""
    with tempfile.TemporaryDirectory(prefix="limpede-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "postgres")
        try:
            url = server.start()
            database.migrate(url)
            console.print(f"Importing files of {rows:,} rows ...")
            return [
                database.with_sessions(url, _imported(kind, written(rows)))
                for kind, written in _FILES.items()
            ]
        finally:
            server.destroy()


def _imported(kind: str, lines: Iterator[str]) -> Callable[[Sessions], Awaitable[Row]]:
    async def run(sessions: Sessions) -> Row:
        file = io.BytesIO("".join(f"{line}\n" for line in lines).encode())
        before = _peak()
        began = time.perf_counter()
        async with transaction(sessions) as session:
            report: Report = await import_file(
                session, KINDS[kind], file, now=_NOW, policy=Policy()
            )
        seconds = time.perf_counter() - began
        if report.refused:
            raise RuntimeError(f"{kind}: {report.problems[:3]}")
        return Row(
            f"import of {report.imported:,} rows of {kind}",
            f"{seconds:.1f} s, {report.imported / seconds:,.0f} rows/s",
            f"memory grew by {_peak() - before:.0f} MB",
            "100,000 in under 60 s, memory flat" if report.imported > 2 else "",
        )

    return run


def _products(_: int) -> Iterator[str]:
    yield (
        "code,kind,family,name_ro,name_en,unit,allowance,usage_code,on_sale_from,price,valid_from"
    )
    yield "GB,usage,internet,Trafic,Data,GB,,,2020-01-01,2.00,2020-01-01"
    yield "PLAN,plan,internet,Abonament,Plan,GB,100,GB,2020-01-01,50.00,2020-01-01"


def _customers(rows: int) -> Iterator[str]:
    yield "reference,name,first_name,language,phone,since,billing_day"
    for number in range(rows):
        yield f"C{number},Client {number},Client,ro,+4079{number:07d},2024-01-01,1"


def _agreements(rows: int) -> Iterator[str]:
    yield "account,product,starts_on,billed_here_from,ordered_on"
    for number in range(rows):
        yield f"C{number},PLAN,2024-01-01,2026-11-01,2023-12-30"


def _invoices(rows: int) -> Iterator[str]:
    yield (
        "number,account,period_start,period_end,issued_on,due_on,total,kind,description_ro,net,"
        "tax_rate,tax,product"
    )
    for number in range(rows // _LINES_OF_INVOICE):
        head = f"V{number},C{number},2026-10-01,2026-10-31,2026-10-01,2026-10-15,60.50"
        for _ in range(_LINES_OF_INVOICE):
            yield f"{head},plan_fee,Abonament,10.00,21,2.10,PLAN"


def _payments(rows: int) -> Iterator[str]:
    yield "reference,account,amount,received_on,method"
    for number in range(rows):
        yield f"B{number},C{number},60.50,2026-10-10,card"


def _usage(rows: int) -> Iterator[str]:
    yield "account,product,period_start,period_end,quantity"
    for number in range(rows):
        yield f"C{number},PLAN,2026-10-01,2026-10-31,{number % 50}"


_FILES: dict[str, Callable[[int], Iterator[str]]] = {
    "products": _products,
    "customers": _customers,
    "agreements": _agreements,
    "invoices": _invoices,
    "payments": _payments,
    "usage": _usage,
}


def _peak() -> float:
    """The most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
