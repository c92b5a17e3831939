"""What does a line of the table say, and how are times summed up?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """`value` is the bare figure, for other lines to compare with."""

    what: str
    measured: str
    beside: str = ""
    goal: str = ""
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Times:
    """Percentiles of durations, in milliseconds."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        cuts = quantiles([each * 1000 for each in seconds], n=100)
        return cls(p50=cuts[49], p95=cuts[94], p99=cuts[98])

    def __str__(self) -> str:
        return f"p50 {self.p50:.1f} ms, p95 {self.p95:.1f} ms"


def show(console: Console, rows: Sequence[Row]) -> None:
    """Print the table."""
    table = Table(title="Limpede on this machine", title_justify="left")
    for column in ("what", "measured", "beside it", "goal"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(row.what, row.measured, row.beside, row.goal)
    console.print(table)
