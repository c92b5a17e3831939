"""`make storm`: the long storm, as a table. The same SEED says and kills the same again, as far as
a machine can; without one it is chosen and printed."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.faults.reckoning import Reckoning
from tests.faults.stack import Stack
from tests.faults.storm import LONG, Plan, storm

CONVERSATIONS, MESSAGES = 100, 1_000


async def main(seed: int, console: Console) -> int:
    plan = Plan(seed, CONVERSATIONS, MESSAGES, LONG)
    console.print(f"{MESSAGES} messages of {CONVERSATIONS} conversations, SEED={seed}")
    with tempfile.TemporaryDirectory(prefix="limpede-storm-") as folder:
        async with Stack(Path(folder)) as stack:
            result = await storm(stack, plan)
    console.print(_table(result, seed))
    for line in result.wrong:
        console.print(f"WRONG: {line}", highlight=False, markup=False)
    return 1 if result.wrong else 0


def _table(result: Reckoning, seed: int) -> Table:
    table = Table(title=f"A storm, SEED={seed}", title_justify="left")
    table.add_column("what")
    table.add_column("how many", justify="right")
    for what, how_many in result.rows():
        table.add_row(what, how_many)
    return table


if __name__ == "__main__":
    seed = int(os.environ.get("SEED") or secrets.randbelow(10**6))
    sys.exit(asyncio.run(main(seed, Console())))
