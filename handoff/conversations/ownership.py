"""Who owns a conversation, and how does it change hands so that only one voice speaks?"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.accounts import KEPT_AS
from handoff.conversations.models import Conversation, Owner

# In the dialogue of a call: the caller asked to be spoken to slowly.
SLOW = "slow"
# What was done for the caller in this call, for its summary.
DONE = "done"


class NotYours(Exception):
    """The conversation belongs to somebody else: take it first."""


async def lock(session: AsyncSession, conversation_id: UUID) -> Conversation:
    """The conversation, locked until the caller commits: every change of owner begins here."""
    found = await session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise LookupError(f"no conversation {conversation_id}")
    return found


def to_queue(conversation: Conversation) -> None:
    """The customer waits for a person; the bot falls silent."""
    _change(conversation, Owner.QUEUE, None)


def to_agent(conversation: Conversation, agent_id: UUID) -> None:
    """One agent speaks from now on."""
    _change(conversation, Owner.AGENT, agent_id)


def to_bot(conversation: Conversation) -> None:
    """The bot speaks again, with nothing left half asked. Of which account it is stays, how the
    customer wants to be spoken to, and what was done for them."""
    _change(conversation, Owner.BOT, None)
    conversation.expects = None
    conversation.dialogue = {
        key: value for key, value in conversation.dialogue.items() if key in (KEPT_AS, SLOW, DONE)
    }


def require_agent(conversation: Conversation, agent_id: UUID) -> None:
    if conversation.owner != Owner.AGENT or conversation.agent_id != agent_id:
        raise NotYours


def _change(conversation: Conversation, owner: Owner, agent_id: UUID | None) -> None:
    conversation.owner = owner
    conversation.agent_id = agent_id
    conversation.epoch += 1
