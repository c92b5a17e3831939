"""`make bench`: how fast is the product on this machine, beside what it could be compared with?

Everything is measured in one run, one thing after the other, so that ratios mean something on a
noisy machine. Figures of speed are never asserted in tests.
"""

from __future__ import annotations

import sys

from rich.console import Console

from bench import billing, documents, importing, load, stock, turns
from bench.stack import Stack
from bench.table import Row, show

ACCOUNTS = 100_000
IMPORTED = 100_000


def main(accounts: int, turns_in_all: int) -> int:
    console = Console()
    rows: list[Row] = []
    with Stack(console) as stack:
        rows += stack.start_up()
        rows += turns.one_by_one(stack)
        rows += turns.side_by_side(stack)
        rows += stack.memory()
        rows += load.measure(stack, turns_in_all)
    rows += stock.side_by_side(console, rows)
    rows += documents.measure()
    rows += billing.measure(console, accounts)
    rows += importing.measure(console, IMPORTED)
    show(console, rows)
    return 0


if __name__ == "__main__":
    # make bench, or for another size: python -m bench 1000000 (accounts) 2000 (turns)
    given = [int(size) for size in sys.argv[1:]]
    sys.exit(main(*given, *(ACCOUNTS, load.TURNS)[len(given) :]))
