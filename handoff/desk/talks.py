"""What else was said with this customer, on whatever channel? One history for the agent.

Each conversation stays a conversation of its own: what an agent writes goes out in the case's only.
Shown are those in which the customer proved who they are: whoever merely names their number, or
holds their phone, adds nothing to their history.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations import Conversation, history
from handoff.desk import formats, repository
from handoff.desk.account import customer_of
from handoff.desk.shapes import CaseView, TalkView
from handoff.desk.texts import label
from handoff.desk.view import Viewer, case_view, messages
from handoff.queue.models import Case

_TALKS = 5
_LINES = 100


async def whole_case(session: AsyncSession, viewer: Viewer, case: Case) -> CaseView:
    """The case with all that is known, and what was said elsewhere."""
    shown = await case_view(session, viewer, case)
    return shown.model_copy(update={"talks": await _talks(session, viewer, case)})


async def _talks(session: AsyncSession, viewer: Viewer, case: Case) -> list[TalkView]:
    """The latest first."""
    identified = await viewer.billing.identification(session, case.conversation_id, now=viewer.now)
    customer_id = customer_of(identified, case.customer_id)
    if customer_id is None:
        return []
    theirs = await viewer.billing.proved_in(session, customer_id)
    others = [each for each in theirs if each not in (case.conversation_id, case.begun_in)]
    return [await _talk(session, viewer, each) for each in await _found(session, others[:_TALKS])]


async def _found(session: AsyncSession, ids: Sequence[UUID]) -> list[Conversation]:
    """In the same order, without those that are forgotten by now."""
    found = await repository.conversations(session, ids)
    return [found[each] for each in ids if each in found]


async def _talk(session: AsyncSession, viewer: Viewer, conversation: Conversation) -> TalkView:
    entries = await history(session, conversation.id, limit=_LINES)
    last = entries[-1].at if entries else conversation.created_at
    return TalkView(
        conversation_id=conversation.id,
        channel=conversation.channel,
        title=f"{label('channel', conversation.channel, viewer.language)}, "
        f"{formats.moment(last, viewer.language, viewer.zone)}",
        live=conversation.closed_at is None,
        # Files open from their own case only.
        messages=messages(entries, conversation, None, viewer),
    )
