"""Customers like Ana, and everything that is asked for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import discounts
from billing_backend.bulk import copy_rows
from billing_backend.contract import (
    Authority,
    DiscountOffer,
    DiscountRefused,
    Granted,
    OfferGone,
    Tier,
)
from billing_backend.customers.models import Account, Customer
from billing_backend.discounts.models import Decision, DiscountBudget
from billing_backend.invoices.models import Invoice, InvoiceLine
from billing_backend.invoices.periods import months_back
from billing_backend.money import Money
from billing_backend.payments.models import Allocation, Payment
from billing_backend.policy import Policy

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NEWEST = date(2026, 11, 20)  # the newest period begins
FEE, VAT = 6_200, 2_100
# 62.00 x 15 % = 9.30, with 21 % VAT 11.25 a month for 3 months
MONTHLY, WORTH = Money(1_125), Money(3_375)
ASSISTANT = Authority(Tier.ASSISTANT, "assistant")
AGENT = Authority(Tier.AGENT, "irina")
SUPERVISOR = Authority(Tier.SUPERVISOR, "radu")
POLICY = Policy(holdout_bp=0)


async def settle(
    session: AsyncSession,
    accounts: Sequence[UUID],
    *,
    since: date = date(2023, 9, 20),
    never_held_out: bool = False,
    newest_paid: bool = False,
) -> None:
    """Customers like Ana: 12 invoices of 62.00 RON and VAT, all but the newest paid in time.

    An account has the same id as its customer.
    """
    rows: dict[type[Any], list[dict[str, Any]]] = {
        model: [] for model in (Customer, Account, Invoice, InvoiceLine, Payment, Allocation)
    }
    for account_id in accounts:
        number = f"{account_id.int % 10**8:08d}"
        rows[Customer].append(
            {
                "id": account_id,
                "number": number,
                "name": "Ana Pop",
                "first_name": "Ana",
                "language": "ro",
                "since": since,
                "never_held_out": never_held_out,
            }
        )
        rows[Account].append(
            {
                "id": account_id,
                "customer_id": account_id,
                "currency": "RON",
                "billing_day": NEWEST.day,
                "opened_on": since,
            }
        )
        for months_ago in range(12):
            _invoice(rows, account_id, number, months_ago, paid=months_ago > 0 or newest_paid)
    for model, each in rows.items():
        await copy_rows(session, model, each)


def _invoice(
    rows: dict[type[Any], list[dict[str, Any]]],
    account_id: UUID,
    customer_number: str,
    months_ago: int,
    *,
    paid: bool,
) -> None:
    start = months_back(NEWEST, months_ago)
    invoice_id, tax = uuid4(), Money(FEE).share(VAT).minor
    rows[Invoice].append(
        {
            "id": invoice_id,
            "account_id": account_id,
            "series": f"T{customer_number}",
            "year": 2026,
            "serial": months_ago,
            "number": f"T{customer_number}-{months_ago}",
            "period_start": start,
            "period_end": months_back(start, -1) - timedelta(days=1),
            "issued_on": start,
            "due_on": start + timedelta(days=14),
            "net_minor": FEE,
            "tax_minor": tax,
            "total_minor": FEE + tax,
            "currency": "RON",
        }
    )
    rows[InvoiceLine].append(
        {
            "id": uuid4(),
            "invoice_id": invoice_id,
            "position": 1,
            "kind": "plan_fee",
            "description": {"ro": "Abonament", "en": "Plan"},
            "quantity": 1,
            "net_minor": FEE,
            "tax_minor": tax,
            "tax_rate_bp": VAT,
            "period_start": start,
            "period_end": months_back(start, -1) - timedelta(days=1),
        }
    )
    if paid:
        _payment(rows, account_id, invoice_id, FEE + tax, start + timedelta(days=3))


def _payment(
    rows: dict[type[Any], list[dict[str, Any]]],
    account_id: UUID,
    invoice_id: UUID,
    minor: int,
    day: date,
) -> None:
    payment_id = uuid4()
    rows[Payment].append(
        {
            "id": payment_id,
            "account_id": account_id,
            "amount_minor": minor,
            "currency": "RON",
            "received_on": day,
            "method": "card",
            "reference": str(payment_id),
            "payer_note": "",
        }
    )
    rows[Allocation].append(
        {
            "id": uuid4(),
            "invoice_id": invoice_id,
            "payment_id": payment_id,
            "amount_minor": minor,
            "allocated_at": datetime.combine(day, time(12), UTC),
            "from_credit": False,
        }
    )


@dataclass
class Desk:
    """Asks for one account, in one session, at one moment; every request has its own key."""

    session: AsyncSession
    account: UUID
    policy: Policy = POLICY
    now: datetime = NOW
    conversation: UUID = field(default_factory=uuid4)

    async def proposes(
        self,
        reason: str = "price_increase",
        *,
        authority: Authority = ASSISTANT,
        key: str | None = None,
    ) -> DiscountOffer | DiscountRefused:
        return await discounts.propose_discount(
            self.session,
            self.account,
            reason=reason,
            conversation_id=self.conversation,
            authority=authority,
            key=key or str(uuid4()),
            now=self.now,
            policy=self.policy,
        )

    async def offers(self, reason: str = "price_increase") -> DiscountOffer:
        answer = await self.proposes(reason)
        assert isinstance(answer, DiscountOffer), answer
        return answer

    async def is_refused(
        self, reason: str = "price_increase", *, authority: Authority = ASSISTANT
    ) -> DiscountRefused:
        answer = await self.proposes(reason, authority=authority)
        assert isinstance(answer, DiscountRefused), answer
        return answer

    async def accepts(self, offer: DiscountOffer, *, key: str | None = None) -> Granted | OfferGone:
        return await discounts.accept_offer(
            self.session,
            self.account,
            offer.offer_id,
            authority=ASSISTANT,
            key=key or str(uuid4()),
            now=self.now,
            policy=self.policy,
        )

    async def is_granted(self, offer: DiscountOffer) -> Granted:
        answer = await self.accepts(offer)
        assert isinstance(answer, Granted), answer
        return answer

    async def declines(self, offer: DiscountOffer) -> None:
        await discounts.refuse_offer(
            self.session, self.account, offer.offer_id, key=str(uuid4()), now=self.now
        )

    async def grants(
        self,
        percent_bp: int = 1_000,
        months: int = 3,
        *,
        authority: Authority = AGENT,
        key: str | None = None,
    ) -> Granted | DiscountRefused:
        return await discounts.grant_discount(
            self.session,
            self.account,
            percent_bp=percent_bp,
            months=months,
            reason="kept waiting for a technician",
            conversation_id=self.conversation,
            authority=authority,
            key=key or str(uuid4()),
            now=self.now,
            policy=self.policy,
        )

    async def budget(self, rule_id: str) -> tuple[int, int]:
        """Reserved and spent, in minor units, of all months."""
        row = (
            await self.session.execute(
                select(
                    func.coalesce(func.sum(DiscountBudget.reserved_minor), 0),
                    func.coalesce(func.sum(DiscountBudget.spent_minor), 0),
                ).where(DiscountBudget.rule_id == rule_id)
            )
        ).one()
        return int(row[0]), int(row[1])

    async def decisions(self) -> list[Decision]:
        return list(
            await self.session.scalars(
                select(Decision)
                .where(Decision.account_id == self.account)
                .order_by(Decision.decided_at)
            )
        )
