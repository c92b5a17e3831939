"""How do invoices of an older system come in? One row per line; an invoice is its rows together.

Their numbers stay as they are. In our books they stand like our own, so that what is owed on
them is owed here, and what comes next can be compared with them.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, Table, cast, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import audit, journal
from billing_backend.catalogue.models import Product
from billing_backend.customers.models import Account, Subscription
from billing_backend.importing import columns as c
from billing_backend.importing.columns import Values
from billing_backend.importing.kinds import Check, Context, Kind, Query, Wrong
from billing_backend.importing.staging import differing, pages, varying
from billing_backend.invoices.drafts import DraftInvoice, transfers
from billing_backend.invoices.facts import DraftLine
from billing_backend.invoices.models import Invoice
from billing_backend.invoices.numbering import DocumentNumber, take_numbers
from billing_backend.invoices.periods import Period
from billing_backend.invoices.run_repository import add_invoices
from billing_backend.money import BASIS_POINTS, Money, half_up
from billing_backend.payments.service import use_credit

SERIES = "IMPORTED"  # in which we count them; their printed numbers are their own
_KINDS = ("plan_fee", "add_on", "usage", "one_off", "proration", "late_fee", "discount")
_OF_INVOICE = ("account", "period_start", "period_end", "issued_on", "due_on", "total")
# Older systems round each unit or each line: more than this is a mistake.
_TAX_TOLERANCE = 5
Row = dict[str, Any]


def _row(values: Values, today: date) -> Iterable[Wrong]:
    if values["period_end"] < values["period_start"]:
        yield "period_end", "is before period_start"
    if values["due_on"] < values["issued_on"]:
        yield "due_on", "is before issued_on"
    if values["issued_on"] > today:
        yield "issued_on", "is in the future"
    if values["line_until"] < values["line_from"]:
        yield "line_until", "is before line_from"
    if (values["net"] > 0) and values["kind"] == "discount":
        yield "net", "of a discount is above zero"
    exact = half_up(values["net"] * values["tax_rate"], BASIS_POINTS)
    if abs(values["tax"] - exact) > _TAX_TOLERANCE:
        yield "tax", f"is not {values['tax_rate'] / 100:g} % of net, which is {exact / 100:.2f}"


def _unknown_account(staged: Table) -> Query:
    there = select(Account.id).where(Account.reference == staged.c.account).exists()
    return select(staged.c.line, literal("is not known; import its customer first")).where(~there)


def _unknown_product(staged: Table) -> Query:
    there = select(Product.code).where(Product.code == staged.c.product).exists()
    return select(staged.c.line, literal("is not in the catalogue")).where(
        staged.c.product.is_not(None), ~there
    )


def _does_not_add_up(staged: Table) -> Query:
    """Law: lines + tax = total. Told once, at the invoice's first line."""
    lines = func.sum(staged.c.net + staged.c.tax)
    came_to = func.to_char(lines / 100.0, "FM999999990.00")
    words = func.concat("is not what the lines and their tax come to, which is ", came_to)
    return (
        select(func.min(staged.c.line), words)
        .group_by(staged.c.number)
        .having(lines != func.min(staged.c.total))
    )


def _overlapping_in_file(staged: Table) -> Query:
    heads = _heads(staged)
    one, other = heads.alias("one"), heads.alias("other")
    return (
        select(one.c.line, func.concat("overlaps that of invoice ", func.min(other.c.number)))
        .join(other, (other.c.account == one.c.account) & (other.c.line < one.c.line))
        .where(_overlap(one, other.c.period_start, other.c.period_end))
        .group_by(one.c.line)
    )


def _overlapping_there(staged: Table) -> Query:
    head = _heads(staged)
    return (
        select(head.c.line, func.concat("overlaps that of invoice ", func.min(Invoice.number)))
        .join(Account, Account.reference == head.c.account)
        .join(Invoice, Invoice.account_id == Account.id)
        .where(
            Invoice.number != head.c.number,
            _overlap(head, Invoice.period_start, Invoice.period_end),
        )
        .group_by(head.c.line)
    )


def _overlap(head: Any, start: Any, end: Any) -> ColumnElement[bool]:
    overlaps: ColumnElement[bool] = (start <= head.c.period_end) & (head.c.period_start <= end)
    return overlaps


def _heads(staged: Table) -> Any:
    """Each invoice once, at its first line."""
    return (
        select(staged)
        .ext(distinct_on(staged.c.number))
        .order_by(staged.c.number, staged.c.line)
        .subquery("head")
    )


def _known(staged: Table) -> Query:
    differs = differing(
        [
            ("account", staged.c.account, Account.reference),
            ("total", staged.c.total, Invoice.total_minor),
            *(
                (name, staged.c[name], getattr(Invoice, name))
                for name in ("period_start", "period_end", "issued_on", "due_on")
            ),
        ]
    )
    return (
        select(staged.c.line, differs.label("differs_in"))
        .join(Invoice, Invoice.number == staged.c.number)
        .join(Account, Account.id == Invoice.account_id)
    )


async def _write(session: AsyncSession, staged: Table, context: Context) -> None:
    done = 0
    rest: list[Any] = []
    async for page in pages(session, _lines(staged)):
        rows = [*rest, *page]
        # The last invoice of a page may go on in the next one.
        last = rows[-1].number
        rest = [row for row in rows if row.number == last]
        await _add(session, [row for row in rows if row.number != last], context)
        done += len(page)
        context.tell(done)
    await _add(session, rest, context)


