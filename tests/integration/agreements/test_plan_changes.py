"""Another plan, an add-on, the end: what is previewed is what the next invoice says."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from billing_backend.audit.models import AuditEntry
from billing_backend.catalogue.models import Product
from billing_backend.contract import (
    Authority,
    ChangeDone,
    ChangePreview,
    ChangeRefused,
    InvoiceFacts,
    Tier,
)
from billing_backend.corrections import service as corrections
from billing_backend.customers.models import ServiceOrder, Subscription
from billing_backend.invoices.models import Charge
from billing_backend.money import Money
from billing_backend.policy import Policy

NOV, DEC, JAN = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
TODAY = date(2026, 11, 16)


def told(lines: Any) -> list[tuple[str, str, int]]:
    return sorted((line.kind, line.description["en"], line.net.minor) for line in lines)


def same(preview: ChangePreview, invoice: InvoiceFacts) -> None:
    """The promise is kept, to the minor unit."""
    promised = preview.next_invoice
    assert promised is not None
    assert (promised.net, promised.tax, promised.total) == (
        invoice.net,
        invoice.tax,
        invoice.total,
    )
    assert told(promised.lines) == told(invoice.lines)
    assert promised.period_start == invoice.period_start


async def test_an_upgrade_counts_at_once_and_the_rest_of_the_month_is_prorated(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "plan", "BIG")
    done = await shop.changes(account, TODAY, "plan", "BIG", promise=preview.promise)
    await shop.bills(DEC)
    [invoice, _] = await shop.invoices(account, DEC)
    assert isinstance(done, ChangeDone)
    assert preview.from_day == TODAY
    # 15 of November's 30 days: 41.00 / 2 = 20.50 back, 74.00 / 2 = 37.00 more, December 74.00.
    assert told(invoice.lines) == [
        ("plan_fee", "Big plan", 7400),
        ("proration", "Big plan", 3700),
        ("proration", "Middle plan", -2050),
    ]
    same(preview, invoice)
    # Without it December would be 41.00 + 21 % = 49.61; now 90.50 + 19.01 = 109.51.
    assert preview.difference == Money(10951 - 4961)


async def test_a_downgrade_waits_for_the_end_of_the_paid_period(shop: Any) -> None:
    account = await shop.customer("BIG")
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "plan", "SMALL")
    await shop.changes(account, TODAY, "plan", "SMALL", promise=preview.promise)
    services = await shop.billing.services(shop.session, account, today=TODAY)
    await shop.bills(DEC)
    [invoice, _] = await shop.invoices(account, DEC)
    assert (preview.from_day, preview.last_day) == (DEC, date(2026, 11, 30))
    assert services.plan.code == "BIG"  # until then
    assert [(each.kind, each.from_day) for each in services.scheduled] == [("plan", DEC)]
    assert told(invoice.lines) == [("plan_fee", "Small plan", 2450)]
    same(preview, invoice)


async def test_the_customer_has_the_plan_that_runs_today(shop: Any) -> None:
    account = await shop.customer("BIG")
    await shop.bills(NOV)
    await shop.changes(account, TODAY, "plan", "SMALL")
    [found] = await shop.billing.find_customers(shop.session, phone="+40700000001")
    for day, plan in ((TODAY, "BIG"), (date(2026, 11, 30), "BIG"), (DEC, "SMALL")):
        customer = await shop.billing.customer(shop.session, found.customer_id, today=day)
        assert customer.plan_code == plan


@pytest.mark.parametrize(
    ("today", "from_day"),
    [
        (date(2026, 11, 30), date(2026, 11, 30)),  # the period's last day
        (date(2026, 11, 1), date(2026, 11, 2)),  # its first, charged already
    ],
)
async def test_an_upgrade_on_the_edge_of_a_period_is_charged_once(
    shop: Any, today: date, from_day: date
) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    preview = await shop.previews(account, today, "plan", "BIG")
    await shop.changes(account, today, "plan", "BIG", promise=preview.promise)
    await shop.bills(DEC, JAN)
    [_, december, november] = await shop.invoices(account, JAN)
    assert preview.from_day == from_day
    same(preview, december)
    # Every day of November is paid for once: 41.00 and 74.00 by their days.
    days = (from_day - NOV).days
    of_november = [line for line in december.lines if line.kind == "proration"]
    paid = november.net.minor + sum(line.net.minor for line in of_november)
    assert abs(paid - (4100 * days + 7400 * (30 - days)) / 30) <= 1
    assert await _found(shop, account, JAN) == []


async def test_the_29th_of_february(shop: Any) -> None:
    account = await shop.customer("MIDDLE", billing_day=31, since=date(2027, 6, 30))
    await shop.bills(date(2028, 1, 31))
    today = date(2028, 2, 20)
    preview = await shop.previews(account, today, "plan", "SMALL")
    await shop.changes(account, today, "plan", "SMALL", promise=preview.promise)
    await shop.bills(date(2028, 2, 29))
    [invoice, _] = await shop.invoices(account, date(2028, 2, 29))
    assert preview.from_day == date(2028, 2, 29)
    assert (invoice.period_start, invoice.period_end) == (date(2028, 2, 29), date(2028, 3, 30))
    same(preview, invoice)


async def test_what_is_given_back_is_of_the_price_that_was_charged(shop: Any) -> None:
    """The catalogue's price rose and the promotion ended in the middle of the paid month."""
    account = await shop.customer("MIDDLE")
    plan = await shop.session.scalar(select(Subscription.id))
    await shop.promotes(plan, 5000, date(2026, 11, 10))
    await shop.reprices("MIDDLE", date(2026, 11, 12), 5000)
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "plan", "BIG")
    await shop.changes(account, TODAY, "plan", "BIG", promise=preview.promise)
    await shop.bills(DEC)
    [invoice, november] = await shop.invoices(account, DEC)
    assert november.net == Money(2050)  # 41.00 less half
    # 15 of 30 days: 20.50 of the fee back, 10.25 of the promotion taken again.
    assert told(invoice.lines) == [
        ("discount", "Promotion", 1025),
        ("plan_fee", "Big plan", 7400),
        ("proration", "Big plan", 3700),
        ("proration", "Middle plan", -2050),
    ]
    same(preview, invoice)
    assert await _found(shop, account, DEC) == []


