"""What is owed on an account, what do its invoices say and why, and is it all right?"""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from billing_backend import discounts, plans
from billing_backend.api.ledger import draft_out
from billing_backend.api.pages import After, Limit, key_of, page_of
from billing_backend.api.schemas import (
    ArrangementOut,
    Arrangements,
    BalanceOut,
    DraftOut,
    ExplanationOut,
    FindingOut,
    Findings,
    GrantOut,
    Grants,
    InvoiceOut,
    Invoices,
)
from billing_backend.api.sources import Sources
from billing_backend.errors import NotFound, WrongValue
from billing_backend.invoices import service as invoices
from billing_backend.invoices.run import next_draft

_Month = Annotated[
    str | None,
    Query(
        pattern=r"^20\d{2}-(0[1-9]|1[0-2])$",
        description="The invoice issued in this month, YYYY-MM; without it, the newest",
    ),
]
_Number = Annotated[str | None, Query(max_length=40, description="The invoice with this number")]
_Against = Annotated[
    str | None,
    Query(
        max_length=40,
        description="The month (YYYY-MM) or number of the invoice to compare with; without it,"
        " the one before",
    ),
]


def add_account_routes(router: APIRouter, sources: Sources) -> None:
    @router.get("/accounts/{account_id}/balance", summary="What is owed now")
    async def balance(account_id: UUID) -> BalanceOut:
        async with sources.reading(account_id) as session:
            found = await sources.billing.balance(session, account_id, today=sources.today())
        return BalanceOut.model_validate(found)

    @router.get("/accounts/{account_id}/invoices", summary="Invoices, newest first")
    async def all_invoices(account_id: UUID, limit: Limit = 12, after: After = None) -> Invoices:
        key = key_of(after, date.fromisoformat)
        async with sources.reading(account_id) as session:
            found = await invoices.invoices(
                session,
                account_id,
                today=sources.today(),
                limit=limit + 1,
                before=None if key is None else key[0],
            )
        page, following = page_of(found, limit, lambda each: [each.period_start])
        return Invoices(invoices=[InvoiceOut.model_validate(each) for each in page], next=following)

    @router.get("/accounts/{account_id}/invoices/{number}", summary="One invoice")
    async def one_invoice(account_id: UUID, number: str) -> InvoiceOut:
        """Another account's invoice is not found here."""
        async with sources.reading(account_id) as session:
            found = await invoices.invoice(
                session, number, account_id=account_id, today=sources.today()
            )
        return InvoiceOut.model_validate(found)

    @router.get("/accounts/{account_id}/next-invoice", summary="The invoice that comes next")
    async def next_invoice(account_id: UUID) -> DraftOut:
        """A draft from what is known today; 409 says why there can be none."""
        async with sources.reading(account_id) as session:
            period, draft = await next_draft(
                session,
                account_id,
                today=sources.today(),
                discounts_due=discounts.lines_for_period,
            )
        return draft_out(period, draft)

    @router.get("/accounts/{account_id}/explanation", summary="Why an invoice is what it is")
    async def explanation(
        account_id: UUID,
        month: _Month = None,
        invoice: _Number = None,
        against: _Against = None,
    ) -> ExplanationOut:
        """The causes of its difference to an earlier one sum to it, to the minor unit; of the two
        named, the later is the current one."""
        if month is not None and invoice is not None:
            raise WrongValue("month", "give either month or invoice")
        async with sources.reading(account_id) as session:
            found = await sources.billing.explain(
                session,
                account_id,
                month=invoice or _first_day(month),
                against=_first_day(against) or against,
                today=sources.today(),
            )
        if found is None:
            asked = " or ".join(filter(None, [month, invoice, against]))
            raise NotFound("invoice", f"in {asked or 'any month'}")
        return ExplanationOut.model_validate(found)

    @router.get("/accounts/{account_id}/review", summary="What is proven wrong on the account")
    async def review(account_id: UUID) -> Findings:
        async with sources.reading(account_id) as session:
            found = await sources.billing.review(session, account_id, today=sources.today())
        return Findings(findings=[FindingOut.model_validate(each) for each in found])

    @router.get("/accounts/{account_id}/grants", summary="Granted discounts, also past ones")
    async def grants(account_id: UUID) -> Grants:
        async with sources.reading(account_id) as session:
            found = await discounts.grant_history(session, account_id)
        return Grants(grants=[GrantOut.model_validate(each) for each in found])

    @router.get("/accounts/{account_id}/arrangements", summary="Agreements to pay later")
    async def arrangements(account_id: UUID) -> Arrangements:
        async with sources.reading(account_id) as session:
            found = await plans.arrangements(session, account_id, today=sources.today())
        return Arrangements(arrangements=[ArrangementOut.model_validate(each) for each in found])


def _first_day(month: str | None) -> date | None:
    """Of a month written YYYY-MM; None for anything else."""
    try:
        return None if month is None else date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
