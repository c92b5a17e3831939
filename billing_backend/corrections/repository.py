"""Which queries feed the account review and store credit notes?"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.audit.models import AuditEntry
from billing_backend.catalogue.models import Product, Promotion
from billing_backend.corrections.credit_repository import earlier_credits
from billing_backend.corrections.facts import (
    LateFeeFacts,
    OrderedSubscription,
    PaymentElsewhere,
    ReviewFacts,
    StrayPayment,
)
from billing_backend.corrections.models import CreditNote, CreditNoteLine
from billing_backend.customers.models import (
    Account,
    AgreedPromotion,
    Customer,
    ServiceOrder,
    Subscription,
)
from billing_backend.disputes.models import Dispute
from billing_backend.errors import NotFound
from billing_backend.invoices import repository as invoices
from billing_backend.invoices.facts import DatedPrices, PromotionFacts, SubscriptionFacts
from billing_backend.invoices.models import Charge, Invoice, InvoiceLine
from billing_backend.invoices.run_repository import dated_prices
from billing_backend.invoices.views import InvoiceView
from billing_backend.money import Money
from billing_backend.payments.models import Allocation, Payment
from billing_backend.payments.repository import naming as payments_naming
from billing_backend.payments.repository import paid_by
from billing_backend.plans.models import Arrangement, ArrangementInvoice
from billing_backend.policy import Policy
from billing_backend.statements.repository import accounts_named
from billing_backend.statements.rules import all_numbers, sure_numbers

# The review looks back a year: what is older needs a person.
INVOICES_REVIEWED = 13


async def review_facts(session: AsyncSession, account_id: UUID, policy: Policy) -> ReviewFacts:
    """Raises NotFound when there is no such account."""
    account = await session.get(Account, account_id)
    if account is None:
        raise NotFound("account", account_id)
    found = await invoices.newest(session, account_id, limit=INVOICES_REVIEWED)
    stray, elsewhere = await _payments(session, account, found)
    return ReviewFacts(
        billing_day=account.billing_day,
        invoices=tuple(found),
        subscriptions=await _subscriptions(session, account_id),
        late_fees=await _late_fees(session, found, policy),
        stray_payments=stray,
        payments_elsewhere=elsewhere,
        credited=await earlier_credits(session, [invoice.invoice_id for invoice in found]),
    )


async def corrected_findings(session: AsyncSession, account_id: UUID) -> set[str]:
    """Ids of findings that a credit note has put right."""
    query = select(CreditNote.finding_id).where(
        CreditNote.account_id == account_id, CreditNote.finding_id.is_not(None)
    )
    return {finding_id for finding_id in await session.scalars(query) if finding_id is not None}


async def end_subscription(session: AsyncSession, subscription_id: UUID) -> None:
    """The subscription's last day becomes the last one that was charged."""
    last_charged = (
        select(func.max(InvoiceLine.period_end))
        .where(InvoiceLine.subscription_id == subscription_id)
        .scalar_subquery()
    )
    await session.execute(
        update(Subscription)
        .where(Subscription.id == subscription_id, Subscription.ends_on.is_(None))
        .values(ends_on=last_charged)
    )


