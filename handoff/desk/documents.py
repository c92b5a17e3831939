"""Which invoice does an agent open from a case?"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import DocumentFile
from handoff.desk import repository
from handoff.desk.account import customer_of
from handoff.desk.cases import UnknownCase
from handoff.desk.view import Viewer
from handoff.queue import repository as queue


async def newest_invoice(
    session: AsyncSession, viewer: Viewer, case_id: UUID
) -> DocumentFile | None:
    """The newest invoice of the case's customer; None when there is none, or nobody knows whose
    case it is. Raises UnknownCase."""
    case = await queue.case(session, case_id)
    if case is None:
        raise UnknownCase
    conversation = await repository.conversation(session, case.conversation_id)
    known = await viewer.billing.identification(session, conversation.id, now=viewer.now)
    customer_id = customer_of(known, case.customer_id)
    if customer_id is None:
        return None
    customer = await viewer.billing.customer(session, customer_id)
    invoices = await viewer.billing.invoices(
        session, customer.account_id, today=viewer.today, limit=1
    )
    if not invoices:
        return None
    file = await viewer.billing.document(session, invoices[0].invoice_id)
    return file if isinstance(file, DocumentFile) else None
