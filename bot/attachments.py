"""How does a document follow the words of the turn that promised it?

An action that promises one notes it on the conversation, in its own transaction; the turn writes
it to the outbox after its words, in theirs. So it is sent once, after them, and not at all when
the turn failed. It is a message of its own: a file on Telegram, a link elsewhere.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing_backend.contract import DocumentLink
from handoff.conversations import (
    Author,
    Conversation,
    Draft,
    InboundMessage,
    Part,
    outbox,
)

_NOTED = "attach"


def note(
    conversation: Conversation, message: InboundMessage, invoice_id: UUID, link: DocumentLink
) -> None:
    """This invoice goes out with the answer to this message."""
    noted = {
        "message": str(message.id),
        "invoice": str(invoice_id),
        "number": link.number,
        "until": link.expires_at.isoformat(),
    }
    conversation.dialogue = {**conversation.dialogue, _NOTED: noted}


async def write(
    session: AsyncSession,
    conversation: Conversation,
    message: InboundMessage,
    *,
    epoch: int,
    now: datetime,
) -> None:
    """Put what was noted for this message in the outbox; what was left of another one goes."""
    noted = conversation.dialogue.get(_NOTED)
    if noted is None:
        return
    kept = {name: value for name, value in conversation.dialogue.items() if name != _NOTED}
    conversation.dialogue = kept
    if noted["message"] == str(message.id):
        await outbox.write(
            session,
            conversation,
            draft(UUID(noted["invoice"]), noted["number"], noted["until"]),
            author=Author.BOT,
            epoch=epoch,
            in_reply_to=message.id,
            key=f"document:{message.id}",
            now=now,
        )


def draft(invoice_id: UUID, number: str, until: str) -> Draft:
    """The message with the invoice; its link is made when it is sent, and kept nowhere."""
    values = {
        "number": number,
        "link": {"document": str(invoice_id)},
        "until": {"moment": until},
    }
    return Draft(parts=[Part("utter_document", values)], document=invoice_id)