async def credit_notes(
    session: AsyncSession,
    account_id: UUID,
    *,
    limit: int = 24,
    after: tuple[date, str] | None = None,
) -> list[tuple[CreditNote, str, list[CreditNoteLine]]]:
    """An account's credit notes with their invoice's number and their lines, newest first; those
    that come after this day and number in that order."""
    query = (
        select(CreditNote, Invoice.number)
        .join(Invoice, Invoice.id == CreditNote.invoice_id)
        .where(CreditNote.account_id == account_id)
        .order_by(CreditNote.issued_on.desc(), CreditNote.number.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(CreditNote.issued_on, CreditNote.number) < after)
    notes = (await session.execute(query)).all()
    lines = (
        await session.scalars(
            select(CreditNoteLine).where(
                CreditNoteLine.credit_note_id.in_([note.id for note, _ in notes])
            )
        )
    ).all()
    return [
        (note, number, [line for line in lines if line.credit_note_id == note.id])
        for note, number in notes
    ]


async def _subscriptions(
    session: AsyncSession, account_id: UUID
) -> dict[UUID, OrderedSubscription]:
    rows = (
        await session.execute(
            select(Subscription, Product, ServiceOrder)
            .join(Product, Product.code == Subscription.product_code)
            .outerjoin(ServiceOrder, ServiceOrder.id == Subscription.start_order_id)
            .where(Subscription.account_id == account_id)
        )
    ).all()
    prices = await dated_prices(session)
    promotions = await _promotions(session, account_id)
    return {
        subscription.id: OrderedSubscription(
            agreed=_agreed(subscription, product, prices, promotions.get(subscription.id, [])),
            order_id=order.id if order is not None else None,
            ordered_quantity=order.quantity if order is not None else subscription.quantity,
            ordered_on=order.ordered_at.date() if order is not None else None,
            ordered_by=order.ordered_by if order is not None else None,
        )
        for subscription, product, order in rows
    }


def _agreed(
    subscription: Subscription,
    product: Product,
    prices: dict[str, DatedPrices],
    promotions: Sequence[PromotionFacts],
) -> SubscriptionFacts:
    return SubscriptionFacts(
        subscription_id=subscription.id,
        product_code=product.code,
        kind=product.kind,
        name=product.name,
        quantity=subscription.quantity,
        starts_on=subscription.billed_here_from or subscription.starts_on,
        ends_on=subscription.ends_on,
        prices=prices.get(product.code, ()),
        agreed_net_minor=subscription.agreed_net_minor,
        agreed_until=subscription.agreed_until,
        promotions=tuple(promotions),
    )


async def _promotions(session: AsyncSession, account_id: UUID) -> dict[UUID, list[PromotionFacts]]:
    found: dict[UUID, list[PromotionFacts]] = {}
    query = (
        select(AgreedPromotion, Promotion)
        .join(Promotion, Promotion.code == AgreedPromotion.promotion_code)
        .join(Subscription, Subscription.id == AgreedPromotion.subscription_id)
        .where(Subscription.account_id == account_id)
    )
    for agreed, promotion in await session.execute(query):
        found.setdefault(agreed.subscription_id, []).append(
            PromotionFacts(
                promotion_id=agreed.id,
                name=promotion.name,
                percent_bp=promotion.percent_bp,
                starts_on=agreed.starts_on,
                ends_on=agreed.ends_on,
            )
        )
    return found


async def _late_fees(
    session: AsyncSession, reviewed: Sequence[InvoiceView], policy: Policy
) -> dict[UUID, LateFeeFacts]:
    charges = [line.charge_id for each in reviewed for line in each.lines if line.charge_id]
    if not charges:
        return {}
    in_time = (
        select(func.coalesce(func.sum(Allocation.amount_minor), 0))
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(
            Allocation.invoice_id == Invoice.id,
            Payment.received_on < Invoice.due_on + _late_fee_day(policy),
        )
        .correlate(Invoice)
        .scalar_subquery()
    )
    credited = (
        select(func.coalesce(func.sum(CreditNote.total_minor), 0))
        .where(CreditNote.invoice_id == Invoice.id)
        .correlate(Invoice)
        .scalar_subquery()
    )
    arranged = (
        select(Arrangement.id)
        .join(ArrangementInvoice, ArrangementInvoice.arrangement_id == Arrangement.id)
        .where(
            ArrangementInvoice.invoice_id == Invoice.id,
            Arrangement.made_on <= Charge.supplied_on,
            Arrangement.pay_by >= Charge.supplied_on,
        )
        .exists()
    )
    disputed = (
        select(Dispute.id)
        .where(
            Dispute.invoice_id == Invoice.id,
            Dispute.opened_on <= Charge.supplied_on,
            or_(
                Dispute.answered_on.is_(None),
                Dispute.answered_on > Charge.supplied_on,
                Dispute.due_again_on >= Charge.supplied_on,
            ),
        )
        .exists()
    )
    query = (
        select(
            Charge.id,
            Invoice.number,
            Invoice.due_on,
            Invoice.total_minor,
            in_time + credited,
            arranged,
            disputed,
        )
        .join(Invoice, Invoice.id == Charge.late_for_invoice_id)
        .where(Charge.id.in_(charges))
    )
    return {
        charge_id: LateFeeFacts(
            invoice_number=number,
            due_on=due_on,
            total=total,
            paid_in_time=int(paid),
            arranged=was_arranged,
            disputed=was_disputed,
        )
        for charge_id, number, due_on, total, paid, was_arranged, was_disputed in (
            await session.execute(query)
        )
    }


def _late_fee_day(policy: Policy) -> ColumnElement[int]:
    """How many days after its due date the Invoice's late fee falls due, by its dated table."""
    dated = [
        (Invoice.due_on >= table.valid_from, literal(table.late_fee_on_day or 0, Integer))
        for table in policy.dunning
    ]
    return case(*dated, else_=literal(0, Integer))


async def _payments(
    session: AsyncSession, account: Account, reviewed: Sequence[InvoiceView]
) -> tuple[tuple[StrayPayment, ...], tuple[PaymentElsewhere, ...]]:
    """Payments whose payer wrote this customer's or one of these invoices' number: those on no
    account, and those on another one."""
    number = await session.scalar(select(Customer.number).where(Customer.id == account.customer_id))
    named = [*filter(None, [number]), *(invoice.number for invoice in reviewed)]
    found = [
        each
        for each in await payments_naming(session, named)
        if each.account_id != account.id and each.currency == account.currency
    ]
    stray = tuple(_stray(payment) for payment in found if payment.account_id is None)
    elsewhere = [payment for payment in found if payment.account_id is not None]
    return stray, await _elsewhere(session, elsewhere)


async def _elsewhere(
    session: AsyncSession, payments: Sequence[Payment]
) -> tuple[PaymentElsewhere, ...]:
    if not payments:
        return ()
    notes = [payment.payer_note for payment in payments]
    known = await accounts_named(session, notes)
    decided = await _put_there_by_a_person(session, [payment.reference for payment in payments])
    found = [
        PaymentElsewhere(
            payment=_stray(payment),
            account_id=payment.account_id,
            named=_accounts(all_numbers(payment.payer_note), known),
            proven=_accounts(sure_numbers(payment.payer_note), known),
            decided=payment.reference in decided,
            paid_there=Money(
                sum(part.minor for part in await paid_by(session, payment.id)), payment.currency
            ),
        )
        for payment in payments
        if payment.account_id is not None
    ]
    return tuple(found)


def _accounts(numbers: Sequence[str], known: Mapping[str, frozenset[UUID]]) -> frozenset[UUID]:
    return frozenset[UUID]().union(*(known.get(number, ()) for number in numbers))


async def _put_there_by_a_person(session: AsyncSession, references: Sequence[str]) -> set[str]:
    """Who assigned or moved a payment knew more than its note: that is no error to find."""
    reference = AuditEntry.details["reference"].astext
    query = select(reference).where(
        AuditEntry.action.in_(("payment.assigned", "payment.allocated")),
        reference.in_(references),
    )
    return set(await session.scalars(query))


def _stray(payment: Payment) -> StrayPayment:
    return StrayPayment(
        payment_id=payment.id,
        amount=Money(payment.amount_minor, payment.currency),
        received_on=payment.received_on,
        reference=payment.reference,
        payer_note=payment.payer_note,
    )
