"""`make bench`: how fast is the product on this machine, beside what it could be compared with?

Everything is measured in one run, one thing after the other, so that ratios mean something on a
noisy machine. Figures of speed are never asserted in tests.
"""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from bench import billing, documents, importing, stock, turns
from bench.stack import Stack
from bench.table import Row

ACCOUNTS = 100_000
IMPORTED = 100_000


def main(accounts: int) -> int:
    console = Console()
    rows: list[Row] = []
    with Stack(console) as stack:
        rows += stack.start_up()
        rows += turns.one_by_one(stack)
        rows += turns.side_by_side(stack)
        rows += stack.memory()
    rows += stock.side_by_side(console, rows)
    rows += documents.measure()
    rows += billing.measure(console, accounts)
    rows += importing.measure(console, IMPORTED)
    table = Table(title="Limpede on this machine", title_justify="left")
    for column in ("what", "measured", "beside it", "goal"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(row.what, row.measured, row.beside, row.goal)
    console.print(table)
    return 0


if __name__ == "__main__":
    # make bench, or for another size: python -m bench 1000000
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ACCOUNTS))
