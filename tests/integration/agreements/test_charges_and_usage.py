"""One-off charges, what was used, and which plan would have been cheaper."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from billing_backend.agreements import ChargeAdded, ChargeRefused, add_charge
from billing_backend.contract import Authority, Tier
from billing_backend.money import Money

NOV, DEC, JAN = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
TODAY = date(2026, 11, 16)
NAME = {"ro": "Instalare", "en": "Installation"}


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


async def charges(shop: Any, account: Any, minor: int, key: str = "k", **more: Any) -> Any:
    details = {"description": NAME, "tax_included": False, "supplied_on": TODAY} | more
    return await add_charge(
        shop.session,
        account,
        amount=Money(minor, details.pop("currency", "RON")),
        authority=Authority(Tier.AGENT, "Maria Ionescu"),
        key=key,
        today=TODAY,
        now=at(TODAY),
        **details,
    )


async def test_a_one_off_is_on_the_next_invoice_once(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    first = await charges(shop, account, 5000)
    again = await charges(shop, account, 5000)
    await shop.bills(DEC, JAN)
    [january, december, _] = await shop.invoices(account, JAN)
    # 50.00 + 21 % = 60.50
    assert first == again
    assert (first.net, first.tax, first.gross, first.tax_rate_bp) == (
        Money(5000),
        Money(1050),
        Money(6050),
        2100,
    )
    assert [line.net.minor for line in december.lines if line.kind == "one_off"] == [5000]
    assert all(line.kind != "one_off" for line in january.lines)


async def test_a_price_with_tax_is_met_to_the_ban(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    added = await charges(shop, account, 9999, tax_included=True)
    # 82.64 + 17.35 = 99.99
    assert (added.net, added.tax) == (Money(8264), Money(1735))


async def test_the_rate_is_that_of_the_day_of_supply(shop: Any) -> None:
    account = await shop.customer("MIDDLE", since=date(2025, 1, 1))
    added = await charges(shop, account, 10_000, supplied_on=date(2025, 7, 31))
    assert isinstance(added, ChargeAdded)
    assert (added.tax_rate_bp, added.tax) == (1900, Money(1900))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"minor": 0}, "not_positive"),
        ({"minor": 100, "currency": "EUR"}, "other_currency"),
        ({"minor": 100, "description": {"ro": "Doar română"}}, "no_words"),
        ({"minor": 100, "supplied_on": date(2026, 11, 17)}, "in_future"),
        ({"minor": 100, "supplied_on": date(2026, 10, 31)}, "before_account"),
        ({"minor": 3, "tax_included": True}, "gross_not_possible"),
    ],
)
async def test_a_charge_that_makes_no_sense_is_refused(
    shop: Any, wrong: dict[str, Any], reason: str
) -> None:
    account = await shop.customer("MIDDLE")
    refused = await charges(shop, account, **wrong)
    assert isinstance(refused, ChargeRefused)
    assert refused.reason == reason


# --- usage ---


async def test_usage_of_the_period_against_the_allowance(shop: Any) -> None:
    account = await shop.customer("SMALL")
    await shop.used(account, NOV, 13)
    told = await shop.billing.usage(shop.session, account, today=TODAY)
    # 3 GB at 4.00 + 21 % = 14.52
    assert (told.used, told.allowance, told.unit) == (13, 10, "GB")
    assert told.extra_cost == Money(1452)
    assert (told.period_start, told.period_end) == (NOV, date(2026, 11, 30))


async def test_what_is_not_measured_is_without_limit(shop: Any) -> None:
    account = await shop.customer("NET")
    told = await shop.billing.usage(shop.session, account, today=TODAY)
    assert (told.used, told.allowance) == (None, None)


async def test_the_cheapest_plan_for_the_own_usage_of_six_months(shop: Any) -> None:
    account = await shop.customer("BIG", since=date(2026, 1, 1))
    # The seventh month back and the running one don't count.
    for month, used in ((4, 150), (5, 9), (6, 12), (7, 9), (8, 9), (9, 11), (10, 9), (11, 190)):
        await shop.used(account, date(2026, month, 1), used)
    told = await shop.billing.compare_plans(shop.session, account, today=TODAY)
    assert told.usage == (9, 12, 9, 9, 11, 9)
    # SMALL, 24.50: 29.65 a month, 39.33 with 2 GB above, 34.49 with one:
    # 4 x 29.65 + 39.33 + 34.49 = 192.42. MIDDLE, 41.00: 6 x 49.61. BIG, 74.00: 6 x 89.54.
    assert [(each.code, each.total.minor) for each in told.others] == [
        ("SMALL", 19242),
        ("MIDDLE", 29766),
    ]
    assert told.current.total == Money(53724)
    assert [each.minor for each in told.others[0].periods] == [2965, 3933, 2965, 2965, 3449, 2965]
    assert [each.code for each in told.cheaper] == ["SMALL", "MIDDLE"]


async def test_a_running_promotion_counts_for_the_own_plan(shop: Any) -> None:
    from sqlalchemy import select

    from billing_backend.customers.models import Subscription

    account = await shop.customer("MIDDLE", since=date(2026, 5, 1))
    await shop.promotes(await shop.session.scalar(select(Subscription.id)), 5000, JAN)
    await shop.used(account, date(2026, 10, 1), 9)
    told = await shop.billing.compare_plans(shop.session, account, today=TODAY)
    # 20.50 + 4.31 (4.305 rounds up) is less than SMALL's 29.65.
    assert (told.months, told.current.total) == (1, Money(2481))
    assert told.cheaper == ()


async def test_without_a_measured_month_nothing_is_compared(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    assert await shop.billing.compare_plans(shop.session, account, today=TODAY) is None


async def test_what_is_not_measured_is_compared_by_price(shop: Any) -> None:
    account = await shop.customer("NET")
    told = await shop.billing.compare_plans(shop.session, account, today=TODAY)
    assert (told.usage, told.months, told.others) == (None, 6, ())
