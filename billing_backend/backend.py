"""How do the rooms of billing_backend make up one Billing?

BuiltInBilling is the contract's first implementation. It adds the business's figures and the
key of one-time codes to each call, and decides nothing itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import agreements, customers, discounts, identity, plans
from billing_backend.contract import (
    AboveLimit,
    ArrangementSummary,
    Authority,
    Balance,
    ChangeDone,
    ChangePreview,
    ChangeRefused,
    CodeIssued,
    Corrected,
    CustomerFacts,
    DiscountOffer,
    DiscountRefused,
    Explanation,
    ExtensionChoices,
    ExtensionRefused,
    Finding,
    Granted,
    Identification,
    InvoiceFacts,
    LockedOut,
    OfferGone,
    Offering,
    PlanComparison,
    Restored,
    RestoreRefused,
    ScheduledChange,
    Services,
    UsageSummary,
    Verified,
    Wish,
    WrongSecret,
)
from billing_backend.corrections import service as corrections
from billing_backend.invoices import service as invoices
from billing_backend.policy import Policy


class BuiltInBilling:
    """Billing on our own tables. `code_key` protects one-time codes: secret, any length."""

    def __init__(self, policy: Policy, *, code_key: bytes) -> None:
        self.policy = policy
        self._code_key = code_key

    # --- who is talking ---

    async def recognise(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        *,
        phone: str,
        method: str,
        now: datetime,
    ) -> Identification:
        return await identity.recognise(
            session, conversation_id, phone=phone, method=method, now=now, policy=self.policy
        )

    async def identification(
        self, session: AsyncSession, conversation_id: UUID, *, now: datetime
    ) -> Identification:
        return await identity.identification(session, conversation_id, now=now, policy=self.policy)

    async def name_customer(
        self, session: AsyncSession, conversation_id: UUID, number: str, *, now: datetime
    ) -> None:
        await identity.name_customer(session, conversation_id, number, now=now)

    async def issue_code(
        self, session: AsyncSession, conversation_id: UUID, *, address: str, now: datetime
    ) -> CodeIssued | LockedOut:
        return await identity.issue_code(
            session,
            conversation_id,
            address=address,
            now=now,
            policy=self.policy,
            code_key=self._code_key,
        )

    async def check_code(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        code: str,
        *,
        address: str,
        now: datetime,
    ) -> Verified | WrongSecret | LockedOut:
        return await identity.check_code(
            session,
            conversation_id,
            code,
            address=address,
            now=now,
            policy=self.policy,
            code_key=self._code_key,
        )

    async def check_pin(
        self,
        session: AsyncSession,
        conversation_id: UUID,
        pin: str,
        *,
        address: str,
        now: datetime,
    ) -> Verified | WrongSecret | LockedOut:
        return await identity.check_pin(
            session, conversation_id, pin, address=address, now=now, policy=self.policy
        )

    async def lockout(
        self, session: AsyncSession, conversation_id: UUID, *, address: str, now: datetime
    ) -> LockedOut | None:
        return await identity.lockout(
            session, conversation_id, address=address, now=now, policy=self.policy
        )

    async def forget_identification(self, session: AsyncSession, conversation_id: UUID) -> None:
        await identity.forget_identification(session, conversation_id)

    # --- the account ---

    async def customer(
        self, session: AsyncSession, customer_id: UUID, *, today: date | None = None
    ) -> CustomerFacts:
        return await customers.customer(session, customer_id, today=today)

    async def find_customers(self, session: AsyncSession, *, phone: str) -> Sequence[CustomerFacts]:
        return await customers.find_customers(session, phone=phone)

    async def balance(self, session: AsyncSession, account_id: UUID, *, today: date) -> Balance:
        owed = await invoices.balance(session, account_id, today=today, policy=self.policy)
        return replace(
            owed,
            grants=tuple(await discounts.grants(session, account_id, today)),
            arrangement=await plans.current_arrangement(session, account_id, today=today),
        )

    async def invoices(
        self, session: AsyncSession, account_id: UUID, *, today: date, limit: int = 12
    ) -> Sequence[InvoiceFacts]:
        return await invoices.invoices(session, account_id, today=today, limit=limit)

    async def explain(
        self, session: AsyncSession, account_id: UUID, *, month: date | None, today: date
    ) -> Explanation | None:
        return await invoices.explain(session, account_id, month=month, today=today)

    async def review(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> Sequence[Finding]:
        return await corrections.review(session, account_id, today=today, policy=self.policy)

    async def correct(
        self,
        session: AsyncSession,
        account_id: UUID,
        finding_id: str,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Corrected | AboveLimit:
        return await corrections.correct(
            session,
            account_id,
            finding_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    # --- pay later ---

    async def extension_choices(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> ExtensionChoices | ExtensionRefused:
        return await plans.extension_choices(session, account_id, today=today, policy=self.policy)

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
        return await plans.arrange_extension(
            session,
            account_id,
            pay_by,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    # --- plans and services ---

    async def plans_on_sale(
        self, session: AsyncSession, *, today: date, account_id: UUID | None = None
    ) -> Sequence[Offering]:
        return await agreements.plans_on_sale(
            session, today=today, account_id=account_id, policy=self.policy
        )

    async def services(self, session: AsyncSession, account_id: UUID, *, today: date) -> Services:
        return await agreements.services(session, account_id, today=today)

    async def preview_change(
        self, session: AsyncSession, account_id: UUID, wish: Wish, *, now: datetime
    ) -> ChangePreview | ChangeRefused:
        return await agreements.preview_change(
            session,
            account_id,
            wish,
            now=now,
            policy=self.policy,
            discounts_due=discounts.lines_for_period,
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
        return await agreements.change_services(
            session,
            account_id,
            wish,
            promise=promise,
            channel=channel,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
            discounts_due=discounts.lines_for_period,
        )

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
        return await agreements.cancel_change(
            session,
            account_id,
            change_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def restore_service(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Restored | RestoreRefused:
        return await agreements.restore_service(
            session, account_id, authority=authority, key=key, now=now, policy=self.policy
        )

    async def usage(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> UsageSummary | None:
        return await agreements.usage(session, account_id, today=today)

    async def compare_plans(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> PlanComparison | None:
        return await agreements.compare_plans(session, account_id, today=today, policy=self.policy)

    # --- discounts ---

    async def propose_discount(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        reason: str,
        conversation_id: UUID,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DiscountOffer | DiscountRefused:
        return await discounts.propose_discount(
            session,
            account_id,
            reason=reason,
            conversation_id=conversation_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def allowed_offers(
        self, session: AsyncSession, account_id: UUID, *, authority: Authority, now: datetime
    ) -> Sequence[DiscountOffer | DiscountRefused]:
        return await discounts.allowed_offers(
            session, account_id, authority=authority, now=now, policy=self.policy
        )

    async def accept_offer(
        self,
        session: AsyncSession,
        account_id: UUID,
        offer_id: UUID,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> Granted | OfferGone:
        return await discounts.accept_offer(
            session,
            account_id,
            offer_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def refuse_offer(
        self, session: AsyncSession, account_id: UUID, offer_id: UUID, *, key: str, now: datetime
    ) -> None:
        await discounts.refuse_offer(session, account_id, offer_id, key=key, now=now)

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
        return await discounts.grant_discount(
            session,
            account_id,
            percent_bp=percent_bp,
            months=months,
            reason=reason,
            conversation_id=conversation_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )
