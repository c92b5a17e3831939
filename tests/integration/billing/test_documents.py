"""Documents of invoices that the real run issued: whose, paid how far, through which door?"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from lxml import etree
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.api import make_billing_api
from billing_backend.backend import BuiltInBilling
from billing_backend.clock import FixedClock
from billing_backend.contract import DocumentFile, DocumentLink, DocumentRefused
from billing_backend.corrections.credit_notes import credit_invoice
from billing_backend.corrections.models import CreditNote
from billing_backend.customers.models import Account, Customer
from billing_backend.db import Sessions, transaction
from billing_backend.demo import seed_crowd
from billing_backend.documents import Sellers
from billing_backend.documents.models import BillingDetails
from billing_backend.documents.pages import make_document_pages
from billing_backend.documents.service import (
    by_number,
    einvoice_by_number,
    of_invoice,
    pdf_by_number,
)
from billing_backend.documents.values import Document
from billing_backend.errors import NotFound
from billing_backend.invoices.models import Invoice
from billing_backend.invoices.run import issue_due
from billing_backend.money import Money
from billing_backend.payments.reversing import reverse
from billing_backend.payments.service import Received, receive
from billing_backend.policy import Policy
from tests.unit.documents.standard import RULES, TOTALS, Xml

Subscriber = Callable[..., Awaitable[UUID]]
POLICY = Policy()
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
GROSS = 14520  # October and November at 60.00 + 21 %


def billing(sellers: Sellers | None = None) -> BuiltInBilling:
    return BuiltInBilling(
        POLICY,
        code_key=b"a key of the tests",
        sellers=sellers,
        public_url="https://billing.example.com",
    )


DEMO = billing().sellers


async def issue(session: AsyncSession, month: int) -> None:
    await issue_due(session, as_of=date(2026, month, 1), now=NOW, policy=POLICY)


async def newest(session: AsyncSession, account: UUID) -> Invoice:
    query = select(Invoice).where(Invoice.account_id == account).order_by(Invoice.number.desc())
    found = (await session.scalars(query)).first()
    assert found is not None
    return found


async def lives(session: AsyncSession, account: UUID, since: date, city: str) -> None:
    session.add(
        BillingDetails(
            account_id=account,
            valid_from=since,
            name="Ana Dumitrescu",
            street="Str. Lalelelor nr. 12",
            city=city,
            county="RO-B" if city.startswith("Sector") else "RO-CJ",
            postal_code="400113",
        )
    )
    await session.flush()


async def pays(session: AsyncSession, account: UUID, minor: int, reference: str) -> None:
    paid = Received(account, Money(minor), date(2026, 11, 10), "card", reference)
    await receive(session, [paid], now=NOW, policy=POLICY)


async def document(session: AsyncSession, invoice: Invoice) -> Document:
    found = await of_invoice(session, invoice.id, sellers=DEMO)
    assert isinstance(found, Document)
    return found


def words_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


# --- what is on them ---


async def test_an_invoice_is_made_out_to_where_the_customer_lived_then(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    """October's stays as it was; a removal counts from its day on."""
    account = await subscriber(session)
    await lives(session, account, date(2026, 1, 1), "Cluj-Napoca")
    await issue(session, 10)
    october = await newest(session, account)
    before = await document(session, october)
    await lives(session, account, date(2026, 10, 15), "Sector 6")
    await issue(session, 11)

    after = await document(session, await newest(session, account))

    assert await document(session, october) == before
    assert before.buyer.address is not None
    assert before.buyer.address.city == "Cluj-Napoca"
    assert after.buyer.address is not None
    assert after.buyer.address.city == "Sector 6"


