"""Which number comes next in a series, without gaps?"""

from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.invoices.models import NumberSeries


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    series: str
    year: int
    serial: int

    def __str__(self) -> str:
        """As printed: DT-2026-000123."""
        return f"{self.series}-{self.year}-{self.serial:06d}"


async def take_numbers(
    session: AsyncSession, series: str, year: int, count: int
) -> list[DocumentNumber]:
    """The next `count` numbers, ascending.

    The series' row stays locked until the caller's transaction ends: a crash gives the numbers
    back, and nobody else gets a later number meanwhile. So take them late and commit soon.
    """
    statement = insert(NumberSeries).values(series=series, year=year, last=count)
    last = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=[NumberSeries.series, NumberSeries.year],
            set_={"last": NumberSeries.last + count},
        ).returning(NumberSeries.last)
    )
    assert last is not None
    return [DocumentNumber(series, year, last - count + 1 + index) for index in range(count)]
