"""What do the books say of an account: entries, credit notes, payments, charges to come?"""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query

from billing_backend.api.ledger import credit_note_out, entry_out, money_in, payment_out
from billing_backend.api.problems import NotCredited
from billing_backend.api.schemas import (
    ChargeOut,
    Charges,
    CreditedOut,
    CreditIn,
    CreditNotes,
    Journal,
    Payments,
)
from billing_backend.api.sources import Sources
from billing_backend.contract import Authority, Credited
from billing_backend.corrections import repository as corrections
from billing_backend.invoices import run_repository
from billing_backend.invoices import service as invoices
from billing_backend.journal import repository as journal
from billing_backend.payments import repository as payments

_Limit = Annotated[int, Query(ge=1, le=500)]
_Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Names this request: sent again, it gets its first result",
    ),
]


def add_ledger_routes(router: APIRouter, sources: Sources) -> None:
    @router.get("/accounts/{account_id}/journal", summary="Entries of the books, newest first")
    async def entries(account_id: UUID, limit: _Limit = 100) -> Journal:
        """Each transfer moves one amount from an account of the books to another."""
        async with sources.reading(account_id) as session:
            found = await journal.entries(session, account_id, limit=limit)
        return Journal(entries=[entry_out(entry, transfers) for entry, transfers in found])

    @router.get("/accounts/{account_id}/credit-notes", summary="Credit notes, newest first")
    async def credit_notes(account_id: UUID) -> CreditNotes:
        async with sources.reading(account_id) as session:
            found = await corrections.credit_notes(session, account_id)
        return CreditNotes(credit_notes=[credit_note_out(*each) for each in found])

    @router.post(
        "/accounts/{account_id}/credit-notes",
        summary="Give back an invoice, a line of it, or a part",
        status_code=HTTPStatus.CREATED,
    )
    async def credit(account_id: UUID, body: CreditIn, key: _Key) -> CreditedOut:
        """Never more than is left after earlier credit notes. 409 says what is left and who gave
        something back before; the same key again changes nothing and answers the first result."""
        async with sources.changing(account_id) as session:
            await invoices.invoice(
                session, body.invoice_number, account_id=account_id, today=sources.today()
            )
            done = await sources.billing.credit(
                session,
                body.invoice_number,
                line=body.line,
                amount=money_in(body.amount),
                reason=body.reason,
                note=body.note,
                authority=Authority(body.tier, body.issued_by),
                key=f"api:credit:{key}",
                now=sources.clock.now(),
                expected_left=money_in(body.expected_left),
            )
        if isinstance(done, Credited):
            return CreditedOut.model_validate(done)
        raise NotCredited(done)

    @router.get("/accounts/{account_id}/payments", summary="Payments, newest first")
    async def received(account_id: UUID, limit: _Limit = 24) -> Payments:
        async with sources.reading(account_id) as session:
            found = await payments.of_account(session, account_id, limit=limit)
        return Payments(payments=[payment_out(each) for each in found])

    @router.get("/accounts/{account_id}/charges", summary="What the next invoice will carry")
    async def charges(account_id: UUID) -> Charges:
        """Late fees and one-offs that fell due since the newest invoice."""
        async with sources.reading(account_id) as session:
            found = await run_repository.waiting_charges(session, [account_id])
        waiting = found.get(account_id, [])
        return Charges(charges=[ChargeOut.model_validate(each) for each in waiting])
