"""How do the rooms of billing_backend make up one Billing?

BuiltInBilling is the contract's first implementation. It adds the business's figures and the
key of one-time codes to each call, and decides nothing itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import customers, discounts, documents, identity, notices, plans
from billing_backend.contract import (
    AboveLimit,
    AlreadyCorrected,
    ArrangementSummary,
    Authority,
    Balance,
    CodeIssued,
    Corrected,
    Credited,
    CreditRefused,
    CustomerFacts,
    DiscountOffer,
    DiscountRefused,
    DisputeOpened,
    DisputeRefused,
    DisputeSummary,
    DisputeUpheld,
    DocumentFile,
    DocumentLink,
    DocumentRefused,
    Explanation,
    ExtensionChoices,
    ExtensionRefused,
    Fees,
    Finding,
    Granted,
    Identification,
    InstalmentChoices,
    InvoiceFacts,
    LinkRefused,
    LockedOut,
    Notice,
    OfferGone,
    PaymentFacts,
    PaymentLinkFacts,
    PaymentProgress,
    RefundFacts,
    RefundRefused,
    RefundsRequested,
    Restored,
    ServiceState,
    Verified,
    Which,
    WrongSecret,
)
from billing_backend.corrections import crediting
from billing_backend.corrections import service as corrections
from billing_backend.disputes import answering
from billing_backend.disputes import service as disputes
from billing_backend.documents import Links, Sellers
from billing_backend.dunning import service as dunning
from billing_backend.dunning.restoring import restore_account
from billing_backend.invoices import service as invoices
from billing_backend.money import Money
from billing_backend.payments import history, links, refunds
from billing_backend.policy import Policy


class BuiltInBilling:
    """Billing on our own tables. `code_key` protects one-time codes and signs links: secret, any
    length. `sellers` is who we are on documents (None: the demo company), `public_url` where
    customers reach us, `pay_address` where payment links lead to (None: this company takes no
    payments by link).
    """

    def __init__(
        self,
        policy: Policy,
        *,
        code_key: bytes,
        sellers: Sellers | None = None,
        public_url: str = "http://localhost:8000",
        pay_address: str | None = None,
    ) -> None:
        self.policy = policy
        self._code_key = code_key
        self.sellers = documents.read_company() if sellers is None else sellers
        self.links = Links(code_key, public_url, policy.document_link_lifetime)
        self._pay_address = pay_address

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

    async def customer(self, session: AsyncSession, customer_id: UUID) -> CustomerFacts:
        return await customers.customer(session, customer_id)

    async def find_customers(self, session: AsyncSession, *, phone: str) -> Sequence[CustomerFacts]:
        return await customers.find_customers(session, phone=phone)

    async def balance(self, session: AsyncSession, account_id: UUID, *, today: date) -> Balance:
        owed = await invoices.balance(session, account_id, today=today, policy=self.policy)
        arrangement = await plans.current_arrangement(session, account_id, today=today)
        return replace(
            owed,
            grants=tuple(await discounts.grants(session, account_id, today)),
            arrangement=arrangement,
            next_part=plans.next_part(arrangement.parts, arrangement.owed) if arrangement else None,
        )

    async def invoices(
        self, session: AsyncSession, account_id: UUID, *, today: date, limit: int = 12
    ) -> Sequence[InvoiceFacts]:
        return await invoices.invoices(session, account_id, today=today, limit=limit)

    async def explain(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        month: Which | None,
        today: date,
        against: Which | None = None,
    ) -> Explanation | None:
        return await invoices.explain(
            session, account_id, month=month, today=today, against=against
        )

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
    ) -> Corrected | AboveLimit | AlreadyCorrected:
        return await corrections.correct(
            session,
            account_id,
            finding_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def credit(
        self,
        session: AsyncSession,
        invoice_number: str,
        *,
        line: int | None,
        amount: Money | None,
        reason: str,
        note: str,
        authority: Authority,
        key: str,
        now: datetime,
        expected_left: Money | None = None,
    ) -> Credited | AboveLimit | CreditRefused:
        return await crediting.credit(
            session,
            invoice_number,
            line=line,
            amount=amount,
            reason=reason,
            note=note,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
            expected_left=expected_left,
        )

    # --- payments and refunds ---

    @property
    def takes_payments(self) -> bool:
        return self._pay_address is not None

    async def payment_link(
        self,
        session: AsyncSession,
        account_id: UUID,
        *,
        amount: Money | None = None,
        invoice_number: str | None = None,
        language: str,
        conversation_id: UUID | None,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> PaymentLinkFacts | LinkRefused:
        if self._pay_address is None:
            nothing = Money(0, self.policy.currency)
            return LinkRefused("not_offered", nothing, self.policy.payment_minimum)
        return await links.payment_link(
            session,
            account_id,
            address=self._pay_address,
            amount=amount,
            invoice_number=invoice_number,
            language=language,
            conversation_id=conversation_id,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def payment_progress(
        self, session: AsyncSession, account_id: UUID, *, now: datetime
    ) -> PaymentProgress:
        if self._pay_address is None:
            return PaymentProgress()
        return await links.progress(session, account_id, address=self._pay_address, now=now)

    async def payments(
        self, session: AsyncSession, account_id: UUID, *, limit: int = 6
    ) -> Sequence[PaymentFacts]:
        return await history.payments(session, account_id, limit=limit)

    async def refunds(
        self, session: AsyncSession, account_id: UUID, *, limit: int = 6
    ) -> Sequence[RefundFacts]:
        return await refunds.refunds(session, account_id, limit=limit, policy=self.policy)

    async def refund_credit(
        self,
        session: AsyncSession,
        account_id: UUID,
        amount: Money,
        *,
        reason: str,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> RefundsRequested | RefundRefused | AboveLimit:
        return await refunds.refund_credit(
            session,
            account_id,
            amount,
            reason=reason,
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

    async def instalment_choices(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> InstalmentChoices | ExtensionRefused:
        return await plans.instalment_choices(session, account_id, today=today, policy=self.policy)

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
        return await plans.arrange_instalments(
            session,
            account_id,
            parts,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    # --- disputes ---

    async def disputes(self, session: AsyncSession, account_id: UUID) -> Sequence[DisputeSummary]:
        return await disputes.list_disputes(session, account_id)

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
        return await disputes.open_dispute(
            session,
            account_id,
            invoice_number,
            disputes.Wanted(tuple(line_ids), amount, reason, words),
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

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
        return await answering.review_dispute(
            session, account_id, number, authority=authority, key=key, now=now
        )

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
        return await answering.uphold_dispute(
            session,
            account_id,
            number,
            amount=amount,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

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
        return await answering.reject_dispute(
            session,
            account_id,
            number,
            answer=answer,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    async def withdraw_dispute(
        self,
        session: AsyncSession,
        account_id: UUID,
        number: str,
        *,
        authority: Authority,
        key: str,
        now: datetime,
    ) -> DisputeSummary | DisputeRefused:
        return await answering.withdraw_dispute(
            session,
            account_id,
            number,
            authority=authority,
            key=key,
            now=now,
            policy=self.policy,
        )

    # --- debts and notices ---

    async def service_state(
        self, session: AsyncSession, account_id: UUID, *, today: date
    ) -> ServiceState:
        return await dunning.service_state(session, account_id, today=today, policy=self.policy)

    async def restore_if_paid(
        self, session: AsyncSession, account_id: UUID, *, now: datetime
    ) -> Restored | None:
        return await restore_account(session, account_id, now=now, policy=self.policy)

    async def fees(self, *, today: date) -> Fees:
        return dunning.fees(today=today, policy=self.policy)

    async def due_notices(
        self, session: AsyncSession, *, now: datetime, at_most: int
    ) -> Sequence[Notice]:
        return await notices.due(session, now=now, at_most=at_most, policy=self.policy)

    async def settle_notice(
        self, session: AsyncSession, notice_id: UUID, *, conversation_id: UUID | None, now: datetime
    ) -> None:
        await notices.settle(session, notice_id, conversation_id=conversation_id, now=now)

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

    # --- documents ---

    async def document(
        self, session: AsyncSession, invoice_id: UUID
    ) -> DocumentFile | DocumentRefused:
        return await documents.invoice_pdf(session, invoice_id, sellers=self.sellers)

    async def document_link(
        self, session: AsyncSession, invoice_id: UUID, *, now: datetime
    ) -> DocumentLink | DocumentRefused:
        return await documents.invoice_link(
            session, invoice_id, sellers=self.sellers, links=self.links, now=now
        )
