"""Does an agreed extension hold, and is a broken one noticed?"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import plans
from billing_backend.audit.models import AuditEntry
from billing_backend.contract import (
    ArrangementSummary,
    Authority,
    ExtensionChoices,
    ExtensionRefused,
    Tier,
)
from billing_backend.customers.models import Account, Customer
from billing_backend.db import Sessions, transaction
from billing_backend.errors import IdempotencyConflict, NotFound
from billing_backend.invoices.models import Invoice
from billing_backend.money import Money
from billing_backend.payments.models import Allocation, Payment
from billing_backend.plans.models import Arrangement
from billing_backend.policy import Policy

POLICY = Policy()
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")
BOGDAN = UUID(int=2)
IN_TIME = date(2026, 12, 3)


async def settle(session: AsyncSession) -> None:
    """Bogdan, whose one invoice of 80.00 RON was due yesterday."""
    session.add(
        Customer(
            id=BOGDAN,
            number="23456783",
            name="Bogdan Pop",
            first_name="Bogdan",
            language="ro",
            since=TODAY,
        )
    )
    await session.flush()
    session.add(
        Account(id=BOGDAN, customer_id=BOGDAN, currency="RON", billing_day=1, opened_on=TODAY)
    )
    await session.flush()
    await owes(session, serial=1, due_on=TODAY - timedelta(days=1), minor=8_000)


async def owes(session: AsyncSession, *, serial: int, due_on: date, minor: int) -> Invoice:
    invoice = Invoice(
        id=uuid4(),
        account_id=BOGDAN,
        series="DT",
        year=2026,
        serial=serial,
        number=f"DT {serial}",
        period_start=date(2026, serial, 1),
        period_end=date(2026, serial, 28),
        issued_on=due_on - timedelta(days=14),
        due_on=due_on,
        net_minor=minor,
        tax_minor=0,
        total_minor=minor,
        currency="RON",
    )
    session.add(invoice)
    await session.flush()
    return invoice


async def pays(session: AsyncSession, minor: int) -> None:
    """Towards Bogdan's first invoice."""
    invoice_id = await session.scalar(select(Invoice.id).where(Invoice.number == "DT 1"))
    payment = Payment(
        id=uuid4(),
        account_id=BOGDAN,
        amount_minor=minor,
        currency="RON",
        received_on=TODAY,
        method="card",
        reference=str(uuid4()),
    )
    session.add(payment)
    await session.flush()
    session.add(
        Allocation(
            invoice_id=invoice_id, payment_id=payment.id, amount_minor=minor, allocated_at=NOW
        )
    )
    await session.flush()


async def arrange(
    session: AsyncSession, pay_by: date = IN_TIME, *, key: str = "k1", now: datetime = NOW
) -> ArrangementSummary | ExtensionRefused:
    return await plans.arrange_extension(
        session, BOGDAN, pay_by, authority=ASSISTANT, key=key, now=now, policy=POLICY
    )


async def reason_of_refusal(session: AsyncSession, today: date) -> str:
    found = await plans.extension_choices(session, BOGDAN, today=today, policy=POLICY)
    assert isinstance(found, ExtensionRefused)
    return found.reason


@pytest.fixture
async def bogdan(session: AsyncSession) -> AsyncSession:
    await settle(session)
    return session


async def test_bogdan_pays_later(bogdan: AsyncSession) -> None:
    offered = await plans.extension_choices(bogdan, BOGDAN, today=TODAY, policy=POLICY)
    assert isinstance(offered, ExtensionChoices)
    assert offered.amount == Money(8_000)

    made = await arrange(bogdan, offered.dates[1])
    assert isinstance(made, ArrangementSummary)
    assert (made.amount, made.pay_by, made.status) == (Money(8_000), IN_TIME, "open")
    assert await plans.current_arrangement(bogdan, BOGDAN, today=TODAY) == made
    entry = (await bogdan.scalars(select(AuditEntry))).one()
    assert (entry.actor, entry.action) == ("assistant", "arrangement.made")


async def test_what_is_already_paid_is_not_part_of_it(bogdan: AsyncSession) -> None:
    await pays(bogdan, 3_000)

    made = await arrange(bogdan)
    assert isinstance(made, ArrangementSummary)
    assert made.amount == Money(5_000)


