"""How are customers, their contacts and their agreements kept?"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Currency, Key, Minor


class Customer(Base):
    """A person or a company that pays us; `number` is 8 digits, the last a Luhn check digit.

    Of a business customer `name` is the person we speak with. `tax_id` is its CUI, `iban` the
    account that it pays from; both are kept as `rules` write them. `reference` is what the
    company's own system calls the customer, if it has one. `wants_notices` is what was agreed
    when the customer came, `notice_channel` where they want to be written to (None: where they
    wrote last); what they say later of one kind of notice is a NoticeChoice.
    """

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint("kind in ('residential', 'business')", name="kind"),
        CheckConstraint(
            "kind = 'residential' or (company_name is not null and tax_id is not null)",
            name="business",
        ),
        CheckConstraint("notice_channel in ('telegram', 'sms')", name="notice_channel"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(String(8), unique=True)
    reference: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    first_name: Mapped[str]
    language: Mapped[str] = mapped_column(String(2))
    since: Mapped[date]
    # Demo cast and staff: experiments on discounts leave them alone.
    never_held_out: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str] = mapped_column(default="residential", server_default="residential")
    company_name: Mapped[str | None]
    tax_id: Mapped[str | None]
    iban: Mapped[str | None]
    wants_notices: Mapped[bool] = mapped_column(default=True, server_default=true())
    notice_channel: Mapped[str | None]


class Contact(Base):
    """Where a customer is reached: `phone` in E.164, `telegram` a user id.

    One address may belong to two customers; then it recognises neither.
    """

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "value"),
        Index(None, "kind", "value"),
        CheckConstraint("kind in ('phone', 'telegram')", name="kind"),
    )

    id: Mapped[Key]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    kind: Mapped[str]
    value: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)  # 0 is the one we write to


class Account(Base):
    """What is billed together. A period begins on `billing_day`, or on the last of a month
    that has no such day.

    `label` is what its customer calls it ("Acasă"), `address` where the service is, `reference`
    what the company's own system calls the account.
    """

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("billing_day between 1 and 31", name="billing_day"),)

    id: Mapped[Key]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    reference: Mapped[str | None] = mapped_column(unique=True)
    currency: Mapped[Currency]
    billing_day: Mapped[int] = mapped_column(index=True)
    opened_on: Mapped[date]
    label: Mapped[str | None]
    address: Mapped[str | None]


class ServiceOrder(Base):
    """Who asked for what, and when: the proof that a charge was wanted.

    `taken_by` took the order (the assistant, an agent by name), `effective_on` is the first day
    on which it counts, `promised_net_minor` the price of one that was told.
    """

    __tablename__ = "service_order"

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    action: Mapped[str]  # "start" or "end"
    product_code: Mapped[str] = mapped_column(ForeignKey("product.code"))
    quantity: Mapped[int] = mapped_column(default=1)
    ordered_at: Mapped[datetime]
    ordered_by: Mapped[str]  # "customer", "agent"
    channel: Mapped[str]  # "shop", "phone", "website", "telegram", "sms", "voice", "desk"
    taken_by: Mapped[str | None]
    effective_on: Mapped[date | None]
    promised_net_minor: Mapped[Minor | None]


class Subscription(Base):
    """A product that an account has, from a day and perhaps until a day (both included).

    `agreed_net_minor` is a price promised at the order, for as long as `agreed_until` (None:
    without end); without it the catalogue's price of the day counts. `billed_here_from` is set
    on subscriptions that another system billed until the day before.
    """

    __tablename__ = "subscription"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("product.code"))
    quantity: Mapped[int] = mapped_column(default=1)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    billed_here_from: Mapped[date | None]
    minimum_term_until: Mapped[date | None]
    agreed_net_minor: Mapped[Minor | None]
    agreed_until: Mapped[date | None]
    start_order_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_order.id"))
    end_order_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_order.id"))


class AgreedPromotion(Base):
    """A promotion promised on a subscription, with its days (both included)."""

    __tablename__ = "agreed_promotion"

    id: Mapped[Key]
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"), index=True)
    promotion_code: Mapped[str] = mapped_column(ForeignKey("promotion.code"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Usage(Base):
    """What a subscription used in one billing period, in its product's unit."""

    __tablename__ = "usage"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity"),)

    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscription.id"), primary_key=True)
    period_start: Mapped[date] = mapped_column(primary_key=True)
    quantity: Mapped[Minor]
