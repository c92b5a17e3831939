"""What do the books say of an account: entries, credit notes, payments, charges to come?"""

from datetime import date
from uuid import UUID

from fastapi import APIRouter

from billing_backend.api.ledger import credit_note_out, entry_out, payment_out
from billing_backend.api.pages import After, Limit, key_of, moment, page_of, text
from billing_backend.api.schemas import (
    ChargeOut,
    Charges,
    CreditNotes,
    Journal,
    Payments,
    RefundOut,
    Refunds,
)
from billing_backend.api.sources import Sources
from billing_backend.corrections import repository as corrections
from billing_backend.invoices import run_repository
from billing_backend.journal import repository as journal
from billing_backend.payments import repository as payments


def add_ledger_routes(router: APIRouter, sources: Sources) -> None:
    @router.get("/accounts/{account_id}/journal", summary="Entries of the books, newest first")
    async def entries(account_id: UUID, limit: Limit = 100, after: After = None) -> Journal:
        """Each transfer moves one amount from an account of the books to another."""
        key = key_of(after, moment, UUID)
        async with sources.reading(account_id) as session:
            found = await journal.entries(session, account_id, limit=limit + 1, after=key)
        page, following = page_of(found, limit, lambda each: [each[0].posted_at, each[0].id])
        return Journal(entries=[entry_out(*each) for each in page], next=following)

    @router.get("/accounts/{account_id}/credit-notes", summary="Credit notes, newest first")
    async def credit_notes(account_id: UUID, limit: Limit = 24, after: After = None) -> CreditNotes:
        key = key_of(after, date.fromisoformat, text)
        async with sources.reading(account_id) as session:
            found = await corrections.credit_notes(session, account_id, limit=limit + 1, after=key)
        page, following = page_of(found, limit, lambda each: [each[0].issued_on, each[0].number])
        return CreditNotes(credit_notes=[credit_note_out(*each) for each in page], next=following)

    @router.get("/accounts/{account_id}/payments", summary="Payments, newest first")
    async def received(account_id: UUID, limit: Limit = 24, after: After = None) -> Payments:
        key = key_of(after, date.fromisoformat, text)
        async with sources.reading(account_id) as session:
            found = await payments.of_account(session, account_id, limit=limit + 1, after=key)
        page, following = page_of(found, limit, lambda each: [each.received_on, each.reference])
        return Payments(payments=[payment_out(each) for each in page], next=following)

    @router.get("/accounts/{account_id}/refunds", summary="Money that goes back, newest first")
    async def refunds(account_id: UUID, limit: Limit = 24) -> Refunds:
        async with sources.reading(account_id) as session:
            found = await sources.billing.refunds(session, account_id, limit=limit)
        return Refunds(refunds=[RefundOut.model_validate(each) for each in found])

    @router.get("/accounts/{account_id}/charges", summary="What the next invoice will carry")
    async def charges(account_id: UUID) -> Charges:
        """Late fees and one-offs that fell due since the newest invoice."""
        async with sources.reading(account_id) as session:
            found = await run_repository.waiting_charges(session, [account_id])
        waiting = found.get(account_id, [])
        return Charges(charges=[ChargeOut.model_validate(each) for each in waiting])