async def test_the_same_key_makes_one_arrangement(bogdan: AsyncSession) -> None:
    first, again = await arrange(bogdan), await arrange(bogdan)

    assert first == again
    assert await bogdan.scalar(select(func.count()).select_from(Arrangement)) == 1
    with pytest.raises(IdempotencyConflict):
        await arrange(bogdan, IN_TIME + timedelta(days=1))


async def test_a_second_arrangement_waits_for_the_first(bogdan: AsyncSession) -> None:
    made = await arrange(bogdan)

    assert await arrange(bogdan, key="k2") == ExtensionRefused("already_arranged", existing=made)


async def test_an_arrangement_in_force_protects_its_invoice_until_its_last_day(
    bogdan: AsyncSession,
) -> None:
    await arrange(bogdan)
    invoice_id = await bogdan.scalar(select(Invoice.id))

    for day, protected in [(TODAY, True), (IN_TIME, True), (IN_TIME + timedelta(days=1), False)]:
        found = set(await bogdan.scalars(plans.protected_invoices(day)))
        assert found == ({invoice_id} if protected else set())
        accounts = await plans.accounts_with_kept_arrangement(bogdan, day)
        assert accounts == ({BOGDAN} if protected else set())


async def test_a_broken_arrangement_is_noticed_the_day_after_and_once(
    bogdan: AsyncSession,
) -> None:
    await arrange(bogdan)
    await pays(bogdan, 7_999)

    assert await plans.mark_broken(bogdan, IN_TIME, now=NOW) == 0
    after = IN_TIME + timedelta(days=1)
    assert await plans.mark_broken(bogdan, after, now=NOW) == 1
    assert await plans.mark_broken(bogdan, after, now=NOW) == 0
    found = await plans.current_arrangement(bogdan, BOGDAN, today=after)
    assert found is not None
    assert found.status == "broken"
    assert await reason_of_refusal(bogdan, after) == "broken_arrangement"


async def test_a_kept_arrangement_is_not_broken(bogdan: AsyncSession) -> None:
    await arrange(bogdan)
    await pays(bogdan, 8_000)

    after = IN_TIME + timedelta(days=1)
    assert await plans.mark_broken(bogdan, after, now=NOW) == 0
    [kept] = await plans.arrangements(bogdan, BOGDAN, today=after)
    assert kept.status == "kept"
    assert await plans.current_arrangement(bogdan, BOGDAN, today=after) is None
    assert await reason_of_refusal(bogdan, after) == "nothing_due"


async def test_two_extensions_a_year_are_enough(bogdan: AsyncSession) -> None:
    await arrange(bogdan)
    await pays(bogdan, 8_000)
    later = NOW + timedelta(days=60)
    await owes(bogdan, serial=2, due_on=later.date(), minor=100)
    made = await arrange(bogdan, later.date() + timedelta(days=7), key="k2", now=later)
    assert isinstance(made, ArrangementSummary)

    broken_and_paid = later.date() + timedelta(days=8)
    await plans.mark_broken(bogdan, broken_and_paid, now=later)
    invoice_id = await bogdan.scalar(select(Invoice.id).where(Invoice.number == "DT 2"))
    payment_id = await bogdan.scalar(select(Payment.id))
    bogdan.add(
        Allocation(invoice_id=invoice_id, payment_id=payment_id, amount_minor=100, allocated_at=NOW)
    )
    await owes(bogdan, serial=3, due_on=broken_and_paid, minor=100)

    assert await reason_of_refusal(bogdan, broken_and_paid) == "too_many"


async def test_without_such_an_account_there_is_nothing_to_arrange(session: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await arrange(session)


async def test_twenty_requests_at_once_make_one_arrangement(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await settle(session)

    async def ask(number: int) -> ArrangementSummary | ExtensionRefused:
        async with transaction(sessions) as session:
            return await arrange(session, key=f"k{number}")

    answers = await asyncio.gather(*(ask(number) for number in range(20)))

    assert sum(isinstance(answer, ArrangementSummary) for answer in answers) == 1
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Arrangement)) == 1
