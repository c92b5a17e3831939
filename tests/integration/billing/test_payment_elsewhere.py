"""A payment on somebody else's account: found only when it is certain, and put right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import statements
from billing_backend.audit.models import AuditEntry
from billing_backend.contract import (
    AboveLimit,
    AlreadyCorrected,
    Authority,
    Corrected,
    Finding,
    Tier,
)
from billing_backend.corrections import service
from billing_backend.customers.models import Account, Customer
from billing_backend.invoices.models import Invoice
from billing_backend.invoices.run import issue_due
from billing_backend.invoices.service import balance
from billing_backend.journal import Ledger
from billing_backend.journal.repository import balances
from billing_backend.money import Money
from billing_backend.payments.reversing import reverse
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")
IRINA = Authority(Tier.AGENT, "irina")
GROSS = 7260  # 60.00 + 21 %


async def two(session: AsyncSession, subscriber: Subscriber) -> tuple[UUID, UUID, str]:
    """Ana's and Bogdan's accounts with one open invoice each, and Ana's invoice number."""
    ana, bogdan = await subscriber(session, 1), await subscriber(session, 2)
    await issue_due(session, as_of=date(2026, 10, 1), now=NOW, policy=POLICY)
    number = await session.scalar(select(Invoice.number).where(Invoice.account_id == ana))
    assert number is not None
    return ana, bogdan, number


async def pay(
    session: AsyncSession, account: UUID, note: str, minor: int = GROSS, reference: str = "BT-1"
) -> None:
    paid = Received(account, Money(minor), TODAY, "bank_transfer", reference, note)
    await receive(session, [paid], now=NOW, policy=POLICY)


async def found(session: AsyncSession, account: UUID) -> list[Finding]:
    return list(await service.review(session, account, today=TODAY, policy=POLICY))


async def correct(
    session: AsyncSession, account: UUID, finding: Finding, who: Authority
) -> Corrected | AboveLimit | AlreadyCorrected:
    return await service.correct(
        session,
        account,
        finding.finding_id,
        authority=who,
        key=who.name,
        now=NOW,
        policy=POLICY,
    )


async def owed(session: AsyncSession, account: UUID) -> tuple[int, int]:
    now = await balance(session, account, today=TODAY, policy=POLICY)
    return now.due.minor, now.credit.minor


async def test_what_has_paid_somebody_elses_bill_is_moved_by_a_person_only(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    ana, bogdan, number = await two(session, subscriber)
    await pay(session, bogdan, f"plata factura {number}", GROSS + 500)
    assert await owed(session, bogdan) == (0, 500)

    [finding] = await found(session, ana)
    refused = await correct(session, ana, finding, ASSISTANT)
    done = await correct(session, ana, finding, IRINA)

    assert finding.kind == "payment_on_another_account"
    assert refused == AboveLimit(Money(GROSS + 500), Money(0), "agent")
    assert isinstance(done, Corrected)
    assert (done.credit_note_number, done.invoice_number) == (None, number)
    assert await owed(session, ana) == (0, 500)
    assert await owed(session, bogdan) == (GROSS, 0), "his bill was never paid by him"
    assert await balances(session, Ledger.RECEIVABLE) == {ana: 0, bogdan: GROSS}
    assert await balances(session, Ledger.CUSTOMER_CREDIT) == {ana: -500, bogdan: 0}
    assert await found(session, ana) == await found(session, bogdan) == []
    audited = await session.execute(
        select(AuditEntry.action, AuditEntry.subject).where(AuditEntry.actor == "irina")
    )
    assert set(map(tuple, audited)) == {
        ("payment.taken_back", f"account:{bogdan}"),
        ("payment.allocated", f"account:{ana}"),
    }


async def test_what_only_lies_there_as_credit_is_moved_at_once(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    ana, bogdan, number = await two(session, subscriber)
    await pay(session, bogdan, "a mea", GROSS, "BT-0")
    await pay(session, bogdan, number)
    assert await owed(session, bogdan) == (0, GROSS)

    [finding] = await found(session, ana)
    done = await correct(session, ana, finding, ASSISTANT)
    again = await correct(session, ana, finding, IRINA)

    assert isinstance(done, Corrected)
    assert (await owed(session, ana), await owed(session, bogdan)) == ((0, 0), (0, 0))
    assert isinstance(again, AlreadyCorrected)
    assert (again.by, again.credit_note_number) == ("assistant", None)


async def test_a_moved_payment_that_bounces_is_owed_by_its_owner_alone(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    ana, bogdan, number = await two(session, subscriber)
    await pay(session, bogdan, number)
    [finding] = await found(session, ana)
    await correct(session, ana, finding, IRINA)

    await reverse(session, "BT-1", reason="bounced", actor="operator", on=TODAY, now=NOW)

    assert await owed(session, ana) == await owed(session, bogdan) == (GROSS, 0)
    assert await balances(session, Ledger.RECEIVABLE) == {ana: GROSS, bogdan: GROSS}


async def test_a_customer_number_is_proof_and_a_second_name_is_doubt(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    ana, bogdan, number = await two(session, subscriber)
    rows = await session.execute(
        select(Account.id, Customer.number).join(Customer, Customer.id == Account.customer_id)
    )
    by_account = {row.id: row.number for row in rows}
    await pay(session, bogdan, f"{number} pentru {by_account[bogdan]}", reference="BT-BOTH")
    assert await found(session, ana) == []

    await pay(session, bogdan, f"abonat {by_account[ana]}", reference="BT-ANA")
    [finding] = await found(session, ana)
    assert finding.evidence["reference"] == "BT-ANA"
    assert await found(session, bogdan) == []


async def test_where_a_person_put_it_and_what_bounced_is_no_finding(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    ana, bogdan, number = await two(session, subscriber)
    unknown = Received(None, Money(100), TODAY, "bank_transfer", "BT-9", f"x {number} {number}")
    await receive(session, [unknown], now=NOW, policy=POLICY)
    customer = await session.scalar(
        select(Customer.number)
        .join(Account, Account.customer_id == Customer.id)
        .where(Account.id == bogdan)
    )
    assert customer is not None
    assert await statements.assign(session, "BT-9", customer, actor="irina", now=NOW)
    await pay(session, bogdan, number, reference="BT-GONE")
    await reverse(session, "BT-GONE", reason="bounced", actor="operator", on=TODAY, now=NOW)

    assert await found(session, ana) == []
