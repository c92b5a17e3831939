"""Which file, or which link to it, does somebody get for an invoice or credit note?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import DocumentFile, DocumentLink, DocumentRefused
from billing_backend.documents import repository, texts
from billing_backend.documents.company import Sellers
from billing_backend.documents.einvoice import einvoice
from billing_backend.documents.links import Links
from billing_backend.documents.rules import credit_note_document, invoice_document
from billing_backend.documents.values import Document
from billing_backend.errors import NotFound
from billing_backend.invoices import repository as invoices

PDF, XML = "application/pdf", "application/xml"


async def invoice_pdf(
    session: AsyncSession, invoice_id: UUID, *, sellers: Sellers
) -> DocumentFile | DocumentRefused:
    """Raises NotFound."""
    return await _written_as_pdf(await of_invoice(session, invoice_id, sellers=sellers))


async def pdf_by_number(
    session: AsyncSession, number: str, *, sellers: Sellers
) -> DocumentFile | DocumentRefused:
    """Of an invoice or a credit note. Raises NotFound."""
    return await _written_as_pdf(await by_number(session, number, sellers=sellers))


async def einvoice_by_number(
    session: AsyncSession, number: str, *, sellers: Sellers
) -> DocumentFile | DocumentRefused:
    """Of an invoice or a credit note, as it was issued. Raises NotFound."""
    document = await by_number(session, number, sellers=sellers)
    if isinstance(document, DocumentRefused):
        return document
    if document.buyer.address is None:
        return DocumentRefused("no_address")
    if document.currency != "RON":
        return DocumentRefused("foreign_currency")
    return await _written(document, XML, einvoice)


async def invoice_link(
    session: AsyncSession, invoice_id: UUID, *, sellers: Sellers, links: Links, now: datetime
) -> DocumentLink | DocumentRefused:
    """Raises NotFound."""
    invoice = await invoices.by_id(session, invoice_id)
    if invoice is None:
        raise NotFound("invoice", invoice_id)
    if sellers.on(invoice.issued_on) is None:
        return DocumentRefused("no_company")
    url, expires_at = links.make(invoice_id, now=now)
    return DocumentLink(number=invoice.number, url=url, expires_at=expires_at)


async def by_number(
    session: AsyncSession, number: str, *, sellers: Sellers
) -> Document | DocumentRefused:
    """What an invoice or a credit note says. Raises NotFound."""
    invoice_id = await repository.invoice_id(session, number)
    if invoice_id is not None:
        return await of_invoice(session, invoice_id, sellers=sellers)
    note = await repository.credit_note(session, number)
    if note is None:
        raise NotFound("invoice or credit note", number)
    seller = sellers.on(note.view.issued_on)
    if seller is None:
        return DocumentRefused("no_company")
    buyer, language = await repository.buyer(session, note.account_id, note.view.issued_on)
    return credit_note_document(note.view, seller=seller, buyer=buyer, language=language)


async def of_invoice(
    session: AsyncSession, invoice_id: UUID, *, sellers: Sellers
) -> Document | DocumentRefused:
    """What an invoice says, with what was paid until now. Raises NotFound."""
    invoice = await invoices.by_id(session, invoice_id)
    if invoice is None:
        raise NotFound("invoice", invoice_id)
    seller = sellers.on(invoice.issued_on)
    if seller is None:
        return DocumentRefused("no_company")
    buyer, language = await repository.buyer(session, invoice.account_id, invoice.issued_on)
    return invoice_document(
        invoice,
        await repository.settled(session, invoice),
        seller=seller,
        buyer=buyer,
        language=language,
        units=await repository.units(session, invoice),
    )


async def _written_as_pdf(document: Document | DocumentRefused) -> DocumentFile | DocumentRefused:
    if isinstance(document, DocumentRefused):
        return document
    from billing_backend.documents.pdf import pdf  # heavy; commands start without it

    return await _written(document, PDF, pdf)


async def _written(
    document: Document, mime: str, write: Callable[[Document], bytes]
) -> DocumentFile:
    """Drawing takes tens of milliseconds, so it is done beside the event loop."""
    content = await asyncio.to_thread(write, document)
    title = texts.text("file", document.kind, document.language)
    ending = mime.partition("/")[2]
    return DocumentFile(f"{title}-{document.number}.{ending}", mime, content)
