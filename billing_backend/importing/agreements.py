"""How does what customers ordered come in: which product, since when, at which promised price?"""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, func, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.bulk import copy_rows
from billing_backend.catalogue.models import Price, Product
from billing_backend.customers.models import Account, ServiceOrder, Subscription
from billing_backend.importing import columns as c
from billing_backend.importing.columns import Values
from billing_backend.importing.kinds import Check, Context, Kind, Query, Wrong
from billing_backend.importing.staging import differing, pages

_PLAIN = ("quantity", "ends_on", "agreed_until", "minimum_term_until")
_EVER = date(9999, 12, 31)


def _row(values: Values, today: date) -> Iterable[Wrong]:
    starts_on = values["starts_on"]
    for name in ("ends_on", "agreed_until", "minimum_term_until", "billed_here_from"):
        if values[name] is not None and values[name] < starts_on:
            yield name, "is before starts_on"
    if values["agreed_until"] is not None and values["agreed_price"] is None:
        yield "agreed_until", "needs an agreed_price"
    if values["ordered_on"] > starts_on:
        yield "ordered_on", "is after starts_on"


def _unknown_account(staged: Table) -> Query:
    there = select(Account.id).where(Account.reference == staged.c.account).exists()
    return select(staged.c.line, literal("is not known; import its customer first")).where(~there)


def _before_account(staged: Table) -> Query:
    words = func.concat("is before the account was opened, on ", Account.opened_on)
    return (
        select(staged.c.line, words)
        .join(Account, Account.reference == staged.c.account)
        .where(staged.c.starts_on < Account.opened_on)
    )


def _unknown_product(staged: Table) -> Query:
    there = select(Product.code).where(
        Product.code == staged.c.product, Product.kind.in_(["plan", "add_on"])
    )
    return select(staged.c.line, literal("is not a plan or add-on of the catalogue")).where(
        ~there.exists()
    )


def _no_price(staged: Table) -> Query:
    """Unless a price is promised without end, the catalogue's must be there on the first day."""
    priced = select(Price.product_code).where(
        Price.product_code == staged.c.product,
        Price.currency == Account.currency,
        Price.valid_from <= staged.c.billed_here_from,
    )
    words = func.concat("has no price in ", Account.currency, " on ", staged.c.billed_here_from)
    return (
        select(staged.c.line, words)
        .join(Account, Account.reference == staged.c.account)
        .where(
            or_(staged.c.agreed_price.is_(None), staged.c.agreed_until.is_not(None)),
            ~priced.exists(),
        )
    )


def _overlapping_in_file(staged: Table) -> Query:
    other = staged.alias("other")
    return (
        select(staged.c.line, func.concat("overlaps the days of line ", func.min(other.c.line)))
        .join(
            other,
            (other.c.account == staged.c.account)
            & (other.c.product == staged.c.product)
            & (other.c.line < staged.c.line)
            & _overlap(staged, other.c.starts_on, other.c.ends_on),
        )
        .group_by(staged.c.line)
    )


def _overlapping_there(staged: Table) -> Query:
    words = func.concat("is there already, from ", Subscription.starts_on)
    return (
        select(staged.c.line, words)
        .join(Account, Account.reference == staged.c.account)
        .join(
            Subscription,
            (Subscription.account_id == Account.id)
            & (Subscription.product_code == staged.c.product),
        )
        .where(
            Subscription.starts_on != staged.c.starts_on,
            _overlap(staged, Subscription.starts_on, Subscription.ends_on),
        )
        .ext(distinct_on(staged.c.line))
        .order_by(staged.c.line)
    )


def _overlap(staged: Table, starts_on: Any, ends_on: Any) -> ColumnElement[bool]:
    overlaps: ColumnElement[bool] = (starts_on <= func.coalesce(staged.c.ends_on, _EVER)) & (
        staged.c.starts_on <= func.coalesce(ends_on, _EVER)
    )
    return overlaps


def _known(staged: Table) -> Query:
    billed_from = func.coalesce(Subscription.billed_here_from, Subscription.starts_on)
    differs = differing(
        [
            *((name, staged.c[name], getattr(Subscription, name)) for name in _PLAIN),
            ("agreed_price", staged.c.agreed_price, Subscription.agreed_net_minor),
            ("billed_here_from", staged.c.billed_here_from, billed_from),
        ]
    )
    return (
        select(staged.c.line, differs.label("differs_in"))
        .join(Account, Account.reference == staged.c.account)
        .join(
            Subscription,
            (Subscription.account_id == Account.id)
            & (Subscription.product_code == staged.c.product)
            & (Subscription.starts_on == staged.c.starts_on),
        )
    )


async def _write(session: AsyncSession, staged: Table, context: Context) -> None:
    query = (
        select(staged, Account.id.label("account_id"))
        .join(Account, Account.reference == staged.c.account)
        .order_by(staged.c.line)
    )
    zone = ZoneInfo(context.policy.zone)
    done = 0
    async for page in pages(session, query):
        ids = [(uuid4(), row) for row in page]
        await copy_rows(session, ServiceOrder, [_order(*each, zone) for each in ids])
        await copy_rows(session, Subscription, [_subscription(*each) for each in ids])
        done += len(page)
        context.tell(done)


def _order(order_id: Any, row: Any, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": order_id,
        "account_id": row.account_id,
        "action": "start",
        "product_code": row.product,
        "quantity": row.quantity,
        "ordered_at": datetime.combine(row.ordered_on, time(), zone),
        "ordered_by": row.ordered_by,
        "channel": row.channel,
    }


def _subscription(order_id: Any, row: Any) -> dict[str, Any]:
    elsewhere = row.billed_here_from > row.starts_on
    return {
        "id": uuid4(),
        "account_id": row.account_id,
        "product_code": row.product,
        "quantity": row.quantity,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "billed_here_from": row.billed_here_from if elsewhere else None,
        "minimum_term_until": row.minimum_term_until,
        "agreed_net_minor": row.agreed_price,
        "agreed_until": row.agreed_until,
        "start_order_id": order_id,
        "end_order_id": None,
    }


AGREEMENTS = Kind(
    name="agreements",
    columns=(
        c.text("account", "your own identifier of the account", longest=64),
        c.text("product", "code of the plan or add-on", longest=64),
        c.whole("quantity", "how many", least=1, most=10_000, required=False, default=1),
        c.day("starts_on", "first day of the service"),
        c.day("ends_on", "last day, if it has ended or will", required=False),
        c.day(
            "billed_here_from",
            "first day that Limpede bills; your old system billed the days before",
        ),
        c.amount(
            "agreed_price",
            "promised price per period without VAT; empty: the catalogue's",
            least=0,
            required=False,
        ),
        c.day("agreed_until", "last day of the promised price; empty: no end", required=False),
        c.day("minimum_term_until", "last day of the minimum term", required=False),
        c.day("ordered_on", "when it was ordered: the proof that the charge was wanted"),
        c.choice(
            "ordered_by", "who ordered", ("customer", "agent"), required=False, default="customer"
        ),
        c.text("channel", "where it was ordered", longest=40, required=False, default="import"),
    ),
    row=_row,
    checks=(
        Check("account", _unknown_account),
        Check("product", _unknown_product),
        Check("starts_on", _before_account),
        Check("product", _no_price),
        Check("starts_on", _overlapping_in_file),
        Check("starts_on", _overlapping_there),
    ),
    known=_known,
    write=_write,
)