async def test_the_promised_price_holds_when_the_catalogue_rises_before_the_change(
    shop: Any,
) -> None:
    account = await shop.customer("BIG")
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "plan", "SMALL")
    await shop.changes(account, TODAY, "plan", "SMALL", promise=preview.promise)
    await shop.reprices("SMALL", date(2026, 11, 20), 3000)
    await shop.bills(DEC, JAN)
    [january, december, _] = await shop.invoices(account, JAN)
    same(preview, december)
    # Bound for the first whole period; then the catalogue's price counts.
    assert told(january.lines) == [("plan_fee", "Small plan", 3000)]


async def test_the_promised_price_of_an_upgrade_holds_for_the_first_whole_period(
    shop: Any,
) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "plan", "BIG")
    await shop.changes(account, TODAY, "plan", "BIG", promise=preview.promise)
    await shop.reprices("BIG", date(2026, 11, 20), 9000)
    await shop.bills(DEC)
    same(preview, (await shop.invoices(account, DEC))[0])


async def test_a_preview_that_is_out_of_date_is_not_done(shop: Any) -> None:
    account = await shop.customer("BIG")
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "plan", "SMALL")
    await shop.reprices("SMALL", date(2026, 11, 15), 3000)
    refused = await shop.changes(account, TODAY, "plan", "SMALL", promise=preview.promise)
    assert refused == ChangeRefused("preview_outdated")
    services = await shop.billing.services(shop.session, account, today=TODAY)
    assert services.scheduled == ()


