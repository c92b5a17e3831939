"""How do plans, add-ons and usage units come in, with their dated prices?

One row per price; a product with several prices has several rows, alike in all but the price.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Table, func, insert, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.catalogue.models import Price, Product
from billing_backend.importing import columns as c
from billing_backend.importing.columns import Values
from billing_backend.importing.kinds import Check, Context, Kind, Query, Wrong
from billing_backend.importing.staging import differing, repeated, varying

_PLAIN = ("kind", "family", "unit", "allowance", "usage_code", "on_sale_from", "on_sale_until")
_OF_PRODUCT = (*_PLAIN, "name_ro", "name_en")


def _row(values: Values, today: date) -> Iterable[Wrong]:
    until = values["on_sale_until"]
    if until is not None and until < values["on_sale_from"]:
        yield "on_sale_until", "is before on_sale_from"
    if (values["allowance"] is None) != (values["usage_code"] is None):
        yield "usage_code", "and allowance belong together: give both or neither"
    if values["usage_code"] is not None and values["kind"] == "usage":
        yield "usage_code", "is for plans and add-ons"


def _unknown_usage(staged: Table) -> Query:
    other = staged.alias("other")
    in_file = select(other.c.line).where(
        other.c.code == staged.c.usage_code, other.c.kind == "usage"
    )
    there = select(Product.code).where(Product.code == staged.c.usage_code, Product.kind == "usage")
    return select(staged.c.line, literal("is no product of the kind usage")).where(
        staged.c.usage_code.is_not(None), ~in_file.exists(), ~there.exists()
    )


def _differs(staged: Table) -> Query:
    differs = differing(
        [
            *((name, staged.c[name], getattr(Product, name)) for name in _PLAIN),
            ("name_ro", staged.c.name_ro, Product.name["ro"].astext),
            ("name_en", staged.c.name_en, Product.name["en"].astext),
        ]
    )
    return (
        select(staged.c.line, func.concat("is there already with another ", differs))
        .join(Product, Product.code == staged.c.code)
        .where(differs.is_not(None))
    )


def _known(staged: Table) -> Query:
    differs = differing(
        [
            ("price", staged.c.price, Price.net_minor),
            ("currency", staged.c.currency, Price.currency),
        ]
    )
    return select(staged.c.line, differs.label("differs_in")).join(
        Price,
        (Price.product_code == staged.c.code)
        & (Price.valid_from == staged.c.valid_from)
        & (Price.from_unit == staged.c.from_unit),
    )


async def _write(session: AsyncSession, staged: Table, context: Context) -> None:
    name = func.jsonb_build_object("ro", staged.c.name_ro, "en", staged.c.name_en)
    there = select(Product.code).where(Product.code == staged.c.code).exists()
    products = (
        select(staged.c.code, name, *(staged.c[each] for each in _PLAIN))
        .ext(distinct_on(staged.c.code))
        .where(~there)
        .order_by(staged.c.code)
    )
    await session.execute(insert(Product).from_select(["code", "name", *_PLAIN], products))
    prices = select(
        staged.c.code, staged.c.valid_from, staged.c.from_unit, staged.c.price, staged.c.currency
    )
    into = ["product_code", "valid_from", "from_unit", "net_minor", "currency"]
    await session.execute(insert(Price).from_select(into, prices))


PRODUCTS = Kind(
    name="products",
    columns=(
        c.text("code", "your own code of the product", longest=64),
        c.choice("kind", "what it is", ("plan", "add_on", "usage")),
        c.text("family", "plans of one family replace each other", longest=40),
        c.text("name_ro", "in Romanian"),
        c.text("name_en", "in English"),
        c.text("unit", "of what is used (GB, minutes)", longest=20, required=False),
        c.whole(
            "allowance",
            "units that a period includes",
            least=0,
            most=1_000_000_000,
            required=False,
        ),
        c.text(
            "usage_code",
            "product whose price a unit above the allowance costs",
            longest=64,
            required=False,
        ),
        c.day("on_sale_from", "first day on which it can be ordered"),
        c.day("on_sale_until", "last day, if there is one", required=False),
        c.amount("price", "per period, or per unit of usage, without VAT", least=0),
        c.currency(),
        c.day("valid_from", "first day of this price"),
        c.whole(
            "from_unit",
            "first unit above the allowance that this price is for",
            least=1,
            most=1_000_000_000,
            required=False,
            default=1,
        ),
    ),
    row=_row,
    checks=(
        Check("valid_from", lambda staged: repeated(staged, "code", "valid_from", "from_unit")),
        Check("code", lambda staged: varying(staged, "code", _OF_PRODUCT)),
        Check("usage_code", _unknown_usage),
        Check("code", _differs),
    ),
    known=_known,
    write=_write,
)