async def test_details_that_were_told_later_serve_for_earlier_invoices(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await issue(session, 10)
    await lives(session, account, date(2026, 11, 20), "Sector 2")
    await lives(session, account, date(2026, 11, 23), "Sector 5")

    found = await document(session, await newest(session, account))

    assert found.buyer.address is not None
    assert found.buyer.address.city == "Sector 2"


async def test_bucharest_is_kept_by_its_sectors(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    details = BillingDetails(
        account_id=account,
        valid_from=TODAY,
        name="Ana",
        street="Str. Lalelelor",
        city="București",
        county="RO-B",
    )
    session.add(details)

    with pytest.raises(IntegrityError, match="ck_billing_details_city"):
        await session.flush()


async def test_credit_payments_and_credit_notes_are_told_apart(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    """Credit that lay on the account at issue, then a payment, then a credit note."""
    account = await subscriber(session)
    await pays(session, account, 1000, "early")
    await issue(session, 11)
    invoice = await newest(session, account)
    await pays(session, account, 2000, "later")
    noted = await credit_invoice(
        session, invoice.id, Money(500), reason="goodwill", actor="Maria", now=NOW, policy=POLICY
    )

    found = await document(session, invoice)

    assert found.credit_used == Money(1000)
    assert found.paid == Money(2000)
    assert (found.credited, found.credited_by) == (Money(500), (noted.number,))
    # 145.20 - 10.00 - 20.00 - 5.00
    assert found.to_pay == noted.new_total == Money(GROSS - 3500)


async def test_a_payment_that_bounced_is_not_on_it_any_more(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await issue(session, 11)
    invoice = await newest(session, account)
    await pays(session, account, 2000, "bad")
    await reverse(session, "bad", reason="bounced", actor="operator", on=TODAY, now=NOW)

    found = await document(session, invoice)

    assert found.paid == Money(0)
    assert found.to_pay == Money(GROSS)


async def test_credit_that_bounced_is_owed_and_the_einvoice_stays_as_it_was_sent(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await lives(session, account, date(2026, 1, 1), "Sector 6")
    await pays(session, account, 1000, "early")
    await issue(session, 11)
    invoice = await newest(session, account)
    sent = await einvoice_by_number(session, invoice.number, sellers=DEMO)
    await reverse(session, "early", reason="bounced", actor="operator", on=TODAY, now=NOW)

    found = await document(session, invoice)

    assert (found.credit_used, found.prepaid) == (Money(0), Money(1000))
    assert found.to_pay == Money(GROSS)
    assert found.to_pay_at_issue == Money(GROSS - 1000)
    assert await einvoice_by_number(session, invoice.number, sellers=DEMO) == sent


async def test_credit_that_came_later_is_not_on_the_einvoice(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    """A payment bounced, and another one that lay on the account took its place the day after."""
    account = await subscriber(session)
    await issue(session, 11)
    invoice = await newest(session, account)
    await pays(session, account, GROSS, "bad")
    await pays(session, account, 3000, "spare")
    tomorrow = NOW + timedelta(days=1)
    await reverse(session, "bad", reason="bounced", actor="operator", on=TODAY, now=tomorrow)

    found = await document(session, invoice)

    assert (found.credit_used, found.prepaid) == (Money(3000), Money(0))
    assert found.to_pay == Money(GROSS - 3000)
    assert found.to_pay_at_issue == Money(GROSS)


async def test_a_credit_note_is_a_document_of_its_own_and_always_the_same(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await lives(session, account, date(2026, 1, 1), "Sector 6")
    await issue(session, 11)
    invoice = await newest(session, account)
    noted = await credit_invoice(
        session, invoice.id, Money(1001), reason="discount", actor="Maria", now=NOW, policy=POLICY
    )

    found = await by_number(session, noted.number, sellers=DEMO)
    first = await pdf_by_number(session, noted.number, sellers=DEMO)
    xml = await einvoice_by_number(session, noted.number, sellers=DEMO)

    assert isinstance(found, Document)
    assert found.total == Money(1001)
    assert found.corrects is not None
    assert found.corrects.number == invoice.number
    assert await pdf_by_number(session, noted.number, sellers=DEMO) == first
    assert isinstance(first, DocumentFile)
    assert first.filename == f"nota-de-credit-{noted.number}.pdf"
    assert isinstance(xml, DocumentFile)
    assert Xml(xml.content).text(f"{TOTALS}/cbc:PayableAmount") == "10.01"


async def test_a_paid_invoice_changes_on_paper_and_not_as_an_einvoice(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await lives(session, account, date(2026, 1, 1), "Sector 6")
    await issue(session, 11)
    number = (await newest(session, account)).number
    paper = await pdf_by_number(session, number, sellers=DEMO)
    sent = await einvoice_by_number(session, number, sellers=DEMO)

    await pays(session, account, GROSS, "all")

    assert await einvoice_by_number(session, number, sellers=DEMO) == sent
    after = await pdf_by_number(session, number, sellers=DEMO)
    assert after != paper
    assert isinstance(after, DocumentFile)
    assert "plătită integral" in words_of(after.content)


async def test_an_english_customer_reads_english(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    kept = await session.get_one(Account, account)
    (await session.get_one(Customer, kept.customer_id)).language = "en"
    await issue(session, 11)

    file = await billing().document(session, (await newest(session, account)).id)

    assert isinstance(file, DocumentFile)
    assert file.filename == "invoice-DT-2026-000001.pdf"
    assert "Factură / Invoice" in words_of(file.content)


async def test_the_demo_companys_invoices_obey_the_standard(session: AsyncSession) -> None:
    """Persons and firms, in and outside Bucharest, with discounts, usage and late fees."""
    await seed_crowd(session, now=NOW, policy=POLICY, size=30)
    numbers = list(await session.scalars(select(Invoice.number).order_by(Invoice.number)))
    buyers = set()
    for number in numbers[::4]:
        xml = await einvoice_by_number(session, number, sellers=DEMO)
        assert isinstance(xml, DocumentFile)
        read = Xml(xml.content)
        broken = [rule for rule in RULES if rule != "BR-55" and not RULES[rule].holds(read)]
        assert broken == [], number
        found = await by_number(session, number, sellers=DEMO)
        assert isinstance(found, Document)
        buyers.add(found.buyer.is_company)
    assert buyers == {True, False}


# --- what cannot be written ---


async def test_nothing_is_issued_in_the_name_of_nobody(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await issue(session, 11)
    invoice = await newest(session, account)
    nobody = billing(Sellers())

    refused = DocumentRefused("no_company")
    assert await nobody.document(session, invoice.id) == refused
    assert await nobody.document_link(session, invoice.id, now=NOW) == refused


async def test_an_einvoice_needs_an_address_and_lei(
    session: AsyncSession, subscriber: Subscriber
) -> None:
    account = await subscriber(session)
    await issue(session, 11)
    invoice = await newest(session, account)
    assert await einvoice_by_number(session, invoice.number, sellers=DEMO) == DocumentRefused(
        "no_address"
    )

    await lives(session, account, TODAY, "Sector 1")
    invoice.currency = "EUR"
    await session.flush()

    assert await einvoice_by_number(session, invoice.number, sellers=DEMO) == DocumentRefused(
        "foreign_currency"
    )
    assert isinstance(await pdf_by_number(session, invoice.number, sellers=DEMO), DocumentFile)


async def test_an_unknown_invoice_is_not_found(session: AsyncSession) -> None:
    with pytest.raises(NotFound):
        await billing().document(session, uuid4())
    with pytest.raises(NotFound):
        await billing().document_link(session, uuid4(), now=NOW)
    with pytest.raises(NotFound):
        await pdf_by_number(session, "DT-2026-999999", sellers=DEMO)


# --- the doors ---


class Doors:
    """The public page and the API on one app, with a clock that the test moves."""

    def __init__(self, sessions: Sessions, account: UUID, invoice_id: UUID, number: str) -> None:
        self.sessions, self.account, self.invoice_id, self.number = (
            sessions,
            account,
            invoice_id,
            number,
        )
        self.clock = FixedClock(NOW)
        self.billing = billing()
        app = FastAPI()
        app.include_router(
            make_document_pages(sessions, self.billing, self.billing.links, self.clock)
        )
        app.include_router(make_billing_api(sessions, self.billing, self.clock, "secret"))
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="https://billing.example.com"
        )

    async def link(self) -> str:
        async with transaction(self.sessions) as session:
            link = await self.billing.document_link(session, self.invoice_id, now=NOW)
        assert isinstance(link, DocumentLink)
        assert link.url not in repr(link)
        return link.url

    async def api(self, path: str, authorization: str = "Bearer secret") -> httpx.Response:
        return await self.client.get(
            f"/api/billing/v1{path}", headers={"Authorization": authorization}
        )


@pytest.fixture
async def doors(sessions: Sessions, subscriber: Subscriber) -> AsyncIterator[Doors]:
    async with transaction(sessions) as session:
        account = await subscriber(session)
        await lives(session, account, date(2026, 1, 1), "Sector 6")
        await issue(session, 11)
        invoice = await newest(session, account)
    doors = Doors(sessions, account, invoice.id, invoice.number)
    async with doors.client:
        yield doors


async def test_a_link_opens_the_invoice_and_is_kept_by_nobody(doors: Doors) -> None:
    answer = await doors.client.get(await doors.link())

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="factura-{doors.number}.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert doors.number in words_of(answer.content)


async def test_a_link_ends_after_three_days(doors: Doors) -> None:
    url = await doors.link()
    doors.clock.moment = NOW + timedelta(hours=72)
    assert (await doors.client.get(url)).status_code == 200
    doors.clock.moment += timedelta(seconds=1)
    assert (await doors.client.get(url)).status_code == 404


@pytest.mark.parametrize("path", ["", "/", "/x", "/../x", f"/{'A' * 48}", "/a/b", "/%00", "/ș"])
async def test_anything_else_is_one_page_in_both_languages(doors: Doors, path: str) -> None:
    answer = await doors.client.get(f"/documents{path}")
    if answer.status_code == 307:
        answer = await doors.client.get(answer.headers["location"])

    assert answer.status_code == 404
    if path not in ("", "/../x"):
        assert answer.headers["cache-control"] == "no-store"
        assert "Linkul nu mai este valabil" in answer.text
        assert "This link is no longer valid" in answer.text


async def test_a_link_to_an_invoice_that_is_gone_says_no_more_than_an_expired_one(
    doors: Doors,
) -> None:
    gone, _ = doors.billing.links.make(uuid4(), now=NOW)
    link = await doors.link()
    altered = link[:-1] + ("A" if link[-1] != "A" else "B")

    first, second = await doors.client.get(gone), await doors.client.get(altered)

    assert (first.status_code, second.status_code) == (404, 404)
    assert first.content == second.content


async def test_programs_get_both_files_by_number(doors: Doors) -> None:
    paper = await doors.api(f"/invoices/{doors.number}/document.pdf")
    xml = await doors.api(f"/invoices/{doors.number}/document.xml")
    listed = (await doors.api(f"/accounts/{doors.account}/invoices")).json()["invoices"][0]

    assert paper.headers["content-type"] == "application/pdf"
    assert f"factura-{doors.number}.pdf" in paper.headers["content-disposition"]
    assert "Total factură 145,20" in words_of(paper.content)
    assert xml.headers["content-type"] == "application/xml"
    assert f"factura-{doors.number}.xml" in xml.headers["content-disposition"]
    total = Xml(xml.content).amount(f"{TOTALS}/cbc:TaxInclusiveAmount")
    assert listed["total"]["minor"] == int(total * 100) == GROSS


async def test_programs_get_credit_notes_too(doors: Doors) -> None:
    async with transaction(doors.sessions) as session:
        await credit_invoice(
            session,
            doors.invoice_id,
            Money(500),
            reason="error",
            actor="Maria",
            now=NOW,
            policy=POLICY,
        )
        number = await session.scalar(select(CreditNote.number))

    xml = await doors.api(f"/credit-notes/{number}/document.xml")

    assert etree.QName(etree.fromstring(xml.content)).localname == "CreditNote"
    assert (await doors.api(f"/credit-notes/{number}/document.pdf")).status_code == 200


async def test_what_programs_are_told_when_there_is_no_file(doors: Doors) -> None:
    async with transaction(doors.sessions) as session:
        details = await session.scalar(select(BillingDetails))
        await session.delete(details)

    refused = await doors.api(f"/invoices/{doors.number}/document.xml")
    unknown = await doors.api("/invoices/DT-2026-999999/document.pdf")
    stranger = await doors.api(f"/invoices/{doors.number}/document.pdf", "Bearer wrong")

    assert refused.status_code == 409
    assert "has no address" in refused.json()["detail"]
    assert unknown.status_code == 404
    assert unknown.headers["content-type"] == "application/problem+json"
    assert stranger.status_code == 401