async def test_the_same_key_changes_once_and_answers_the_same(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    first = await shop.changes(account, TODAY, "plan", "BIG", key="one")
    again = await shop.changes(account, TODAY, "plan", "BIG", key="one")
    assert first == again
    running = await shop.session.scalars(
        select(Subscription.product_code).where(Subscription.ends_on.is_(None))
    )
    assert list(running) == ["BIG"]


async def test_who_ordered_what_when_and_at_which_promised_price(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    maria = Authority(Tier.AGENT, "Maria Ionescu")
    await shop.changes(account, TODAY, "plan", "BIG", authority=maria)
    orders = await shop.session.scalars(
        select(ServiceOrder).where(ServiceOrder.taken_by.is_not(None)).order_by(ServiceOrder.action)
    )
    kept = [
        (each.action, each.product_code, each.ordered_by, each.taken_by, each.promised_net_minor)
        for each in orders
    ]
    assert kept == [
        ("end", "MIDDLE", "agent", "Maria Ionescu", None),
        ("start", "BIG", "agent", "Maria Ionescu", 7400),
    ]
    audit = await shop.session.scalar(select(AuditEntry).where(AuditEntry.action == "service.plan"))
    assert audit.actor == "Maria Ionescu"
    assert audit.details["net_minor"] == 7400


# --- add-ons ---


async def test_an_add_on_from_today_is_prorated_on_the_next_invoice(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "add_on", "ROAMING")
    await shop.changes(account, TODAY, "add_on", "ROAMING", promise=preview.promise)
    await shop.bills(DEC)
    [invoice, _] = await shop.invoices(account, DEC)
    # 15 of 30 days of 16.00 are 8.00.
    assert ("proration", "Roaming plan", 800) in told(invoice.lines)
    same(preview, invoice)


async def test_an_add_on_off_on_a_date_gives_the_rest_back(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.subscribes(account, "SPORT", since=NOV)
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "remove_add_on", "SPORT", on=date(2026, 11, 25))
    await shop.changes(
        account, TODAY, "remove_add_on", "SPORT", on=date(2026, 11, 25), promise=preview.promise
    )
    await shop.bills(DEC)
    [invoice, _] = await shop.invoices(account, DEC)
    # 25 to 30 November: 20.00 x 6 / 30 = 4.00 back.
    assert ("proration", "Sport plan", -400) in told(invoice.lines)
    same(preview, invoice)
    assert await _found(shop, account, DEC) == []


async def test_an_add_on_goes_at_the_end_of_the_period_and_can_be_kept_after_all(
    shop: Any,
) -> None:
    account = await shop.customer("MIDDLE")
    await shop.subscribes(account, "SPORT", since=NOV)
    await shop.bills(NOV)
    done = await shop.changes(account, TODAY, "remove_add_on", "SPORT")
    again = await shop.changes(account, TODAY, "remove_add_on", "SPORT")
    kept = await shop.billing.cancel_change(
        shop.session,
        account,
        done.change_id,
        authority=Authority(Tier.ASSISTANT, "assistant"),
        key="keep",
        now=_at(TODAY),
    )
    await shop.bills(DEC)
    [invoice, _] = await shop.invoices(account, DEC)
    assert done.preview.from_day == DEC
    assert (again.reason, again.day) == ("already_scheduled", DEC)
    assert kept.change_id == done.change_id
    assert ("add_on", "Sport plan", 2000) in told(invoice.lines)


# --- minimum term ---


async def test_a_downgrade_within_the_minimum_term_costs_the_documented_fee(shop: Any) -> None:
    account = await shop.customer("BIG", term_until=date(2027, 3, 15))
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "plan", "SMALL")
    await shop.changes(account, TODAY, "plan", "SMALL", promise=preview.promise)
    await shop.bills(DEC)
    [invoice, _] = await shop.invoices(account, DEC)
    # 1 December to 15 March: 4 months, the last begun. Half of (74.00 - 24.50) x 4 = 99.00;
    # with 21 % tax 119.79.
    assert ("one_off", "Early-termination fee", 9900) in told(invoice.lines)
    assert preview.fee == Money(11979)
    assert preview.minimum_term_until == date(2027, 3, 15)
    same(preview, invoice)


async def test_an_upgrade_within_the_minimum_term_costs_no_fee_and_keeps_the_term(
    shop: Any,
) -> None:
    account = await shop.customer("MIDDLE", term_until=date(2027, 3, 15))
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "plan", "BIG")
    assert preview.fee is None
    assert preview.minimum_term_until == date(2027, 3, 15)


async def test_a_fee_goes_with_the_change_that_is_called_off(shop: Any) -> None:
    account = await shop.customer("BIG", term_until=date(2027, 3, 15))
    await shop.bills(NOV)
    done = await shop.changes(account, TODAY, "plan", "SMALL")
    await _call_off(shop, account, done.change_id, TODAY)
    await shop.bills(DEC)
    [invoice, _] = await shop.invoices(account, DEC)
    assert told(invoice.lines) == [("plan_fee", "Big plan", 7400)]
    assert list(await shop.session.scalars(select(Charge))) == []


async def test_a_fee_billed_before_the_day_is_given_back_when_it_is_called_off(shop: Any) -> None:
    account = await shop.customer("BIG", term_until=date(2027, 3, 15))
    await shop.bills(NOV)
    done = await shop.changes(account, TODAY, "plan", "SMALL", on=date(2026, 12, 11))
    await shop.bills(DEC)
    await _call_off(shop, account, done.change_id, date(2026, 12, 5))
    await shop.bills(JAN)
    [january, december, _] = await shop.invoices(account, JAN)
    # 11 December to 15 March: 4 months, (74.00 - 24.50) x 4 / 2. Ten days of December were billed;
    # the rest of it follows in January.
    assert told(december.lines) == [
        ("one_off", "Early-termination fee", 9900),
        ("proration", "Big plan", 2387),
    ]
    assert told(january.lines) == [
        ("one_off", "Early-termination fee given back", -9900),
        ("plan_fee", "Big plan", 7400),
        ("proration", "Big plan", 5013),
    ]
    assert 2387 + 5013 == 7400


# --- calling off ---


