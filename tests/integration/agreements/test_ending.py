"""The service ends when asked, never twice, and goes on again when that was a mistake."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from billing_backend import customers
from billing_backend.contract import (
    Authority,
    CancellationUndone,
    ChangeRefused,
    CompanyFacts,
    Tier,
    UndoRefused,
)
from billing_backend.customers import DetailsRefused
from billing_backend.customers.models import Account
from billing_backend.dunning.models import Suspension
from billing_backend.invoices.models import Invoice
from billing_backend.money import Money
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

NOV, DEC, JAN = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
TODAY = date(2026, 11, 16)
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


async def undoes(shop: Any, account: Any, today: date) -> Any:
    return await shop.billing.undo_cancellation(
        shop.session, account, authority=ASSISTANT, key=uuid4().hex, now=at(today)
    )


async def test_it_ends_with_the_paid_period_and_nothing_more_is_billed(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.subscribes(account, "SPORT", since=NOV)
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "cancel")
    await shop.changes(account, TODAY, "cancel", promise=preview.promise, reason="moving")
    services = await shop.billing.services(shop.session, account, today=TODAY)
    await shop.bills(DEC, JAN)
    invoices = await shop.invoices(account, JAN)
    assert preview.last_day == services.cancelled_on == date(2026, 11, 30)
    assert [each.code for each in preview.ends] == ["MIDDLE", "SPORT"]
    # 61.00 + 12.81 of November are open; nothing follows.
    assert preview.final_amount == Money(7381)
    assert [each.total for each in invoices] == [Money(7381)]


async def test_what_was_used_above_the_allowance_and_the_fee_are_on_the_last_invoice(
    shop: Any,
) -> None:
    account = await shop.customer("SMALL", term_until=date(2026, 12, 31))
    await shop.bills(NOV)
    await shop.used(account, NOV, 12)
    preview = await shop.previews(account, TODAY, "cancel")
    await shop.changes(account, TODAY, "cancel", promise=preview.promise)
    await shop.bills(DEC, JAN)
    [last, _] = await shop.invoices(account, JAN)
    # 2 GB at 4.00, and half of a month of 24.50: 8.00 + 12.25 = 20.25, tax 4.25.
    assert [line.net.minor for line in last.lines] == [800, 1225]
    assert last.total == Money(2450)
    assert preview.next_invoice.total == last.total
    # November's 24.50 + 5.15 is open too.
    assert preview.final_amount == Money(2965 + 2450)


async def test_told_twice_it_is_cancelled_already_and_since_when(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    await shop.changes(account, TODAY, "cancel")
    again = await shop.changes(account, TODAY, "cancel")
    after_the_end = await shop.previews(account, DEC, "cancel")
    assert again == ChangeRefused("already_cancelled", day=date(2026, 11, 30))
    assert after_the_end == again


async def test_a_scheduled_change_does_not_stand_in_the_way(shop: Any) -> None:
    account = await shop.customer("BIG", term_until=date(2027, 3, 15))
    await shop.bills(NOV)
    await shop.changes(account, TODAY, "plan", "SMALL")
    preview = await shop.previews(account, TODAY, "cancel")
    await shop.changes(account, TODAY, "cancel", promise=preview.promise)
    services = await shop.billing.services(shop.session, account, today=TODAY)
    await shop.bills(DEC, JAN)
    [last, _] = await shop.invoices(account, JAN)
    assert [each.kind for each in services.scheduled] == ["cancel"]
    # The fee of the end (74.00 x 4 / 2) and not the one of the downgrade beside it.
    assert [line.net.minor for line in last.lines] == [14800]
    assert preview.next_invoice.total == last.total


async def test_a_later_last_day_is_billed_until_then(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    preview = await shop.previews(account, TODAY, "cancel", on=date(2026, 12, 11))
    await shop.changes(account, TODAY, "cancel", on=date(2026, 12, 11), promise=preview.promise)
    await shop.bills(DEC, JAN)
    [december, _] = await shop.invoices(account, JAN)
    # 10 of 31 days of 41.00 are 13.23.
    assert [(line.kind, line.net.minor) for line in december.lines] == [("proration", 1323)]
    assert preview.next_invoice.total == december.total


async def test_cancelled_by_mistake_it_goes_on_as_if_nothing_had_been(shop: Any) -> None:
    account = await shop.customer("MIDDLE", term_until=date(2027, 3, 15))
    await shop.subscribes(account, "SPORT", since=NOV)
    await shop.bills(NOV)
    await shop.changes(account, TODAY, "cancel")
    restored = await undoes(shop, account, date(2026, 11, 30))
    await shop.bills(DEC)
    [invoice, _] = await shop.invoices(account, DEC)
    assert restored == CancellationUndone(date(2026, 11, 30))
    assert sorted(line.net.minor for line in invoice.lines) == [2000, 4100]


async def test_after_the_last_day_only_a_new_contract_helps(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    await shop.changes(account, TODAY, "cancel")
    assert await undoes(shop, account, DEC) == UndoRefused("ended", day=date(2026, 11, 30))


async def test_what_was_never_cancelled_cannot_be_undone(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    assert await undoes(shop, account, TODAY) == UndoRefused("nothing_to_undo")


async def test_suspended_for_debt_it_can_be_ended_and_not_changed(shop: Any) -> None:
    account = await shop.customer("MIDDLE")
    await shop.bills(NOV)
    invoice_id = await shop.session.scalar(select(Invoice.id).where(Invoice.account_id == account))
    shop.session.add(
        Suspension(
            account_id=account, invoice_id=invoice_id, suspended_on=TODAY, suspended_at=at(TODAY)
        )
    )
    await shop.session.flush()
    changing = await shop.previews(account, TODAY, "plan", "BIG")
    leaving = await shop.previews(account, TODAY, "cancel")
    services = await shop.billing.services(shop.session, account, today=TODAY)
    assert changing == ChangeRefused("suspended", day=TODAY)
    assert leaving.last_day == date(2026, 11, 30)
    assert services.suspended_on == TODAY

    payment = Received(account, Money(4961), TODAY, "card", "P-1")  # 41.00 + 8.61
    await receive(shop.session, [payment], now=at(TODAY), policy=Policy())
    await shop.billing.restore_if_paid(shop.session, account, now=at(TODAY))
    again = await shop.billing.services(shop.session, account, today=TODAY)
    assert again.suspended_on is None
    assert not isinstance(await shop.previews(account, TODAY, "plan", "BIG"), ChangeRefused)


# --- who is invoiced ---


async def test_a_company_is_kept_with_its_checked_numbers(shop: Any) -> None:
    await shop.customer("MIDDLE")
    [found] = await shop.billing.find_customers(shop.session, phone="+40700000001")
    kept = await customers.make_business(
        shop.session,
        found.customer_id,
        company_name=" Cofetăria Exemplu SRL ",
        tax_id="ro 9999 9909",
        iban="RO14 LIMP 0000 0000 0000 0001",
        authority=ASSISTANT,
        key="company",
        now=at(TODAY),
    )
    [again] = await shop.billing.find_customers(shop.session, phone="+40700000001")
    assert kept == CompanyFacts("Cofetăria Exemplu SRL", "RO99999909", "RO14LIMP0000000000000001")
    assert again.company == kept


@pytest.mark.parametrize(
    ("name", "tax_id", "iban", "reason"),
    [
        (" ", "99999909", None, "name_missing"),
        ("Firma", "99999908", None, "wrong_tax_id"),
        ("Firma", "99999909", "RO15LIMP0000000000000001", "wrong_iban"),
    ],
)
async def test_wrong_company_details_change_nothing(
    shop: Any, name: str, tax_id: str, iban: str | None, reason: str
) -> None:
    await shop.customer("MIDDLE")
    [found] = await shop.billing.find_customers(shop.session, phone="+40700000001")
    refused = await customers.make_business(
        shop.session,
        found.customer_id,
        company_name=name,
        tax_id=tax_id,
        iban=iban,
        authority=ASSISTANT,
        key="company",
        now=at(TODAY),
    )
    [again] = await shop.billing.find_customers(shop.session, phone="+40700000001")
    assert refused == DetailsRefused(reason)
    assert again.company is None


async def test_a_customer_has_several_accounts_each_with_its_name(shop: Any) -> None:
    first = await shop.customer("MIDDLE")
    [found] = await shop.billing.find_customers(shop.session, phone="+40700000001")
    second = Account(
        id=uuid4(),
        customer_id=found.customer_id,
        currency="RON",
        billing_day=5,
        opened_on=date(2026, 11, 5),
    )
    shop.session.add(second)
    await shop.session.flush()
    await shop.subscribes(second.id, "NET", since=date(2026, 11, 5))
    await customers.name_account(
        shop.session,
        second.id,
        label="Birou",
        address="Str. Lungă 3, Sibiu",
        authority=ASSISTANT,
        key="name",
        now=at(TODAY),
    )
    customer = await shop.billing.customer(shop.session, found.customer_id, today=TODAY)
    told = [(each.label, each.address, each.plan_code) for each in customer.accounts]
    assert customer.account_id == first
    assert told == [
        ("Abonament Middle", "", "MIDDLE"),
        ("Birou", "Str. Lungă 3, Sibiu", "NET"),
    ]
    assert customer.on(customer.accounts[1]).plan_code == "NET"
