"""How does what was used come in? One figure for an agreement and a billing period that is over.

What is above the plan's allowance is billed with the account's next invoice, so a figure that
comes after that invoice was issued would never be billed.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Subquery,
    Table,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.bulk import copy_rows
from billing_backend.catalogue.models import Product
from billing_backend.customers.models import Account, Subscription, Usage
from billing_backend.importing import columns as c
from billing_backend.importing.columns import Values
from billing_backend.importing.invoices import SERIES
from billing_backend.importing.kinds import Check, Context, Kind, Query, Wrong
from billing_backend.importing.staging import differing, pages, repeated
from billing_backend.invoices.models import Invoice

_MONTH: ColumnElement[Any] = literal_column("interval '1 month'")
_MOST = 1_000_000_000  # units of a period


def _row(values: Values, today: date) -> Iterable[Wrong]:
    if values["period_end"] >= today:
        yield "period_end", "is not over: import what was used when all of it is measured"


def _unknown_account(staged: Table) -> Query:
    there = select(Account.id).where(Account.reference == staged.c.account).exists()
    return select(staged.c.line, literal("is not known; import its customer first")).where(~there)


def _not_measured(staged: Table) -> Query:
    measured = select(Product.code).where(
        Product.code == staged.c.product, Product.usage_code.is_not(None)
    )
    return select(
        staged.c.line, literal("is nothing of the catalogue that has a usage_code")
    ).where(~measured.exists())


def _other_start(staged: Table) -> Query:
    begins_on = _begins_on(_month_of(staged.c.period_start))
    words = func.concat("is no first day of a billing period; that month's is ", begins_on)
    return _of_account(staged, words).where(staged.c.period_start != begins_on)


def _other_end(staged: Table) -> Query:
    ends_on = _begins_on(cast(_month_of(staged.c.period_start) + _MONTH, Date)) - 1
    words = func.concat("is not the last day of the billing period, which is ", ends_on)
    return _of_account(staged, words).where(staged.c.period_end != ends_on)


def _of_account(staged: Table, words: ColumnElement[Any]) -> Query:
    return select(staged.c.line, words).join(Account, Account.reference == staged.c.account)


def _month_of(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The first day of its month."""
    return cast(func.date_trunc("month", day), Date)


def _begins_on(month: ColumnElement[Any]) -> ColumnElement[Any]:
    """The day on which the Account's period begins in a month, as `periods.period_of` has it."""
    days = cast(month + _MONTH, Date) - month
    return month + func.least(Account.billing_day, days) - 1


def _not_theirs(staged: Table) -> Query:
    agreed = _agreed(staged)
    return (
        select(staged.c.line, literal("was not the account's then; import its agreement first"))
        .outerjoin(agreed, agreed.c.line == staged.c.line)
        .where(agreed.c.line.is_(None))
    )


def _too_late(staged: Table) -> Query:
    """Only what would be billed; and not what is there already, or a file could not come twice."""
    agreed = _agreed(staged)
    words = func.concat("is above the allowance, but invoice ", Invoice.number, " is issued")
    return (
        _of_account(staged, words)
        .join(agreed, agreed.c.line == staged.c.line)
        .join(Product, Product.code == staged.c.product)
        .join(
            Invoice,
            (Invoice.account_id == Account.id)
            & (Invoice.period_start == staged.c.period_end + 1)
            & (Invoice.series != SERIES),
        )
        .outerjoin(Usage, _is_of(agreed, staged))
        .where(staged.c.quantity > Product.allowance, Usage.subscription_id.is_(None))
    )


def _known(staged: Table) -> Query:
    agreed = _agreed(staged)
    differs = differing([("quantity", staged.c.quantity, Usage.quantity)])
    return (
        select(staged.c.line, differs.label("differs_in"))
        .join(agreed, agreed.c.line == staged.c.line)
        .join(Usage, _is_of(agreed, staged))
    )


def _agreed(staged: Table) -> Subquery:
    """(line, subscription_id): the agreement that ran in the line's period; of several on one
    product the last."""
    return (
        select(staged.c.line, Subscription.id.label("subscription_id"))
        .join(Account, Account.reference == staged.c.account)
        .join(
            Subscription,
            (Subscription.account_id == Account.id)
            & (Subscription.product_code == staged.c.product),
        )
        .where(
            Subscription.starts_on <= staged.c.period_end,
            or_(
                Subscription.ends_on.is_(None),
                Subscription.ends_on >= staged.c.period_start,
            ),
        )
        .ext(distinct_on(staged.c.line))
        .order_by(staged.c.line, Subscription.starts_on.desc())
        .subquery("agreed")
    )


def _is_of(agreed: Subquery, staged: Table) -> ColumnElement[bool]:
    return (Usage.subscription_id == agreed.c.subscription_id) & (
        Usage.period_start == staged.c.period_start
    )


async def _write(session: AsyncSession, staged: Table, context: Context) -> None:
    agreed = _agreed(staged)
    query = (
        select(agreed.c.subscription_id, staged.c.period_start, staged.c.quantity)
        .join(agreed, agreed.c.line == staged.c.line)
        .order_by(staged.c.line)
    )
    done = 0
    async for page in pages(session, query):
        await copy_rows(session, Usage, [row._asdict() for row in page])
        done += len(page)
        context.tell(done)


USAGE = Kind(
    name="usage",
    columns=(
        c.text("account", "your own identifier of the account", longest=64),
        c.text("product", "code of the plan or add-on that was used", longest=64),
        c.day("period_start", "first day of the billing period"),
        c.day("period_end", "last day of the billing period; it must be over"),
        c.whole("quantity", "what was used, in whole units of the product", least=0, most=_MOST),
    ),
    row=_row,
    checks=(
        Check("account", _unknown_account),
        Check("product", _not_measured),
        Check("period_start", _other_start),
        Check("period_end", _other_end),
        Check("product", _not_theirs),
        Check(
            "period_start", lambda staged: repeated(staged, "account", "product", "period_start")
        ),
        Check("quantity", _too_late),
    ),
    known=_known,
    write=_write,
)