def _lines(staged: Table) -> Query:
    """With the account, and the subscription that a line is for when it can be only one."""
    of_line = (
        (Subscription.account_id == Account.id)
        & (Subscription.product_code == staged.c.product)
        & (Subscription.starts_on <= staged.c.line_until)
        & (func.coalesce(Subscription.ends_on, staged.c.line_from) >= staged.c.line_from)
    )
    # Before PostgreSQL 18 a uuid has no min(); as text it has.
    only = (
        select(func.min(cast(Subscription.id, String)))
        .where(of_line)
        .having(func.count() == 1)
        .correlate(Account, staged)
        .scalar_subquery()
    )
    return (
        select(
            staged,
            Account.id.label("account_id"),
            Account.currency,
            only.label("subscription_id"),
        )
        .join(Account, Account.reference == staged.c.account)
        .order_by(staged.c.issued_on, staged.c.number, staged.c.line)
    )


async def _add(session: AsyncSession, rows: Sequence[Any], context: Context) -> None:
    invoices = [list(lines) for _, lines in groupby(rows, key=lambda row: row.number)]
    if not invoices:
        return
    heads, bodies, entries = list[Row](), list[Row](), []
    for year, of_year in groupby(invoices, key=lambda lines: lines[0].issued_on.year):
        group = list(of_year)
        numbers = await take_numbers(session, SERIES, year, len(group))
        for lines, number in zip(group, numbers, strict=True):
            invoice_id, draft = uuid4(), _draft(lines)
            heads.append(_head(lines[0], invoice_id, number, draft))
            bodies += [_body(row, invoice_id, at) for at, row in enumerate(lines, start=1)]
            entries.append(_entry(lines[0], draft, context))
    await add_invoices(session, heads, bodies)
    await journal.post_many(session, entries, now=context.now)
    await audit.record_many(
        session,
        actor="operator",
        action="invoice.imported",
        subjects=[(f"account:{head['account_id']}", _told(head)) for head in heads],
        now=context.now,
    )
    await use_credit(session, [head["account_id"] for head in heads], now=context.now)


def _draft(lines: Sequence[Any]) -> DraftInvoice:
    currency = lines[0].currency
    taxed = tuple(
        (
            DraftLine(
                kind=row.kind,
                description={},
                net=Money(row.net, currency),
                tax_rate_bp=row.tax_rate,
                period=Period(row.line_from, row.line_until),
            ),
            Money(row.tax, currency),
        )
        for row in lines
    )
    net = Money(sum(row.net for row in lines), currency)
    return DraftInvoice(taxed, net, Money(sum(row.tax for row in lines), currency))


def _head(row: Any, invoice_id: UUID, number: DocumentNumber, draft: DraftInvoice) -> Row:
    return {
        "id": invoice_id,
        "account_id": row.account_id,
        "series": SERIES,
        "year": number.year,
        "serial": number.serial,
        "number": row.number,
        "period_start": row.period_start,
        "period_end": row.period_end,
        "issued_on": row.issued_on,
        "due_on": row.due_on,
        "net_minor": draft.net.minor,
        "tax_minor": draft.tax.minor,
        "total_minor": draft.total.minor,
        "currency": row.currency,
    }


def _body(row: Any, invoice_id: UUID, position: int) -> Row:
    return {
        "id": uuid4(),
        "invoice_id": invoice_id,
        "position": position,
        "kind": row.kind,
        "description": {"ro": row.description_ro, "en": row.description_en},
        "quantity": row.quantity,
        "net_minor": row.net,
        "tax_minor": row.tax,
        "tax_rate_bp": row.tax_rate,
        "period_start": row.line_from,
        "period_end": row.line_until,
        "product_code": row.product,
        "subscription_id": row.subscription_id,
        "promotion_id": None,
        "grant_id": None,
        "charge_id": None,
    }


def _entry(row: Any, draft: DraftInvoice, context: Context) -> journal.NewEntry:
    return journal.NewEntry(
        account_id=row.account_id,
        kind="invoice_issued",
        transfers=transfers(draft),
        key=f"invoice:{row.number}",
        document=row.number,
        at=datetime.combine(row.issued_on, time(), ZoneInfo(context.policy.zone)),
    )


def _told(head: Row) -> Row:
    return {"invoice": head["number"], "minor": head["total_minor"]}


INVOICES = Kind(
    name="invoices",
    columns=(
        c.text("number", "as printed; the rows of one number are one invoice", longest=64),
        c.text("account", "your own identifier of the account", longest=64),
        c.day("period_start", "first day of the billed period"),
        c.day("period_end", "last day of the billed period"),
        c.day("issued_on", "date of the invoice"),
        c.day("due_on", "last day to pay it"),
        c.amount("total", "of the whole invoice, with VAT; checked against the lines"),
        c.choice("kind", "of the line", _KINDS),
        c.text("description_ro", "of the line, in Romanian"),
        c.text(
            "description_en",
            "in English; empty: as in Romanian",
            required=False,
            default="=description_ro",
        ),
        c.whole("quantity", "of the line", least=1, most=1_000_000, required=False, default=1),
        c.amount("net", "of the line, without VAT; below zero for a discount"),
        c.percent("tax_rate", "VAT rate of the line, per cent"),
        c.amount("tax", "VAT of the line"),
        c.text("product", "code of what the line is for, if known", longest=64, required=False),
        c.day(
            "line_from",
            "first day of the line; empty: of the invoice",
            required=False,
            default="=period_start",
        ),
        c.day(
            "line_until",
            "last day of the line; empty: of the invoice",
            required=False,
            default="=period_end",
        ),
    ),
    row=_row,
    checks=(
        Check("account", _unknown_account),
        Check("product", _unknown_product),
        Check("number", lambda staged: varying(staged, "number", _OF_INVOICE)),
        Check("total", _does_not_add_up),
        Check("period_start", _overlapping_in_file),
        Check("period_start", _overlapping_there),
    ),
    known=_known,
    write=_write,
    together="number",
)
