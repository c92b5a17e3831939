"""Which file does a customer get?"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend import documents
from billing_backend.backend.base import Base
from billing_backend.contract import DocumentFile, DocumentLink, DocumentRefused


class BuiltInDocuments(Base):
    async def document(
        self, session: AsyncSession, invoice_id: UUID
    ) -> DocumentFile | DocumentRefused:
        return await documents.invoice_pdf(session, invoice_id, sellers=self.sellers)

    async def document_link(
        self, session: AsyncSession, invoice_id: UUID, *, now: datetime
    ) -> DocumentLink | DocumentRefused:
        return await documents.invoice_link(
            session, invoice_id, sellers=self.sellers, links=self.links, now=now
        )
