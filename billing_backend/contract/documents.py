"""Which file, or link to it, does a customer get?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """An invoice as a file, in the customer's language."""

    filename: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """Opens the invoice's PDF for whoever has it, until `expires_at`."""

    number: str
    url: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentRefused:
    """reason: no_company (the installation has not said who it is). As e-invoice also no_address
    (the customer's is not known) and foreign_currency (only RON can be written)."""

    reason: str


class Documents(Protocol):
    """Invoices as files."""

    async def document(
        self, session: AsyncSession, invoice_id: UUID
    ) -> DocumentFile | DocumentRefused:
        """The invoice as a PDF, with what was paid until now. NotFound when there is none."""
        ...

    async def document_link(
        self, session: AsyncSession, invoice_id: UUID, *, now: datetime
    ) -> DocumentLink | DocumentRefused:
        """A link to the same, signed and expiring: give it to the invoice's customer only."""
        ...
