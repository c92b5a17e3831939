"""How are products, their dated prices and promotions kept?"""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from billing_backend.db import Base, Currency, Minor


class Product(Base):
    """A plan, an add-on, or the extra unit that is charged above a plan's allowance.

    `name` is by language. `allowance` is what a period includes, in `unit`s (None: without
    limit); what is used above it costs `usage_code`'s price per unit. An add-on `goes_with` the
    plans of these families (None: of any). Whoever orders it stays `minimum_term_months`.
    """

    __tablename__ = "product"
    __table_args__ = (CheckConstraint("kind in ('plan', 'add_on', 'usage')", name="kind"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    family: Mapped[str]  # "internet", "mobile", "tv"
    name: Mapped[dict[str, Any]]
    unit: Mapped[str | None]
    allowance: Mapped[int | None]
    usage_code: Mapped[str | None] = mapped_column(ForeignKey("product.code"))
    on_sale_from: Mapped[date]
    on_sale_until: Mapped[date | None]
    goes_with: Mapped[list[Any] | None]
    minimum_term_months: Mapped[int | None]


class Price(Base):
    """What a product costs per period (usage: per unit) from a day on, without tax.

    A usage product may have tiers: `from_unit` is the first unit above the allowance that this
    price is for; the prices of one day belong together, and the one from unit 1 must be there.
    """

    __tablename__ = "price"
    __table_args__ = (CheckConstraint("from_unit >= 1", name="from_unit"),)

    product_code: Mapped[str] = mapped_column(ForeignKey("product.code"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    from_unit: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, default=1, server_default=text("1")
    )
    net_minor: Mapped[Minor]
    currency: Mapped[Currency]


class Promotion(Base):
    """A public offer: so much off one product's price, for so many months."""

    __tablename__ = "promotion"
    __table_args__ = (CheckConstraint("percent_bp between 1 and 10000", name="percent_bp"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]]
    product_code: Mapped[str] = mapped_column(ForeignKey("product.code"))
    percent_bp: Mapped[int]
    months: Mapped[int]
