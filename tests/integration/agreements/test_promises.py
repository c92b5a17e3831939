"""A preview is a promise: whatever is changed on whatever day, the next invoice says the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from billing_backend.contract import ChangeDone, ChangePreview, InvoiceLineFacts
from billing_backend.db import make_engine
from billing_backend.invoices.periods import period_of

from .conftest import LONG_AGO, Shop

_DAY = timedelta(days=1)
WISHES = st.sampled_from(
    [
        ("plan", "SMALL"),
        ("plan", "BIG"),
        ("add_on", "ROAMING"),
        ("remove_add_on", "SPORT"),
        ("cancel", None),
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    billing_day=st.integers(1, 31),
    today=st.dates(date(2025, 6, 1), date(2028, 3, 31)),
    wishes=st.lists(WISHES, min_size=1, max_size=3),
    term_days=st.none() | st.integers(0, 400),
    promotion=st.none() | st.tuples(st.integers(1, 9_999), st.integers(-40, 40)),
    price_rise=st.none() | st.integers(-40, 40),
    net_minor=st.integers(1, 9_000),
)
def test_the_next_invoice_says_what_the_preview_said(
    database_url: str,
    engine: AsyncEngine,
    billing_day: int,
    today: date,
    wishes: list[tuple[str, str | None]],
    term_days: int | None,
    promotion: tuple[int, int] | None,
    price_rise: int | None,
    net_minor: int,
) -> None:
    """`engine` only makes the tables; each example has a connection of its own and is undone."""

    async def example() -> None:
        own = make_engine(database_url, pool_size=1)
        try:
            async with own.connect() as connection:
                whole = await connection.begin()
                async with AsyncSession(
                    connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
                ) as session:
                    await check(Shop(session))
                await whole.rollback()
        finally:
            await own.dispose()

    async def check(shop: Shop) -> None:
        await shop.opens()
        period = period_of(billing_day, today)
        account = await shop.customer(
            "MIDDLE",
            billing_day=billing_day,
            since=period.start,
            term_until=today + timedelta(days=term_days) if term_days is not None else None,
        )
        await shop.reprices("MIDDLE", period.start, net_minor)
        sport = await shop.subscribes(account, "SPORT", since=period.start)
        if promotion is not None:
            await shop.promotes(sport, promotion[0], today + timedelta(days=promotion[1]))
        if price_rise is not None:
            await shop.reprices("MIDDLE", today + timedelta(days=price_rise), net_minor + 123)
        await shop.bills(period.start)
        told = None
        for kind, product in wishes:
            preview = await shop.previews(account, today, kind, product)
            if not isinstance(preview, ChangePreview):
                continue
            done = await shop.changes(account, today, kind, product, promise=preview.promise)
            assert isinstance(done, ChangeDone)
            told = preview
        await shop.bills(period.end + _DAY)
        newest = (await shop.invoices(account, period.end + _DAY))[0]
        if told is None:
            return
        promised = told.next_invoice
        assert promised is not None
        if newest.period_start == period.start:
            assert promised.lines == ()  # nothing more is invoiced
            return
        assert promised.total == newest.total
        assert promised.net + promised.tax == promised.total
        assert lines(promised.lines) == lines(newest.lines)

    asyncio.run(example())


def lines(listed: tuple[InvoiceLineFacts, ...]) -> Counter[tuple[object, ...]]:
    return Counter(
        (each.kind, each.description["en"], each.net.minor, each.period_start, each.period_end)
        for each in listed
    )


assert date(2025, 6, 1) > LONG_AGO  # or the examples would have no prices
