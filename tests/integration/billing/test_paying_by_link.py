"""A customer pays by link: the real Stripe client and the double over HTTP, the real database.

Only the conversation is absent: what it would be told is remembered here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from stripe import WebhookSignature

from billing_backend import statements
from billing_backend.api import make_pay_pages, make_payment_webhook
from billing_backend.audit.models import AuditEntry
from billing_backend.backend import BuiltInBilling
from billing_backend.contract import (
    Authority,
    LinkRefused,
    NotPaid,
    PaidByLink,
    PaymentLinkFacts,
    Tier,
)
from billing_backend.db import Sessions, transaction
from billing_backend.errors import CurrencyMismatch, NotFound
from billing_backend.invoices.run import issue_due
from billing_backend.journal.models import JournalEntry, JournalTransfer
from billing_backend.money import Money
from billing_backend.payments.models import Checkout, Payment, ProviderEvent, Refund
from billing_backend.payments.refund_sending import send_due
from billing_backend.payments.refunds import refund_payment
from billing_backend.payments.service import Received, receive
from billing_backend.payments.stripe_events import StripeEvents
from billing_backend.payments.stripe_gateway import StripeGateway
from billing_backend.policy import Policy
from bot.channels.simulator import Simulator, make_simulator
from tests.integration.simulator import conftest as simulated

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
TODAY = date(2026, 11, 24)
GROSS = 7260  # 60.00 + 21 %
AGENT = Authority(Tier.SUPERVISOR, "Irina")


@dataclass
class Company:
    """The company with one customer who owes one invoice, its webhook and pages, and Stripe."""

    sessions: Sessions
    account: UUID
    url: str
    clock: simulated.MovingClock
    gateway: StripeGateway
    simulator: Simulator
    browser: httpx.AsyncClient
    told: list[PaidByLink | NotPaid]
    conversation: UUID = field(default_factory=uuid4)

    @property
    def billing(self) -> BuiltInBilling:
        return BuiltInBilling(POLICY, code_key=b"of the tests", pay_address=f"{self.url}/pay")

    async def link(self, amount: Money | None = None, **more: Any) -> Any:
        async with transaction(self.sessions) as session:
            return await self.billing.payment_link(
                session,
                more.pop("account", self.account),
                amount=amount,
                language=more.pop("language", "ro"),
                conversation_id=self.conversation,
                authority=AGENT,
                key=more.pop("key", uuid4().hex),
                now=self.clock.now(),
                **more,
            )

    async def opened(self, amount: Money | None = None) -> str:
        """The id of the checkout that a link leads to."""
        link = await self.link(amount)
        assert isinstance(link, PaymentLinkFacts)
        page = await self.browser.get(link.url)
        return str(page.url).rsplit("/", 1)[1]

    async def act(self, checkout: str, deed: str) -> dict[str, Any]:
        answer = await self.browser.post(
            f"{self.url}/simulator/stripe/checkouts/{checkout}", json={"deed": deed}
        )
        return {"http": answer.status_code, **answer.json()}

    async def posts(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self.browser.post(f"{self.url}/simulator/{path}", json=body)
        return {"http": answer.status_code, **answer.json()}

    async def owed(self) -> tuple[int, int]:
        """Due and credit, which the books must know too."""
        async with transaction(self.sessions) as session:
            found = await self.billing.balance(session, self.account, today=TODAY)
            assert await in_the_books(session, "receivable") == found.due.minor
            assert await in_the_books(session, "customer_credit") == -found.credit.minor
            return found.due.minor, found.credit.minor

    async def booked(self, ledger: str) -> int:
        async with transaction(self.sessions) as session:
            return await in_the_books(session, ledger)

    async def progress(self) -> Any:
        async with transaction(self.sessions) as session:
            return await self.billing.payment_progress(session, self.account, now=self.clock.now())

    async def refunds(self) -> list[tuple[int, str, str]]:
        async with transaction(self.sessions) as session:
            found = await self.billing.refunds(session, self.account)
            return [(each.amount.minor, each.method, each.state) for each in found]

    async def refund(self, reference: str, amount: Money | None = None) -> Any:
        async with transaction(self.sessions) as session:
            return await refund_payment(
                session,
                reference,
                amount,
                reason="requested",
                authority=AGENT,
                key=uuid4().hex,
                now=self.clock.now(),
                policy=POLICY,
            )

    async def payment(self) -> Payment:
        async with transaction(self.sessions) as session:
            return (await session.scalars(select(Payment))).one()


async def in_the_books(session: AsyncSession, ledger: str) -> int:
    """Debits less credits of one account of the books."""
    debits = func.sum(JournalTransfer.amount_minor).filter(JournalTransfer.debit == ledger)
    credits_ = func.sum(JournalTransfer.amount_minor).filter(JournalTransfer.credit == ledger)
    row = (await session.execute(select(debits, credits_))).one()
    return int(row[0] or 0) - int(row[1] or 0)


@pytest.fixture
async def company(sessions: Sessions, subscriber: Subscriber) -> AsyncIterator[Company]:
    clock = simulated.MovingClock(simulated.NOON)
    async with transaction(sessions) as session:
        account = await subscriber(session)
        await issue_due(session, as_of=date(2026, 10, 1), now=clock.now(), policy=POLICY)
    made: list[Any] = []
    told: list[PaidByLink | NotPaid] = []

    async def tell(session: AsyncSession, news: PaidByLink | NotPaid) -> None:
        told.append(news)

    async def nothing() -> None:
        """No demo company is made afresh here."""

    def make_app(url: str) -> FastAPI:
        gateway = StripeGateway(simulated.STRIPE_KEY, f"{url}/simulator/stripe-api")
        simulator = make_simulator(
            simulated.settings_at(url), clock=clock, reset=nothing, cast=dict
        )
        made[:] = [gateway, simulator]
        app = FastAPI()
        for router in (
            simulator.router,
            make_payment_webhook(
                sessions, clock, POLICY, read=StripeEvents(simulated.STRIPE_SECRET), tell=tell
            ),
            make_pay_pages(
                sessions,
                clock,
                POLICY,
                gateway=gateway,
                address=f"{url}/pay",
                company="Demo Telecom",
            ),
        ):
            app.include_router(router)
        return app

    async with (
        simulated.serving(make_app) as url,
        httpx.AsyncClient(timeout=30, trust_env=False, follow_redirects=True) as browser,
    ):
        gateway, simulator = made
        yield Company(sessions, account, url, clock, gateway, simulator, browser, told)
        await simulator.close()
        await gateway.close()


# --- the link ---


async def test_a_link_is_for_what_is_due_and_given_again_while_it_is_open(
    company: Company,
) -> None:
    first = await company.link()
    assert first.amount == Money(GROSS)
    assert first.url.startswith(f"{company.url}/pay/")
    assert await company.link() == first
    assert (await company.link(Money(3000))).url != first.url
    assert (await company.link(Money(GROSS))) == first

    company.clock.moment += POLICY.payment_link_lifetime - timedelta(minutes=59)
    assert (await company.link()).url != first.url  # too little time was left to pay


async def test_the_same_request_answers_the_same_link_whatever_happened_since(
    company: Company,
) -> None:
    first = await company.link(key="of one message")
    await company.act(await company.opened(), "pay")
    assert await company.link(key="of one message") == first


@pytest.mark.parametrize(("amount", "reason"), [(GROSS + 1, "above_due"), (199, "below_minimum")])
async def test_nobody_is_asked_for_more_than_is_owed_or_less_than_stripe_takes(
    company: Company, amount: int, reason: str
) -> None:
    refused = await company.link(Money(amount))
    assert refused == LinkRefused(reason, due=Money(GROSS), minimum=Money(200))


async def test_a_link_for_one_invoice_pays_that_one(company: Company) -> None:
    async with transaction(company.sessions) as session:
        await issue_due(session, as_of=date(2026, 11, 1), now=company.clock.now(), policy=POLICY)
        [newest, oldest] = await company.billing.invoices(session, company.account, today=TODAY)
    link = await company.link(invoice_number=newest.number)
    assert (link.amount, link.invoice_number) == (Money(GROSS), newest.number)
    page = await company.browser.get(link.url)
    await company.act(str(page.url).rsplit("/", 1)[1], "pay")
    async with transaction(company.sessions) as session:
        [newest, oldest] = await company.billing.invoices(session, company.account, today=TODAY)
    assert (newest.state, oldest.outstanding) == ("paid", Money(GROSS))
    with pytest.raises(NotFound, match=newest.number):
        await company.link(invoice_number=newest.number)


async def test_a_request_that_makes_no_sense_is_refused_in_its_own_terms(
    company: Company,
) -> None:
    with pytest.raises(CurrencyMismatch):
        await company.link(Money(1000, "EUR"))
    with pytest.raises(NotFound, match="account"):
        await company.link(account=uuid4())


# --- paying ---


async def test_a_payment_is_booked_allocated_and_told(company: Company) -> None:
    link = await company.link()
    page = await company.browser.get(link.url)
    assert page.status_code == 200
    assert "72,60" in page.text
    assert "Demo Telecom" in page.text
    assert "Plătește" in page.text

    back = await company.browser.post(str(page.url), data={"deed": "pay"})
    assert "Plata a ajuns" in back.text
    assert await company.owed() == (0, 0)
    assert await company.booked("cash") == GROSS
    [told] = company.told
    payment = await company.payment()
    assert told == PaidByLink(company.conversation, payment.reference, Money(GROSS), Money(0))
    assert payment.method == "card"
    async with transaction(company.sessions) as session:
        [entry] = await session.scalars(
            select(JournalEntry).where(JournalEntry.kind == "payment_received")
        )
        audited = set(await session.scalars(select(AuditEntry.action)))
    assert entry.document == payment.reference
    assert {"payment_link.given", "payment.received"} <= audited
    assert "Plata a ajuns" in (await company.browser.get(link.url)).text


async def test_the_page_speaks_english_too(company: Company) -> None:
    link = await company.link(language="en")
    page = await company.browser.get(link.url)
    assert "RON" in page.text
    assert "Card declined" in page.text
    back = await company.browser.post(str(page.url), data={"deed": "cancel"})
    assert "Nothing was paid" in back.text
    assert await company.owed() == (GROSS, 0)


async def test_nothing_of_the_customer_but_our_own_ids_goes_to_stripe(company: Company) -> None:
    link = await company.link()
    await company.browser.get(link.url)
    [checkout] = (await company.browser.get(f"{company.url}/simulator/stripe/checkouts")).json()[
        "checkouts"
    ]
    assert checkout["client_reference_id"] == str(link.link_id)
    assert checkout["metadata"] == {"limpede_link": str(link.link_id)}
    assert "Client" not in str(checkout)
    assert "+4070055" not in str(checkout)


async def test_whoever_opens_a_link_twice_gets_one_checkout(company: Company) -> None:
    link = await company.link()
    first, second = (
        await company.browser.get(link.url),
        await company.browser.get(link.url),
    )
    assert first.url == second.url
    company.clock.moment += POLICY.checkout_lifetime
    third = await company.browser.get(link.url)
    assert third.url != first.url
    # The first page is over; whoever still has it open cannot pay twice.
    checkout = str(first.url).rsplit("/", 1)[1]
    assert (await company.act(checkout, "pay"))["http"] == 409


async def test_those_who_open_a_link_at_once_get_one_checkout(company: Company) -> None:
    link = await company.link()
    pages = await asyncio.gather(*(company.browser.get(link.url) for _ in range(5)))
    assert len({page.url for page in pages}) == 1
    opened = await company.browser.get(f"{company.url}/simulator/stripe/checkouts")
    assert len(opened.json()["checkouts"]) == 1


async def test_a_part_leaves_the_rest_to_pay(company: Company) -> None:
    await company.act(await company.opened(Money(3000)), "pay")
    assert await company.owed() == (GROSS - 3000, 0)
    assert company.told[0].due == Money(GROSS - 3000)  # type: ignore[union-attr]


async def test_a_link_whose_invoice_was_paid_otherwise_becomes_credit(company: Company) -> None:
    checkout = await company.opened()
    link = await company.link()
    async with transaction(company.sessions) as session:
        paid = Received(company.account, Money(GROSS), TODAY, "bank_transfer", "OP-1")
        await receive(session, [paid], now=company.clock.now(), policy=POLICY)
    assert "nimic de plată" in (await company.browser.get(link.url)).text
    assert (await company.link()).reason == "nothing_due"

    await company.act(checkout, "pay")  # the page was open all the while
    assert await company.owed() == (0, GROSS)


async def test_a_link_for_more_than_is_due_by_now_asks_for_a_new_one(company: Company) -> None:
    link = await company.link()
    async with transaction(company.sessions) as session:
        paid = Received(company.account, Money(1000), TODAY, "bank_transfer", "OP-1")
        await receive(session, [paid], now=company.clock.now(), policy=POLICY)
    assert "s-a schimbat" in (await company.browser.get(link.url)).text
    assert (await company.progress()).open_link is None


async def test_an_old_link_and_an_unknown_one_lead_nowhere(company: Company) -> None:
    link = await company.link()
    company.clock.moment += POLICY.payment_link_lifetime
    assert "a expirat" in (await company.browser.get(link.url)).text
    unknown = await company.browser.get(
        f"{company.url}/pay/nobody", headers={"Accept-Language": "en"}
    )
    assert (unknown.status_code, "Unknown link" in unknown.text) == (404, True)


@pytest.mark.parametrize("kind", ["server_error", "rate_limited"])
async def test_when_stripe_does_not_answer_the_payer_is_told_and_can_try_again(
    company: Company, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.001)
    link = await company.link()
    await company.posts("faults", {"channel": "stripe", "kind": kind, "times": 3})
    page = await company.browser.get(link.url)
    assert (page.status_code, "nu se poate deschide acum" in page.text) == (503, True)
    await company.browser.delete(f"{company.url}/simulator/faults")
    assert "Plătește" in (await company.browser.get(link.url)).text


async def test_a_short_trouble_is_not_noticed(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.001)
    await company.posts("faults", {"channel": "stripe", "kind": "server_error", "times": 2})
    assert (await company.act(await company.opened(), "pay"))["status"] == 200


# --- declined, expired, on its way ---


async def test_a_declined_card_is_known_until_something_is_paid(company: Company) -> None:
    checkout = await company.opened()
    await company.act(checkout, "decline")
    progress = await company.progress()
    assert progress.failed_at == company.clock.now()
    assert progress.open_link.amount == Money(GROSS)
    assert await company.owed() == (GROSS, 0)

    await company.act(checkout, "pay")
    assert (await company.progress()).failed_at is None
    assert await company.owed() == (0, 0)


async def test_an_expired_checkout_is_told_by_stripe_and_the_link_lives_on(
    company: Company,
) -> None:
    checkout = await company.opened()
    await company.posts("clock", {"advance": "PT61M"})
    async with transaction(company.sessions) as session:
        kept = (
            await session.scalars(select(Checkout).where(Checkout.provider_id == checkout))
        ).one()
    assert kept.state == "expired"
    assert (await company.act(await company.opened(), "pay"))["status"] == 200
    assert await company.owed() == (0, 0)


async def test_money_on_its_way_is_not_asked_for_again(company: Company) -> None:
    checkout = await company.opened()
    link = await company.link()
    await company.act(checkout, "pay_by_debit")
    assert await company.owed() == (GROSS, 0)
    assert (await company.progress()).processing == Money(GROSS)
    assert (await company.link()).reason == "processing"
    assert "este în curs" in (await company.browser.get(link.url)).text

    await company.act(checkout, "debit_comes")
    assert await company.owed() == (0, 0)
    assert (await company.progress()).processing is None


async def test_a_debit_that_fails_is_told_and_can_be_paid_again(company: Company) -> None:
    checkout = await company.opened()
    await company.act(checkout, "pay_by_debit")
    await company.act(checkout, "debit_fails")
    assert company.told == [NotPaid(company.conversation, checkout, Money(GROSS))]
    assert (await company.progress()).failed_at is not None
    await company.act(await company.opened(), "pay")
    assert await company.owed() == (0, 0)


# --- the webhook ---


async def test_a_repeated_delivery_changes_nothing(company: Company) -> None:
    await company.act(await company.opened(), "pay")
    again = await company.posts("stripe/events/repeat")
    assert again["status"] == 200
    assert await company.owed() == (0, 0)
    assert len(company.told) == 1
    async with transaction(company.sessions) as session:
        assert await session.scalar(select(func.count()).select_from(ProviderEvent)) == 1


async def test_an_event_that_comes_late_changes_nothing(company: Company) -> None:
    checkout = await company.opened()
    await company.act(checkout, "pay_by_debit")
    await company.act(checkout, "debit_comes")
    events = (await company.browser.get(f"{company.url}/simulator/stripe/events")).json()["events"]
    completed = [one for one in events if one["type"] == "checkout.session.completed"]
    async with transaction(company.sessions) as session:
        for event in await session.scalars(select(ProviderEvent)):
            await session.delete(event)  # as if the first delivery had been lost
    again = await company.posts("stripe/events/repeat", {"event": completed[0]["id"]})
    assert again["status"] == 200
    assert await company.owed() == (0, 0)
    assert (await company.progress()).processing is None


@pytest.mark.parametrize(
    ("body", "secret", "age", "status"),
    [
        ('{"id": "evt_1", "type": "x", "data": {"object": {}}}', "whsec_forged", 0, 403),
        ('{"id": "evt_1", "type": "x", "data": {"object": {}}}', None, 0, 403),
        ('{"id": "evt_1", "type": "x", "data": {"object": {}}}', simulated.STRIPE_SECRET, 301, 403),
        ("not json", simulated.STRIPE_SECRET, 0, 400),
        ('{"id": "evt_1"}', simulated.STRIPE_SECRET, 0, 400),
        ('{"id": "evt_1", "type": "x", "data": {"object": {}}}', simulated.STRIPE_SECRET, 0, 200),
        (
            '{"id": "evt_1", "type": "checkout.session.completed", "data": {"object":'
            ' {"id": "cs_1", "metadata": {}, "payment_status": "paid", "amount_total": 100,'
            ' "currency": "ron"}}}',
            simulated.STRIPE_SECRET,
            0,
            200,  # somebody else's shop on the same account
        ),
    ],
)
async def test_only_stripe_is_believed_and_unknown_events_are_answered_politely(
    company: Company, body: str, secret: str | None, age: int, status: int
) -> None:
    sent = int(datetime.now(UTC).timestamp()) - age
    signature = (
        {}
        if secret is None
        else {"Stripe-Signature": WebhookSignature.generate_signature_header(body, secret, sent)}
    )
    answer = await company.browser.post(
        f"{company.url}/webhooks/stripe", content=body, headers=signature
    )
    assert answer.status_code == status
    assert await company.owed() == (GROSS, 0)
    assert await company.booked("cash") == 0


async def test_a_huge_body_is_not_read(company: Company) -> None:
    answer = await company.browser.post(
        f"{company.url}/webhooks/stripe", content=b" " * (1024 * 1024 + 1)
    )
    assert answer.status_code == 413


def completed(link: Any, *, minor: int, currency: str, event: str = "evt_1") -> str:
    return (
        f'{{"id": "{event}", "type": "checkout.session.completed", "data": {{"object":'
        f' {{"id": "cs_unheard", "metadata": {{"limpede_link": "{link}"}},'
        f' "payment_status": "paid", "payment_intent": {{"id": "pi_1"}},'
        f' "amount_total": {minor}, "currency": "{currency}"}}}}}}'
    )


async def post(company: Company, body: str) -> int:
    signed = WebhookSignature.generate_signature_header(body, simulated.STRIPE_SECRET)
    answer = await company.browser.post(
        f"{company.url}/webhooks/stripe", content=body, headers={"Stripe-Signature": signed}
    )
    return answer.status_code


async def test_what_was_truly_paid_is_booked_not_what_the_link_said(company: Company) -> None:
    link = await company.link()
    assert await post(company, completed(link.link_id, minor=8000, currency="ron")) == 200
    assert await company.owed() == (0, 8000 - GROSS)
    assert (await company.payment()).reference == "pi_1"


async def test_events_that_come_at_once_book_one_payment(company: Company) -> None:
    link = await company.link()
    bodies = [
        completed(link.link_id, minor=GROSS, currency="ron", event=event)
        for event in ("evt_1", "evt_1", "evt_2", "evt_1")
    ]
    answers = await asyncio.gather(*(post(company, body) for body in bodies))
    assert answers == [200] * 4
    assert await company.owed() == (0, 0)
    assert await company.booked("cash") == GROSS
    assert len(company.told) == 1


@pytest.mark.parametrize("known", [True, False])
async def test_money_that_fits_no_account_waits_for_a_person(
    company: Company, *, known: bool
) -> None:
    """Paid in another currency, or by a link that is in no table any more."""
    link = (await company.link()).link_id if known else uuid4()
    currency = "eur" if known else "ron"
    assert await post(company, completed(link, minor=2000, currency=currency)) == 200
    assert await company.owed() == (GROSS, 0)
    async with transaction(company.sessions) as session:
        [waiting] = await statements.unmatched(session)
    assert (waiting.amount_minor, waiting.currency) == (2000, currency.upper())
    assert str(link) in waiting.payer_note


# --- refunds ---


async def test_a_refund_goes_through_stripe_and_its_invoice_is_open_again(
    company: Company,
) -> None:
    await company.act(await company.opened(), "pay")
    reference = (await company.payment()).reference
    await company.refund(reference, Money(2000))
    assert await company.owed() == (2000, 0)
    assert await company.refunds() == [(2000, "card", "requested")]
    assert await company.booked("refunds") == -2000

    assert await send_due(company.sessions, company.gateway, company.clock) == 1
    await company.simulator.stripe.settle()
    assert await company.refunds() == [(2000, "card", "sent")]
    assert (await company.booked("refunds"), await company.booked("cash")) == (0, GROSS - 2000)
    # charge.refunded told of it too, and it was known.
    assert await send_due(company.sessions, company.gateway, company.clock) == 0
    assert await company.refunds() == [(2000, "card", "sent")]


async def test_a_refund_that_the_bank_sends_back_is_credit_again(company: Company) -> None:
    await company.act(await company.opened(), "pay")
    await company.refund((await company.payment()).reference)
    await send_due(company.sessions, company.gateway, company.clock)
    await company.simulator.stripe.settle()
    assert await company.owed() == (GROSS, 0)
    made = await provider_refund(company)
    assert (await company.posts(f"stripe/refunds/{made}/fail"))["status"] == 200
    assert await company.refunds() == [(GROSS, "card", "failed")]
    assert await company.owed() == (0, 0)  # it pays its invoice again
    assert (await company.booked("refunds"), await company.booked("cash")) == (0, GROSS)


async def provider_refund(company: Company) -> str:
    async with transaction(company.sessions) as session:
        found = await session.scalar(select(Refund.provider_id))
    assert found is not None
    return str(found)


async def test_a_refund_made_in_stripes_own_console_is_booked_as_sent(company: Company) -> None:
    await company.act(await company.opened(), "pay")
    reference = (await company.payment()).reference
    done = await company.posts("stripe/refunds", {"payment": reference, "amount": 1000})
    assert done["status"] == 200
    assert await company.refunds() == [(1000, "card", "sent")]
    assert await company.owed() == (1000, 0)
    assert await company.booked("cash") == GROSS - 1000


async def test_a_refund_that_stripe_will_never_make_fails_and_one_in_trouble_waits(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stripe.HTTPClient.INITIAL_DELAY", 0.001)
    await company.act(await company.opened(), "pay")
    reference = (await company.payment()).reference
    await company.refund(reference, Money(1000))
    await company.posts("faults", {"channel": "stripe", "kind": "server_error", "times": 3})
    assert await send_due(company.sessions, company.gateway, company.clock) == 0
    assert await company.refunds() == [(1000, "card", "requested")]

    company.simulator.stripe.clear()
    await company.posts("reset")  # Stripe has forgotten the payment
    await due_again(company)
    assert await send_due(company.sessions, company.gateway, company.clock) == 1
    assert await company.refunds() == [(1000, "card", "failed")]
    assert await company.owed() == (0, 0)


async def due_again(company: Company) -> None:
    """A minute later, without waiting for it."""
    async with transaction(company.sessions) as session:
        await session.execute(update(Refund).values(next_try_at=None))
