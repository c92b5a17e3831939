"""The desk's tests: Elena and her account behind a small billing, and the desk's app."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.clock import FixedClock
from billing_backend.contract import (
    AboveLimit,
    AccountSummary,
    AlreadyCorrected,
    ArrangementSummary,
    Authority,
    Balance,
    CancellationUndone,
    Cause,
    ChangeDone,
    ChangePreview,
    ChangeRefused,
    CompanyFacts,
    Corrected,
    CustomerFacts,
    DiscountOffer,
    DiscountRefused,
    DisputeOpened,
    DisputeRefused,
    DisputeSummary,
    DisputeUpheld,
    DocumentFile,
    DocumentRefused,
    Explanation,
    ExtensionChoices,
    ExtensionRefused,
    Finding,
    Granted,
    Identification,
    Instalment,
    InstalmentChoices,
    InvoiceFacts,
    Level,
    LinkRefused,
    NextInvoice,
    Offering,
    PaymentLinkFacts,
    ScheduledChange,
    Services,
    ServiceState,
    ServiceSummary,
    Tier,
    UndoRefused,
    Wish,
)
from billing_backend.db import Sessions, transaction
from billing_backend.errors import NotFound
from billing_backend.money import Money
from handoff.conversations import Conversation, Owner
from handoff.conversations.bell import Bell
from handoff.desk import DeskServices, make_desk_api, passwords, seed_agents
from handoff.queue import Waiting, request_person

NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday
ELENA = UUID("00000000-0000-0000-0000-00000000e1e7")
OFFICE = UUID("00000000-0000-0000-0000-00000000e1e8")
CHANGE = UUID("00000000-0000-0000-0000-0000000c4a11")
HOME = {"ro": "Acasă 300", "en": "Home 300"}
BIG = {"ro": "Acasă 1000", "en": "Home 1000"}


def ron(units: int) -> Money:
    return Money(units * 100, "RON")


PARTS = (Instalment(date(2026, 12, 7), Money(7_250)), Instalment(date(2027, 1, 7), Money(7_250)))


@dataclass
class SmallBilling:
    """Elena's account: 145 RON due, charged twice for one add-on. Keeps keys, as billing does."""

    level: Level = Level.VERIFIED
    billed: bool = True
    done: dict[str, Any] = field(default_factory=dict)
    authorities: list[Authority] = field(default_factory=list)
    takes_payments: bool = True
    no_link: str | None = None
    dispute: DisputeSummary | None = None
    looked_at: list[UUID] = field(default_factory=list)
    proved: list[UUID] = field(default_factory=list)  # where Elena proved who she is

    async def identification(
        self, session: AsyncSession, conversation_id: UUID, *, now: datetime
    ) -> Identification:
        if self.level == Level.UNKNOWN:
            return Identification(Level.UNKNOWN)
        verified_at = NOON if self.level == Level.VERIFIED else None
        return Identification(self.level, ELENA, "code", verified_at, fresh=True)

    async def proved_in(self, session: AsyncSession, customer_id: UUID) -> Sequence[UUID]:
        return self.proved if customer_id == ELENA else []

    async def customer(
        self, session: AsyncSession, customer_id: UUID, *, today: date | None = None
    ) -> CustomerFacts:
        if customer_id != ELENA:
            raise NotFound("customer", customer_id)
        return CustomerFacts(
            customer_id=ELENA,
            number="20000005",
            name="Elena Radu",
            first_name="Elena",
            language="en",
            phone="+40721000005",
            account_id=ELENA,
            plan_code="home",
            plan_name="Acasă 300",
            customer_since=date(2023, 2, 1),
            accounts=(
                AccountSummary(ELENA, "Acasă", "Str. Teilor 12", "home", "Acasă 300"),
                AccountSummary(OFFICE, "Birou", "", "office", "Birou 500"),
            ),
            company=CompanyFacts("Exemplu SRL", "RO99999909", None),
        )

    async def services(self, session: AsyncSession, account_id: UUID, *, today: date) -> Services:
        self.looked_at.append(account_id)
        plan = ServiceSummary("home", "plan", HOME, ron(60), date(2023, 2, 1))
        scheduled = (
            ScheduledChange(CHANGE, "plan", date(2026, 12, 1), HOME, BIG, today, "customer"),
        )
        return Services(plan, (), scheduled, date(2026, 11, 1), date(2026, 11, 30))

    async def plans_on_sale(
        self, session: AsyncSession, *, today: date, account_id: UUID | None = None
    ) -> Sequence[Offering]:
        return [Offering("big", "plan", "internet", BIG, ron(80), ron(97))]

    async def preview_change(
        self, session: AsyncSession, account_id: UUID, wish: Wish, *, now: datetime
    ) -> ChangePreview | ChangeRefused:
        if wish.product_code != "big":
            return ChangeRefused("unknown_product")
        return ChangePreview(
            wish=wish,
            from_day=date(2026, 11, 23),
            old=ServiceSummary("home", "plan", HOME, ron(60), date(2023, 2, 1)),
            new=Offering("big", "plan", "internet", BIG, ron(80), ron(97)),
            fee=None,
            minimum_term_until=None,
            next_invoice=NextInvoice(
                date(2026, 12, 1), date(2026, 12, 31), ron(100), ron(21), ron(121), ()
            ),
            lines=(),
            difference=ron(48),
            balance=ron(145),
            promise="p1",
        )

    async def change_services(
        self,
        session: AsyncSession,
        account_id: UUID,
        wish: Wish,
        *,
        promise: str | None,
        channel: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ChangeDone | ChangeRefused:
        preview = await self.preview_change(session, account_id, wish, now=now)
        if isinstance(preview, ChangeRefused) or promise != preview.promise:
            return ChangeRefused("preview_outdated")
        assert channel == "desk"
        result: ChangeDone = self._once(key, authority, ChangeDone(CHANGE, preview))
        return result

    async def cancel_change(
        self,
        session: AsyncSession,
        account_id: UUID,
        change_id: UUID,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ScheduledChange | ChangeRefused:
        if change_id != CHANGE:
            return ChangeRefused("unknown_change")
        change = ScheduledChange(CHANGE, "plan", date(2026, 12, 1), HOME, BIG, NOON.date(), "agent")
        called_off: ScheduledChange = self._once(key, authority, change)
        return called_off

    async def undo_cancellation(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> CancellationUndone | UndoRefused:
        if account_id == OFFICE:
            return UndoRefused("nothing_to_undo")
        return CancellationUndone(date(2026, 11, 30))

    async def balance(self, session: AsyncSession, account_id: UUID, *, today: date) -> Balance:
        return Balance(
            due=ron(145),
            due_date=date(2026, 12, 1),
            overdue=ron(0),
            days_overdue=0,
            credit=ron(0),
            open_invoices=1,
        )

    async def invoices(
        self, session: AsyncSession, account_id: UUID, *, today: date, limit: int = 12
    ) -> Sequence[InvoiceFacts]:
        explained = await self.explain(session, account_id, month=None, today=today)
        return [explained.current] if self.billed else []

    async def document(
        self, session: AsyncSession, invoice_id: UUID
    ) -> DocumentFile | DocumentRefused:
        return DocumentFile("invoice-DT-2026-000005.pdf", "application/pdf", b"%PDF-")

    async def payment_link(
        self, session: AsyncSession, account_id: UUID, *, now: datetime, **asked: Any
    ) -> PaymentLinkFacts | LinkRefused:
        self.authorities.append(asked["authority"])
        if self.no_link is not None:
            return LinkRefused(self.no_link, ron(145), ron(2))
        url = "https://bill.example/pay/abc"
        return PaymentLinkFacts(account_id, url, ron(145), now + timedelta(days=7))

    async def explain(
        self, session: AsyncSession, account_id: UUID, *, month: date | None, today: date
    ) -> Explanation:
        invoice = InvoiceFacts(
            invoice_id=ELENA,
            number="DT-2026-000005",
            period_start=date(2026, 11, 1),
            period_end=date(2026, 11, 30),
            issued_on=date(2026, 11, 17),
            due_on=date(2026, 12, 1),
            net=Money(11983, "RON"),
            tax=Money(2517, "RON"),
            total=ron(145),
            outstanding=ron(145),
            state="issued",
            lines=(),
        )
        name = {"en": "Spring offer", "ro": "Oferta de primăvară"}
        causes = (
            Cause("promotion_ended", ron(30), {"name": name}),
            Cause("add_on_added", ron(15), {"name": {"en": "Sport", "ro": "Sport"}}),
        )
        return Explanation(invoice, invoice, ron(45), causes)

    async def review(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> Sequence[Finding]:
        return [
            Finding(
                finding_id="dup-1",
                kind="duplicate_charge",
                amount=ron(15),
                invoice_id=ELENA,
                invoice_number="DT-2026-000005",
                line_ids=(),
                evidence={"name": {"en": "Sport", "ro": "Sport"}},
            )
        ]

    async def correct(
        self,
        session: AsyncSession,
        account_id: UUID,
        finding_id: str,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Corrected | AboveLimit | AlreadyCorrected:
        if finding_id == "large":
            return AboveLimit(ron(1500), ron(1000), "supervisor")
        if finding_id == "done":
            return AlreadyCorrected("assistant", now, "DTC-2", ron(15), "DT-2026-000005")
        if finding_id == "payment":
            return Corrected(None, ron(145), "DT-2026-000005", ron(0), ron(0))
        if finding_id != "dup-1":
            raise NotFound("finding", finding_id)
        result = Corrected("DTC-1", ron(15), "DT-2026-000005", ron(130), ron(130))
        return self._once(key, authority, result)

    async def allowed_offers(
        self, session: AsyncSession, account_id: UUID, *, authority: Authority, now: datetime
    ) -> Sequence[DiscountOffer | DiscountRefused]:
        return [self._offer(1000, 3), DiscountRefused("holdout")]

    async def grant_discount(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        percent_bp: int,
        months: int,
        reason: str,
        conversation_id: UUID | None,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Granted | DiscountRefused:
        offer = self._offer(percent_bp, months)
        if authority.tier == Tier.AGENT and offer.amount > ron(300):
            return DiscountRefused("above_authority", needs=Tier.SUPERVISOR)
        return self._once(key, authority, Granted(uuid4(), offer, None, ron(130)))

    async def extension_choices(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> ExtensionChoices | ExtensionRefused:
        latest = date(2026, 12, 15)
        return ExtensionChoices(ron(145), ("DT-2026-000005",), (date(2026, 12, 8), latest), latest)

    async def arrange_extension(
        self,
        session: AsyncSession,
        account_id: UUID,
        pay_by: date,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ArrangementSummary | ExtensionRefused:
        if pay_by > date(2026, 12, 15):
            return ExtensionRefused("date_too_late", latest=date(2026, 12, 15))
        return self._once(key, authority, ArrangementSummary(uuid4(), ron(145), pay_by, "open"))

    async def instalment_choices(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> InstalmentChoices | ExtensionRefused:
        return InstalmentChoices(ron(145), ("DT-2026-000005",), (PARTS,))

    async def arrange_instalments(
        self,
        session: AsyncSession,
        account_id: UUID,
        parts: int,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> ArrangementSummary | ExtensionRefused:
        if parts != len(PARTS):
            return ExtensionRefused("parts")
        last = PARTS[-1].due_on
        made = ArrangementSummary(uuid4(), ron(145), last, "open", PARTS, ron(145))
        return self._once(key, authority, made)

    async def disputes(self, session: AsyncSession, account_id: UUID) -> Sequence[DisputeSummary]:
        return [self.dispute] if self.dispute else []

    async def open_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        invoice_number: str,
        *,
        line_ids: Sequence[UUID] = (),
        amount: Money | None = None,
        reason: str,
        words: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeOpened | DisputeRefused:
        if invoice_number != "DT-2026-000005":
            raise NotFound("invoice", invoice_number)
        if self.dispute is not None and key not in self.done:
            return DisputeRefused("already_disputed", existing=self.dispute)
        self.dispute = DisputeSummary(
            dispute_id=uuid4(),
            number="CT-2026-000001",
            invoice_number=invoice_number,
            amount=ron(15),
            reason=reason,
            words=words,
            state="open",
            opened_on=NOON.date(),
            answer_by=date(2026, 12, 23),
            lines=({"en": "Sport", "ro": "Sport"},),
        )
        return self._once(key, authority, DisputeOpened(self.dispute, paid=False))

    async def review_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeSummary | DisputeRefused:
        return self._answer(number, "under_review", "", authority, key)

    async def reject_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        answer: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeSummary | DisputeRefused:
        return self._answer(number, "rejected", answer, authority, key)

    async def uphold_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        amount: Money | None = None,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeUpheld | DisputeRefused | AboveLimit:
        if authority.tier == Tier.AGENT and amount is not None and amount > ron(10):
            return AboveLimit(amount, ron(10), "supervisor")
        found = self._answer(number, "upheld", "", authority, key)
        if isinstance(found, DisputeRefused):
            return found
        self.dispute = replace(found, credited=amount or found.amount)
        return DisputeUpheld(self.dispute, "DTC-2", ron(130), ron(130))

    def _answer(
        self, number: str, state: str, answer: str, authority: Authority, key: str
    ) -> DisputeSummary | DisputeRefused:
        if self.dispute is None or self.dispute.number != number:
            raise NotFound("dispute", number)
        if self.dispute.state not in ("open", "under_review") and key not in self.done:
            return DisputeRefused("answered", existing=self.dispute)
        self.dispute = replace(self.dispute, state=state, answer=answer)
        found: DisputeSummary = self._once(key, authority, self.dispute)
        return found

    async def service_state(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> ServiceState:
        return ServiceState("suspended", date(2026, 11, 20), ron(145), ("DT-1",), None, None)

    def _offer(self, percent_bp: int, months: int) -> DiscountOffer:
        monthly = ron(100).share(percent_bp)
        return DiscountOffer(
            offer_id=uuid4(),
            rule_id="loyal",
            percent_bp=percent_bp,
            amount=monthly * months,
            monthly_amount=monthly,
            months=months,
            starts="next_invoice",
            expires_at=NOON + timedelta(days=14),
            tier=Tier.AGENT,
        )

    def _once(self, key: str, authority: Authority, result: Any) -> Any:
        if key not in self.done:
            self.authorities.append(authority)
        return self.done.setdefault(key, result)


@dataclass
class Desk:
    """The desk's app, and what a test needs around it."""

    services: DeskServices
    billing: SmallBilling
    clock: FixedClock
    app: FastAPI

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://desk.test")

    @asynccontextmanager
    async def signed_in(self, email: str, password: str) -> AsyncIterator[httpx.AsyncClient]:
        """A client that works as this agent, by Bearer token."""
        async with self.client() as client:
            answer = await client.post(
                "/desk/api/sign-in", json={"email": email, "password": password}
            )
            assert answer.status_code == 200, answer.text
            client.cookies.clear()
            client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
            yield client


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2id with little work: these tests sign in often."""
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)


@pytest.fixture
async def desk(sessions: Sessions, database_url: str) -> Desk:
    """A desk with the demo's agents; nobody waits yet."""
    billing, clock = SmallBilling(), FixedClock(NOON)
    services = DeskServices(
        sessions=sessions,
        billing=billing,  # type: ignore[arg-type]
        clock=clock,
        zone="Europe/Bucharest",
        bell=Bell(database_url),
        word=lambda parts, language, channel: " ".join(part["response"] for part in parts),
        secure_cookies=False,
    )
    async with transaction(sessions) as session:
        await seed_agents(session)
    app = FastAPI()
    app.include_router(make_desk_api(services))
    return Desk(services, billing, clock, app)


@pytest.fixture
async def maria(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """Maria, an agent."""
    async with desk.signed_in("maria@demo.example", "maria-demo") as client:
        await client.post("/desk/api/me", json={"language": "en"})
        yield client


@pytest.fixture
async def radu(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """Radu, a supervisor."""
    async with desk.signed_in("radu@demo.example", "radu-demo") as client:
        yield client


@pytest.fixture
async def elena(sessions: Sessions) -> Conversation:
    """Elena's conversation on Telegram, with the bot so far."""
    return await begin(sessions, "telegram", "elena")


async def begin(sessions: Sessions, channel: str, address: str) -> Conversation:
    async with transaction(sessions) as session:
        conversation = Conversation(
            id=uuid4(),
            channel=channel,
            address=address,
            sender=address,
            language="en",
            owner=Owner.BOT,
            epoch=1,
            dialogue={},
            created_at=NOON,
        )
        session.add(conversation)
    return conversation


@pytest.fixture
async def waiting(sessions: Sessions, elena: Conversation) -> Waiting:
    """Elena has asked for a person."""
    return await wait_for_person(sessions, elena)


async def wait_for_person(sessions: Sessions, conversation: Conversation) -> Waiting:
    async with transaction(sessions) as session:
        return await request_person(
            session,
            conversation.id,
            reason="asked",
            detail={},
            customer_id=ELENA,
            now=NOON,
        )