async def test_a_change_called_off_never_was_and_the_plan_goes_on(shop: Any) -> None:
    account = await shop.customer("BIG")
    await shop.bills(NOV)
    done = await shop.changes(account, TODAY, "plan", "SMALL")
    first = await _call_off(shop, account, done.change_id, TODAY)
    again = await _call_off(shop, account, done.change_id, TODAY)
    await shop.bills(DEC)
    [invoice, _] = await shop.invoices(account, DEC)
    assert first.kind == "plan"
    assert again == ChangeRefused("unknown_change")
    assert told(invoice.lines) == [("plan_fee", "Big plan", 7400)]


async def test_a_change_that_has_begun_is_not_called_off(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    done = await shop.changes(account, TODAY, "plan", "BIG")
    refused = await _call_off(shop, account, done.change_id, TODAY)
    assert refused == ChangeRefused("change_begun", day=TODAY)


async def test_somebody_elses_change_is_unknown(shop: Any) -> None:
    account, other = await shop.customer("BIG"), await shop.customer("BIG")
    await shop.bills(NOV)
    done = await shop.changes(other, TODAY, "plan", "SMALL")
    assert (await _call_off(shop, account, done.change_id, TODAY)).reason == "unknown_change"


# --- refusals ---


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"kind": "plan", "product": "MIDDLE"}, "same_plan"),
        ({"kind": "plan", "product": "NET"}, "other_family"),
        ({"kind": "plan", "product": "NONE"}, "unknown_product"),
        ({"kind": "plan", "product": "SPORT"}, "unknown_product"),
        ({"kind": "plan", "product": None}, "unknown_product"),
        ({"kind": "plan", "product": "BIG", "on": date(2026, 11, 15)}, "in_past"),
        ({"kind": "plan", "product": "BIG", "on": date(2026, 10, 31)}, "before_agreement"),
        ({"kind": "plan", "product": "BIG", "on": date(2028, 1, 1)}, "too_far"),
        ({"kind": "plan", "product": "SMALL", "on": date(2026, 11, 30)}, "not_before"),
        ({"kind": "cancel", "on": date(2026, 11, 30)}, "not_before"),
        ({"kind": "add_on", "product": "ROUTER"}, "other_family"),
        ({"kind": "add_on", "product": "SPORT"}, "already_have"),
        ({"kind": "remove_add_on", "product": "ROAMING"}, "not_had"),
        ({"kind": "remove_add_on", "product": "SPORT", "on": TODAY}, "not_before"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_its_reason(
    shop: Any, wish: dict[str, Any], reason: str
) -> None:
    account = await shop.customer("MIDDLE")
    await shop.subscribes(account, "SPORT", since=NOV)
    await shop.bills(NOV)
    refused = await shop.previews(account, TODAY, **wish)
    assert isinstance(refused, ChangeRefused)
    assert refused.reason == reason


async def test_one_plan_change_at_a_time(shop: Any) -> None:
    account = await shop.customer("BIG")
    await shop.bills(NOV)
    await shop.changes(account, TODAY, "plan", "SMALL")
    refused = await shop.previews(account, TODAY, "plan", "MIDDLE")
    assert refused.reason == "already_scheduled"
    assert refused.existing.new == {"ro": "Abonament Small", "en": "Small plan"}


async def test_a_plan_that_begins_next_month_cannot_be_changed_yet(shop: Any) -> None:
    account = await shop.customer("MIDDLE", since=DEC)
    refused = await shop.previews(account, TODAY, "plan", "BIG")
    assert refused == ChangeRefused("before_agreement", day=DEC)


async def test_a_product_no_longer_on_sale_is_refused(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    product = await shop.session.get_one(Product, "BIG")
    product.on_sale_until = date(2026, 10, 31)
    await shop.session.flush()
    refused = await shop.previews(account, TODAY, "plan", "BIG")
    listed = await shop.billing.plans_on_sale(shop.session, today=TODAY, account_id=account)
    assert refused == ChangeRefused("not_on_sale", day=date(2026, 10, 31))
    assert [each.code for each in listed] == ["SMALL", "MIDDLE", "ROAMING", "SPORT"]


def _at(day: date) -> Any:
    return datetime.combine(day, time(9), UTC)


async def _call_off(shop: Any, account: Any, change_id: Any, today: date) -> Any:
    return await shop.billing.cancel_change(
        shop.session,
        account,
        change_id,
        authority=Authority(Tier.ASSISTANT, "assistant"),
        key=uuid4().hex,
        now=_at(today),
    )


async def _found(shop: Any, account: Any, today: date) -> list[Any]:
    """What the account review says is wrong."""
    return list(await corrections.review(shop.session, account, today=today, policy=Policy()))
